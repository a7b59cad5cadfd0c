/*
 * eval_csv.c - tables of an evaluation: scores per class, separated by commas or tabs, and the
 * confusion matrix.
 */
#include "../output/escape.h"
#include "eval_report.h"

#include <inttypes.h>

static void put_count(const struct csv_dialect *dialect, struct text *text, uint64_t count)
{
	text_printf(text, "%c%" PRIu64, dialect->separator, count);
}

/* Empty for 0/0. */
static void put_share(const struct csv_dialect *dialect, struct text *text, double share)
{
	text_putc(text, dialect->separator);
	if (share >= 0)
		text_share(text, share, 9);
}

/* The class's most frequent confusion; empty if there is none. */
static void put_most_confused(const struct csv_dialect *dialect, struct text *text,
			      const struct emnist_evaluation *e, size_t i)
{
	size_t most = SIZE_MAX;

	for (size_t j = 0; j < e->n_predicted; j++) {
		const uint64_t n = e->confusion[i * e->n_predicted + j];

		if (n && !emnist_labels_match(e->true_labels, i, e->predicted_labels, j, false) &&
		    (most == SIZE_MAX || n > e->confusion[i * e->n_predicted + most]))
			most = j;
	}
	text_putc(text, dialect->separator);
	if (most != SIZE_MAX)
		dialect->put_field(text, emnist_labels_text(e->predicted_labels, most));
	put_count(dialect, text, most != SIZE_MAX ? e->confusion[i * e->n_predicted + most] : 0);
}

static void put_class(const struct csv_dialect *dialect, struct text *text,
		      const struct emnist_evaluation *e, size_t i)
{
	const struct emnist_class_scores scores = emnist_evaluation_class(e, i);

	if (!scores.n_images)
		return;
	dialect->put_field(text, emnist_labels_text(e->true_labels, i));
	put_count(dialect, text, scores.n_images);
	put_count(dialect, text, scores.n_predicted);
	put_count(dialect, text, scores.n_correct);
	put_share(dialect, text, scores.recall);
	put_share(dialect, text, scores.precision);
	put_share(dialect, text, scores.f1);
	put_most_confused(dialect, text, e, i);
	text_putc(text, '\n');
}

static void put(const struct csv_dialect *dialect, struct text *text,
		const struct eval_report *report)
{
	static const char *const columns[] = {"label",   "images",         "predicted",
					      "correct", "recall",         "precision",
					      "f1",      "most_taken_for", "taken"};

	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		if (i > 0)
			text_putc(text, dialect->separator);
		text_puts(text, columns[i]);
	}
	text_putc(text, '\n');
	for (size_t i = 0; i < report->evaluation->n_true; i++)
		put_class(dialect, text, report->evaluation, i);
}

static void put_csv(struct text *text, const struct eval_report *report)
{
	put(&csv_comma, text, report);
}

static void put_tsv(struct text *text, const struct eval_report *report)
{
	put(&csv_tab, text, report);
}

const struct eval_format eval_csv = {"csv", put_csv};
const struct eval_format eval_tsv = {"tsv", put_tsv};

void eval_put_confusion(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;

	text_puts(text, "label");
	for (size_t j = 0; j < e->n_predicted; j++) {
		text_putc(text, ',');
		csv_put_field(text, emnist_labels_text(e->predicted_labels, j));
	}
	text_putc(text, '\n');
	for (size_t i = 0; i < e->n_true; i++) {
		csv_put_field(text, emnist_labels_text(e->true_labels, i));
		for (size_t j = 0; j < e->n_predicted; j++)
			put_count(&csv_comma, text, e->confusion[i * e->n_predicted + j]);
		text_putc(text, '\n');
	}
}
