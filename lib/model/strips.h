/*
 * strips.h - a layer's weights and biases as a kernel takes them.
 *
 * Columns (outputs) are cut into strips of the kernel's width, the last one narrow where that is
 * enough; what is beyond the last output is zero. First come the biases of all columns, then strip
 * after strip its weights, (n_inputs, columns of the strip).
 */
#ifndef MODEL_STRIPS_H
#define MODEL_STRIPS_H

#include "model.h"

/* The columns of n_outputs outputs, with those that fill up the last strip. */
size_t strips_width(const struct kernel *kernel, size_t n_outputs);

/* The columns of the strip that begins at column `first` of width. */
size_t strips_columns(const struct kernel *kernel, size_t width, size_t first);

/* The weights of that strip. */
const float *strips_weights(const struct layer *layer, size_t width, size_t first);

/* Makes layer->strips anew; false when memory is short. */
bool strips_make(struct layer *layer, const struct kernel *kernel);

#endif
