/*
 * sureness.c - how probable the answers were, and whether they were right.
 *
 * An answer is one 32-bit number: the bits of its probability, which order as the probabilities do
 * and whose upper two are zero up to 1.0, and below them whether it was right. Sorted numbers are
 * sorted answers, and a large dataset costs four bytes an image.
 */
#include "sureness.h"

#include <math.h>
#include <string.h>

static uint32_t bits_of(float probability)
{
	uint32_t bits;

	probability = probability > 0 ? probability < 1 ? probability : 1 : 0;
	memcpy(&bits, &probability, sizeof(bits));
	return bits;
}

static double probability_of(uint32_t answer)
{
	const uint32_t bits = answer >> 1;
	float probability;

	memcpy(&probability, &bits, sizeof(probability));
	return (double)probability;
}

static const uint32_t *answers_of(const struct emnist_sureness *sureness)
{
	return (const uint32_t *)(const void *)sureness->answers.data;
}

bool sureness_add(struct emnist_sureness *sureness, float probability, bool correct)
{
	const uint32_t answer = bits_of(probability) << 1 | correct;

	if (!buffer_reserve(&sureness->answers, (sureness->n + 1) * sizeof(answer)))
		return false;
	memcpy(sureness->answers.data + sureness->n * sizeof(answer), &answer, sizeof(answer));
	sureness->answers.nbytes = ++sureness->n * sizeof(answer);
	return true;
}

/* The surest come first. */
static int compare(const void *a, const void *b)
{
	const uint32_t *first = a, *second = b;

	return (*first < *second) - (*first > *second);
}

void sureness_sort(struct emnist_sureness *sureness)
{
	if (sureness->n)
		qsort(sureness->answers.data, sureness->n, sizeof(uint32_t), compare);
}

void sureness_free(struct emnist_sureness *sureness)
{
	if (sureness)
		buffer_clear(&sureness->answers);
	free(sureness);
}

struct emnist_coverage emnist_coverage_at_probability(const struct emnist_evaluation *evaluation,
						      double min_probability)
{
	const struct emnist_sureness *sureness = evaluation->sureness;
	const uint32_t *answers = answers_of(sureness);
	struct emnist_coverage coverage = {.min_probability = min_probability};

	for (size_t i = 0; i < sureness->n && probability_of(answers[i]) >= min_probability; i++) {
		coverage.n_answered++;
		coverage.n_correct += answers[i] & 1;
	}
	return coverage;
}

struct emnist_coverage emnist_coverage_at_share(const struct emnist_evaluation *evaluation,
						double share)
{
	const struct emnist_sureness *sureness = evaluation->sureness;
	double n_wanted = round(share * (double)sureness->n);

	if (!sureness->n || !(n_wanted >= 1))
		return emnist_coverage_at_probability(evaluation, INFINITY);
	if (n_wanted > (double)sureness->n)
		n_wanted = (double)sureness->n;
	return emnist_coverage_at_probability(
		evaluation, probability_of(answers_of(sureness)[(size_t)n_wanted - 1]));
}
