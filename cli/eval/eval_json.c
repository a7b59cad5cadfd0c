/*
 * eval_json.c - an evaluation as one JSON object.
 */
#include "../output/json.h"
#include "eval_report.h"

#include <stdlib.h>

/* Of the mistakes that one model makes more often than the other. */
#define N_CONFUSION_GAPS 100

static void put_label(struct text *text, const char *key, const struct emnist_labels *labels,
		      size_t i)
{
	json_put_text(text, key, emnist_labels_text(labels, i));
}

static void put_classes(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;

	json_begin_array(text, "per_class");
	for (size_t i = 0; i < e->n_true; i++) {
		const struct emnist_class_scores scores = emnist_evaluation_class(e, i);

		if (!scores.n_images)
			continue;
		json_begin_object(text);
		put_label(text, "label", e->true_labels, i);
		json_put_count(text, "images", scores.n_images);
		json_put_count(text, "correct", scores.n_correct);
		json_put_real(text, "recall", scores.recall, 9);
		json_put_real(text, "precision", scores.precision, 9);
		json_put_real(text, "f1", scores.f1, 9);
		json_put_count(text, "predicted", scores.n_predicted);
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

	text->failed |= !confusions;
	json_begin_array(text, "most_confused");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(text);
		put_label(text, "true", e->true_labels, confusions[i].true_class);
		put_label(text, "predicted", e->predicted_labels, confusions[i].predicted_class);
		json_put_count(text, "images", confusions[i].n_images);
		text_putc(text, '}');
	}
	text_putc(text, ']');
	free(confusions);
}

