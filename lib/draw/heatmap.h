/*
 * heatmap.h - the confusion matrix as a heat map.
 */
#ifndef DRAW_HEATMAP_H
#define DRAW_HEATMAP_H

#include "../emnist_eval.h"

/* In PNG: a row a true class, a column a predicted one, the color of each cell by its share of the
 * images of its row (see heat_level()). *png_ret is freed with free(). More classes than fit into
 * 2^24 pixels, about 270 by 270: EMNIST_ERR_LIMIT. */
enum emnist_status heatmap_encode(const struct emnist_evaluation *evaluation, void **png_ret,
				  size_t *nbytes_ret, struct emnist_error *error);

#endif
