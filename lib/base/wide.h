/*
 * wide.h - unsigned integers of 128 bits, which compilers have for 64-bit machines alone.
 */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

#include <stdbool.h>
#include <stdint.h>

struct wide {
	uint64_t high, low;
};

/* a * b from products of 32 bits each. */
static inline struct wide wide_multiply_halves(uint64_t a, uint64_t b)
{
	const uint64_t a_low = (uint32_t)a, a_high = a >> 32;
	const uint64_t b_low = (uint32_t)b, b_high = b >> 32;
	const uint64_t low = a_low * b_low;
	/* Neither sum overflows: (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1. */
	const uint64_t first = a_high * b_low + (low >> 32);
	const uint64_t second = a_low * b_high + (uint32_t)first;

	return (struct wide){a_high * b_high + (first >> 32) + (second >> 32),
			     second << 32 | (uint32_t)low};
}

static inline struct wide wide_multiply(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 product_type;
	const product_type product = (product_type)a * b;

	return (struct wide){(uint64_t)(product >> 64), (uint64_t)product};
#else
	return wide_multiply_halves(a, b);
#endif
}

/* Modulo 2^128, as the two that follow. */
static inline struct wide wide_add(struct wide a, struct wide b)
{
	const uint64_t low = a.low + b.low;

	return (struct wide){a.high + b.high + (low < a.low), low};
}

static inline struct wide wide_subtract(struct wide a, struct wide b)
{
	return (struct wide){a.high - b.high - (a.low < b.low), a.low - b.low};
}

/* n: 1 to 63. */
static inline struct wide wide_shift_left(struct wide a, unsigned n)
{
	return (struct wide){a.high << n | a.low >> (64 - n), a.low << n};
}

static inline bool wide_is_less(struct wide a, struct wide b)
{
	return a.high != b.high ? a.high < b.high : a.low < b.low;
}

#endif
