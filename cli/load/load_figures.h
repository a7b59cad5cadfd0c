/* load_figures.h - the main figures of runs, also of earlier ones, side by side. */
#ifndef CLI_LOAD_LOAD_FIGURES_H
#define CLI_LOAD_LOAD_FIGURES_H

#include "load_run.h"

#define FIGURE_NAME_NBYTES 128

struct load_figure {
	char name[FIGURE_NAME_NBYTES];
	uint64_t batch;
	double requests_per_second, images_per_second;
	double accuracy; /* NaN: not measured */
	double p50_ms, p99_ms;
	uint64_t n_failed;
};

/* {0} is empty; release with free(items). */
struct load_figures {
	struct load_figure *items;
	size_t n;
};

/* Adds those of a run. Prints an error and returns false when memory is short. */
bool load_figures_add(struct load_figures *figures, const struct load_run *run);

/* Adds those of the runs in a file that an earlier call wrote as JSON. Prints an error and returns
 * false on failure. */
bool load_figures_read(struct load_figures *figures, const char *path);

/* Appends a table. */
void load_figures_put(struct text *text, const struct load_figures *figures);

/* Appends a bar chart of images per second for each size of a batch, in SVG, with the figures that
 * the blog had for its servers. */
void load_chart_put(struct text *text, const struct load_figures *figures);

#endif
