/*
 * test_arithmetic.c - what a network is made of: exp and the activations against the C library in
 * double precision, softmax at the edges, matrix products, and the order of the most probable
 * classes.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../network/blas.h"
#include "../network/vexp.h"
#include "models.h"
#include "references.h"

/* ----------------------------------------------------------------------- exp */

/* The distance of a from the true value, in units of the last place of a float of that size. */
static double distance_ulp(float a, double truth)
{
	const double unit = truth < (double)FLT_MIN ? 0x1p-149 : ldexp(1, ilogb(truth) - 23);

	return fabs((double)a - truth) / unit;
}

/* Every 509th of all floats; a run over every one of them finds the same worst, 0.991. */
static void test_exp_is_within_one_unit(void **state)
{
	double worst = 0;

	(void)state;
	for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 509) {
		const float x = vexp_float((uint32_t)bits);
		const double truth = exp((double)x);
		const float nearest = (float)truth;

		if (isnan(x))
			assert_true(isnan(fast_expf(x)));
		else if (isinf(nearest) || nearest == 0)
			assert_true(fast_expf(x) == nearest);
		else
			worst = fmax(worst, distance_ulp(fast_expf(x), truth));
	}
	assert_true(worst < 1);
	assert_true(worst > 0.5);
}

static void test_exp_at_the_edges(void **state)
{
	(void)state;
	assert_true(fast_expf(0) == 1);
	assert_true(fast_expf(-0.0f) == 1);
	assert_true(fast_expf(INFINITY) == INFINITY);
	assert_true(fast_expf(-INFINITY) == 0);
	assert_true(isnan(fast_expf(NAN)));
	assert_true(isfinite(fast_expf(88.722f)));
	assert_true(isinf(fast_expf(88.723f)));
	assert_true(fast_expf(-103.9f) == 0x1p-149f);
	assert_true(fast_expf(-104.1f) == 0);
}

/* --------------------------------------------------------------- activations */

/* Arrays of every length up to 100, so that each value has stood in a block and in the rest. */
static void test_activations(void **state)
{
	(void)state;
	for (size_t a = 0; a < N_ACTIVATIONS; a++) {
		for (size_t n = 0; n <= 100; n++) {
			float values[101], before[101];
			uint64_t seed = n;

			for (size_t i = 0; i < 101; i++)
				before[i] = values[i] = 20 * next_number(&seed);
			activation_apply((enum emnist_activation)a, 0.3f, 1.7f, values, n);
			for (size_t i = 0; i < n; i++) {
				const double truth = references[a]((double)before[i], 0.3, 1.7);

				assert_true(fabs((double)values[i] - truth) <=
					    3e-7 * fmax(1, fabs(truth)));
			}
			assert_true(values[n] == before[n]);
		}
	}
}

static void test_tanh_near_zero_keeps_its_digits(void **state)
{
	(void)state;
	for (float x = 1e-30f; x < 20; x *= 1.01f) {
		float values[2] = {x, -x};

		activation_apply(EMNIST_TANH, 0, 0, values, 2);
		assert_true(distance_ulp(values[0], tanh((double)x)) < 3);
		assert_true(values[1] == -values[0]);
	}
}

static void test_activations_at_infinity(void **state)
{
	float sigmoids[2] = {INFINITY, -INFINITY};
	float tangents[2] = {INFINITY, -INFINITY};
	float elus[2] = {INFINITY, -INFINITY};

	(void)state;
	activation_apply(EMNIST_SIGMOID, 0, 0, sigmoids, 2);
	assert_true(sigmoids[0] == 1 && sigmoids[1] == 0);
	activation_apply(EMNIST_TANH, 0, 0, tangents, 2);
	assert_true(tangents[0] == 1 && tangents[1] == -1);
	activation_apply(EMNIST_ELU, 2, 0, elus, 2);
	assert_true(elus[0] == INFINITY && elus[1] == -2);
}

/* ------------------------------------------------------------------- softmax */

static void check_softmax(const float *logits, size_t n, const double *expected)
{
	float values[100];
	double sum = 0;

	memcpy(values, logits, n * sizeof(*values));
	softmax_rows(values, 1, n);
	for (size_t i = 0; i < n; i++) {
		sum += (double)values[i];
		assert_true(fabs((double)values[i] - expected[i]) <= 2e-7);
	}
	assert_true(fabs(sum - 1) < 1e-6);
}

static void test_softmax_is_stable(void **state)
{
	(void)state;
	check_softmax((float[]){0, 0, 0, 0}, 4, (double[]){0.25, 0.25, 0.25, 0.25});
	check_softmax((float[]){1e30f, -1e30f, 0}, 3, (double[]){1, 0, 0});
	check_softmax((float[]){-1e30f, -1e30f}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){FLT_MAX, -FLT_MAX}, 2, (double[]){1, 0});
	check_softmax((float[]){FLT_MAX, FLT_MAX}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){-FLT_MAX, -FLT_MAX}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){1000, 1001}, 2, (double[]){1 / (1 + M_E), M_E / (1 + M_E)});
	check_softmax((float[]){-1000, -1001}, 2, (double[]){M_E / (1 + M_E), 1 / (1 + M_E)});
	check_softmax((float[]){3}, 1, (double[]){1});
}

