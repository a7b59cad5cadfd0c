/*
 * eval_report.c - what follows from a confusion matrix, class by class.
 *
 * A class may stand for several characters, and the model may have one class for each of them; so
 * "taken for it" means taken for any class that has a character in common with it.
 */
#include "eval_report.h"

#include <math.h>

const struct eval_format *const eval_formats[] = {&eval_text, &eval_json, NULL};
const char *const eval_format_names[] = {"text", "json", NULL};

const unsigned eval_coverage_shares[] = {100, 99, 98, 95, 90, 80, 0};

double cut_probability(double probability, int n_decimals)
{
	const double unit = pow(10, n_decimals);

	return floor(probability * unit) / unit;
}

static double share_of(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : -1;
}

struct class_scores class_scores_of(const struct eval_report *report, size_t i)
{
	const struct emnist_evaluation *e = report->evaluation;
	struct class_scores scores = {.label = emnist_labels_text(e->true_labels, i)};
	uint64_t n_taken = 0;

	for (size_t j = 0; j < e->n_predicted; j++) {
		uint64_t n = e->confusion[i * e->n_predicted + j];

		scores.n_images += n;
		if (!emnist_labels_match(e->true_labels, i, e->predicted_labels, j, false))
			continue;
		scores.n_correct += n;
		for (size_t row = 0; row < e->n_true; row++)
			n_taken += e->confusion[row * e->n_predicted + j];
	}
	scores.recall = share_of(scores.n_correct, scores.n_images);
	scores.precision = share_of(scores.n_correct, n_taken);
	scores.f1 = share_of(2 * scores.n_correct, scores.n_images + n_taken);
	return scores;
}

bool class_occurs(const struct class_scores *scores)
{
	return scores->n_images > 0;
}
