/* heatmap.h - a confusion matrix as a heat map. */
#ifndef DRAW_HEATMAP_H
#define DRAW_HEATMAP_H

#include "../emnist_eval.h"

/* In PNG: one row per true class, one column per predicted class. A cell's color shows its share of
 * its row's images (see heat_level()). Free *png_ret with free(). Beyond 2^24 pixels, about 270
 * classes by 270: EMNIST_ERR_LIMIT. */
enum emnist_status heatmap_encode(const struct emnist_evaluation *evaluation, void **png_ret,
				  size_t *nbytes_ret, struct emnist_error *error);

#endif
