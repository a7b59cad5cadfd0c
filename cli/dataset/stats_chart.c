/*
 * stats_chart.c - class counts as a bar chart, in SVG.
 *
 * The colors of groups are from the palette of Okabe and Ito, which is safe for color-blind
 * readers, with lighter ones on a dark background. Each bar is labeled, so that nothing depends on
 * color alone.
 */
#include "../../lib/base/utf8.h"
#include "../../lib/draw/chart.h"
#include "../output/escape.h"
#include "../output/text.h"
#include "stats_report.h"

#include <string.h>

#define LEFT         76 /* of the bars, for the numbers of the axis */
#define RIGHT        16
#define LEAST_STEP   14 /* from bar to bar */
#define MOST_STEP    36
#define LETTER_WIDTH 8   /* about, of a label */
#define LABEL_SHOWN  8   /* characters */
#define BAR_SHARE    0.7 /* of a step */
#define BARS_HEIGHT  180
#define BARS_TOP     64 /* of a panel, for its title and its groups */
#define PANEL_HEIGHT 284
#define LEAST_WIDTH  560

static const char style[] =
	"<style>"
	"svg{background:#fff;color:#222;font:12px system-ui,sans-serif}"
	"text{fill:currentColor}.title{font-size:14px;font-weight:600}"
	".axis,.label{font-size:11px}.axis{text-anchor:end}.label{text-anchor:middle}"
	".line{stroke:currentColor;opacity:.18}.base{stroke:currentColor}"
	".g0{fill:#0072b2}.g1{fill:#d55e00}.g2{fill:#009e73}.g3{fill:#b8659a}.g4{fill:#777}"
	"@media(prefers-color-scheme:dark){svg{background:#16181c;color:#e4e4e4}"
	".g0{fill:#56b4e9}.g1{fill:#e69f00}.g2{fill:#2ec49a}.g3{fill:#e08fc0}.g4{fill:#aaa}}"
	"@media print{svg{background:#fff;color:#000}}"
	"</style>\n";

static uint64_t most_of(const struct emnist_part *part)
{
	uint64_t most = 1;

	for (size_t i = 0; i < emnist_labels_count(part->labels); i++)
		most = part->counts[i] > most ? part->counts[i] : most;
	return most;
}

/* How many characters of a label are shown. */
static size_t letters_of(const char *label)
{
	const size_t n = utf8_count(label);

	return n < LABEL_SHOWN ? n : LABEL_SHOWN;
}

/* The smallest distance of bars at which labels do not touch. */
static size_t least_step(const struct emnist_part *part)
{
	size_t most = 0;

	for (size_t i = 0; i < emnist_labels_count(part->labels); i++) {
		const size_t n = letters_of(emnist_labels_text(part->labels, i));

		most = n > most ? n : most;
	}
	most = LETTER_WIDTH * most + LETTER_WIDTH / 2;
	return most > LEAST_STEP ? most : LEAST_STEP;
}

