/*
 * eval_plots.c - the diagrams of a report, in SVG. Their colors are those of the page's style
 * sheet; what they show is said in words as well.
 */
#include "eval_plots.h"
#include "../output/text.h"

#include <math.h>

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
		"role=\"img\" aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">%s</title>"
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
		    "<g><title>probability %.1f to %.1f %%: %s images, mean probability %.2f %%, "
		    "right %.2f %% (95 %% interval %.2f to %.2f)</title>",
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
	      "For each of 15 bins of the probability of an answer, how many of the answers are "
	      "right. Bars that end at the dashed line mean probabilities that are what they say.");
	put_axes(text, &f, 0.2, 0, "probability of the answer, %", "right answers, %",
		 HEIGHT - BOTTOM + 20);
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

/* What to point at: as if at these shares the rest were left to somebody. */
static void put_marks(struct text *text, const struct frame *f, const struct emnist_evaluation *e)
{
	for (const unsigned *percent = eval_coverage_shares; *percent; percent++) {
		const struct emnist_coverage c = emnist_coverage_at_share(e, *percent / 100.0);
		const double share = (double)c.n_answered / (double)e->n_images;
		const double accuracy = (double)c.n_correct / (double)c.n_answered;

		text_printf(
			text,
			"<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>%.2f %% "
			"answered, at a probability of %.4f or more: %.2f %% right</title>"
			"</circle>",
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
	begin(text, "cov", "Accuracy against the share answered",
	      "How many answers are right when only the surest images are answered.");
	put_axes(text, &f, (1 - f.y0) / 5, f.y0 >= 0.95 ? 1 : 0, "share of the images answered, %",
		 "right answers, %", HEIGHT - 8);
	text_printf(text, "<path class=\"base\" d=\"M%.1f %.1fH%.1f\"/>\n", f.left, f.bottom,
		    f.right);
	if (other)
		put_curve(text, &f, other, "curve second");
	put_curve(text, &f, e, "curve");
	put_marks(text, &f, e);
	text_puts(text, "</svg>\n");
}
