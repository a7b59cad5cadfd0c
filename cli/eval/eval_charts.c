/* eval_charts.c - the charts of an evaluation, in SVG. Their content is also given as text. */
#include "../../lib/base/utf8.h"
#include "../../lib/draw/heat.h"
#include "../output/escape.h"
#include "eval_html.h"

#include <inttypes.h>
#include <math.h>

/* Charts with axes; colors come from the page's style sheet. */
#define WIDTH    520
#define HEIGHT   380
#define LEFT     60
#define RIGHT    14
#define TOP      14
#define BOTTOM   46
#define STRIP    52 /* the height of the histogram under a diagram */
#define N_POINTS 200

/* A rectangle of the drawing and the values at its sides. */
struct frame {
	double left, top, right, bottom;
	double x0, x1, y0, y1;
};

static double x_of(const struct frame *f, double x)
{
	return f->left + (x - f->x0) / (f->x1 - f->x0) * (f->right - f->left);
}

static double y_of(const struct frame *f, double y)
{
	return f->bottom - (y - f->y0) / (f->y1 - f->y0) * (f->bottom - f->top);
}

static void begin(struct text *text, const char *id, const char *title, const char *description)
{
	text_printf(
		text,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %d\" "
		"role=\"img\" aria-labeledby=\"%s-t %s-d\">\n<title id=\"%s-t\">%s</title>"
		"<desc id=\"%s-d\">%s</desc>\n",
		WIDTH, HEIGHT, id, id, id, title, id, description);
}

/* Lines across at every step of y, with percentages; percentages along x. */
static void put_axes(struct text *text, const struct frame *f, double y_step, int n_decimals,
		     const char *x_name, const char *y_name, double x_name_y)
{
	text_puts(text, "<g class=\"tick\" text-anchor=\"end\">");
	for (double y = f->y0; y <= f->y1 + y_step / 100; y += y_step)
		text_printf(
			text,
			"<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/><text x=\"%.1f\" y=\"%.1f\">"
			"%.*f</text>",
			f->left, y_of(f, y), f->right, f->left - 8, y_of(f, y) + 4, n_decimals,
			100 * y);
	text_puts(text, "</g>\n<g class=\"tick\" text-anchor=\"middle\">");
	for (int i = 0; i <= 5; i++)
		text_printf(text, "<text x=\"%.1f\" y=\"%.1f\">%d</text>",
			    x_of(f, f->x0 + i * 0.2 * (f->x1 - f->x0)), f->bottom + 18, 20 * i);
	text_printf(
		text,
		"</g>\n<text class=\"name\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.1f\">%s</text>"
		"<text class=\"name\" text-anchor=\"middle\" transform=\"translate(12 %.1f) "
		"rotate(-90)\">%s</text>\n",
		(f->left + f->right) / 2, x_name_y, x_name, (f->top + f->bottom) / 2, y_name);
}

/* -------------------------------------------------------------- reliability */

static void put_bin(struct text *text, const struct frame *f, const struct emnist_bin *bin,
		    size_t b)
{
	const double share = (double)bin->n_correct / (double)bin->n_images;
	const struct emnist_interval interval =
		emnist_interval_of_share(bin->n_correct, bin->n_images);
	const double x0 = x_of(f, (double)b / EMNIST_EVAL_BINS) + 1;
	const double x1 = x_of(f, (double)(b + 1) / EMNIST_EVAL_BINS) - 1;
	const double middle = x_of(f, bin->confidence);
	char digits[DIGITS_NBYTES];

	text_printf(text,
		    "<g><title>confidence %.1f to %.1f %%: %s images, mean confidence %.2f %%, "
		    "accuracy %.2f %% (95 %% interval %.2f to %.2f)</title>",
		    100.0 * (double)b / EMNIST_EVAL_BINS,
		    100.0 * (double)(b + 1) / EMNIST_EVAL_BINS, with_commas(bin->n_images, digits),
		    100 * bin->confidence, 100 * share, 100 * interval.low, 100 * interval.high);
	text_printf(text,
		    "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
		    x0, y_of(f, share), x1 - x0, f->bottom - y_of(f, share));
	text_printf(text,
		    "<path class=\"whisker\" d=\"M%.1f %.1fV%.1fm-3 0h6M%.1f %.1fh6\"/>"
		    "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/></g>\n",
		    middle, y_of(f, interval.low), y_of(f, interval.high), middle - 3,
		    y_of(f, interval.low), middle, y_of(f, share));
}

