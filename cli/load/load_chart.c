/*
 * load_chart.c - images per second of several servers as bar charts in SVG.
 *
 * A panel for each size of a batch, as in the blog's article, which measured 1 and 128 on the
 * author's laptop; its figures stand below ours in the same panels.
 */
#include "load_figures.h"

#include "../../lib/base/utf8.h"
#include "../output/escape.h"

#include <math.h>

#define WIDTH  760
#define LEFT   225 /* of the bars, for names */
#define RIGHT  200 /* for numbers */
#define ROW    26
#define BAR    16
#define HEAD   34 /* of a panel */
#define GAP    22 /* between panels */
#define MARGIN 16

/* Of a name, about as many as fit. */
#define NAME_SHOWN 26

/* "From Exploration to Production", 2018: images a second. */
static const struct published {
	const char *name;
	uint64_t batch;
	double images_per_second;
} blog[] = {
	{"Flask", 1, 125},    {"GraphPipe", 1, 147},    {"TensorFlow Serving", 1, 208},
	{"Flask", 128, 1372}, {"GraphPipe", 128, 6127}, {"TensorFlow Serving", 128, 2159},
};

#define N_BLOG (sizeof(blog) / sizeof(*blog))

static const char style[] =
	"<style>svg{background:#fff;color:#1b1d23;font:13px system-ui,sans-serif}"
	"text{fill:currentColor}.head{font-weight:600}.name{text-anchor:end}.dim{fill:#5d6270}"
	".bar{fill:#2f6db5}.blog{fill:#a9afbc}.base{stroke:#c9cdd6}"
	"@media screen and (prefers-color-scheme:dark){svg{background:#14161b;color:#e8eaf0}"
	".dim{fill:#9aa1b1}.bar{fill:#6ea8e8}.blog{fill:#5d6270}.base{stroke:#3a3f4b}}</style>\n";

/* One panel. */
struct panel {
	uint64_t batch;
	size_t n_rows;
	double most;
};

static struct panel panel_of(const struct load_figures *figures, uint64_t batch)
{
	struct panel panel = {batch, 0, 1};

	for (size_t i = 0; i < figures->n; i++)
		if (figures->items[i].batch == batch) {
			panel.n_rows++;
			panel.most = fmax(panel.most, figures->items[i].images_per_second);
		}
	for (size_t i = 0; i < N_BLOG; i++)
		if (blog[i].batch == batch) {
			panel.n_rows++;
			panel.most = fmax(panel.most, blog[i].images_per_second);
		}
	return panel;
}

/* The smallest size of a batch above `last`; 0: there is none. */
static uint64_t next_batch(const struct load_figures *figures, uint64_t last)
{
	uint64_t next = 0;

	for (size_t i = 0; i < figures->n; i++) {
		const uint64_t batch = figures->items[i].batch;

		if (batch > last && (!next || batch < next))
			next = batch;
	}
	return next;
}

static int height_of(const struct load_figures *figures)
{
	int height = 2 * MARGIN - GAP;

	for (uint64_t batch = next_batch(figures, 0); batch; batch = next_batch(figures, batch))
		height += HEAD + (int)panel_of(figures, batch).n_rows * ROW + GAP;
	return height;
}

/* A row at y. note: behind the name. */
static void put_row(struct text *text, const struct panel *panel, int y, const char *name,
		    const char *note, const char *class, double images_per_second, double accuracy)
{
	const double width = images_per_second / panel->most * (WIDTH - LEFT - RIGHT);
	char digits[DIGITS_NBYTES];

	text_printf(text, "<text class=\"name\" x=\"%d\" y=\"%d\">", LEFT - 10, y + 13);
	html_put_start(text, name, NAME_SHOWN);
	if (utf8_count(name) > NAME_SHOWN)
		text_puts(text, "\xe2\x80\xa6");
	if (*note)
		text_printf(text, " <tspan class=\"dim\">%s</tspan>", note);
	text_printf(text,
		    "</text><rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>"
		    "<text x=\"%.1f\" y=\"%d\">%s",
		    class, LEFT, y, fmax(width, 1), BAR, LEFT + fmax(width, 1) + 8, y + 13,
		    with_commas((uint64_t)(images_per_second + 0.5), digits));
	if (isfinite(accuracy))
		text_printf(text, " <tspan class=\"dim\">accuracy %.2f %%</tspan>", 100 * accuracy);
	text_puts(text, "</text>\n");
}

static int put_panel(struct text *text, const struct load_figures *figures,
		     const struct panel *panel, int y)
{
	int bottom = y + HEAD + (int)panel->n_rows * ROW;

	text_printf(text,
		    "<text class=\"head\" x=\"%d\" y=\"%d\">Images per second, %llu image%s per "
		    "request</text>\n",
		    MARGIN, y + 14, (unsigned long long)panel->batch, panel->batch == 1 ? "" : "s");
	text_printf(text, "<path class=\"base\" d=\"M%d.5 %dV%d\"/>\n", LEFT - 1, y + HEAD - 6,
		    bottom - 4);
	y += HEAD;
	for (size_t i = 0; i < figures->n; i++) {
		const struct load_figure *f = &figures->items[i];

		if (f->batch != panel->batch)
			continue;
		put_row(text, panel, y, f->name, "", "bar", f->images_per_second, f->accuracy);
		y += ROW;
	}
	for (size_t i = 0; i < N_BLOG; i++) {
		if (blog[i].batch != panel->batch)
			continue;
		put_row(text, panel, y, blog[i].name, "blog, 2018", "blog",
			blog[i].images_per_second, NAN);
		y += ROW;
	}
	return bottom + GAP;
}

void load_chart_put(struct text *text, const struct load_figures *figures)
{
	const int height = height_of(figures);
	int y = MARGIN;

	text_printf(text,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		    "height=\"%d\" role=\"img\" aria-labelledby=\"t\">\n"
		    "<title id=\"t\">Images per second of servers</title>\n",
		    WIDTH, height, WIDTH, height);
	text_puts(text, style);
	for (uint64_t batch = next_batch(figures, 0); batch; batch = next_batch(figures, batch)) {
		const struct panel panel = panel_of(figures, batch);

		y = put_panel(text, figures, &panel, y);
	}
	text_puts(text, "</svg>\n");
}
