/*
 * eval_html.c - the report as a single page. It loads nothing and runs no scripts, so that it can
 * be mailed, kept and printed. Everything from files (labels, paths) is escaped.
 */
#include "eval_html.h"
#include "../common/progress.h"
#include "../output/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* --------------------------------------------------------------------- head */

static void put_shape(struct text *text, const struct emnist_model *model)
{
	text_printf(text, " <span class=\"soft\">%zu", emnist_model_n_inputs(model));
	for (size_t i = 0; i < emnist_model_n_layers(model); i++)
		text_printf(text, "\xe2\x80\x93%zu", emnist_model_layer(model, i).n_outputs);
	text_puts(text, "</span>");
}

/* The part of the dataset that does not count, and why. */
static void put_conditions(struct text *text, const struct eval_report *report)
{
	const struct class_settings *classes = report->classes;

	if (classes->set) {
		text_puts(text, "<dt>classes</dt><dd>");
		html_put(text, classes->set);
		text_puts(text, " <span class=\"soft\">(");
		text_commas(text, report->evaluation->n_left_out);
		text_puts(text, " images of other classes left out)</span></dd>\n");
	}
	if (report->evaluation->n_blank) {
		text_puts(text, "<dt>blank</dt><dd>");
		text_commas(text, report->evaluation->n_blank);
		text_puts(text, " images without ink, left out</dd>\n");
	}
	if (report->evaluation->n_not_in_model) {
		text_puts(text, "<dt>not in the model</dt><dd>");
		text_commas(text, report->evaluation->n_not_in_model);
		text_puts(text, " images of classes that the model does not have</dd>\n");
	}
	if (classes->merge_case)
		text_puts(text, "<dt>case</dt><dd>upper and lower case merged</dd>\n");
}

static void put_head(struct text *text, const struct eval_report *report)
{
	text_puts(text,
		  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		  "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		  "<meta name=\"generator\" content=\"emnist ");
	html_put(text, emnist_version());
	text_puts(text, "\"/>\n<title>emnist eval: ");
	html_put(text, report->dataset_name);
	text_puts(text, "</title>\n");
	eval_put_style(text);
	text_puts(
		text,
		"</head>\n<body>\n<main>\n<header>\n<h1>Evaluation</h1>\n<dl>\n<dt>model</dt><dd>");
	html_put(text, eval_model_name(report->model_path));
	put_shape(text, report->model);
	if (report->other) {
		text_puts(text, "</dd>\n<dt>compared with</dt><dd>");
		html_put(text, report->other->model_path);
	}
	text_puts(text, "</dd>\n<dt>dataset</dt><dd>");
	html_put(text, report->dataset_name);
	text_puts(text, "</dd>\n");
	put_conditions(text, report);
	text_puts(text, "</dl>\n</header>\n");
}

static void put_figure(struct text *text, const char *name, double value, const char *unit,
		       int n_decimals)
{
	text_printf(text, "<div><dt>%s</dt><dd>%.*f%s", name, n_decimals, value, unit);
}

static void end_figure(struct text *text, const char *note)
{
	text_printf(text, "<small>%s</small></dd></div>\n", note);
}

static void put_answered(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	const struct emnist_coverage c =
		emnist_coverage_at_probability(e, report->classes->min_probability);
	char note[96];

	put_figure(text, "answered", 100 * (double)c.n_answered / (double)e->n_images, "\xc2\xa0%",
		   2);
	snprintf(note, sizeof(note), "at a probability of %g or more",
		 report->classes->min_probability);
	end_figure(text, note);
	if (!c.n_answered)
		return;
	put_figure(text, "right of answered", 100 * (double)c.n_correct / (double)c.n_answered,
		   "\xc2\xa0%", 2);
	end_figure(text, "");
}

