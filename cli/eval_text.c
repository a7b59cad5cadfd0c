/*
 * eval_text.c - an evaluation for people.
 */
#include "digits.h"
#include "escape.h"
#include "eval_report.h"

#include <stdio.h>
#include <string.h>

#define NAME_WIDTH 20 /* of the first column */

static void put_name(struct text *text, const char *name)
{
	char padded[NAME_WIDTH + 1];

	snprintf(padded, sizeof(padded), "%-*s", NAME_WIDTH, name);
	text_puts(text, padded);
}

static void put_share(struct text *text, const char *name, uint64_t part, uint64_t whole)
{
	char line[128], part_digits[DIGITS_NBYTES], whole_digits[DIGITS_NBYTES];

	char share[16] = "     -";

	if (whole)
		snprintf(share, sizeof(share), "%6.2f", 100 * (double)part / (double)whole);
	put_name(text, name);
	snprintf(line, sizeof(line), "%s %%  (%s of %s)\n", share, with_commas(part, part_digits),
		 with_commas(whole, whole_digits));
	text_puts(text, line);
}

static void put_answered(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	const struct emnist_coverage coverage =
		emnist_coverage_at_probability(e, report->classes->min_probability);

	put_share(text, "answered", coverage.n_answered, e->n_images);
	put_share(text, "right of answered", coverage.n_correct, coverage.n_answered);
}

static void put_figures(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	char line[128], digits[DIGITS_NBYTES];

	put_share(text, "accuracy", e->n_correct, e->n_images);
	put_share(text, "top 3", e->n_top3, e->n_images);
	put_share(text, "ignoring case", e->n_case_insensitive, e->n_images);
	if (report->classes->min_probability >= 0)
		put_answered(text, report);
	if (report->classes->set)
		put_share(text, "left out", e->n_left_out, e->n_images + e->n_left_out);
	put_name(text, "calibration error");
	snprintf(line, sizeof(line), "%6.2f %%\n", 100 * e->ece);
	text_puts(text, line);
	put_name(text, "log loss");
	snprintf(line, sizeof(line), "%8.4f\n", e->nll);
	text_puts(text, line);
	put_name(text, "time");
	snprintf(line, sizeof(line), "%6.2f s  (%s images a second)\n", report->seconds,
		 with_commas((uint64_t)((double)e->n_images / report->seconds), digits));
	text_puts(text, line);
}

/* A share as a percentage of 9 columns. */
static void put_percentage(struct text *text, double share)
{
	char column[16];

	if (share < 0)
		snprintf(column, sizeof(column), "%9s", "-");
	else
		snprintf(column, sizeof(column), "%9.2f", 100 * share);
	text_puts(text, column);
}

/* How many columns a label takes: one a character. */
static int width_of(const char *label)
{
	int width = 0;

	for (; *label; label++)
		width += (*label & 0xc0) != 0x80;
	return width;
}

static int widest_label(const struct eval_report *report)
{
	int widest = (int)strlen("label");

	for (size_t i = 0; i < report->evaluation->n_true; i++) {
		int width = width_of(emnist_labels_text(report->evaluation->true_labels, i));

		widest = width > widest ? width : widest;
	}
	return widest;
}

static void put_classes(struct text *text, const struct eval_report *report)
{
	const int widest = widest_label(report);
	char columns[160], images[DIGITS_NBYTES], correct[DIGITS_NBYTES];

	snprintf(columns, sizeof(columns), "\n%-*s%11s%11s%9s%11s%7s\n", widest, "label", "images",
		 "correct", "recall", "precision", "F1");
	text_puts(text, columns);
	for (size_t i = 0; i < report->evaluation->n_true; i++) {
		const struct class_scores scores = class_scores_of(report, i);

		if (!class_occurs(&scores))
			continue;
		text_puts(text, scores.label);
		snprintf(columns, sizeof(columns), "%*s%11s%11s", widest - width_of(scores.label),
			 "", with_commas(scores.n_images, images),
			 with_commas(scores.n_correct, correct));
		text_puts(text, columns);
		put_percentage(text, scores.recall);
		text_puts(text, "  ");
		put_percentage(text, scores.precision);
		put_percentage(text, scores.f1);
		text_putc(text, '\n');
	}
}

static void put_coverage(struct text *text, const struct emnist_evaluation *e)
{
	char line[96];

	text_puts(text, "\nanswered  min-probability  accuracy\n");
	for (const unsigned *percent = eval_coverage_shares; *percent; percent++) {
		const struct emnist_coverage c = emnist_coverage_at_share(e, *percent / 100.0);

		snprintf(line, sizeof(line), "%8.2f%17.6f%10.2f\n",
			 100 * (double)c.n_answered / (double)e->n_images,
			 cut_probability(c.min_probability, 6),
			 100 * (double)c.n_correct / (double)c.n_answered);
		text_puts(text, line);
	}
}

static void put(struct text *text, const struct eval_report *report)
{
	put_name(text, "model");
	escape_put(text, report->model_path ? report->model_path : "built-in");
	text_putc(text, '\n');
	put_name(text, "dataset");
	escape_put(text, report->dataset_path);
	text_putc(text, '\n');
	put_figures(text, report);
	if (report->coverage)
		put_coverage(text, report->evaluation);
	if (report->per_class)
		put_classes(text, report);
}

const struct eval_format eval_text = {"text", put};
