/*
 * strips.h - a layer's weights and biases as kernels take them.
 *
 * Columns (outputs) are cut into strips of STRIP_COLUMNS; what is beyond the last output is zero.
 * First come the biases of all columns, then strip after strip its weights, (n_inputs,
 * STRIP_COLUMNS). So it is for every kernel, whether it takes one strip at a time, two, or a part
 * of one: what the built-in model has is laid out when the library is built (lay_out.c).
 */
#ifndef MODEL_STRIPS_H
#define MODEL_STRIPS_H

#include "model.h"

/* All floats of a layer's strips; false where they are too many for size_t. */
bool strips_count(const struct layer *layer, size_t *n_ret);

/* The columns that kernel goes over for n_outputs outputs. */
size_t strips_width(const struct kernel *kernel, size_t n_outputs);

/* How many of them at once, from column `first` of width on. */
size_t strips_columns(const struct kernel *kernel, size_t width, size_t first);

/* The weights of input `input` and of column `first` and those behind it. */
const float *strips_weights(const struct layer *layer, size_t first, size_t input);

/* From a column's weights to those of the column STRIP_COLUMNS behind it. */
size_t strips_stride(const struct layer *layer);

/* Makes layer->strips anew; false when memory is short. */
bool strips_make(struct layer *layer);

#endif