/* How many images there are in each bin, as a share of all. */
static void put_histogram(struct text *text, const struct frame *f,
			  const struct emnist_evaluation *e)
{
	const double base = HEIGHT - BOTTOM, top = base - STRIP;
	uint64_t most = 1;

	for (size_t b = 0; b < EMNIST_EVAL_BINS; b++)
		most = e->bins[b].n_images > most ? e->bins[b].n_images : most;
	for (size_t b = 0; b < EMNIST_EVAL_BINS; b++) {
		const double height = (double)e->bins[b].n_images / (double)most * (base - top);
		const double x0 = x_of(f, (double)b / EMNIST_EVAL_BINS) + 1;
		const double x1 = x_of(f, (double)(b + 1) / EMNIST_EVAL_BINS) - 1;

		if (e->bins[b].n_images)
			text_printf(text,
				    "<rect class=\"count\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
				    "height=\"%.1f\"><title>%.2f %% of the images</title></rect>",
				    x0, base - fmax(height, 0.6), x1 - x0, fmax(height, 0.6),
				    100 * (double)e->bins[b].n_images / (double)e->n_images);
	}
	text_printf(text,
		    "<path class=\"base\" d=\"M%.1f %.1fH%.1f\"/><text class=\"tick\" x=\"%.1f\" "
		    "y=\"%.1f\">images</text>\n",
		    f->left, base, f->right, f->left + 4, top + 10);
}

void eval_plot_reliability(struct text *text, const struct emnist_evaluation *e)
{
	const struct frame f = {LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM - STRIP - 32, 0, 1, 0, 1};

	begin(text, "rel", "Reliability diagram",
	      "Accuracy in 15 bins of confidence. Bars that end at the dashed line mean "
	      "well-calibrated confidence.");
	put_axes(text, &f, 0.2, 0, "confidence, %", "accuracy, %", HEIGHT - BOTTOM + 20);
	for (size_t b = 0; b < EMNIST_EVAL_BINS; b++)
		if (e->bins[b].n_images)
			put_bin(text, &f, &e->bins[b], b);
	text_printf(text,
		    "<path class=\"ideal\" d=\"M%.1f %.1fL%.1f %.1f\"/>"
		    "<path class=\"base\" d=\"M%.1f %.1fH%.1f\"/>\n",
		    f.left, f.bottom, f.right, f.top, f.left, f.bottom, f.right);
	put_histogram(text, &f, e);
	text_puts(text, "</svg>\n");
}

/* ----------------------------------------------------------------- coverage */

static double accuracy_at(const struct emnist_evaluation *e, double share)
{
	const struct emnist_coverage c = emnist_coverage_at_share(e, share);

	return c.n_answered ? (double)c.n_correct / (double)c.n_answered : 1;
}

static void put_curve(struct text *text, const struct frame *f, const struct emnist_evaluation *e,
		      const char *class)
{
	double last = -1;

	text_printf(text, "<path class=\"%s\" d=\"", class);
	for (int i = 1; i <= N_POINTS; i++) {
		const struct emnist_coverage c = emnist_coverage_at_share(e, (double)i / N_POINTS);
		const double share = (double)c.n_answered / (double)e->n_images;

		if (!c.n_answered || share <= last)
			continue;
		text_printf(text, "%c%.1f %.1f", last < 0 ? 'M' : 'L', x_of(f, share),
			    y_of(f, (double)c.n_correct / (double)c.n_answered));
		last = share;
	}
	text_puts(text, "\"/>\n");
}

/* Highlighted coverages: as if the remaining images were checked by hand. */
static void put_marks(struct text *text, const struct frame *f, const struct emnist_evaluation *e)
{
	for (const unsigned *percent = eval_coverage_shares; *percent; percent++) {
		const struct emnist_coverage c = emnist_coverage_at_share(e, *percent / 100.0);
		const double share = (double)c.n_answered / (double)e->n_images;
		const double accuracy = (double)c.n_correct / (double)c.n_answered;

		text_printf(text,
			    "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" "
			    "r=\"3.5\"><title>coverage %.2f %%, at a confidence of %.4f or more: "
			    "accuracy %.2f %%</title></circle>",
			    x_of(f, share), y_of(f, accuracy), 100 * share, c.min_probability,
			    100 * accuracy);
	}
}

void eval_plot_coverage(struct text *text, const struct emnist_evaluation *e,
			const struct emnist_evaluation *other)
{
	static const double floors[] = {0.99, 0.98, 0.95, 0.9, 0.8, 0.75, 0.5, 0};
	struct frame f = {LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM, 0, 1, 0, 1};
	double least = 1;
	size_t i = 0;

	for (int k = 1; k <= 20; k++) {
		least = fmin(least, accuracy_at(e, k / 20.0));
		if (other)
			least = fmin(least, accuracy_at(other, k / 20.0));
	}
	while (floors[i] > least)
		i++;
	f.y0 = floors[i];
	begin(text, "cov", "Accuracy against coverage",
	      "Accuracy if only the most confident answers are given.");
	put_axes(text, &f, (1 - f.y0) / 5, f.y0 >= 0.95 ? 1 : 0,
		 "coverage: share of images answered, %", "accuracy, %", HEIGHT - 8);
	text_printf(text, "<path class=\"base\" d=\"M%.1f %.1fH%.1f\"/>\n", f.left, f.bottom,
		    f.right);
	if (other)
		put_curve(text, &f, other, "curve second");
	put_curve(text, &f, e, "curve");
	put_marks(text, &f, e);
	text_puts(text, "</svg>\n");
}

