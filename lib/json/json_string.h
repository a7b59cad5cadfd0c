/* json_string.h - the strings of JSON. */
#ifndef JSON_STRING_H
#define JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Checks the string that begins with the quotation mark at `at`, before end, and returns its end.
 * What is none: *fault_ret is RapidJSON's message, else unchanged, and the end is where it sees the
 * fault. */
const uint8_t *json_string_check(const uint8_t *at, const uint8_t *end, const char **fault_ret);

/* The end of a string that was checked; end: of the document. */
const uint8_t *json_string_end(const uint8_t *at, const uint8_t *end);

/* Decodes the character or escape at *at, in a string that was checked, and moves *at behind it;
 * returns the number of bytes. */
size_t json_string_decode(const uint8_t **at, char bytes[4]);

#endif
