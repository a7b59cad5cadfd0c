/* json.h - writes JSON values (RFC 8259) and members of objects. */
#ifndef CLI_OUTPUT_JSON_H
#define CLI_OUTPUT_JSON_H

#include "text.h"

/* Appends the string in quotes. JSON is UTF-8: each byte of the string that is not becomes U+FFFD.
 * Returns whether there was none. */
bool json_put_string(struct text *text, const char *string);

/* Appends the comma before an element of an array or a member of an object, except the first. */
void json_put_comma(struct text *text);

/* Begins an object: in an array, as the value of a key, or on its own. */
void json_begin_object(struct text *text);

/* Begins a member of an object; its value follows. key: letters and underscores. */
void json_put_key(struct text *text, const char *key);

/* The same with the '[' of an array. */
void json_begin_array(struct text *text, const char *key);

/* Whole members. A NULL string becomes null, and so does a negative or non-finite number, which
 * stands for 0/0. */
void json_put_text(struct text *text, const char *key, const char *string);
void json_put_bool(struct text *text, const char *key, bool value);
void json_put_count(struct text *text, const char *key, uint64_t count);
void json_put_real(struct text *text, const char *key, double value, int n_decimals);

#endif
