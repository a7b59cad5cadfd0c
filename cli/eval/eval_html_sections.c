/*
 * eval_html_sections.c - sections of the page with tables and charts: two models, the confusion
 * matrix, confusions, calibration, classes.
 */
#include "../output/escape.h"
#include "eval_html.h"

#include <math.h>
#include <stdlib.h>

#define N_CONFUSIONS     30
#define N_GAPS           20
#define N_CONFUSION_GAPS 14

/* Tables with more classes have this many columns. */
#define TWO_COLUMNS   16
#define THREE_COLUMNS 40

void eval_put_label(struct text *text, const struct emnist_labels *labels, size_t i)
{
	text_puts(text, "<span class=\"l\">");
	html_put(text, emnist_labels_text(labels, i));
	text_puts(text, "</span>");
}

/* The start of a row, with a label as its head, and its cells. */
static void begin_row(struct text *text, const struct emnist_labels *labels, size_t i)
{
	text_puts(text, "<tr><th scope=\"row\">");
	eval_put_label(text, labels, i);
	text_puts(text, "</th>");
}

static void put_label_cell(struct text *text, const struct emnist_labels *labels, size_t i)
{
	text_puts(text, "<td class=\"to\">");
	eval_put_label(text, labels, i);
	text_puts(text, "</td>");
}

static void put_count_cell(struct text *text, uint64_t count)
{
	text_puts(text, "<td>");
	text_commas(text, count);
	text_puts(text, "</td>");
}

/* A cell with a share in percent; a dash for 0/0. */
static void put_percent_cell(struct text *text, double share)
{
	if (share < 0)
		text_puts(text, "<td>\xe2\x80\x93</td>");
	else
		text_printf(text, "<td>%.2f</td>", 100 * share);
}