static void put_figures(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	const struct emnist_interval interval = emnist_interval_of_share(e->n_correct, e->n_images);
	const struct emnist_macro_scores macro = emnist_evaluation_macro(e);
	const double n = (double)e->n_images / 100;
	char note[64], digits[DIGITS_NBYTES];

	text_printf(text,
		    "<section class=\"hero\" aria-label=\"Figures\">\n<div><p>accuracy</p>\n"
		    "<p class=\"big\">%.2f<small>%%</small></p>\n<p>95 %% interval %.2f to %.2f %%"
		    "<br/>",
		    (double)e->n_correct / n, 100 * interval.low, 100 * interval.high);
	text_commas(text, e->n_correct);
	text_puts(text, " of ");
	text_commas(text, e->n_images);
	text_puts(text, " images</p></div>\n<dl class=\"figures\">\n");
	put_figure(text, "top 3", (double)e->n_top3 / n, "\xc2\xa0%", 2);
	snprintf(note, sizeof(note), "top 2: %.2f, top 5: %.2f", (double)e->n_within[1] / n,
		 (double)e->n_within[4] / n);
	end_figure(text, note);
	put_figure(text, "ignoring case", (double)e->n_case_insensitive / n, "\xc2\xa0%", 2);
	end_figure(text, "A and a count as the same");
	put_figure(text, "macro F1", 100 * macro.f1, "\xc2\xa0%", 2);
	snprintf(note, sizeof(note), "mean of %zu class%s", macro.n_classes,
		 macro.n_classes == 1 ? "" : "es");
	end_figure(text, note);
	put_figure(text, "calibration error", 100 * e->ece, "\xc2\xa0%", 2);
	end_figure(text, "expected, 15 bins");
	put_figure(text, "log loss", e->nll, "", 4);
	end_figure(text, "natural logarithm");
	if (report->classes->min_probability >= 0)
		put_answered(text, report);
	put_figure(text, "time", report->seconds, "\xc2\xa0s", 2);
	snprintf(note, sizeof(note), "%s images a second",
		 with_commas(a_second(e->n_images, report->seconds), digits));
	end_figure(text, note);
	text_puts(text, "</dl>\n</section>\n");
}

/* ------------------------------------------------------------------ pictures */

static void put_image(struct text *text, const uint8_t *pixels)
{
	float vector[EMNIST_VECTOR_LENGTH];
	size_t nbytes;
	void *png;

	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)pixels[i] / 255.0F;
	if (emnist_vector_to_png(vector, &png, &nbytes, NULL)) {
		text->failed = true;
		return;
	}
	text_puts(text, "<img width=\"28\" height=\"28\" src=\"data:image/png;base64,");
	base64_put(text, png, nbytes);
	text_putc(text, '"');
	free(png);
}

/* Cut, not rounded: an uncertain answer must not look certain. */
static void put_probability(struct text *text, float probability)
{
	if (probability < 0.001F)
		text_puts(text, "&lt;\xe2\x80\xaf"
				"0.1\xc2\xa0%");
	else
		text_printf(text, "%.1f\xc2\xa0%%", 100 * cut_probability((double)probability, 3));
}

static void put_said(struct text *text, const char *who, const struct emnist_labels *labels,
		     const struct emnist_answer *answer)
{
	text_printf(text, "<span%s>%s ", answer->rank ? " class=\"said\"" : "", who);
	eval_put_label(text, labels, answer->predicted_class);
	text_puts(text, "</span> ");
	put_probability(text, answer->probability);
}

/* other_labels: of the second model's classes; NULL: it is not shown. */
static void put_picture(struct text *text, const struct emnist_evaluation *e,
			const struct emnist_labels *other_labels,
			const struct eval_picture *picture)
{
	const struct emnist_answer *answer = &picture->answer;

	text_puts(text, "<li>");
	put_image(text, picture->pixels);
	text_printf(text, " alt=\"image %" PRIu32 ", which shows ", answer->image);
	html_put(text, emnist_labels_text(e->true_labels, answer->true_class));
	text_puts(text, "\"/><p>");
	put_said(text, other_labels ? "1st" : "said", e->predicted_labels, answer);
	text_puts(text, "<br/>");
	if (other_labels) {
		put_said(text, "2nd", other_labels, &picture->other);
		text_puts(text, "<br/>");
	}
	text_puts(text, "true ");
	eval_put_label(text, e->true_labels, answer->true_class);
	if (!other_labels) {
		text_putc(text, ' ');
		put_probability(text, answer->true_probability);
	}
	text_puts(text, "</p></li>\n");
}

static void put_pictures(struct text *text, const struct eval_report *report,
			 const struct eval_pictures *pictures, bool with_other)
{
	text_puts(text, "<ol class=\"shots\">\n");
	for (size_t i = 0; i < pictures->n; i++)
		put_picture(text, report->evaluation,
			    with_other ? report->other->evaluation->predicted_labels : NULL,
			    &pictures->items[i]);
	text_puts(text, "</ol>\n");
}

