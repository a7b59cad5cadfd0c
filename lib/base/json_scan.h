/*
 * json_scan.h - reading JSON (RFC 8259) piece by piece, as far as headers of files need it.
 *
 * Each function takes what it is to take, with the white space before it, or sets json->failed and
 * takes nothing more from then on, so that a whole object can be read and checked once.
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

/* Takes this character where it is next; no failure where it is not. */
bool json_scan_take(struct json_scan *json, char character);

/* The same, but it must be next. */
void json_scan_expect(struct json_scan *json, char character);

/* A string, unescaped, with a 0 at its end; one that has a 0 inside is refused. Allocated from the
 * arena. "" after a failure. */
const char *json_scan_string(struct json_scan *json);

/* A number without sign, fraction or exponent. 0 after a failure. */
uint64_t json_scan_unsigned(struct json_scan *json);

/* Whether only white space is left. */
bool json_scan_at_end(struct json_scan *json);

#endif
