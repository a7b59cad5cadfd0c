/*
 * eval_html.c - the report as one page: nothing is fetched, nothing runs, so that it can be mailed,
 * kept and printed. What comes from files (labels, paths) is escaped wherever it stands.
 */
#include "../common/progress.h"
#include "../output/escape.h"
#include "../output/text.h"
#include "eval_heat.h"
#include "eval_plots.h"
#include "eval_style.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N_CONFUSIONS     30
#define N_GAPS           20
#define N_CONFUSION_GAPS 14

/* Tables of more classes stand in so many columns. */
#define TWO_COLUMNS   16
#define THREE_COLUMNS 40

static void put_label(struct text *text, const struct emnist_labels *labels, size_t i)
{
	text_puts(text, "<span class=\"l\">");
	html_put(text, emnist_labels_text(labels, i));
	text_puts(text, "</span>");
}

static void put_count(struct text *text, uint64_t count)
{
	char digits[DIGITS_NBYTES];

	text_puts(text, with_commas(count, digits));
}

/* A cell with a share in percent; a dash for 0/0. */
static void put_percent_cell(struct text *text, double share)
{
	if (share < 0)
		text_puts(text, "<td>\xe2\x80\x93</td>");
	else
		text_printf(text, "<td>%.2f</td>", 100 * share);
}

/* A bar for a share, which stands beside it in figures. */
static void put_meter(struct text *text, double share)
{
	text_printf(text,
		    "<td class=\"meter\"><svg class=\"meter\" viewBox=\"0 0 100 9\" "
		    "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"100\" "
		    "height=\"9\"/><rect class=\"part\" width=\"%.2f\" height=\"9\"/></svg></td>",
		    100 * (share > 0 ? share : 0));
}

/* --------------------------------------------------------------------- head */

static void put_shape(struct text *text, const struct emnist_model *model)
{
	text_printf(text, " <span class=\"soft\">%zu", emnist_model_n_inputs(model));
	for (size_t i = 0; i < emnist_model_n_layers(model); i++)
		text_printf(text, "\xe2\x80\x93%zu", emnist_model_layer(model, i).n_outputs);
	text_puts(text, "</span>");
}

