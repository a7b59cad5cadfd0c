/* percent.h - decodes the percent-encoding of URLs (RFC 3986, 2.1). */
#ifndef CLI_SERVE_PERCENT_H
#define CLI_SERVE_PERCENT_H

#include "../../output/text.h"

/* Appends the percent-decoded bytes; '+' is a space only if is_form. False if a '%' is not followed
 * by two hexadecimal digits, or the text would hold a zero byte. */
bool percent_decode(struct text *text, const char *bytes, size_t nbytes, bool is_form);

#endif
