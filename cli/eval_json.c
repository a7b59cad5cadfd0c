/*
 * eval_json.c - an evaluation as one JSON object.
 */
#include "eval_report.h"
#include "json.h"

#include <inttypes.h>
#include <stdio.h>

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

/* n_decimals of 9 give the counts back from a share of any dataset there is. */
static void put_real(struct text *text, const char *key, double value, int n_decimals)
{
	char digits[64];

	snprintf(digits, sizeof(digits), "%.*f", n_decimals, value);
	put_key(text, key);
	text_puts(text, value < 0 ? "null" : digits);
}

static void put_classes(struct text *text, const struct eval_report *report)
{
	bool first = true;

	put_key(text, "per_class");
	text_putc(text, '[');
	for (size_t i = 0; i < report->evaluation->n_true; i++) {
		const struct class_scores scores = class_scores_of(report, i);

		if (!class_occurs(&scores))
			continue;
		text_puts(text, first ? "{\"label\":" : ",{\"label\":");
		json_put_string(text, scores.label);
		put_count(text, "images", scores.n_images);
		put_count(text, "correct", scores.n_correct);
		put_real(text, "recall", scores.recall, 9);
		put_real(text, "precision", scores.precision, 9);
		put_real(text, "f1", scores.f1, 9);
		text_putc(text, '}');
		first = false;
	}
	text_putc(text, ']');
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
	put_real(text, "accuracy", (double)e->n_correct / n, 9);
	put_real(text, "top3", (double)e->n_top3 / n, 9);
	put_real(text, "case_insensitive", (double)e->n_case_insensitive / n, 9);
	put_real(text, "ece", e->ece, 9);
	put_real(text, "nll", e->nll, 9);
	put_real(text, "seconds", report->seconds, 6);
	put_real(text, "images_per_second", n / report->seconds, 1);
	put_answers(text, report);
	if (report->per_class)
		put_classes(text, report);
	text_puts(text, "}\n");
}

const struct eval_format eval_json = {"json", put};
