/* test_wide.c - products of 128 bits from halves, against the compiler's own. */
#include "../base/wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const uint64_t edges[] = {
	0,
	1,
	UINT32_MAX,
	UINT64_C(1) << 32,
	(UINT64_C(1) << 32) + 1,
	UINT64_C(0x9e3779b97f4a7c15),
	UINT64_C(1) << 63,
	UINT64_MAX - UINT32_MAX,
	UINT64_MAX - 1,
	UINT64_MAX,
};
#define N_EDGES (sizeof(edges) / sizeof(*edges))

static void check_product(uint64_t a, uint64_t b)
{
	const struct wide product = wide_multiply_halves(a, b), other = wide_multiply(a, b);

	assert_int_equal(product.high, other.high);
	assert_int_equal(product.low, other.low);
}

static void halves_make_the_product(void **state)
{
	uint64_t a = 1, b = 2;

	(void)state;
	for (size_t i = 0; i < N_EDGES; i++)
		for (size_t j = 0; j < N_EDGES; j++)
			check_product(edges[i], edges[j]);
	/* Knuth's MMIX generator. */
	for (int i = 0; i < 100000; i++) {
		a = a * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		b = b * UINT64_C(6364136223846793005) + a;
		check_product(a, b);
	}
}

/* (2^64 - 1)^2 = 2^128 - 2^65 + 1. */
static void known_products(void **state)
{
	const struct wide square = wide_multiply_halves(UINT64_MAX, UINT64_MAX);
	const struct wide zero = wide_add(square, (struct wide){1, UINT64_MAX});

	(void)state;
	assert_int_equal(square.high, UINT64_MAX - 1);
	assert_int_equal(square.low, 1);
	assert_int_equal(zero.high, 0);
	assert_int_equal(zero.low, 0);
}

static void carries_and_borrows(void **state)
{
	const struct wide one = {0, 1}, high = {1, 0};
	const struct wide below = wide_subtract(high, one), above = wide_add(below, one);
	const struct wide shifted = wide_shift_left(below, 63);

	(void)state;
	assert_int_equal(below.high, 0);
	assert_int_equal(below.low, UINT64_MAX);
	assert_int_equal(above.high, 1);
	assert_int_equal(above.low, 0);
	assert_int_equal(shifted.high, UINT64_MAX >> 1);
	assert_int_equal(shifted.low, UINT64_C(1) << 63);
	assert_true(wide_is_less(below, high));
	assert_true(wide_is_less(one, below));
	assert_false(wide_is_less(high, below));
	assert_false(wide_is_less(one, one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(halves_make_the_product),
		cmocka_unit_test(known_products),
		cmocka_unit_test(carries_and_borrows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
