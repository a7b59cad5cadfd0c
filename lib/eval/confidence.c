/*
 * confidence.c - the probabilities of the answers, and whether they were correct.
 *
 * An answer is one 32-bit number: the bits of its probability, which sort like probabilities and
 * whose upper two are zero up to 1.0, and below them whether it was correct. Sorted numbers are
 * sorted answers, and a large dataset takes four bytes per image.
 */
#include "confidence.h"
#include "../emnist_eval.h"

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

static const uint32_t *answers_of(const struct emnist_confidence *confidence)
{
	return (const uint32_t *)(const void *)confidence->answers.data;
}

bool confidence_add(struct emnist_confidence *confidence, float probability, bool correct)
{
	const uint32_t answer = bits_of(probability) << 1 | correct;

	if (!buffer_reserve(&confidence->answers, (confidence->n + 1) * sizeof(answer)))
		return false;
	memcpy(confidence->answers.data + confidence->n * sizeof(answer), &answer, sizeof(answer));
	confidence->answers.nbytes = ++confidence->n * sizeof(answer);
	return true;
}

/* The surest come first. */
static int compare(const void *a, const void *b)
{
	const uint32_t *first = a, *second = b;

	return (*first < *second) - (*first > *second);
}

void confidence_sort(struct emnist_confidence *confidence)
{
	if (confidence->n)
		qsort(confidence->answers.data, confidence->n, sizeof(uint32_t), compare);
}

void confidence_free(struct emnist_confidence *confidence)
{
	if (confidence)
		buffer_clear(&confidence->answers);
	free(confidence);
}

struct emnist_coverage emnist_coverage_at_probability(const struct emnist_evaluation *evaluation,
						      double min_probability)
{
	const struct emnist_confidence *confidence = evaluation->confidence;
	const uint32_t *answers = answers_of(confidence);
	struct emnist_coverage coverage = {.min_probability = min_probability};

	for (size_t i = 0; i < confidence->n && probability_of(answers[i]) >= min_probability;
	     i++) {
		coverage.n_answered++;
		coverage.n_correct += answers[i] & 1;
	}
	return coverage;
}

struct emnist_coverage emnist_coverage_at_share(const struct emnist_evaluation *evaluation,
						double share)
{
	const struct emnist_confidence *confidence = evaluation->confidence;
	double n_wanted = round(share * (double)confidence->n);

	if (!confidence->n || !(n_wanted >= 1))
		return emnist_coverage_at_probability(evaluation, INFINITY);
	if (n_wanted > (double)confidence->n)
		n_wanted = (double)confidence->n;
	return emnist_coverage_at_probability(
		evaluation, probability_of(answers_of(confidence)[(size_t)n_wanted - 1]));
}