static void put_mistakes(struct text *text, const struct eval_report *report)
{
	text_puts(text, "<section aria-labeledby=\"mistakes\">\n<h2 id=\"mistakes\">Most confident "
			"mistakes</h2>\n");
	if (report->mistakes->n) {
		text_printf(text,
			    "<p class=\"lead\">The %zu wrong answers with the highest confidence: "
			    "predicted and true class, each with its probability.</p>\n",
			    report->mistakes->n);
		put_pictures(text, report, report->mistakes, false);
	} else {
		text_puts(text, "<p class=\"lead\">There are none.</p>\n");
	}
	text_puts(text, "</section>\n");
}

static void put_one_alone(struct text *text, const struct eval_report *report, const char *which,
			  const struct eval_pictures *pictures)
{
	text_printf(text, "<h2>Only the %s model is right</h2>\n<p class=\"lead\">", which);
	if (pictures->n)
		text_printf(text, "The %zu on which it is most confident. %s</p>\n", pictures->n,
			    "The predictions of both models, and the true class.");
	else
		text_puts(text, "There are none.</p>\n");
	put_pictures(text, report, pictures, true);
}

/* --------------------------------------------------------------------- notes */

static const struct {
	const char *name, *text;
} notes[] = {
	{"Right", "An answer is right if the predicted and the true class have a character in "
		  "common: a class of several characters means \xe2\x80\x9c"
		  "any of these\xe2\x80\x9d. All other figures follow from this."},
	{"95 % interval", "Wilson\xe2\x80\x99s score interval (1927); of a difference, "
			  "Newcombe\xe2\x80\x99s for paired proportions (1998, method 10)."},
	{"Macro F1", "The unweighted mean of F1 over the classes that occur in the dataset. A "
		     "prediction counts for every class with which it has a character in common; a "
		     "class that was never predicted counts as 0."},
	{"Calibration error",
	 "Expected calibration error of the most probable class over 15 bins of "
	 "equal width (Guo et al., 2017)."},
	{"Log loss", "The mean of \xe2\x88\x92ln of the probability of the true class; for a class "
		     "of several characters, of their sum."},
	{"Colors", "Crameri\xe2\x80\x99s \xe2\x80\x9c"
		   "devon\xe2\x80\x9d (doi 10.5281/zenodo.1243862), equal "
		   "steps of lightness; blue and orange elsewhere."},
};

static void put_notes(struct text *text)
{
	text_puts(text, "<section aria-labeledby=\"notes\">\n<h2 "
			"id=\"notes\">Definitions</h2>\n<dl class=\"notes\">\n");
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		text_printf(text, "<dt>%s</dt><dd>%s</dd>\n", notes[i].name, notes[i].text);
	text_puts(text, "</dl>\n</section>\n<footer>Made by emnist ");
	html_put(text, emnist_version());
	text_puts(text,
		  ", <code>emnist eval --report</code>.</footer>\n</main>\n</body>\n</html>\n");
}

void eval_put_html(struct text *text, const struct eval_report *report)
{
	put_head(text, report);
	put_figures(text, report);
	text_printf(text,
		    "<nav aria-label=\"Contents\">%s<a href=\"#matrix\">Confusion matrix</a><a "
		    "href=\"#confused\">Confused classes</a><a href=\"#certain\">Confidence</a><a "
		    "href=\"#classes\">Classes</a><a href=\"#mistakes\">Mistakes</a><a "
		    "href=\"#notes\">Definitions</a></nav>\n",
		    report->other ? "<a href=\"#compared\">Comparison</a>" : "");
	if (report->other)
		eval_put_section_of_comparison(text, report);
	eval_put_section_of_matrix(text, report->evaluation);
	eval_put_section_of_confusions(text, report->evaluation);
	eval_put_section_of_certainty(text, report);
	eval_put_section_of_classes(text, report->evaluation);
	put_mistakes(text, report);
	if (report->other) {
		put_one_alone(text, report, "first", &report->other->first_alone);
		put_one_alone(text, report, "second", &report->other->second_alone);
	}
	put_notes(text);
}
