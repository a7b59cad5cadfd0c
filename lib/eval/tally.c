/*
 * tally.c - turns probabilities and true classes into struct emnist_evaluation.
 *
 * A dataset's classes may differ from a model's. A prediction is right if the two classes share a
 * character, which is determined once for each pair of classes.
 *
 * Sums are doubles, added image by image: the same input in the same order gives the same figures,
 * to the last bit.
 */
#include "tally.h"

#include "../base/memory.h"

#include <math.h>
#include <string.h>

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
	tally->confidence = alloc_zeroed(1, sizeof(*tally->confidence));
	if (!tally->matches || !tally->matches_nocase || !tally->confusion || !tally->confidence)
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
	double bin = ceil(confidence * EMNIST_EVAL_BINS) - 1;

	return bin < 0 ? 0 : bin > EMNIST_EVAL_BINS - 1 ? EMNIST_EVAL_BINS - 1 : (size_t)bin;
}

/* The summed probability of a true class. */
static double set_probability(const float *probabilities, const bool *matches, size_t n)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++)
		sum += matches[j] ? (double)probabilities[j] : 0;
	return sum;
}

/* How many classes are more probable than all of a true class's; of equally probable ones, those
 * before it. */
static uint16_t rank_of(const float *probabilities, const bool *matches, size_t n)
{
	size_t best = n, rank = 0;

	for (size_t j = 0; j < n; j++)
		if (matches[j] && (best == n || probabilities[j] > probabilities[best]))
			best = j;
	if (best == n)
		return EMNIST_NO_RANK;
	for (size_t j = 0; j < best; j++)
		rank += probabilities[j] >= probabilities[best];
	for (size_t j = best + 1; j < n; j++)
		rank += probabilities[j] > probabilities[best];
	return rank < EMNIST_NO_RANK ? (uint16_t)rank : EMNIST_NO_RANK - 1;
}

static bool keep_answer(struct buffer *answers, const struct emnist_answer *answer)
{
	if (!buffer_reserve(answers, answers->nbytes + sizeof(*answer)))
		return false;
	memcpy(answers->data + answers->nbytes, answer, sizeof(*answer));
	answers->nbytes += sizeof(*answer);
	return true;
}

static bool add_one(struct tally *tally, const float *probabilities, struct emnist_answer *answer,
		    bool keep)
{
	const size_t row = answer->true_class * tally->n_predicted;
	const bool *matches = tally->matches + row;
	const double of_truth = set_probability(probabilities, matches, tally->n_predicted);
	struct emnist_bin *bin;
	uint32_t top;
	bool correct;

	emnist_top_k(probabilities, tally->n_predicted, 1, &top);
	correct = matches[top];
	answer->predicted_class = (uint16_t)top;
	answer->probability = probabilities[top];
	answer->true_probability = of_truth < 1 ? (float)of_truth : 1;
	answer->rank = correct ? 0 : rank_of(probabilities, matches, tally->n_predicted);
	bin = &tally->bins[bin_of((double)probabilities[top])];
	bin->n_images++;
	bin->n_correct += correct;
	bin->confidence += (double)probabilities[top];
	tally->n_images++;
	tally->n_not_in_model += answer->rank == EMNIST_NO_RANK;
	tally->n_correct += correct;
	if (answer->rank < EMNIST_EVAL_RANKS)
		tally->n_at_rank[answer->rank]++;
	tally->n_case_insensitive += tally->matches_nocase[row + top];
	tally->confusion[row + top]++;
	tally->nll -= log(fmax(of_truth, TALLY_MIN_PROBABILITY));
	return confidence_add(tally->confidence, probabilities[top], correct) &&
	       (!keep || keep_answer(&tally->answers, answer));
}

bool tally_add(struct tally *tally, const float *probabilities, const uint16_t *classes,
	       const uint32_t *images, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct emnist_answer answer = {0};

		answer.image = images ? images[i] : 0;
		answer.true_class = classes[i];
		if (!add_one(tally, probabilities + i * tally->n_predicted, &answer, images))
			return false;
	}
	return true;
}

/* Turns sums into means. */
static void finish_bins(const struct tally *tally, struct emnist_evaluation *evaluation)
{
	double gap = 0;

	for (size_t i = 0; i < EMNIST_EVAL_BINS; i++) {
		struct emnist_bin *bin = &evaluation->bins[i];

		*bin = tally->bins[i];
		gap += fabs((double)bin->n_correct - bin->confidence);
		if (bin->n_images)
			bin->confidence /= (double)bin->n_images;
	}
	evaluation->ece = tally->n_images ? gap / (double)tally->n_images : 0;
}

void tally_finish(struct tally *tally, struct emnist_evaluation *evaluation)
{
	uint64_t n_within = 0;

	confidence_sort(tally->confidence);
	*evaluation = (struct emnist_evaluation){
		.n_images = tally->n_images,
		.n_not_in_model = tally->n_not_in_model,
		.n_correct = tally->n_correct,
		.n_case_insensitive = tally->n_case_insensitive,
		.nll = tally->n_images ? tally->nll / (double)tally->n_images : 0,
		.n_true = tally->n_true,
		.n_predicted = tally->n_predicted,
		.confusion = tally->confusion,
		.confidence = tally->confidence,
		.answers = (struct emnist_answer *)(void *)tally->answers.data,
	};
	for (size_t i = 0; i < EMNIST_EVAL_RANKS; i++) {
		n_within += tally->n_at_rank[i];
		evaluation->n_within[i] = n_within;
	}
	evaluation->n_top3 = evaluation->n_within[2];
	finish_bins(tally, evaluation);
	tally->confusion = NULL;
	tally->confidence = NULL;
	tally->answers = (struct buffer){0};
}

void tally_clear(struct tally *tally)
{
	free(tally->matches);
	free(tally->matches_nocase);
	free(tally->confusion);
	confidence_free(tally->confidence);
	buffer_clear(&tally->answers);
	*tally = (struct tally){0};
}
