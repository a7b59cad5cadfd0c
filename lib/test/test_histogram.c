/* test_histogram.c - percentiles of durations, against sorted ones. */
#include "../../cli/load/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define N 20000

static struct histogram histogram;

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* From nanoseconds to hours, as many of each size. */
static void test_percentiles(void **state)
{
	static const double shares[] = {0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1};
	static uint64_t values[N];
	uint64_t random = 1;

	(void)state;
	histogram = (struct histogram){0};
	for (size_t i = 0; i < N; i++) {
		random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		values[i] = (random >> 20) % (UINT64_C(1) << (1 + i % 42));
		histogram_add(&histogram, values[i]);
	}
	qsort(values, N, sizeof(*values), compare);
	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
		const size_t rank = (size_t)(shares[i] * N + 0.999);
		const double wanted = (double)values[rank > 0 ? rank - 1 : 0];
		const double got = (double)histogram_at(&histogram, shares[i]);

		assert_true(got >= wanted);
		assert_true(got <= wanted * 1.008);
	}
	assert_int_equal(histogram.most, values[N - 1]);
	assert_int_equal(histogram_at(&histogram, 1), values[N - 1]);
}

static void test_extremes(void **state)
{
	(void)state;
	histogram = (struct histogram){0};
	assert_int_equal(histogram_at(&histogram, 0.5), 0);
	histogram_add(&histogram, 0);
	assert_int_equal(histogram_at(&histogram, 0.5), 0);
	histogram_add(&histogram, UINT64_MAX);
	histogram_add(&histogram, UINT64_MAX);
	assert_int_equal(histogram.n, 3);
	assert_int_equal(histogram.most, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
