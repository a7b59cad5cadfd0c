/* chart.h - class counts as a bar chart. */
#ifndef DRAW_CHART_H
#define DRAW_CHART_H

#include "../emnist_dataset.h"

/* In PNG: one panel per part of the statistics. names: (n_parts), the panels' titles. Free *png_ret
 * with free(). */
enum emnist_status chart_encode(const struct emnist_statistics *statistics,
				const char *const *names, void **png_ret, size_t *nbytes_ret,
				struct emnist_error *error);

/* The step of an axis from 0 to `most`, with up to five steps: 1, 2 or 5 times a power of ten, and
 * an integer. */
double chart_step(uint64_t most);

#endif
