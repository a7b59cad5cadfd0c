/*
 * eval_csv.c - the scores of classes as CSV.
 */
#include "csv.h"
#include "eval_report.h"

#include <inttypes.h>

/* Nothing stands for 0/0. */
static void put_share(struct text *text, double share)
{
	text_putc(text, ',');
	if (share >= 0)
		text_share(text, share, 9);
}

/* What the class is most often taken for, wrongly; nothing where it never is. */
static void put_most_confused(struct text *text, const struct emnist_evaluation *e, size_t i)
{
	size_t most = SIZE_MAX;

	for (size_t j = 0; j < e->n_predicted; j++) {
		const uint64_t n = e->confusion[i * e->n_predicted + j];

		if (n && !emnist_labels_match(e->true_labels, i, e->predicted_labels, j, false) &&
		    (most == SIZE_MAX || n > e->confusion[i * e->n_predicted + most]))
			most = j;
	}
	text_putc(text, ',');
	if (most != SIZE_MAX)
		csv_put_field(text, emnist_labels_text(e->predicted_labels, most));
	text_printf(text, ",%" PRIu64,
		    most != SIZE_MAX ? e->confusion[i * e->n_predicted + most] : 0);
}

static void put(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;

	text_puts(text,
		  "label,images,predicted,correct,recall,precision,f1,most_taken_for,taken\n");
	for (size_t i = 0; i < e->n_true; i++) {
		const struct emnist_class_scores scores = emnist_evaluation_class(e, i);

		if (!scores.n_images)
			continue;
		csv_put_field(text, emnist_labels_text(e->true_labels, i));
		text_printf(text, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, scores.n_images,
			    scores.n_predicted, scores.n_correct);
		put_share(text, scores.recall);
		put_share(text, scores.precision);
		put_share(text, scores.f1);
		put_most_confused(text, e, i);
		text_putc(text, '\n');
	}
}

const struct eval_format eval_csv = {"csv", put};
