/*
 * exact.h - decimal numbers as the nearest double, ties to even, independent of the locale.
 */
#ifndef BASE_EXACT_H
#define BASE_EXACT_H

#include <stdbool.h>
#include <stdint.h>

/* A number without its sign: mantissa times 10 to the exponent. */
struct exact_decimal {
	uint64_t mantissa; /* the first 19 digits, without leading zeros */
	int64_t exponent;
	bool is_cut; /* there are more digits than these, and not all are 0 */
	/* The text of all digits; other characters among them are ignored. */
	const uint8_t *digits, *digits_end;
};

/* Appends a digit. */
static inline void exact_add_digit(struct exact_decimal *decimal, unsigned digit, bool is_fraction)
{
	if (decimal->mantissa < UINT64_C(1000000000000000000)) {
		decimal->mantissa = decimal->mantissa * 10 + digit;
		decimal->exponent -= is_fraction;
	} else {
		decimal->is_cut |= digit != 0;
		decimal->exponent += !is_fraction;
	}
}

/* Infinite if it is beyond double. */
double exact_double(const struct exact_decimal *decimal);

#endif