static size_t width_of(const struct emnist_part *part)
{
	const size_t width = LEFT + least_step(part) * emnist_labels_count(part->labels) + RIGHT;

	return width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

/* As much as there is room for, within reason. */
static double step_of(const struct emnist_part *part, size_t width)
{
	const double room =
		(double)(width - LEFT - RIGHT) / (double)emnist_labels_count(part->labels);
	const double least = (double)least_step(part);

	return room < MOST_STEP ? room : least > MOST_STEP ? least : MOST_STEP;
}

static void put_lines(struct text *text, uint64_t most, double step, size_t width)
{
	for (double value = 0; value <= (double)most; value += step) {
		const double y = BARS_TOP + BARS_HEIGHT * (1 - value / (double)most);
		char digits[DIGITS_NBYTES];

		text_printf(text,
			    "<path class=\"%s\" d=\"M%d %.1fH%zu\"/>"
			    "<text class=\"axis\" x=\"%d\" y=\"%.1f\">%s</text>\n",
			    value > 0 ? "line" : "base", LEFT, y, width - RIGHT, LEFT - 6, y + 4,
			    with_commas((uint64_t)value, digits));
	}
}

static void put_bar(struct text *text, const struct emnist_part *part, size_t i, uint64_t most,
		    double step)
{
	const double height = BARS_HEIGHT * (double)part->counts[i] / (double)most;
	const double x = LEFT + step * ((double)i + 0.5);
	const char *label = emnist_labels_text(part->labels, i);
	char digits[DIGITS_NBYTES];

	text_printf(text,
		    "<rect class=\"g%d\" x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\">"
		    "<title>",
		    (int)label_group_of(part->labels, i), x - step * BAR_SHARE / 2,
		    BARS_TOP + BARS_HEIGHT - height, step * BAR_SHARE, height);
	html_put(text, label);
	text_printf(text, ": %s, %.2f %%</title></rect>", with_commas(part->counts[i], digits),
		    100 * stats_share(part->counts[i], part->n_images));
	text_printf(text, "<text class=\"label\" x=\"%.1f\" y=\"%d\">", x,
		    BARS_TOP + BARS_HEIGHT + 16);
	html_put_start(text, label, LABEL_SHOWN);
	text_puts(text, "</text>\n");
}

/* The groups' colors, names, and shares. */
static void put_groups(struct text *text, const struct emnist_part *part)
{
	const struct stats_groups groups = stats_groups_of(part);
	int x = LEFT;

	for (int i = 0; i < N_LABEL_GROUPS; i++) {
		if (!groups.n_classes[i])
			continue;
		text_printf(text,
			    "<rect class=\"g%d\" x=\"%d\" y=\"36\" width=\"10\" height=\"10\"/>"
			    "<text x=\"%d\" y=\"45\">%s %.1f %%</text>\n",
			    i, x, x + 15, label_group_name((enum label_group)i),
			    100 * stats_share(groups.n_images[i], part->n_images));
		x += 140;
	}
}

static void put_panel(struct text *text, const char *path, const struct emnist_part *part, size_t y,
		      size_t width)
{
	const char *slash = strrchr(path, '/');
	const double step = step_of(part, width);
	struct text shown = {0};
	const uint64_t most = most_of(part);
	char digits[DIGITS_NBYTES];

	text_printf(text,
		    "<g transform=\"translate(0 %zu)\">\n<text class=\"title\" x=\"%d\" y=\"22\">",
		    y, LEFT);
	escape_put(&shown, slash && slash[1] ? slash + 1 : path);
	text_putc(&shown, '\0');
	text->failed |= shown.failed;
	html_put(text, shown.failed ? "" : shown.bytes);
	text_release(&shown);
	text_printf(text, ": %s images</text>\n", with_commas(part->n_images, digits));
	put_groups(text, part);
	put_lines(text, most, chart_step(most), width);
	for (size_t i = 0; i < emnist_labels_count(part->labels); i++)
		put_bar(text, part, i, most, step);
	text_puts(text, "</g>\n");
}

void stats_put_chart(struct text *text, const struct stats_report *report)
{
	const size_t n_parts = emnist_statistics_n_parts(report->statistics);
	size_t width = LEAST_WIDTH;

	for (size_t i = 0; i < n_parts; i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);

		width = width_of(&part) > width ? width_of(&part) : width;
	}
	text_printf(text,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%zu\" "
		    "viewBox=\"0 0 %zu %zu\">\n<title>Images of each class</title>\n",
		    width, n_parts * PANEL_HEIGHT, width, n_parts * PANEL_HEIGHT);
	text_puts(text, style);
	for (size_t i = 0; i < n_parts; i++) {
		const struct emnist_part part = emnist_statistics_part(report->statistics, i);

		put_panel(text, report->paths[i], &part, i * PANEL_HEIGHT, width);
	}
	text_puts(text, "</svg>\n");
}
