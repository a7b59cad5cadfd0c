/*
 * exact.c - decimal numbers as the nearest double.
 *
 * Where mantissa and power of ten are doubles themselves, one operation rounds once (Clinger, "How
 * to read floating point numbers accurately", 1990).
 */
#include "exact.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* Digits that decide between two doubles: 767 and whether the rest is 0. */
#define MAX_DIGITS 800

/* Beyond these, a number of so many digits is 0 or infinite. */
#define MAX_EXPONENT 2000

/* Digits in a mantissa. */
#define MANTISSA_DIGITS 19

/* The exponent of an integer that has the number's first n_kept digits of n_digits. */
static int exponent_of(const struct exact_decimal *decimal, int64_t n_kept, int64_t n_digits)
{
	const int64_t exponent = decimal->exponent - n_kept +
				 (n_digits < MANTISSA_DIGITS ? n_digits : (int64_t)MANTISSA_DIGITS);

	if (exponent < -MAX_EXPONENT)
		return -MAX_EXPONENT;
	return exponent > MAX_EXPONENT ? MAX_EXPONENT : (int)exponent;
}

/* What the C library reads of all digits; of too many, the last stands for the rest. */
static double from_digits(const struct exact_decimal *decimal)
{
	const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	const int kept_errno = errno;
	char text[MAX_DIGITS + 16];
	int64_t n_kept = 0, n_digits = 0;
	double value;

	for (const uint8_t *at = decimal->digits; at < decimal->digits_end; at++) {
		if (*at < '0' || *at > '9' || (n_digits == 0 && *at == '0'))
			continue;
		if (n_kept < MAX_DIGITS)
			text[n_kept++] = (char)*at;
		else if (*at != '0')
			text[MAX_DIGITS - 1] |= 1; /* no tie ends in an odd digit but 5 */
		n_digits++;
	}
	snprintf(text + n_kept, sizeof(text) - (size_t)n_kept, "e%d",
		 exponent_of(decimal, n_kept, n_digits));
	value = strtod_l(text, NULL, plain);
	freelocale(plain);
	errno = kept_errno;
	return value;
}

double exact_double(const struct exact_decimal *decimal)
{
	static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
					1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
					1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

	if (decimal->mantissa == 0)
		return 0;
	if (decimal->mantissa <= UINT64_C(1) << 53 && !decimal->is_cut &&
	    decimal->exponent >= -22 && decimal->exponent <= 22)
		return decimal->exponent < 0
			       ? (double)decimal->mantissa / powers[-decimal->exponent]
			       : (double)decimal->mantissa * powers[decimal->exponent];
	return from_digits(decimal);
}
