/*
 * eval_json.c - an evaluation as one JSON object.
 */
#include "../output/json.h"
#include "eval_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of the mistakes that one model makes more often than the other. */
#define N_CONFUSION_GAPS 100

static void put_key(struct text *text, const char *key)
{
	text_puts(text, ",\"");
	text_puts(text, key);
	text_puts(text, "\":");
}

static void put_count(struct text *text, const char *key, uint64_t count)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, count);
	put_key(text, key);
	text_puts(text, digits);
}

/* n_decimals of 9 give the counts back from a share of any dataset there is. JSON has no word for
 * what is no number. */
static void put_real(struct text *text, const char *key, double value, int n_decimals)
{
	char digits[64];

	snprintf(digits, sizeof(digits), "%.*f", n_decimals, value);
	put_key(text, key);
	text_puts(text, value >= 0 && isfinite(value) ? digits : "null");
}

static void put_label(struct text *text, const char *key, const struct emnist_labels *labels,
		      size_t i)
{
	put_key(text, key);
	json_put_string(text, emnist_labels_text(labels, i));
}

/* The next object of an array, whose first field is a label. */
static void begin_labelled(struct text *text, bool *first, const char *key,
			   const struct emnist_labels *labels, size_t i)
{
	text_puts(text, *first ? "{\"" : ",{\"");
	text_puts(text, key);
	text_puts(text, "\":");
	json_put_string(text, emnist_labels_text(labels, i));
	*first = false;
}

