/*
 * exact.h - decimal numbers as the nearest double, ties to even, independent of the locale and of
 * the rounding mode.
 *
 * The product of the mantissa and the first 128 bits of the power of ten decides, unless digits are
 * cut off: D. Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience
 * 51 (2021); N. Mushtak and D. Lemire, "Fast number parsing without fallback", the same 53 (2023).
 */
#ifndef BASE_EXACT_H
#define BASE_EXACT_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "numbers.h"
#include "powers_of_five.h"
#include "wide.h"

/* mantissa times 10 to the exponent; infinite if that is beyond double. */
static inline double exact_scale(uint64_t mantissa, int64_t exponent)
{
	const uint64_t *power;
	struct wide product;
	uint64_t normalized, high, bits;
	unsigned shift, carry;
	int64_t biased;

	if (mantissa == 0 || exponent < LEAST_POWER_OF_FIVE)
		return 0;
	if (exponent > GREATEST_POWER_OF_FIVE)
		return (double)INFINITY;
	power = powers_of_five[exponent - LEAST_POWER_OF_FIVE];
	shift = (unsigned)__builtin_clzll(mantissa);
	normalized = mantissa << shift;
	product = wide_multiply(normalized, power[0]);
	/* Only a carry from below could change what is kept: 54 bits or, with the first 0, 55. */
	if ((product.high & 0x1ff) == 0x1ff)
		product = wide_add(product,
				   (struct wide){0, wide_multiply(normalized, power[1]).high});
	high = product.high;
	carry = (unsigned)(high >> 63);
	bits = high >> (9 + carry);
	/* The logarithm of 10 to base 2, times 2^16; a double's exponents are biased by 1023. */
	biased = (217706 * exponent >> 16) + 63 + carry - shift + 1023;
	if (biased < 1) {
		/* Subnormal: no product of so small a power is a tie. */
		bits = biased > -63 ? bits >> (1 - biased) : 0;
		biased = 1;
	} else if (product.low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 &&
		   bits << (9 + carry) == high) {
		bits--; /* a tie, to even */
	}
	bits = (bits + (bits & 1)) >> 1;
	bits += (uint64_t)(biased - 1) << 52; /* the first bit adds 1 to the exponent */
	return bits < UINT64_C(0x7ff) << 52 ? number_of_double_bits(bits) : (double)INFINITY;
}

/* A number without its sign, of any length: mantissa times 10 to the exponent. */
struct exact_decimal {
	uint64_t mantissa; /* the first 19 digits, without leading zeros */
	int64_t exponent;
	bool is_cut; /* there are more digits than these, and not all are 0 */
	/* The text of all digits; other characters among them are ignored. */
	const uint8_t *digits, *digits_end;
};

/* Appends digits from `at` on, and returns their end. */
const uint8_t *exact_read_digits(const uint8_t *at, const uint8_t *end, bool is_fraction,
				 struct exact_decimal *decimal);

/* Reads an exponent without its 'e', and returns its end; the byte before is no digit if there is
 * none. */
const uint8_t *exact_read_exponent(const uint8_t *at, const uint8_t *end,
				   struct exact_decimal *decimal);

/* Infinite if it is beyond double. */
double exact_double(const struct exact_decimal *decimal);

#endif