/* ------------------------------------------------------------ confusion matrix */

/* Colors are classes of a style sheet, a step of the scale each, so that one drawing serves on
 * light and on dark grounds: there the scale runs the other way, and more is always further from
 * the ground. */
#define N_STEPS  24
#define GAP      6 /* between labels and matrix */
#define LETTER   8 /* about, the width of a letter of a label */
#define LEGEND_H 12
#define LEGEND_W 240
#define LEAST_W  390 /* of the matrix, for the text below the legend */
#define MARGIN   12  /* around a stand-alone image */

struct heat {
	const struct emnist_evaluation *e;
	int cell;
	int left, top;
	int width, height;
};

static int longest(const struct emnist_labels *labels)
{
	int most = 1;

	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		const int n = (int)utf8_count(emnist_labels_text(labels, i));

		most = n > most ? n : most;
	}
	return most < 12 ? most : 12;
}

static int step_of(double level)
{
	const int step = (int)(level * N_STEPS + 0.5);

	return step < 1 ? 1 : step;
}

void eval_heat_style(struct text *text, bool dark)
{
	for (int step = 1; step <= N_STEPS; step++) {
		const double level = (double)step / N_STEPS;
		uint8_t rgb[3];

		heat_color(dark ? 1 - level : level, rgb);
		text_printf(text, ".h%d{fill:#%02x%02x%02x}", step, rgb[0], rgb[1], rgb[2]);
	}
}

static void put_label(struct text *text, const struct emnist_labels *labels, size_t i)
{
	html_put(text, emnist_labels_text(labels, i));
}

static void put_row(struct text *text, const struct heat *heat, size_t i)
{
	const struct emnist_evaluation *e = heat->e;
	const uint64_t *row = e->confusion + i * e->n_predicted;
	uint64_t n_images = 0;

	for (size_t j = 0; j < e->n_predicted; j++)
		n_images += row[j];
	for (size_t j = 0; j < e->n_predicted; j++) {
		if (!row[j])
			continue;
		text_printf(
			text,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"h%d\"><title>",
			heat->left + (int)j * heat->cell, heat->top + (int)i * heat->cell,
			heat->cell - 1, heat->cell - 1, step_of(heat_level(row[j], n_images)));
		put_label(text, e->true_labels, i);
		text_puts(text, " \xe2\x86\x92 ");
		put_label(text, e->predicted_labels, j);
		text_printf(text, ": %" PRIu64 " of %" PRIu64 " (%.2f %%)</title></rect>\n", row[j],
			    n_images, 100 * (double)row[j] / (double)n_images);
	}
}

static void put_heat_axes(struct text *text, const struct heat *heat)
{
	const struct emnist_evaluation *e = heat->e;

	text_printf(text, "<g class=\"row\">");
	for (size_t i = 0; i < e->n_true; i++) {
		text_printf(text, "<text x=\"%d\" y=\"%d\">", heat->left - GAP,
			    heat->top + (int)i * heat->cell + heat->cell / 2 + 4);
		put_label(text, e->true_labels, i);
		text_puts(text, "</text>");
	}
	text_puts(text, "</g>\n<g class=\"col\">");
	for (size_t j = 0; j < e->n_predicted; j++) {
		const int x = heat->left + (int)j * heat->cell + heat->cell / 2;
		const bool upright = longest(e->predicted_labels) == 1;

		if (upright)
			text_printf(text, "<text x=\"%d\" y=\"%d\">", x, heat->top - GAP);
		else
			text_printf(text,
				    "<text transform=\"translate(%d %d) rotate(-90)\" "
				    "class=\"turned\">",
				    x + 4, heat->top - GAP);
		put_label(text, e->predicted_labels, j);
		text_puts(text, "</text>");
	}
	text_printf(text,
		    "</g>\n<text class=\"axis\" x=\"%d\" y=\"12\">predicted</text>"
		    "<text class=\"axis\" transform=\"translate(12 %d) rotate(-90)\" "
		    "text-anchor=\"end\">true</text>\n",
		    heat->left, heat->top);
}

/* Lines every tenth class or between groups would suggest structure that is not there: thin ones
 * around each cell guide the eye equally. */
