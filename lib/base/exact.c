/* exact.c - decimal numbers of any length as the nearest double. */
#include "exact.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#if defined(__FreeBSD__) || defined(__APPLE__)
#include <xlocale.h>
#endif

/* Digits that decide between two doubles: 767, and whether all others are 0. */
#define MAX_DIGITS 800

/* Beyond these, a number of so many digits is 0 or infinite. */
#define MAX_EXPONENT 2000

/* Digits in a mantissa, and from where on it has them. */
#define MANTISSA_DIGITS 19
#define MANTISSA_FULL   UINT64_C(1000000000000000000)

/* What an exponent is limited to: it leaves nothing but 0 or infinity, however many digits there
 * are, and does not overflow. */
#define EXPONENT_ENOUGH INT64_C(10000000000)

const uint8_t *exact_read_digits(const uint8_t *at, const uint8_t *end, bool is_fraction,
				 struct exact_decimal *decimal)
{
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		if (decimal->mantissa < MANTISSA_FULL) {
			decimal->mantissa = decimal->mantissa * 10 + (uint64_t)(*at - '0');
			decimal->exponent -= is_fraction;
		} else {
			decimal->is_cut |= *at != '0';
			decimal->exponent += !is_fraction;
		}
	return at;
}

const uint8_t *exact_read_exponent(const uint8_t *at, const uint8_t *end,
				   struct exact_decimal *decimal)
{
	const bool is_negative = at < end && *at == '-';
	int64_t exponent = 0;

	at += at < end && (*at == '-' || *at == '+');
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		if (exponent < EXPONENT_ENOUGH)
			exponent = exponent * 10 + (*at - '0');
	decimal->exponent += is_negative ? -exponent : exponent;
	return at;
}

/* The exponent of an integer that has the number's first n_kept digits of n_digits. */
static int exponent_of(const struct exact_decimal *decimal, int64_t n_kept, int64_t n_digits)
{
	const int64_t n = n_digits < MANTISSA_DIGITS ? n_digits : MANTISSA_DIGITS;
	const int64_t exponent = decimal->exponent + n - n_kept;

	if (exponent < -MAX_EXPONENT)
		return -MAX_EXPONENT;
	return exponent > MAX_EXPONENT ? MAX_EXPONENT : (int)exponent;
}

/* What the C library reads. Where digits are left out, the last one is made odd, if they are not 0:
 * what lies half way between two doubles ends in 0 there, so it is enough to be above. */
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
			text[MAX_DIGITS - 1] |= 1;
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
	const double value = exact_scale(decimal->mantissa, decimal->exponent);

	if (!decimal->is_cut || value == exact_scale(decimal->mantissa + 1, decimal->exponent))
		return value;
	return from_digits(decimal);
}