static void test_softmax_of_no_numbers(void **state)
{
	(void)state;
	check_softmax((float[]){INFINITY, 0}, 2, (double[]){1, 0});
	check_softmax((float[]){INFINITY, INFINITY}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){-INFINITY, -INFINITY}, 2, (double[]){0.5, 0.5});
	check_softmax((float[]){NAN, 0, NAN}, 3, (double[]){0, 1, 0});
	check_softmax((float[]){NAN, NAN}, 2, (double[]){0.5, 0.5});
}

static void test_softmax_of_many_columns(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 100; n++) {
		float logits[100];
		double expected[100], sum = 0;
		uint64_t seed = n;

		for (size_t i = 0; i < n; i++) {
			logits[i] = 30 * next_number(&seed);
			sum += expected[i] = exp((double)logits[i]);
		}
		for (size_t i = 0; i < n; i++)
			expected[i] /= sum;
		check_softmax(logits, n, expected);
	}
}

/* ------------------------------------------------------------------ products */

static void test_gemm(void **state)
{
	enum { M = 3, N = 5, K = 7, LD = 9 };
	float a[LD * LD], b[LD * LD];
	uint64_t seed = 1;

	(void)state;
	assert_int_equal(blas_open(NULL), EMNIST_OK);
	for (size_t i = 0; i < LD * LD; i++) {
		a[i] = next_number(&seed);
		b[i] = next_number(&seed);
	}
	for (unsigned turn = 0; turn < 4; turn++) {
		const bool ta = turn & 1, tb = turn & 2;
		float c[LD * LD];

		for (size_t i = 0; i < LD * LD; i++)
			c[i] = (float)i;
		blas_gemm(ta, tb, M, N, K, a, LD, b, LD, 0.5f, c, LD);
		for (size_t i = 0; i < LD * LD; i++) {
			const size_t row = i / LD, column = i % LD;
			double sum = 0;

			if (row >= M || column >= N) {
				assert_true(c[i] == (float)i);
				continue;
			}
			for (size_t k = 0; k < K; k++)
				sum += (double)(ta ? a[k * LD + row] : a[row * LD + k]) *
				       (double)(tb ? b[column * LD + k] : b[k * LD + column]);
			assert_true(fabs((double)c[i] - (sum + 0.5 * (double)i)) < 1e-5);
		}
	}
}

/* --------------------------------------------------------------------- top k */

static void check_top(const float *values, size_t n, size_t k, const uint32_t *expected)
{
	uint32_t positions[16] = {[15] = 99};

	emnist_top_k(values, n, k, positions);
	for (size_t i = 0; i < k; i++)
		assert_int_equal(positions[i], expected[i]);
	assert_int_equal(positions[15], 99);
}

static void test_top_k(void **state)
{
	static const float values[] = {0.1f, 0.5f, 0.2f, 0.5f, 0.0f, 0.2f};
	static const float broken[] = {NAN, 0.1f, NAN, -INFINITY, 0.3f};

	(void)state;
	check_top(values, 6, 1, (uint32_t[]){1});
	check_top(values, 6, 3, (uint32_t[]){1, 3, 2});
	check_top(values, 6, 6, (uint32_t[]){1, 3, 2, 5, 0, 4});
	check_top(values, 6, 0, NULL);
	check_top(broken, 5, 5, (uint32_t[]){4, 1, 3, 0, 2});
	check_top(broken, 5, 2, (uint32_t[]){4, 1});
	check_top(broken, 1, 1, (uint32_t[]){0});
}

static const float *sorted_values;

static int compare_positions(const void *a, const void *b)
{
	const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (sorted_values[i] != sorted_values[j])
		return sorted_values[i] < sorted_values[j] ? 1 : -1;
	return i < j ? -1 : 1;
}

static void test_top_k_is_the_start_of_a_sort(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 50; seed++) {
		float values[200];
		uint32_t sorted[200], positions[200];
		uint64_t numbers = seed;

		for (uint32_t i = 0; i < 200; i++) {
			values[i] = floorf(50 * next_number(&numbers));
			sorted[i] = i;
		}
		sorted_values = values;
		qsort(sorted, 200, sizeof(*sorted), compare_positions);
		for (size_t k = 0; k <= 200; k += 7) {
			emnist_top_k(values, 200, k, positions);
			assert_memory_equal(positions, sorted, k * sizeof(*sorted));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exp_is_within_one_unit),
		cmocka_unit_test(test_exp_at_the_edges),
		cmocka_unit_test(test_activations),
		cmocka_unit_test(test_tanh_near_zero_keeps_its_digits),
		cmocka_unit_test(test_activations_at_infinity),
		cmocka_unit_test(test_softmax_is_stable),
		cmocka_unit_test(test_softmax_of_no_numbers),
		cmocka_unit_test(test_softmax_of_many_columns),
		cmocka_unit_test(test_gemm),
		cmocka_unit_test(test_top_k),
		cmocka_unit_test(test_top_k_is_the_start_of_a_sort),
	};

	return cmocka_run_group_tests_name("arithmetic", tests, NULL, NULL);
}
