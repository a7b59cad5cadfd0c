/* base64.h - decodes base64 (RFC 4648). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that a text of n characters stands for. */
#define BASE64_MOST(n) ((n) / 4 * 3 + 3)

/* Decodes to at most BASE64_MOST(nbytes) bytes, which may begin where the text does. White space is
 * skipped, as in MIME. The padding may be missing, but not incomplete. False if anything else is in
 * the text. */
bool base64_decode(const char *text, size_t nbytes, void *bytes, size_t *nbytes_ret);

#endif
