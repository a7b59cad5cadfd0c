/*
 * json.h - strings of JSON (RFC 8259).
 */
#ifndef CLI_OUTPUT_JSON_H
#define CLI_OUTPUT_JSON_H

#include "text.h"

/* Puts the string between quotes. A JSON text is UTF-8, whatever the string is: a byte that is not
 * becomes U+FFFD. Returns whether there was none. */
bool json_put_string(struct text *text, const char *string);

#endif
