/*
 * json_scan.h - reads JSON (RFC 8259) piece by piece, as far as file headers need it.
 *
 * Each function reads one piece and the white space before it. After a mismatch it sets
 * json->failed, and nothing more is read, so that a whole object can be read and checked once.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "cursor.h"

struct json_scan {
	struct cursor cursor;
	struct arena *arena; /* of texts */
	bool failed;
};

struct json_scan json_scan_over(const void *bytes, size_t nbytes, struct arena *arena);

/* Consumes this character if it comes next; no failure otherwise. */
bool json_scan_take(struct json_scan *json, char character);

/* The same, but it must be next. */
void json_scan_expect(struct json_scan *json, char character);

/* A string, unescaped and zero-terminated; one with a zero byte inside is refused. Allocated from
 * the arena. "" after a failure. */
const char *json_scan_string(struct json_scan *json);

/* A number without sign, fraction or exponent. 0 after a failure. */
uint64_t json_scan_unsigned(struct json_scan *json);

/* Whether only white space is left. */
bool json_scan_at_end(struct json_scan *json);

#endif
