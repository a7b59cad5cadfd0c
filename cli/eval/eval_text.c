/* eval_text.c - an evaluation as text for people. */
#include "../common/progress.h"
#include "../output/escape.h"
#include "../output/text.h"
#include "eval_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH 20 /* of the first column */
#define N_GAPS     10 /* rows of the largest differences between two models */

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

static void put_interval(struct text *text, const struct emnist_evaluation *e)
{
	const struct emnist_interval interval = emnist_interval_of_share(e->n_correct, e->n_images);

	put_name(text, "95 % interval");
	text_printf(text, "%6.2f to %.2f %%\n", 100 * interval.low, 100 * interval.high);
}

static void put_macro(struct text *text, const struct emnist_evaluation *e)
{
	const struct emnist_macro_scores macro = emnist_evaluation_macro(e);

	put_name(text, "macro F1");
	text_printf(text, "%6.2f %%  (mean of %zu class%s)\n", 100 * macro.f1, macro.n_classes,
		    macro.n_classes == 1 ? "" : "es");
}

static void put_figures(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	char line[128], digits[DIGITS_NBYTES];

	put_share(text, "accuracy", e->n_correct, e->n_images);
	put_interval(text, e);
	put_share(text, "top 3", e->n_top3, e->n_images);
	if (report->n_top) {
		snprintf(line, sizeof(line), "top %zu", report->n_top);
		put_share(text, line, e->n_within[report->n_top - 1], e->n_images);
	}
	put_share(text, "ignoring case", e->n_case_insensitive, e->n_images);
	put_macro(text, e);
	if (report->classes->min_probability >= 0)
		put_answered(text, report);
	if (report->classes->set)
		put_share(text, "left out", e->n_left_out,
			  e->n_images + e->n_left_out + e->n_blank);
	if (e->n_blank)
		put_share(text, "blank", e->n_blank, e->n_images + e->n_left_out + e->n_blank);
	if (e->n_not_in_model)
		put_share(text, "not in the model", e->n_not_in_model, e->n_images);
	put_name(text, "calibration error");
	snprintf(line, sizeof(line), "%6.2f %%\n", 100 * e->ece);
	text_puts(text, line);
	put_name(text, "log loss");
	snprintf(line, sizeof(line), "%8.4f\n", e->nll);
	text_puts(text, line);
	put_name(text, "time");
	snprintf(line, sizeof(line), "%6.2f s  (%s images a second)\n", report->seconds,
		 with_commas(a_second(e->n_images, report->seconds), digits));
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

static int widest_label(const struct emnist_labels *labels, const char *heading)
{
	int widest = (int)strlen(heading);

	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		const int width = (int)escape_width(emnist_labels_text(labels, i));

		widest = width > widest ? width : widest;
	}
	return widest;
}

static void put_label(struct text *text, const struct emnist_labels *labels, size_t i, int width)
{
	escape_put_padded(text, emnist_labels_text(labels, i), (size_t)width);
}

static void put_classes(struct text *text, const struct emnist_evaluation *e)
{
	const int widest = widest_label(e->true_labels, "label");
	char images[DIGITS_NBYTES], correct[DIGITS_NBYTES];

	text_printf(text, "\n%-*s%11s%11s%9s%11s%7s\n", widest, "label", "images", "correct",
		    "recall", "precision", "F1");
	for (size_t i = 0; i < e->n_true; i++) {
		const struct emnist_class_scores scores = emnist_evaluation_class(e, i);

		if (!scores.n_images)
			continue;
		put_label(text, e->true_labels, i, widest);
		text_printf(text, "%11s%11s", with_commas(scores.n_images, images),
			    with_commas(scores.n_correct, correct));
		put_percentage(text, scores.recall);
		text_puts(text, "  ");
		put_percentage(text, scores.precision);
		put_percentage(text, scores.f1);
		text_putc(text, '\n');
	}
}

/* The most frequent confusions. */
static void put_confusions(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	struct emnist_confusion *confusions = calloc(report->n_confusions, sizeof(*confusions));
	const int true_width = widest_label(e->true_labels, "true");
	const int width = widest_label(e->predicted_labels, "taken for");
	size_t n = 0;

	text->failed |= !confusions;
	if (confusions)
		n = emnist_evaluation_confusions(e, report->n_confusions, confusions);
	text_printf(text, "\n%-*s  %-*s%11s%18s\n", true_width, "true", width, "taken for",
		    "images", "of the class");
	for (size_t i = 0; i < n; i++) {
		const struct emnist_confusion *c = &confusions[i];
		char digits[DIGITS_NBYTES];

		put_label(text, e->true_labels, c->true_class, true_width + 2);
		put_label(text, e->predicted_labels, c->predicted_class, width);
		text_printf(text, "%11s%16.2f %%\n", with_commas(c->n_images, digits),
			    100 * (double)c->n_images /
				    (double)emnist_evaluation_class(e, c->true_class).n_images);
	}
	free(confusions);
}

