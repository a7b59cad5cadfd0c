/*
 * eval_heat.c - the confusion matrix as a heat map in SVG.
 *
 * Colors are classes of a style sheet, a step of the scale each, so that one drawing serves on
 * light and on dark grounds: there the scale runs the other way, and more is always further from
 * the ground.
 */
#include "eval_heat.h"
#include "../../lib/draw/heat.h"
#include "../output/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define N_STEPS  24
#define GAP      6 /* between labels and matrix */
#define LETTER   8 /* about, the width of a letter of a label */
#define LEGEND_H 12
#define LEGEND_W 240
#define LEAST_W  390 /* of the matrix, for what is said under the legend */
#define MARGIN   12  /* around a picture that stands alone */

struct heat {
	const struct emnist_evaluation *e;
	int cell;
	int left, top;
	int width, height;
};

/* Bytes that begin characters. */
static int length_of(const char *label)
{
	int n = 0;

	for (; *label; label++)
		n += (*label & 0xc0) != 0x80;
	return n;
}

static int longest(const struct emnist_labels *labels)
{
	int most = 1;

	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		const int n = length_of(emnist_labels_text(labels, i));

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

static void put_axes(struct text *text, const struct heat *heat)
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

/* Lines every tenth class or at the changes of groups would say more than there is: thin ones
 * around each cell lead the eye alike. */
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

	text_printf(
		text,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"heat\" viewBox=\"%d %d %d %d\" "
		"width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"heat-t heat-d\">\n"
		"<title id=\"heat-t\">Confusion matrix</title><desc id=\"heat-d\">A row for each "
		"of %zu true classes, a column for each of %zu predicted ones. The color of a "
		"cell says what share of the images of its row was taken for its column: "
		"logarithmic, from 0.1 to 100 percent.</desc>\n",
		-margin, -margin, width, height, width, height, e->n_true, e->n_predicted);
	text_puts(text, head);
	put_grid(text, &heat);
	put_axes(text, &heat);
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
