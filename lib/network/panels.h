/*
 * panels.h - a layer's weights and biases as kernels take them.
 *
 * Columns (outputs) are cut into panels of PANEL_COLUMNS; what is beyond the last output is zero.
 * First come the biases of all columns, then panel after panel its weights, (n_inputs,
 * PANEL_COLUMNS). So it is for every kernel, whether it takes one panel at a time, two, or a part
 * of one: what the built-in model has is laid out when the library is built (lay_out.c).
 */
#ifndef NETWORK_PANELS_H
#define NETWORK_PANELS_H

#include "model.h"

/* All floats of a layer's panels; false where they are too many for size_t. */
bool panels_count(const struct layer *layer, size_t *n_ret);

/* The columns that kernel goes over for n_outputs outputs. */
size_t panels_width(const struct kernel *kernel, size_t n_outputs);

/* How many of them at once, from column `first` of width on. */
size_t panels_columns(const struct kernel *kernel, size_t width, size_t first);

/* The weights of input `input` and of column `first` and those behind it. */
const float *panels_weights(const struct layer *layer, size_t first, size_t input);

/* From a column's weights to those of the column PANEL_COLUMNS behind it. */
size_t panels_stride(const struct layer *layer);

/* Makes layer->panels anew; false when memory is short. */
bool panels_make(struct layer *layer);

#endif
