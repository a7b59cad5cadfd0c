/* digits.h - the digits of a decimal number, and how they are written. */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_MAX 17

/* 0.DIGITS times 10 to the point; n > 0 digits, the first and the last not 0 (but 0 itself). */
struct digits {
	char text[2 * DIGITS_MAX]; /* the rest is undefined; copies of constant length read it */
	int n, point;
};

/* Room for what is written here, with a sign: more than for the text, as copies are longer. */
#define DIGITS_ROOM (2 * DIGITS_MAX + 2)

/* Without exponent, but with a point and at least one digit on each side of it. */
static inline size_t digits_put_plain(const struct digits *digits, char *text)
{
	const int n = digits->n, point = digits->point;

	if (point <= 0) {
		memcpy(text, "0.00000", 8);
		memcpy(text + 2 - point, digits->text, DIGITS_MAX);
		return (size_t)(2 - point + n);
	}
	memcpy(text, digits->text, DIGITS_MAX);
	if (point < n) {
		memcpy(text + point + 1, digits->text + point, DIGITS_MAX);
		text[point] = '.';
		return (size_t)(n + 1);
	}
	for (int i = n; i < point; i++)
		text[i] = '0';
	memcpy(text + point, ".0", 2);
	return (size_t)(point + 2);
}

/* The digits with a point behind the first, if there are others. */
static inline size_t digits_put_mantissa(const struct digits *digits, char *text)
{
	text[0] = digits->text[0];
	text[1] = '.';
	memcpy(text + 2, digits->text + 1, DIGITS_MAX);
	return (size_t)(digits->n > 1 ? digits->n + 1 : 1);
}

#endif