static void put_grid(struct text *text, const struct heat *heat)
{
	const int width = (int)heat->e->n_predicted * heat->cell;
	const int height = (int)heat->e->n_true * heat->cell;

	text_puts(text, "<path class=\"grid\" d=\"");
	for (size_t i = 0; i <= heat->e->n_true; i++)
		text_printf(text, "M%d %d.5h%d", heat->left - 1,
			    heat->top + (int)i * heat->cell - 1, width);
	for (size_t j = 0; j <= heat->e->n_predicted; j++)
		text_printf(text, "M%d.5 %dv%d", heat->left + (int)j * heat->cell - 1,
			    heat->top - 1, height);
	text_puts(text, "\"/>\n");
}

static void put_legend(struct text *text, const struct heat *heat)
{
	static const char *const ticks[] = {"0.1", "1", "10", "100 %"};
	const int y = heat->height - 46, least = step_of(0.1);
	const int n = N_STEPS - least + 1;

	for (int step = least; step <= N_STEPS; step++)
		text_printf(text,
			    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"h%d\"/>",
			    heat->left + (step - least) * LEGEND_W / n, y,
			    (step - least + 1) * LEGEND_W / n - (step - least) * LEGEND_W / n,
			    LEGEND_H, step);
	text_puts(text, "\n<g class=\"axis\" text-anchor=\"middle\">");
	for (int i = 0; i < 4; i++)
		text_printf(text, "<text x=\"%d\" y=\"%d\">%s</text>",
			    heat->left + i * LEGEND_W / 3, y + LEGEND_H + 13, ticks[i]);
	text_printf(
		text,
		"</g>\n<text class=\"axis\" x=\"%d\" y=\"%d\">share of the true class\xe2\x80\x99s "
		"images, logarithmic; empty: none</text>\n",
		heat->left, y + LEGEND_H + 29);
}

static struct heat lay_out(const struct emnist_evaluation *e)
{
	const size_t n = e->n_true > e->n_predicted ? e->n_true : e->n_predicted;
	const int row_letters = longest(e->true_labels), letters = longest(e->predicted_labels);
	struct heat heat = {.e = e, .cell = n <= 12 ? 34 : n <= 36 ? 22 : 14};
	int matrix;

	heat.left = 22 + row_letters * LETTER + GAP;
	heat.top = 18 + (letters == 1 ? 14 : letters * LETTER) + GAP;
	matrix = (int)e->n_predicted * heat.cell;
	heat.width = heat.left + (matrix > LEAST_W ? matrix : LEAST_W) + 2;
	heat.height = heat.top + (int)e->n_true * heat.cell + 62;
	return heat;
}

int eval_heat_put(struct text *text, const struct emnist_evaluation *e, const char *head)
{
	const struct heat heat = lay_out(e);
	const int margin = *head ? MARGIN : 0;
	const int width = heat.width + 2 * margin, height = heat.height + 2 * margin;

	text_printf(text,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"heat\" viewBox=\"%d %d %d "
		    "%d\" width=\"%d\" height=\"%d\" role=\"img\" aria-labeledby=\"heat-t "
		    "heat-d\">\n<title id=\"heat-t\">Confusion matrix</title><desc id=\"heat-d\">A "
		    "row for each of %zu true classes, a column for each of %zu predicted classes. "
		    "The color of a cell is the share of its row\xe2\x80\x99s images predicted as "
		    "its column, on a logarithmic scale from 0.1 to 100 percent.</desc>\n",
		    -margin, -margin, width, height, width, height, e->n_true, e->n_predicted);
	text_puts(text, head);
	put_grid(text, &heat);
	put_heat_axes(text, &heat);
	text_puts(text, "<g class=\"cells\">\n");
	for (size_t i = 0; i < e->n_true; i++)
		put_row(text, &heat, i);
	text_puts(text, "</g>\n");
	put_legend(text, &heat);
	text_puts(text, "</svg>\n");
	return heat.width;
}

void eval_put_confusion_svg(struct text *text, const struct eval_report *report)
{
	struct text style = {0};

	text_puts(&style, "<style>svg{background:#fff;color:#1b1d23;font:11px "
			  "ui-monospace,Menlo,Consolas,monospace}text{fill:currentColor}"
			  ".row{text-anchor:end}.col{text-anchor:middle}.turned{text-anchor:start}"
			  ".axis{font:12px system-ui,sans-serif;fill:#5d6270}"
			  ".grid{stroke:#e3e5ea;fill:none}"
			  ".cells rect:hover{stroke:#c65d21;stroke-width:2}");
	eval_heat_style(&style, false);
	text_puts(&style, "@media screen and (prefers-color-scheme:dark){svg{background:#14161b;"
			  "color:#e8eaf0}.axis{fill:#9aa1b1}.grid{stroke:#2a2e38}");
	eval_heat_style(&style, true);
	text_puts(&style, "}</style>\n");
	text_putc(&style, '\0');
	text_puts(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	if (style.failed)
		text->failed = true;
	else
		eval_heat_put(text, report->evaluation, style.bytes);
	text_release(&style);
}
