/*
 * chart.h - class counts as bars.
 */
#ifndef DRAW_CHART_H
#define DRAW_CHART_H

#include "../emnist_dataset.h"

/* In PNG: a panel a part of the statistics. names: (n_parts), what stands above each. *png_ret is
 * freed with free(). */
enum emnist_status chart_encode(const struct emnist_statistics *statistics,
				const char *const *names, void **png_ret, size_t *nbytes_ret,
				struct emnist_error *error);

/* What the axis of a chart from 0 to `most` goes up by, in up to five steps: 1, 2 or 5 times a
 * power of ten, and whole. */
double chart_step(uint64_t most);

#endif