static void put_bins(struct text *text, const struct emnist_evaluation *e)
{
	json_begin_array(text, "calibration");
	for (size_t b = 0; b < EMNIST_EVAL_BINS; b++) {
		const struct emnist_bin *bin = &e->bins[b];

		json_begin_object(text);
		json_put_real(text, "above", (double)b / EMNIST_EVAL_BINS, 9);
		json_put_count(text, "images", bin->n_images);
		json_put_real(text, "confidence", bin->n_images ? bin->confidence : -1, 9);
		json_put_real(text, "accuracy", eval_share(bin->n_correct, bin->n_images), 9);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_signed(struct text *text, const char *key, const char *format, double value)
{
	json_put_key(text, key);
	text_printf(text, format, value);
}

static void put_gaps(struct text *text, const struct eval_report *report)
{
	size_t n;
	struct eval_class_gap *gaps = eval_class_gaps(report, &n);

	text->failed |= !gaps;
	json_begin_array(text, "classes");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(text);
		put_label(text, "label", report->evaluation->true_labels, gaps[i].class);
		json_put_count(text, "images", gaps[i].n_images);
		json_put_count(text, "first_alone", gaps[i].n_first);
		json_put_count(text, "second_alone", gaps[i].n_second);
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

	json_begin_array(text, "confusions");
	for (size_t i = 0; i < n; i++) {
		json_begin_object(text);
		put_label(text, "true", e->true_labels, gaps[i].true_class);
		put_label(text, "predicted", e->predicted_labels, gaps[i].predicted_class);
		json_put_count(text, "first", gaps[i].n_first);
		json_put_count(text, "second", gaps[i].n_second);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_interval(struct text *text, const struct emnist_evaluation *e)
{
	const struct emnist_interval interval = emnist_interval_of_share(e->n_correct, e->n_images);

	json_put_real(text, "accuracy_low", interval.low, 9);
	json_put_real(text, "accuracy_high", interval.high, 9);
}

static void put_comparison(struct text *text, const struct eval_report *report)
{
	const struct eval_other *other = report->other;
	const struct emnist_comparison *c = &other->comparison;

	json_put_key(text, "compare");
	text_putc(text, '{');
	json_put_text(text, "model", other->model_path);
	json_put_count(text, "correct", other->evaluation->n_correct);
	json_put_real(text, "accuracy",
		      (double)other->evaluation->n_correct / (double)other->evaluation->n_images,
		      9);
	put_interval(text, other->evaluation);
	put_signed(text, "difference", "%.9f", c->difference);
	put_signed(text, "difference_low", "%.9f", c->interval.low);
	put_signed(text, "difference_high", "%.9f", c->interval.high);
	json_put_count(text, "both", c->n_both);
	json_put_count(text, "first_alone", c->n_first);
	json_put_count(text, "second_alone", c->n_second);
	json_put_count(text, "neither", c->n_neither);
	put_signed(text, "mcnemar_p", "%.6e", c->p_value);
	put_signed(text, "mcnemar_chi_squared", "%.6f", c->chi_squared);
	put_gaps(text, report);
	put_confusion_gaps(text, report);
	text_putc(text, '}');
}

static void put_ranks(struct text *text, const struct emnist_evaluation *e)
{
	json_begin_array(text, "top_k");
	for (size_t k = 0; k < EMNIST_EVAL_RANKS; k++) {
		json_put_comma(text);
		text_share(text, (double)e->n_within[k] / (double)e->n_images, 9);
	}
	text_putc(text, ']');
}

/* Always present, but added later than the members that other programs read by position. */
static void put_statistics(struct text *text, const struct emnist_evaluation *e)
{
	const struct emnist_macro_scores macro = emnist_evaluation_macro(e);

	put_interval(text, e);
	put_ranks(text, e);
	json_put_real(text, "macro_recall", macro.recall, 9);
	json_put_real(text, "macro_precision", macro.precision, 9);
	json_put_real(text, "macro_f1", macro.f1, 9);
	json_put_count(text, "macro_classes", macro.n_classes);
}

static void put_coverage(struct text *text, const struct emnist_coverage *coverage, double n_images)
{
	const double n_answered = (double)coverage->n_answered;

	json_put_real(text, "answered", n_answered / n_images, 9);
	json_put_real(text, "answered_accuracy",
		      coverage->n_answered ? (double)coverage->n_correct / n_answered : -1, 9);
}

static void put_coverages(struct text *text, const struct emnist_evaluation *e)
{
	json_begin_array(text, "coverage");
	for (const unsigned *percent = eval_coverage_shares; *percent; percent++) {
		const struct emnist_coverage coverage =
			emnist_coverage_at_share(e, *percent / 100.0);

		json_begin_object(text);
		json_put_real(text, "share", *percent / 100.0, 2);
		json_put_real(text, "min_probability", cut_probability(coverage.min_probability, 9),
			      9);
		put_coverage(text, &coverage, (double)e->n_images);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

/* Questions about the answers, and their results. */
static void put_answers(struct text *text, const struct eval_report *report)
{
	const struct class_settings *classes = report->classes;
	const struct emnist_evaluation *e = report->evaluation;

	if (classes->set) {
		json_put_text(text, "classes", classes->set);
		json_put_count(text, "left_out", e->n_left_out);
	}
	if (classes->merge_case)
		json_put_bool(text, "merge_case", true);
	if (classes->min_probability >= 0) {
		const struct emnist_coverage coverage =
			emnist_coverage_at_probability(e, classes->min_probability);

		json_put_real(text, "min_probability", classes->min_probability, 9);
		put_coverage(text, &coverage, (double)e->n_images);
	}
	if (report->coverage)
		put_coverages(text, e);
}

static void put_datasets(struct text *text, const struct text_list *datasets)
{
	json_begin_array(text, "datasets");
	for (size_t i = 0; i < datasets->n; i++) {
		json_put_comma(text);
		json_put_string(text, datasets->texts[i]);
	}
	text_putc(text, ']');
}

static void put(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	const double n = (double)e->n_images;

	text_putc(text, '{');
	json_put_text(text, "model", report->model_path);
	json_put_text(text, "dataset", report->dataset_name);
	put_datasets(text, report->datasets);
	json_put_count(text, "images", e->n_images);
	json_put_count(text, "correct", e->n_correct);
	json_put_count(text, "not_in_model", e->n_not_in_model);
	json_put_count(text, "blank", e->n_blank);
	json_put_real(text, "accuracy", (double)e->n_correct / n, 9);
	json_put_real(text, "top3", (double)e->n_top3 / n, 9);
	json_put_real(text, "case_insensitive", (double)e->n_case_insensitive / n, 9);
	json_put_real(text, "ece", e->ece, 9);
	json_put_real(text, "nll", e->nll, 9);
	json_put_real(text, "seconds", report->seconds, 6);
	json_put_real(text, "images_per_second", n / report->seconds, 1);
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
