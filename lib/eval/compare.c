/*
 * compare.c - compares two models on the same images: how much better one is, and whether by
 * chance.
 *
 * Only images on which they differ count. The test is always exact: its sum has few significant
 * terms, so no approximation is needed, and no rule for when it applies.
 */
#include "compare.h"
#include "../base/error.h"

#include <math.h>

/* The probability that, of n throws of a coin, m or fewer show its head; m <= n / 2. Each term
 * follows from the one before, from the largest on. */
static double binomial_tail(uint64_t m, uint64_t n)
{
	double term = 1, sum = 1;
	int sign;

	for (uint64_t k = m; k > 0 && term > sum * 1e-18; k--) {
		term *= (double)k / (double)(n - k + 1);
		sum += term;
	}
	return exp(log(sum) + lgamma_r((double)n + 1, &sign) - lgamma_r((double)m + 1, &sign) -
		   lgamma_r((double)(n - m) + 1, &sign) - (double)n * log(2));
}

static double mcnemar(uint64_t n_first, uint64_t n_second)
{
	const uint64_t less = n_first < n_second ? n_first : n_second;

	return n_first == n_second ? 1 : fmin(1, 2 * binomial_tail(less, n_first + n_second));
}

static double edwards(uint64_t n_first, uint64_t n_second)
{
	const double gap = fabs((double)n_first - (double)n_second) - 1;
	const double n = (double)n_first + (double)n_second;

	return n > 0 && gap > 0 ? gap * gap / n : 0;
}

/* Newcombe's correlation of both models being right, with his correction for continuity. */
static double correlation(double both, double first, double second, double neither)
{
	const double n = both + first + second + neither;
	const double margins =
		(both + first) * (second + neither) * (both + second) * (first + neither);
	double product = both * neither - first * second;

	if (!(margins > 0))
		return 0;
	if (product > 0)
		product = fmax(product - n / 2, 0);
	return product / sqrt(margins);
}

static struct emnist_interval newcombe(const struct emnist_comparison *c)
{
	const uint64_t n = c->n_both + c->n_first + c->n_second + c->n_neither;
	const struct emnist_interval a = emnist_interval_of_share(c->n_both + c->n_first, n);
	const struct emnist_interval b = emnist_interval_of_share(c->n_both + c->n_second, n);
	const double pa = (double)(c->n_both + c->n_first) / (double)n;
	const double pb = (double)(c->n_both + c->n_second) / (double)n;
	const double phi = correlation((double)c->n_both, (double)c->n_first, (double)c->n_second,
				       (double)c->n_neither);
	const double below_a = pa - a.low, above_a = a.high - pa;
	const double below_b = pb - b.low, above_b = b.high - pb;
	const double down = below_a * below_a - 2 * phi * below_a * above_b + above_b * above_b;
	const double up = above_a * above_a - 2 * phi * above_a * below_b + below_b * below_b;

	return (struct emnist_interval){pa - pb - sqrt(fmax(down, 0)), pa - pb + sqrt(fmax(up, 0))};
}

struct emnist_comparison compare_counts(uint64_t n_both, uint64_t n_first, uint64_t n_second,
					uint64_t n_neither)
{
	const double n = (double)n_both + (double)n_first + (double)n_second + (double)n_neither;
	struct emnist_comparison comparison = {
		.n_both = n_both,
		.n_first = n_first,
		.n_second = n_second,
		.n_neither = n_neither,
		.interval = {-1, 1},
		.p_value = mcnemar(n_first, n_second),
		.chi_squared = edwards(n_first, n_second),
	};

	if (n > 0) {
		comparison.difference = ((double)n_first - (double)n_second) / n;
		comparison.interval = newcombe(&comparison);
	}
	return comparison;
}

enum emnist_status emnist_compare(const struct emnist_evaluation *first,
				  const struct emnist_evaluation *second,
				  struct emnist_comparison *comparison_ret,
				  struct emnist_error *error)
{
	uint64_t counts[2][2] = {{0}}; /* by: the first has it wrong, the second has it wrong */

	if (first->n_images != second->n_images)
		return error_set(
			error, EMNIST_ERR_ARGUMENT, "one model answers %llu images, the other %llu",
			(unsigned long long)first->n_images, (unsigned long long)second->n_images);
	if (first->n_images && (!first->answers || !second->answers))
		return error_set(error, EMNIST_ERR_ARGUMENT, "the answers were not kept");
	for (uint64_t i = 0; i < first->n_images; i++) {
		if (first->answers[i].image != second->answers[i].image)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "the models do not answer the same images");
		counts[first->answers[i].rank != 0][second->answers[i].rank != 0]++;
	}
	*comparison_ret = compare_counts(counts[0][0], counts[0][1], counts[1][0], counts[1][1]);
	return EMNIST_OK;
}
