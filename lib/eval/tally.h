/* tally.h - turns probabilities and true classes into struct emnist_evaluation. */
#ifndef EVAL_TALLY_H
#define EVAL_TALLY_H

#include "../base/error.h"
#include "../base/memory.h"
#include "../emnist_eval.h"
#include "confidence.h"

/* Lower bound for probabilities in the likelihood: -log of 0 has no mean. */
#define TALLY_MIN_PROBABILITY 1e-30

/* The most cells of a confusion matrix. */
#define TALLY_MAX_CELLS (1u << 22)

struct tally {
	size_t n_true;
	size_t n_predicted;
	bool *matches; /* (n_true, n_predicted): whether they share a character */
	bool *matches_nocase;
	uint64_t *confusion; /* (n_true, n_predicted) */
	uint64_t n_images;
	uint64_t n_not_in_model;
	uint64_t n_correct;
	uint64_t n_case_insensitive;
	uint64_t n_at_rank[EMNIST_EVAL_RANKS];
	double nll;                               /* sum over all images */
	struct emnist_bin bins[EMNIST_EVAL_BINS]; /* confidence: the sum */
	struct buffer answers;                    /* of struct emnist_answer */
	struct emnist_confidence *confidence;
};

/* An empty tally for a dataset's and a model's labels. Release with tally_clear(), even after a
 * failure. */
enum emnist_status tally_init(struct tally *tally, const struct emnist_labels *true_labels,
			      const struct emnist_labels *predicted_labels,
			      struct emnist_error *error);

/* probabilities: (n, n_predicted). classes: (n) positions in the true labels. images: (n) their
 * indices in the dataset, to keep the answers; NULL: not kept. False when memory is short. */
bool tally_add(struct tally *tally, const float *probabilities, const uint16_t *classes,
	       const uint32_t *images, size_t n);

/* The results so far. Confusion matrix, confidence and answers move to them; the tally is used
 * up. */
void tally_finish(struct tally *tally, struct emnist_evaluation *evaluation);

void tally_clear(struct tally *tally);

#endif