static void put_head(struct text *text, const struct eval_report *report)
{
	const struct class_settings *classes = report->classes;

	text_puts(text,
		  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		  "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		  "<meta name=\"generator\" content=\"emnist ");
	html_put(text, emnist_version());
	text_puts(text, "\"/>\n<title>emnist eval: ");
	html_put(text, report->dataset_path);
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
	html_put(text, report->dataset_path);
	text_puts(text, "</dd>\n");
	if (classes->set) {
		text_puts(text, "<dt>classes</dt><dd>");
		html_put(text, classes->set);
		text_puts(text, " <span class=\"soft\">(");
		put_count(text, report->evaluation->n_left_out);
		text_puts(text, " images of others left out)</span></dd>\n");
	}
	if (report->evaluation->n_blank) {
		text_puts(text, "<dt>blank</dt><dd>");
		put_count(text, report->evaluation->n_blank);
		text_puts(text, " images without ink, left out</dd>\n");
	}
	if (report->evaluation->n_not_in_model) {
		text_puts(text, "<dt>not in the model</dt><dd>");
		put_count(text, report->evaluation->n_not_in_model);
		text_puts(text, " images, whose classes it does not have</dd>\n");
	}
	if (classes->merge_case)
		text_puts(text, "<dt>case</dt><dd>upper and lower case are one class</dd>\n");
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
	put_count(text, e->n_correct);
	text_puts(text, " of ");
	put_count(text, e->n_images);
	text_puts(text, " images</p></div>\n<dl class=\"figures\">\n");
	put_figure(text, "top 3", (double)e->n_top3 / n, "\xc2\xa0%", 2);
	snprintf(note, sizeof(note), "top 2: %.2f, top 5: %.2f", (double)e->n_within[1] / n,
		 (double)e->n_within[4] / n);
	end_figure(text, note);
	put_figure(text, "ignoring case", (double)e->n_case_insensitive / n, "\xc2\xa0%", 2);
	end_figure(text, "A and a are one");
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

/* --------------------------------------------------------------- comparison */

static void put_p_value(struct text *text, double p)
{
	if (p < 1e-300)
		text_puts(text, "p &lt; 10<sup>\xe2\x88\x92"
				"300</sup>");
	else
		text_printf(text, p < 0.0001 ? "p = %.1e" : "p = %.4f", p);
}

static void put_table_of_both(struct text *text, const struct emnist_comparison *c)
{
	const uint64_t cells[2][2] = {{c->n_both, c->n_first}, {c->n_second, c->n_neither}};
	static const char *const names[] = {"first right", "first wrong"};
	const double n = (double)(c->n_both + c->n_first + c->n_second + c->n_neither) / 100;

	text_puts(text,
		  "<table><caption>Images, by which model is right</caption><thead><tr><th></th>"
		  "<th scope=\"col\">second right</th><th scope=\"col\">second wrong</th></tr>"
		  "</thead><tbody>\n");
	for (int i = 0; i < 2; i++) {
		text_printf(text, "<tr><th scope=\"row\">%s</th>", names[i]);
		for (int j = 0; j < 2; j++) {
			text_puts(text, "<td>");
			put_count(text, cells[i][j]);
			text_printf(text, " <span class=\"soft\">%.2f\xc2\xa0%%</span></td>",
				    (double)cells[i][j] / n);
		}
		text_puts(text, "</tr>\n");
	}
	text_puts(text, "</tbody></table>\n");
}

/* With a minus that is as wide as a plus. */
static void put_signed(struct text *text, double value)
{
	text_printf(text, "%s%.2f", value < 0 ? "\xe2\x88\x92" : "+", fabs(value));
}

static void put_confusion_gaps(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;
	struct eval_confusion_gap gaps[N_CONFUSION_GAPS];
	const size_t n = eval_confusion_gaps(report, N_CONFUSION_GAPS, gaps);

	if (!n)
		return;
	text_puts(text, "<table><caption>Mistakes that one makes more often</caption><thead><tr>"
			"<th scope=\"col\">true</th><th scope=\"col\" class=\"to\">taken for</th>"
			"<th scope=\"col\">by the first</th><th scope=\"col\">by the second"
			"</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++) {
		text_puts(text, "<tr><th scope=\"row\">");
		put_label(text, e->true_labels, gaps[i].true_class);
		text_puts(text, "</th><td class=\"to\">");
		put_label(text, e->predicted_labels, gaps[i].predicted_class);
		text_puts(text, "</td><td>");
		put_count(text, gaps[i].n_first);
		text_puts(text, "</td><td>");
		put_count(text, gaps[i].n_second);
		text_puts(text, "</td></tr>\n");
	}
	text_puts(text, "</tbody></table>\n");
}

static void put_gaps(struct text *text, const struct eval_report *report)
{
	size_t n;
	struct eval_class_gap *gaps = eval_class_gaps(report, &n);

	text->failed |= !gaps;
	if (n)
		text_puts(text,
			  "<table><caption>Classes on which they differ most</caption><thead>"
			  "<tr><th scope=\"col\">class</th><th scope=\"col\">images</th>"
			  "<th scope=\"col\">first alone</th><th scope=\"col\">second alone</th>"
			  "<th scope=\"col\">gain, points</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n && i < N_GAPS; i++) {
		text_puts(text, "<tr><th scope=\"row\">");
		put_label(text, report->evaluation->true_labels, gaps[i].class);
		text_puts(text, "</th><td>");
		put_count(text, gaps[i].n_images);
		text_puts(text, "</td><td>");
		put_count(text, gaps[i].n_first);
		text_puts(text, "</td><td>");
		put_count(text, gaps[i].n_second);
		text_puts(text, "</td><td>");
		put_signed(text, 100 * ((double)gaps[i].n_first - (double)gaps[i].n_second) /
					 (double)gaps[i].n_images);
		text_puts(text, "</td></tr>\n");
	}
	if (n)
		text_puts(text, "</tbody></table>\n");
	free(gaps);
}

static void put_comparison(struct text *text, const struct eval_report *report)
{
	const struct eval_other *other = report->other;
	const struct emnist_evaluation *e = other->evaluation;
	const struct emnist_comparison *c = &other->comparison;
	const struct emnist_interval interval = emnist_interval_of_share(e->n_correct, e->n_images);

	text_puts(text,
		  "<section aria-labelledby=\"compared\">\n<h2 id=\"compared\">Two models</h2>\n"
		  "<p class=\"lead\">The first model is ");
	html_put(text, eval_model_name(report->model_path));
	text_puts(text, ", the second ");
	html_put(text, other->model_path);
	text_printf(
		text,
		", which has %.2f\xc2\xa0%% right (95 %% interval %.2f to %.2f). The difference is "
		"<strong>",
		100 * (double)e->n_correct / (double)e->n_images, 100 * interval.low,
		100 * interval.high);
	put_signed(text, 100 * c->difference);
	text_puts(text, " points</strong> (95 % interval ");
	put_signed(text, 100 * c->interval.low);
	text_puts(text, " to ");
	put_signed(text, 100 * c->interval.high);
	text_puts(text, "). McNemar\xe2\x80\x99s test, exact: <strong>");
	put_p_value(text, c->p_value);
	text_printf(
		text,
		"</strong> (chi-squared with continuity correction %.2f, one degree of freedom)."
		"</p>\n<div class=\"pair\"><div>",
		c->chi_squared);
	put_table_of_both(text, c);
	put_confusion_gaps(text, report);
	text_puts(text, "</div><div>");
	put_gaps(text, report);
	text_puts(text, "</div></div>\n</section>\n");
}

/* ------------------------------------------------------------------- classes */

static void put_class_rows(struct text *text, const struct emnist_evaluation *e,
			   const size_t *classes, size_t n)
{
	text_puts(text, "<table><colgroup><col style=\"width:14%\"/><col span=\"4\" "
			"style=\"width:16.5%\"/><col/></colgroup><thead><tr><th "
			"scope=\"col\">class</th><th scope=\"col\">images</th>"
			"<th scope=\"col\">recall</th><th scope=\"col\">prec.</th>"
			"<th scope=\"col\">F1</th><th aria-label=\"F1 as a bar\"></th></tr></thead>"
			"<tbody>\n");
	for (size_t i = 0; i < n; i++) {
		const struct emnist_class_scores scores = emnist_evaluation_class(e, classes[i]);

		text_puts(text, "<tr><th scope=\"row\">");
		put_label(text, e->true_labels, classes[i]);
		text_puts(text, "</th><td>");
		put_count(text, scores.n_images);
		text_puts(text, "</td>");
		put_percent_cell(text, scores.recall);
		put_percent_cell(text, scores.precision);
		put_percent_cell(text, scores.f1);
		put_meter(text, scores.f1);
		text_puts(text, "</tr>\n");
	}
	text_puts(text, "</tbody></table>\n");
}

static void put_classes(struct text *text, const struct emnist_evaluation *e)
{
	size_t *classes = calloc(e->n_true + 1, sizeof(*classes));
	size_t n = 0, n_columns, height;

	text->failed |= !classes;
	for (size_t i = 0; i < e->n_true && classes; i++)
		if (emnist_evaluation_class(e, i).n_images)
			classes[n++] = i;
	n_columns = n > THREE_COLUMNS ? 3 : n > TWO_COLUMNS ? 2 : 1;
	height = (n + n_columns - 1) / n_columns;
	text_printf(
		text,
		"<section aria-labelledby=\"classes\">\n<h2 id=\"classes\">Classes</h2>\n"
		"<p class=\"lead\">Of a class\xe2\x80\x99s images, how many were recognised "
		"(recall); "
		"of the images that were taken for it, how many were of it (precision); and the "
		"harmonic mean of both, F1, as figure and bar. In percent.</p>\n"
		"<div class=\"columns n%zu\">\n",
		n_columns);
	for (size_t first = 0; first < n; first += height)
		put_class_rows(text, e, classes + first, n - first < height ? n - first : height);
	text_puts(text, "</div>\n</section>\n");
	free(classes);
}

/* --------------------------------------------------------------- confusions */

static void put_confusion_rows(struct text *text, const struct emnist_evaluation *e,
			       const struct emnist_confusion *confusions, size_t n)
{
	text_puts(text,
		  "<table><colgroup><col style=\"width:12%\"/><col style=\"width:20%\"/><col "
		  "style=\"width:17%\"/><col style=\"width:25%\"/><col/></colgroup><thead><tr><th "
		  "scope=\"col\">true</th><th scope=\"col\" "
		  "class=\"to\">taken for</th><th scope=\"col\">images</th>"
		  "<th scope=\"col\">of the class, %</th><th aria-label=\"share as a bar\"></th>"
		  "</tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++) {
		const struct emnist_confusion *c = &confusions[i];
		const double share = (double)c->n_images /
				     (double)emnist_evaluation_class(e, c->true_class).n_images;

		text_puts(text, "<tr><th scope=\"row\">");
		put_label(text, e->true_labels, c->true_class);
		text_puts(text, "</th><td class=\"to\">");
		put_label(text, e->predicted_labels, c->predicted_class);
		text_puts(text, "</td><td>");
		put_count(text, c->n_images);
		text_puts(text, "</td>");
		put_percent_cell(text, share);
		put_meter(text, share);
		text_puts(text, "</tr>\n");
	}
	text_puts(text, "</tbody></table>\n");
}

static void put_confusions(struct text *text, const struct emnist_evaluation *e)
{
	struct emnist_confusion confusions[N_CONFUSIONS];
	const size_t n = emnist_evaluation_confusions(e, N_CONFUSIONS, confusions);
	const size_t n_columns = n > TWO_COLUMNS ? 2 : 1;
	const size_t height = (n + n_columns - 1) / n_columns;

	text_puts(text,
		  "<section aria-labelledby=\"confused\">\n<h2 id=\"confused\">What is confused"
		  "</h2>\n");
	text_printf(text, "<p class=\"lead\">%s</p>\n",
		    n ? "The most frequent mistakes." : "Nothing.");
	text_printf(text, "<div class=\"columns n%zu\">\n", n_columns);
	for (size_t first = 0; first < n; first += height)
		put_confusion_rows(text, e, confusions + first,
				   n - first < height ? n - first : height);
	text_puts(text, "</div>\n</section>\n");
}

static void put_matrix(struct text *text, const struct emnist_evaluation *e)
{
	text_puts(text,
		  "<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">Confusion matrix</h2>\n"
		  "<p class=\"lead\">Each row is a true class, each column what its images were "
		  "taken for. Point at a cell for its count.</p>\n<figure><div class=\"scroll\" "
		  "tabindex=\"0\" role=\"group\" aria-label=\"Confusion matrix\">\n");
	eval_heat_put(text, e, "");
	text_puts(text, "</div></figure>\n</section>\n");
}

/* ------------------------------------------------------------------ certainty */

static void put_coverage_table(struct text *text, const struct emnist_evaluation *e)
{
	text_puts(text,
		  "<table class=\"narrow\"><caption>What comes of leaving open what is not "
		  "sure</caption><thead>"
		  "<tr><th scope=\"col\">answered, %</th><th scope=\"col\">at a probability of"
		  "</th><th scope=\"col\">right, %</th></tr></thead><tbody>\n");
	for (const unsigned *percent = eval_coverage_shares; *percent; percent++) {
		const struct emnist_coverage c = emnist_coverage_at_share(e, *percent / 100.0);

		if (c.n_answered)
			text_printf(text, "<tr><td>%.2f</td><td>%.6f</td><td>%.2f</td></tr>\n",
				    100 * (double)c.n_answered / (double)e->n_images,
				    cut_probability(c.min_probability, 6),
				    100 * (double)c.n_correct / (double)c.n_answered);
	}
	text_puts(text, "</tbody></table>\n");
}

static void put_certainty(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;

	text_puts(text,
		  "<section aria-labelledby=\"certain\">\n<h2 id=\"certain\">Certainty</h2>\n"
		  "<p class=\"lead\">Whether probabilities are what they say, and what is gained "
		  "when only the surest images are answered.</p>\n<div class=\"pair\">\n<figure>"
		  "<h3>Reliability</h3>\n");
	eval_plot_reliability(text, e);
	text_printf(text,
		    "<figcaption>Bars: right answers among those of a like probability, with 95 %% "
		    "intervals. Dashed: what the probabilities promise. The expected calibration "
		    "error, %.2f\xc2\xa0%%, is the mean distance of both. Beneath: how many images "
		    "there are.</figcaption></figure>\n<figure><h3>Accuracy against share "
		    "answered</h3>\n",
		    100 * e->ece);
	eval_plot_coverage(text, e, report->other ? report->other->evaluation : NULL);
	text_puts(text, "<figcaption>");
	if (report->other)
		text_puts(text, "<span class=\"key\"></span>first model &#160; "
				"<span class=\"key second\"></span>second model. ");
	text_puts(text, "Dots: the rows of the table.</figcaption></figure>\n</div>\n"
			"<div style=\"margin-top:28px\">");
	put_coverage_table(text, e);
	text_puts(text, "</div>\n</section>\n");
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

/* Cut, not rounded: what is not certain shall not look it. */
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
	put_label(text, labels, answer->predicted_class);
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
	put_label(text, e->true_labels, answer->true_class);
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
	text_puts(text,
		  "<section aria-labelledby=\"mistakes\">\n<h2 id=\"mistakes\">Most confident "
		  "mistakes</h2>\n");
	if (report->mistakes->n) {
		text_printf(text,
			    "<p class=\"lead\">The %zu wrong answers with the highest "
			    "probabilities: what was said, what is true, and how probable each "
			    "was.</p>\n",
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
	text_printf(text, "<h2>Right by the %s model alone</h2>\n<p class=\"lead\">", which);
	if (pictures->n)
		text_printf(text, "The %zu on which it is surest. %s</p>\n", pictures->n,
			    "What both models said, and what is true.");
	else
		text_puts(text, "There are none.</p>\n");
	put_pictures(text, report, pictures, true);
}

/* --------------------------------------------------------------------- notes */

static const struct {
	const char *name, *text;
} notes[] = {
	{"Right", "The predicted class and the true one have a character in common: a class of "
		  "several characters means \xe2\x80\x9c"
		  "any of these\xe2\x80\x9d. All other "
		  "figures follow from that."},
	{"95 % interval", "Wilson\xe2\x80\x99s score interval (1927); of a difference, "
			  "Newcombe\xe2\x80\x99s for paired shares (1998, method 10)."},
	{"Macro F1",
	 "The plain mean of F1 over the classes that the dataset has images of. What is "
	 "taken for any class with a character in common counts as taken for it; a class "
	 "that nothing is taken for counts with 0."},
	{"Calibration error",
	 "Expected calibration error of the most probable class over 15 bins of "
	 "equal width (Guo et al., 2017)."},
	{"Log loss", "The mean of \xe2\x88\x92ln of the probability of the truth; of a class of "
		     "several characters, of their sum."},
	{"Colors", "Crameri\xe2\x80\x99s \xe2\x80\x9c"
		   "devon\xe2\x80\x9d (doi 10.5281/zenodo.1243862), equal "
		   "steps of lightness; blue and orange elsewhere."},
};

static void put_notes(struct text *text)
{
	text_puts(text,
		  "<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">What the figures mean"
		  "</h2>\n<dl class=\"notes\">\n");
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
		    "<nav aria-label=\"Contents\">%s<a href=\"#matrix\">Confusion matrix</a>"
		    "<a href=\"#confused\">What is confused</a><a href=\"#certain\">Certainty</a>"
		    "<a href=\"#classes\">Classes</a><a href=\"#mistakes\">Mistakes</a>"
		    "<a href=\"#notes\">What the figures mean</a></nav>\n",
		    report->other ? "<a href=\"#compared\">Two models</a>" : "");
	if (report->other)
		put_comparison(text, report);
	put_matrix(text, report->evaluation);
	put_confusions(text, report->evaluation);
	put_certainty(text, report);
	put_classes(text, report->evaluation);
	put_mistakes(text, report);
	if (report->other) {
		put_one_alone(text, report, "first", &report->other->first_alone);
		put_one_alone(text, report, "second", &report->other->second_alone);
	}
	put_notes(text);
}