static void put_classes(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	bool first = true;

	put_key(text, "per_class");
	text_putc(text, '[');
	for (size_t i = 0; i < e->n_true; i++) {
		const struct emnist_class_scores scores = emnist_evaluation_class(e, i);

		if (!scores.n_images)
			continue;
		begin_labelled(text, &first, "label", e->true_labels, i);
		put_count(text, "images", scores.n_images);
		put_count(text, "correct", scores.n_correct);
		put_real(text, "recall", scores.recall, 9);
		put_real(text, "precision", scores.precision, 9);
		put_real(text, "f1", scores.f1, 9);
		put_count(text, "predicted", scores.n_predicted);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_confusions(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	struct emnist_confusion *confusions = calloc(report->n_confusions, sizeof(*confusions));
	const size_t n =
		confusions ? emnist_evaluation_confusions(e, report->n_confusions, confusions) : 0;
	bool first = true;

	text->failed |= !confusions;
	put_key(text, "most_confused");
	text_putc(text, '[');
	for (size_t i = 0; i < n; i++) {
		begin_labelled(text, &first, "true", e->true_labels, confusions[i].true_class);
		put_label(text, "predicted", e->predicted_labels, confusions[i].predicted_class);
		put_count(text, "images", confusions[i].n_images);
		text_putc(text, '}');
	}
	text_putc(text, ']');
	free(confusions);
}

static void put_bins(struct text *text, const struct emnist_evaluation *e)
{
	put_key(text, "calibration");
	text_putc(text, '[');
	for (size_t b = 0; b < EMNIST_EVAL_BINS; b++) {
		const struct emnist_bin *bin = &e->bins[b];
		char digits[64];

		snprintf(digits, sizeof(digits), "%s{\"above\":%.9f", b ? "," : "",
			 (double)b / EMNIST_EVAL_BINS);
		text_puts(text, digits);
		put_count(text, "images", bin->n_images);
		put_real(text, "confidence", bin->n_images ? bin->confidence : -1, 9);
		put_real(text, "accuracy", eval_share(bin->n_correct, bin->n_images), 9);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_signed(struct text *text, const char *key, const char *format, double value)
{
	char digits[64];

	snprintf(digits, sizeof(digits), format, value);
	put_key(text, key);
	text_puts(text, digits);
}

static void put_gaps(struct text *text, const struct eval_report *report)
{
	size_t n;
	struct eval_class_gap *gaps = eval_class_gaps(report, &n);
	bool first = true;

	text->failed |= !gaps;
	put_key(text, "classes");
	text_putc(text, '[');
	for (size_t i = 0; i < n; i++) {
		begin_labelled(text, &first, "label", report->evaluation->true_labels,
			       gaps[i].class);
		put_count(text, "images", gaps[i].n_images);
		put_count(text, "first_alone", gaps[i].n_first);
		put_count(text, "second_alone", gaps[i].n_second);
		text_putc(text, '}');
	}
	text_putc(text, ']');
	free(gaps);
}

static void put_confusion_gaps(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	struct eval_confusion_gap gaps[N_CONFUSION_GAPS];
	const size_t n = eval_confusion_gaps(report, N_CONFUSION_GAPS, gaps);
	bool first = true;

	put_key(text, "confusions");
	text_putc(text, '[');
	for (size_t i = 0; i < n; i++) {
		begin_labelled(text, &first, "true", e->true_labels, gaps[i].true_class);
		put_label(text, "predicted", e->predicted_labels, gaps[i].predicted_class);
		put_count(text, "first", gaps[i].n_first);
		put_count(text, "second", gaps[i].n_second);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_interval(struct text *text, const struct emnist_evaluation *e)
{
	const struct emnist_interval interval = emnist_interval_of_share(e->n_correct, e->n_images);

	put_real(text, "accuracy_low", interval.low, 9);
	put_real(text, "accuracy_high", interval.high, 9);
}

static void put_comparison(struct text *text, const struct eval_report *report)
{
	const struct eval_other *other = report->other;
	const struct emnist_comparison *c = &other->comparison;

	put_key(text, "compare");
	text_puts(text, "{\"model\":");
	json_put_string(text, other->model_path);
	put_count(text, "correct", other->evaluation->n_correct);
	put_real(text, "accuracy",
		 (double)other->evaluation->n_correct / (double)other->evaluation->n_images, 9);
	put_interval(text, other->evaluation);
	put_signed(text, "difference", "%.9f", c->difference);
	put_signed(text, "difference_low", "%.9f", c->interval.low);
	put_signed(text, "difference_high", "%.9f", c->interval.high);
	put_count(text, "both", c->n_both);
	put_count(text, "first_alone", c->n_first);
	put_count(text, "second_alone", c->n_second);
	put_count(text, "neither", c->n_neither);
	put_signed(text, "mcnemar_p", "%.6e", c->p_value);
	put_signed(text, "mcnemar_chi_squared", "%.6f", c->chi_squared);
	put_gaps(text, report);
	put_confusion_gaps(text, report);
	text_putc(text, '}');
}

static void put_ranks(struct text *text, const struct emnist_evaluation *e)
{
	put_key(text, "top_k");
	for (size_t k = 0; k < EMNIST_EVAL_RANKS; k++) {
		text_putc(text, k ? ',' : '[');
		text_share(text, (double)e->n_within[k] / (double)e->n_images, 9);
	}
	text_putc(text, ']');
}

/* What is always there, but came after what others read by its place. */
static void put_statistics(struct text *text, const struct emnist_evaluation *e)
{
	const struct emnist_macro_scores macro = emnist_evaluation_macro(e);

	put_interval(text, e);
	put_ranks(text, e);
	put_real(text, "macro_recall", macro.recall, 9);
	put_real(text, "macro_precision", macro.precision, 9);
	put_real(text, "macro_f1", macro.f1, 9);
	put_count(text, "macro_classes", macro.n_classes);
}

static void put_coverage(struct text *text, const struct emnist_coverage *coverage, double n_images)
{
	const double n_answered = (double)coverage->n_answered;

	put_real(text, "answered", n_answered / n_images, 9);
	put_real(text, "answered_accuracy",
		 coverage->n_answered ? (double)coverage->n_correct / n_answered : -1, 9);
}

static void put_coverages(struct text *text, const struct emnist_evaluation *e)
{
	put_key(text, "coverage");
	text_putc(text, '[');
	for (const unsigned *percent = eval_coverage_shares; *percent; percent++) {
		const struct emnist_coverage coverage =
			emnist_coverage_at_share(e, *percent / 100.0);
		char digits[32];

		text_puts(text, percent == eval_coverage_shares ? "{" : ",{");
		snprintf(digits, sizeof(digits), "\"share\":%.2f", *percent / 100.0);
		text_puts(text, digits);
		put_real(text, "min_probability", cut_probability(coverage.min_probability, 9), 9);
		put_coverage(text, &coverage, (double)e->n_images);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

/* What was asked of the answers, and what came of it. */
static void put_answers(struct text *text, const struct eval_report *report)
{
	const struct class_settings *classes = report->classes;
	const struct emnist_evaluation *e = report->evaluation;

	if (classes->set) {
		put_key(text, "classes");
		json_put_string(text, classes->set);
		put_count(text, "left_out", e->n_left_out);
	}
	if (classes->merge_case) {
		put_key(text, "merge_case");
		text_puts(text, "true");
	}
	if (classes->min_probability >= 0) {
		const struct emnist_coverage coverage =
			emnist_coverage_at_probability(e, classes->min_probability);

		put_real(text, "min_probability", classes->min_probability, 9);
		put_coverage(text, &coverage, (double)e->n_images);
	}
	if (report->coverage)
		put_coverages(text, e);
}

static void put(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	const double n = (double)e->n_images;

	text_puts(text, "{\"model\":");
	if (report->model_path)
		json_put_string(text, report->model_path);
	else
		text_puts(text, "null");
	put_key(text, "dataset");
	json_put_string(text, report->dataset_path);
	put_count(text, "images", e->n_images);
	put_count(text, "correct", e->n_correct);
	put_count(text, "not_in_model", e->n_not_in_model);
	put_count(text, "blank", e->n_blank);
	put_real(text, "accuracy", (double)e->n_correct / n, 9);
	put_real(text, "top3", (double)e->n_top3 / n, 9);
	put_real(text, "case_insensitive", (double)e->n_case_insensitive / n, 9);
	put_real(text, "ece", e->ece, 9);
	put_real(text, "nll", e->nll, 9);
	put_real(text, "seconds", report->seconds, 6);
	put_real(text, "images_per_second", n / report->seconds, 1);
	put_answers(text, report);
	put_statistics(text, e);
	if (report->calibration)
		put_bins(text, e);
	if (report->n_confusions)
		put_confusions(text, report);
	if (report->other)
		put_comparison(text, report);
	if (report->per_class)
		put_classes(text, report);
	text_puts(text, "}\n");
}

const struct eval_format eval_json = {"json", put};