/* Bins without images are left out. */
static void put_bins(struct text *text, const struct emnist_evaluation *e)
{
	text_puts(text, "\nprobability         images       mean  accuracy\n");
	for (size_t b = 0; b < EMNIST_EVAL_BINS; b++) {
		const struct emnist_bin *bin = &e->bins[b];
		char digits[DIGITS_NBYTES];

		if (!bin->n_images)
			continue;
		text_printf(text, "%5.1f to %5.1f%13s%11.2f%10.2f\n", 100.0 * (double)b / 15,
			    100.0 * (double)(b + 1) / 15, with_commas(bin->n_images, digits),
			    100 * bin->confidence,
			    100 * (double)bin->n_correct / (double)bin->n_images);
	}
}

/* "p = 0.0123", "p = 1.2e-34", "p < 1e-300". */
static void put_p_value(struct text *text, double p)
{
	if (p < 1e-300)
		text_puts(text, "p < 1e-300");
	else
		text_printf(text, p < 0.0001 ? "p = %.1e" : "p = %.4f", p);
}

/* The classes on which the models differ most. */
static void put_gaps(struct text *text, const struct eval_report *report)
{
	const struct emnist_labels *labels = report->evaluation->true_labels;
	const int widest = widest_label(labels, "label");
	size_t n;
	struct eval_class_gap *gaps = eval_class_gaps(report, &n);
	char digits[DIGITS_NBYTES];

	text->failed |= !gaps;
	if (n)
		text_printf(text, "\n%-*s%11s%15s%15s%9s\n", widest, "label", "images",
			    "first alone", "second alone", "gain");
	for (size_t i = 0; i < n && i < N_GAPS; i++) {
		put_label(text, labels, gaps[i].class, widest);
		text_printf(text, "%11s", with_commas(gaps[i].n_images, digits));
		text_printf(text, "%15s", with_commas(gaps[i].n_first, digits));
		text_printf(text, "%15s%+9.2f\n", with_commas(gaps[i].n_second, digits),
			    100 * ((double)gaps[i].n_first - (double)gaps[i].n_second) /
				    (double)gaps[i].n_images);
	}
	free(gaps);
}

/* The mistakes that one makes more often. */
static void put_confusion_gaps(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	const int true_width = widest_label(e->true_labels, "true");
	const int width = widest_label(e->predicted_labels, "taken for");
	struct eval_confusion_gap gaps[N_GAPS];
	const size_t n = eval_confusion_gaps(report, N_GAPS, gaps);
	char digits[DIGITS_NBYTES];

	if (n)
		text_printf(text, "\n%-*s  %-*s%15s%15s\n", true_width, "true", width, "taken for",
			    "by the first", "by the second");
	for (size_t i = 0; i < n; i++) {
		put_label(text, e->true_labels, gaps[i].true_class, true_width + 2);
		put_label(text, e->predicted_labels, gaps[i].predicted_class, width);
		text_printf(text, "%15s", with_commas(gaps[i].n_first, digits));
		text_printf(text, "%15s\n", with_commas(gaps[i].n_second, digits));
	}
}

static void put_comparison(struct text *text, const struct eval_report *report)
{
	const struct eval_other *other = report->other;
	const struct emnist_evaluation *e = other->evaluation;
	const struct emnist_comparison *c = &other->comparison;

	text_putc(text, '\n');
	put_name(text, "compared with");
	escape_put(text, other->model_path);
	text_putc(text, '\n');
	put_share(text, "accuracy", e->n_correct, e->n_images);
	put_interval(text, e);
	put_name(text, "difference");
	text_printf(text, "%+6.2f points  (95 %% interval %+.2f to %+.2f)\n", 100 * c->difference,
		    100 * c->interval.low, 100 * c->interval.high);
	put_share(text, "both right", c->n_both, e->n_images);
	put_share(text, "first alone right", c->n_first, e->n_images);
	put_share(text, "second alone right", c->n_second, e->n_images);
	put_share(text, "neither right", c->n_neither, e->n_images);
	put_name(text, "McNemar's test");
	text_puts(text, " ");
	put_p_value(text, c->p_value);
	text_printf(text, "  (exact; chi-squared %.2f)\n", c->chi_squared);
	put_gaps(text, report);
	put_confusion_gaps(text, report);
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
	escape_put(text, eval_model_name(report->model_path));
	text_putc(text, '\n');
	put_name(text, "dataset");
	escape_put(text, report->dataset_name);
	text_putc(text, '\n');
	put_figures(text, report);
	if (report->coverage)
		put_coverage(text, report->evaluation);
	if (report->calibration)
		put_bins(text, report->evaluation);
	if (report->n_confusions)
		put_confusions(text, report);
	if (report->per_class)
		put_classes(text, report->evaluation);
	if (report->other)
		put_comparison(text, report);
}

const struct eval_format eval_text = {"text", put};
