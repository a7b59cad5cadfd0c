/* eval_report.c - what all formats of an evaluation share. */
#include "eval_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const unsigned eval_coverage_shares[] = {100, 99, 98, 95, 90, 80, 0};

double cut_probability(double probability, int n_decimals)
{
	const double unit = pow(10, n_decimals);

	return floor(probability * unit) / unit;
}

const char *eval_model_name(const char *path)
{
	return path ? path : "built-in";
}

double eval_share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : -1;
}

static uint64_t difference_of(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static int compare_gaps(const void *a, const void *b)
{
	const struct eval_class_gap *first = a, *second = b;
	const uint64_t of_first = difference_of(first->n_first, first->n_second);
	const uint64_t of_second = difference_of(second->n_first, second->n_second);

	if (of_first != of_second)
		return of_first < of_second ? 1 : -1;
	return (first->class > second->class) - (first->class < second->class);
}

static bool same_labels(const struct emnist_labels *a, const struct emnist_labels *b)
{
	const size_t n = emnist_labels_count(a);

	if (n != emnist_labels_count(b))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(emnist_labels_text(a, i), emnist_labels_text(b, i)) != 0)
			return false;
	return true;
}

struct eval_class_gap *eval_class_gaps(const struct eval_report *report, size_t *n_ret)
{
	const struct emnist_evaluation *first = report->evaluation;
	const struct emnist_evaluation *second = report->other->evaluation;
	struct eval_class_gap *gaps = calloc(first->n_true + 1, sizeof(*gaps));
	size_t n = 0;

	*n_ret = 0;
	if (!gaps || !same_labels(first->true_labels, second->true_labels))
		return gaps;
	for (size_t i = 0; i < first->n_true; i++)
		gaps[i].class = i;
	for (uint64_t i = 0; i < first->n_images; i++) {
		struct eval_class_gap *gap = &gaps[first->answers[i].true_class];
		const bool right[] = {!first->answers[i].rank, !second->answers[i].rank};

		gap->n_images++;
		gap->n_first += right[0] && !right[1];
		gap->n_second += right[1] && !right[0];
	}
	for (size_t i = 0; i < first->n_true; i++)
		if (gaps[i].n_first || gaps[i].n_second)
			gaps[n++] = gaps[i];
	qsort(gaps, n, sizeof(*gaps), compare_gaps);
	*n_ret = n;
	return gaps;
}

static uint64_t size_of(const struct eval_confusion_gap *gap)
{
	return difference_of(gap->n_first, gap->n_second);
}

/* Inserts a gap among the n present, n_max at most. */
static size_t insert_gap(struct eval_confusion_gap *gaps, size_t n, size_t n_max,
			 const struct eval_confusion_gap *gap)
{
	size_t place = n;

	while (place > 0 && size_of(&gaps[place - 1]) < size_of(gap))
		place--;
	if (place == n_max)
		return n;
	n = n < n_max ? n + 1 : n;
	memmove(gaps + place + 1, gaps + place, (n - place - 1) * sizeof(*gaps));
	gaps[place] = *gap;
	return n;
}

size_t eval_confusion_gaps(const struct eval_report *report, size_t n_max,
			   struct eval_confusion_gap *gaps_ret)
{
	const struct emnist_evaluation *first = report->evaluation;
	const struct emnist_evaluation *second = report->other->evaluation;
	size_t n = 0;

	if (!n_max || !same_labels(first->true_labels, second->true_labels) ||
	    !same_labels(first->predicted_labels, second->predicted_labels))
		return 0;
	for (size_t i = 0; i < first->n_true; i++)
		for (size_t j = 0; j < first->n_predicted; j++) {
			const size_t cell = i * first->n_predicted + j;
			const struct eval_confusion_gap gap = {i, j, first->confusion[cell],
							       second->confusion[cell]};

			if (size_of(&gap) &&
			    !emnist_labels_match(first->true_labels, i, first->predicted_labels, j,
						 false))
				n = insert_gap(gaps_ret, n, n_max, &gap);
		}
	return n;
}

/* -------------------------------------------------------------------- pictures */

void eval_pictures_add(struct eval_pictures *pictures, float confidence,
		       const struct emnist_answer *answer, const struct emnist_answer *other,
		       const uint8_t *pixels)
{
	struct eval_picture *items = pictures->items;
	size_t place = pictures->n;

	while (place > 0 && items[place - 1].confidence < confidence)
		place--;
	if (place == EVAL_N_PICTURES)
		return;
	if (pictures->n < EVAL_N_PICTURES)
		pictures->n++;
	memmove(items + place + 1, items + place, (pictures->n - place - 1) * sizeof(*items));
	items[place].confidence = confidence;
	items[place].answer = *answer;
	items[place].other = other ? *other : (struct emnist_answer){0};
	memcpy(items[place].pixels, pixels, EMNIST_VECTOR_LENGTH);
}
