/* base64.c - decodes base64. */
#include "base64.h"

#include <stdint.h>

#define BLANK 64
#define OTHER 65

/* Of each byte: its six bits, BLANK, or OTHER. */
static const uint8_t values[256] = {
	65, 65, 65, 65, 65, 65, 65, 65, 65, 64, 64, 65, 65, 64, 65, 65, 65, 65, 65, 65, 65, 65,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 64, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 62,
	65, 65, 65, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 65, 65, 65, 65, 65, 65, 65, 0,
	1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
	23, 24, 25, 65, 65, 65, 65, 65, 65, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
	39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 65, 65, 65, 65, 65, 65, 65, 65, 65,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65,
	65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65, 65};

/* Whether nothing but white space and n_wanted signs of padding, or none, is left. */
static bool ends_here(const uint8_t *at, const uint8_t *end, unsigned n_wanted)
{
	unsigned n = 0;

	for (; at < end; at++) {
		if (*at == '=')
			n++;
		else if (values[*at] != BLANK)
			return false;
	}
	return n == 0 || n == n_wanted;
}

bool base64_decode(const char *text, size_t nbytes, void *bytes, size_t *nbytes_ret)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + nbytes;
	uint8_t *to = bytes;
	uint32_t bits = 0;
	unsigned n_digits = 0;

	for (; at < end && values[*at] != OTHER; at++) {
		if (values[*at] == BLANK)
			continue;
		bits = bits << 6 | values[*at];
		if (++n_digits < 4)
			continue;
		*to++ = (uint8_t)(bits >> 16);
		*to++ = (uint8_t)(bits >> 8);
		*to++ = (uint8_t)bits;
		n_digits = 0;
	}
	if (n_digits == 1 || !ends_here(at, end, n_digits ? 4 - n_digits : 0))
		return false;
	if (n_digits == 2)
		*to++ = (uint8_t)(bits >> 4);
	if (n_digits == 3) {
		*to++ = (uint8_t)(bits >> 10);
		*to++ = (uint8_t)(bits >> 2);
	}
	*nbytes_ret = (size_t)(to - (uint8_t *)bytes);
	return true;
}
