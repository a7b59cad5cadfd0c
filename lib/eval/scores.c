/*
 * scores.c - results from a confusion matrix and the answers: intervals, scores per class,
 * confusions, and the most confident mistakes.
 *
 * A class may stand for several characters, and the model may have one class for each. So "taken
 * for it" means taken for any class that shares a character with it.
 */
#include "../base/error.h"
#include "../emnist_eval.h"

#include <math.h>
#include <string.h>

/* Of the normal distribution, the quantile that leaves 2.5 % above it. */
#define Z_95 1.959963984540054

struct emnist_interval emnist_interval_of_share(uint64_t part, uint64_t whole)
{
	const double n = (double)whole, z2 = Z_95 * Z_95;
	struct emnist_interval interval = {0, 1};
	double share, middle, half;

	if (!whole)
		return interval;
	share = (double)part / n;
	middle = (share + z2 / (2 * n)) / (1 + z2 / n);
	half = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
	/* At the ends, where rounding must not miss exactly 0 or 1. */
	if (part > 0)
		interval.low = fmax(middle - half, 0);
	if (part < whole)
		interval.high = fmin(middle + half, 1);
	return interval;
}

static double share_of(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : -1;
}

struct emnist_class_scores emnist_evaluation_class(const struct emnist_evaluation *evaluation,
						   size_t i)
{
	const struct emnist_evaluation *e = evaluation;
	struct emnist_class_scores scores = {0};

	for (size_t j = 0; j < e->n_predicted; j++) {
		uint64_t n = e->confusion[i * e->n_predicted + j];

		scores.n_images += n;
		if (!emnist_labels_match(e->true_labels, i, e->predicted_labels, j, false))
			continue;
		scores.n_correct += n;
		for (size_t row = 0; row < e->n_true; row++)
			scores.n_predicted += e->confusion[row * e->n_predicted + j];
	}
	scores.recall = share_of(scores.n_correct, scores.n_images);
	scores.precision = share_of(scores.n_correct, scores.n_predicted);
	scores.f1 = share_of(2 * scores.n_correct, scores.n_images + scores.n_predicted);
	return scores;
}

struct emnist_macro_scores emnist_evaluation_macro(const struct emnist_evaluation *evaluation)
{
	struct emnist_macro_scores macro = {0};
	double n;

	for (size_t i = 0; i < evaluation->n_true; i++) {
		const struct emnist_class_scores scores = emnist_evaluation_class(evaluation, i);

		if (!scores.n_images)
			continue;
		macro.n_classes++;
		macro.recall += scores.recall;
		macro.precision += fmax(scores.precision, 0);
		macro.f1 += scores.f1;
	}
	n = macro.n_classes ? (double)macro.n_classes : 1;
	macro.recall /= n;
	macro.precision /= n;
	macro.f1 /= n;
	return macro;
}

/* Inserts a cell among the n present, n_max at most. Cells come in matrix order, so ties go
 * last. */
static size_t insert_confusion(struct emnist_confusion *confusions, size_t n, size_t n_max,
			       const struct emnist_confusion *confusion)
{
	size_t place = n;

	while (place > 0 && confusions[place - 1].n_images < confusion->n_images)
		place--;
	if (place == n_max)
		return n;
	n = n < n_max ? n + 1 : n;
	memmove(confusions + place + 1, confusions + place, (n - place - 1) * sizeof(*confusions));
	confusions[place] = *confusion;
	return n;
}

size_t emnist_evaluation_confusions(const struct emnist_evaluation *evaluation, size_t n_max,
				    struct emnist_confusion *confusions_ret)
{
	const struct emnist_evaluation *e = evaluation;
	size_t n = 0;

	for (size_t i = 0; i < e->n_true && n_max; i++)
		for (size_t j = 0; j < e->n_predicted; j++) {
			const struct emnist_confusion confusion = {
				i, j, e->confusion[i * e->n_predicted + j]};

			if (confusion.n_images &&
			    !emnist_labels_match(e->true_labels, i, e->predicted_labels, j, false))
				n = insert_confusion(confusions_ret, n, n_max, &confusion);
		}
	return n;
}
