/* utf8.h - decodes and encodes UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The most bytes of a character. */
#define UTF8_MAX 4

/* The first character of n > 0 bytes, and its length; 0 if it is invalid. */
size_t utf8_decode(const void *bytes, size_t n, uint32_t *code_ret);

/* The length alone. */
static inline size_t utf8_length(const void *bytes, size_t n)
{
	uint32_t code;

	return utf8_decode(bytes, n, &code);
}

/* The number of characters that begin in the string. */
size_t utf8_count(const char *string);

/* Writes a character's UTF8_MAX bytes or fewer; returns their number. */
size_t utf8_encode(uint32_t code, char *bytes);

#endif
