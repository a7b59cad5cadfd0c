/*
 * tally.c - from probabilities and true classes to the figures of struct emnist_evaluation.
 *
 * A dataset's classes and a model's need not be the same: whether a prediction is right is a
 * question of characters in common, answered beforehand for each pair of classes.
 *
 * Sums are taken in double, image after image, so that equal input in equal order gives equal
 * figures, to the last bit.
 */
#include "tally.h"

#include "../base/memory.h"

#include <math.h>
#include <string.h>

#define TOP 3

enum emnist_status tally_init(struct tally *tally, const struct emnist_labels *true_labels,
			      const struct emnist_labels *predicted_labels,
			      struct emnist_error *error)
{
	size_t n_cells;

	*tally = (struct tally){
		.n_true = emnist_labels_count(true_labels),
		.n_predicted = emnist_labels_count(predicted_labels),
	};
	if (size_mul_overflows(tally->n_true, tally->n_predicted, &n_cells) ||
	    n_cells > TALLY_MAX_CELLS)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "%zu classes of the dataset times %zu of the model: the limit is "
				 "%u",
				 tally->n_true, tally->n_predicted, TALLY_MAX_CELLS);
	tally->matches = alloc_array(n_cells, sizeof(*tally->matches));
	tally->matches_nocase = alloc_array(n_cells, sizeof(*tally->matches_nocase));
	tally->confusion = alloc_zeroed(n_cells, sizeof(*tally->confusion));
	tally->sureness = alloc_zeroed(1, sizeof(*tally->sureness));
	if (!tally->matches || !tally->matches_nocase || !tally->confusion || !tally->sureness)
		return error_memory(error);
	for (size_t i = 0; i < tally->n_true; i++)
		for (size_t j = 0; j < tally->n_predicted; j++) {
			size_t cell = i * tally->n_predicted + j;

			tally->matches[cell] =
				emnist_labels_match(true_labels, i, predicted_labels, j, false);
			tally->matches_nocase[cell] =
				emnist_labels_match(true_labels, i, predicted_labels, j, true);
		}
	return EMNIST_OK;
}

/* The bin ((m - 1) / M, m / M] that a confidence falls into. */
static size_t bin_of(double confidence)
{
	double bin = ceil(confidence * TALLY_N_BINS) - 1;

	return bin < 0 ? 0 : bin > TALLY_N_BINS - 1 ? TALLY_N_BINS - 1 : (size_t)bin;
}

static double set_probability(const float *probabilities, const bool *matches, size_t n)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++)
		sum += matches[j] ? (double)probabilities[j] : 0;
	return fmax(sum, TALLY_MIN_PROBABILITY);
}

static bool add_one(struct tally *tally, const float *probabilities, size_t true_class)
{
	const size_t row = true_class * tally->n_predicted;
	const bool *matches = tally->matches + row;
	const size_t k = tally->n_predicted < TOP ? tally->n_predicted : TOP;
	uint32_t top[TOP];
	bool in_top = false;
	size_t bin;

	emnist_top_k(probabilities, tally->n_predicted, k, top);
	for (size_t i = 0; i < k; i++)
		in_top |= matches[top[i]];
	bin = bin_of((double)probabilities[top[0]]);
	tally->n_images++;
	tally->n_correct += matches[top[0]];
	tally->n_top3 += in_top;
	tally->n_case_insensitive += tally->matches_nocase[row + top[0]];
	tally->confusion[row + top[0]]++;
	tally->bins[bin].n_correct += matches[top[0]];
	tally->bins[bin].confidence += (double)probabilities[top[0]];
	tally->nll -= log(set_probability(probabilities, matches, tally->n_predicted));
	return sureness_add(tally->sureness, probabilities[top[0]], matches[top[0]]);
}

bool tally_add(struct tally *tally, const float *probabilities, const uint16_t *classes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!add_one(tally, probabilities + i * tally->n_predicted, classes[i]))
			return false;
	return true;
}

void tally_finish(struct tally *tally, struct emnist_evaluation *evaluation)
{
	const double n = tally->n_images ? (double)tally->n_images : 1;
	double gap = 0;

	for (size_t i = 0; i < TALLY_N_BINS; i++)
		gap += fabs((double)tally->bins[i].n_correct - tally->bins[i].confidence);
	sureness_sort(tally->sureness);
	*evaluation = (struct emnist_evaluation){
		.n_images = tally->n_images,
		.n_correct = tally->n_correct,
		.n_top3 = tally->n_top3,
		.n_case_insensitive = tally->n_case_insensitive,
		.nll = tally->nll / n,
		.ece = gap / n,
		.n_true = tally->n_true,
		.n_predicted = tally->n_predicted,
		.confusion = tally->confusion,
		.sureness = tally->sureness,
	};
	tally->confusion = NULL;
	tally->sureness = NULL;
}

void tally_clear(struct tally *tally)
{
	free(tally->matches);
	free(tally->matches_nocase);
	free(tally->confusion);
	sureness_free(tally->sureness);
	*tally = (struct tally){0};
}