/* A bar for a share, next to its number. */
static void put_meter(struct text *text, double share)
{
	text_printf(text,
		    "<td class=\"meter\"><svg class=\"meter\" viewBox=\"0 0 100 9\" "
		    "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"100\" "
		    "height=\"9\"/><rect class=\"part\" width=\"%.2f\" height=\"9\"/></svg></td>",
		    100 * (share > 0 ? share : 0));
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

	text_puts(text, "<table><caption>Images by model that is "
			"right</caption><thead><tr><th></th><th scope=\"col\">second right</th><th "
			"scope=\"col\">second wrong</th></tr></thead><tbody>\n");
	for (int i = 0; i < 2; i++) {
		text_printf(text, "<tr><th scope=\"row\">%s</th>", names[i]);
		for (int j = 0; j < 2; j++) {
			text_puts(text, "<td>");
			text_commas(text, cells[i][j]);
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
	text_puts(text, "<table><caption>Mistakes that one model makes more "
			"often</caption><thead><tr><th scope=\"col\">true</th><th scope=\"col\" "
			"class=\"to\">predicted</th><th scope=\"col\">by the first</th><th "
			"scope=\"col\">by the second</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++) {
		begin_row(text, e->true_labels, gaps[i].true_class);
		put_label_cell(text, e->predicted_labels, gaps[i].predicted_class);
		put_count_cell(text, gaps[i].n_first);
		put_count_cell(text, gaps[i].n_second);
		text_puts(text, "</tr>\n");
	}
	text_puts(text, "</tbody></table>\n");
}

static void put_gaps(struct text *text, const struct eval_report *report)
{
	size_t n;
	struct eval_class_gap *gaps = eval_class_gaps(report, &n);

	text->failed |= !gaps;
	if (n)
		text_puts(text, "<table><caption>Classes on which the models differ "
				"most</caption><thead><tr><th scope=\"col\">class</th><th "
				"scope=\"col\">images</th><th scope=\"col\">first alone</th><th "
				"scope=\"col\">second alone</th><th scope=\"col\">gain, "
				"points</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n && i < N_GAPS; i++) {
		begin_row(text, report->evaluation->true_labels, gaps[i].class);
		put_count_cell(text, gaps[i].n_images);
		put_count_cell(text, gaps[i].n_first);
		put_count_cell(text, gaps[i].n_second);
		text_puts(text, "<td>");
		put_signed(text, 100 * ((double)gaps[i].n_first - (double)gaps[i].n_second) /
					 (double)gaps[i].n_images);
		text_puts(text, "</td></tr>\n");
	}
	if (n)
		text_puts(text, "</tbody></table>\n");
	free(gaps);
}

void eval_put_section_of_comparison(struct text *text, const struct eval_report *report)
{
	const struct eval_other *other = report->other;
	const struct emnist_evaluation *e = other->evaluation;
	const struct emnist_comparison *c = &other->comparison;
	const struct emnist_interval interval = emnist_interval_of_share(e->n_correct, e->n_images);

	text_puts(text, "<section aria-labeledby=\"compared\">\n<h2 "
			"id=\"compared\">Comparison</h2>\n<p class=\"lead\">The first model is ");
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

		begin_row(text, e->true_labels, classes[i]);
		put_count_cell(text, scores.n_images);
		put_percent_cell(text, scores.recall);
		put_percent_cell(text, scores.precision);
		put_percent_cell(text, scores.f1);
		put_meter(text, scores.f1);
		text_puts(text, "</tr>\n");
	}
	text_puts(text, "</tbody></table>\n");
}

void eval_put_section_of_classes(struct text *text, const struct emnist_evaluation *e)
{
	size_t *classes = calloc(e->n_true + 1, sizeof(*classes));
	size_t n = 0, n_columns, height;

	text->failed |= !classes;
	for (size_t i = 0; i < e->n_true && classes; i++)
		if (emnist_evaluation_class(e, i).n_images)
			classes[n++] = i;
	n_columns = n > THREE_COLUMNS ? 3 : n > TWO_COLUMNS ? 2 : 1;
	height = (n + n_columns - 1) / n_columns;
	text_printf(text,
		    "<section aria-labeledby=\"classes\">\n<h2 id=\"classes\">Classes</h2>\n<p "
		    "class=\"lead\">Recall: the share of the class\xe2\x80\x99s images that were "
		    "recognized. Precision: the share of images predicted as the class that belong "
		    "to it. Their harmonic mean is F1, as figure and bar. In percent.</p>\n<div "
		    "class=\"columns n%zu\">\n",
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
		  "scope=\"col\">true</th><th scope=\"col\" class=\"to\">predicted</th><th "
		  "scope=\"col\">images</th><th scope=\"col\">of the class, %</th><th "
		  "aria-label=\"share as a bar\"></th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n; i++) {
		const struct emnist_confusion *c = &confusions[i];
		const double share = (double)c->n_images /
				     (double)emnist_evaluation_class(e, c->true_class).n_images;

		begin_row(text, e->true_labels, c->true_class);
		put_label_cell(text, e->predicted_labels, c->predicted_class);
		put_count_cell(text, c->n_images);
		put_percent_cell(text, share);
		put_meter(text, share);
		text_puts(text, "</tr>\n");
	}
	text_puts(text, "</tbody></table>\n");
}

void eval_put_section_of_confusions(struct text *text, const struct emnist_evaluation *e)
{
	struct emnist_confusion confusions[N_CONFUSIONS];
	const size_t n = emnist_evaluation_confusions(e, N_CONFUSIONS, confusions);
	const size_t n_columns = n > TWO_COLUMNS ? 2 : 1;
	const size_t height = (n + n_columns - 1) / n_columns;

	text_puts(text, "<section aria-labeledby=\"confused\">\n<h2 id=\"confused\">Confused "
			"classes</h2>\n");
	text_printf(text, "<p class=\"lead\">%s</p>\n",
		    n ? "The most frequent mistakes." : "Nothing.");
	text_printf(text, "<div class=\"columns n%zu\">\n", n_columns);
	for (size_t first = 0; first < n; first += height)
		put_confusion_rows(text, e, confusions + first,
				   n - first < height ? n - first : height);
	text_puts(text, "</div>\n</section>\n");
}

void eval_put_section_of_matrix(struct text *text, const struct emnist_evaluation *e)
{
	text_puts(text,
		  "<section aria-labeledby=\"matrix\">\n<h2 id=\"matrix\">Confusion "
		  "matrix</h2>\n<p class=\"lead\">Rows are true classes, columns predicted "
		  "classes. Point at a cell for its count.</p>\n<figure><div class=\"scroll\" "
		  "tabindex=\"0\" role=\"group\" aria-label=\"Confusion matrix\">\n");
	eval_heat_put(text, e, "");
	text_puts(text, "</div></figure>\n</section>\n");
}

/* ------------------------------------------------------------------ certainty */

static void put_coverage_table(struct text *text, const struct emnist_evaluation *e)
{
	text_puts(text, "<table class=\"narrow\"><caption>Accuracy against "
			"coverage</caption><thead><tr><th scope=\"col\">coverage, %</th><th "
			"scope=\"col\">confidence at least</th><th scope=\"col\">accuracy, "
			"%</th></tr></thead><tbody>\n");
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

void eval_put_section_of_certainty(struct text *text, const struct eval_report *report)
{
	const struct emnist_evaluation *e = report->evaluation;

	text_puts(text, "<section aria-labeledby=\"certain\">\n<h2 "
			"id=\"certain\">Confidence</h2>\n<p class=\"lead\">How well calibrated the "
			"confidence is, and how accuracy rises if uncertain answers are left "
			"blank.</p>\n<div class=\"pair\">\n<figure><h3>Reliability</h3>\n");
	eval_plot_reliability(text, e);
	text_printf(
		text,
		"<figcaption>Bars: accuracy in each bin of confidence, with 95 %% intervals. "
		"Dashed: perfect calibration. The expected calibration error, %.2f\xc2\xa0%%, is "
		"the mean distance between them. Below: share of images in each "
		"bin.</figcaption></figure>\n<figure><h3>Accuracy against coverage</h3>\n",
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
