/*
 * json.h - values of JSON (RFC 8259), and the members of objects.
 */
#ifndef CLI_OUTPUT_JSON_H
#define CLI_OUTPUT_JSON_H

#include "text.h"

/* Puts the string between quotes. A JSON text is UTF-8, whatever the string is: a byte that is not
 * becomes U+FFFD. Returns whether there was none. */
bool json_put_string(struct text *text, const char *string);

/* Puts the comma before the next element of an array or member of an object, unless it is the
 * first. */
void json_put_comma(struct text *text);

/* Begins the next object of an array, the value of a key, or an object that stands alone. */
void json_begin_object(struct text *text);

/* Begins the next member of an object, whose value is to follow; key: letters and underscores. */
void json_put_key(struct text *text, const char *key);

/* The same with the '[' of an array. */
void json_begin_array(struct text *text, const char *key);

/* Whole members. A string that is NULL is null, and so is a real number that is negative, which
 * stands for 0/0, or is none: JSON has no word for it. */
void json_put_text(struct text *text, const char *key, const char *string);
void json_put_bool(struct text *text, const char *key, bool value);
void json_put_count(struct text *text, const char *key, uint64_t count);
void json_put_real(struct text *text, const char *key, double value, int n_decimals);

#endif
