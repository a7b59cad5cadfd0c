/*
 * strips.c - laying out weights for a kernel.
 */
#include "strips.h"

#include "../base/memory.h"

#include <string.h>

/* Inputs and outputs that are moved at a time: cache lines of both sides stay in the first cache.
 */
#define LINE 16

size_t strips_width(const struct kernel *kernel, size_t n_outputs)
{
	const size_t narrow = kernel->n_columns / 2;

	return (n_outputs + narrow - 1) / narrow * narrow;
}

size_t strips_columns(const struct kernel *kernel, size_t width, size_t first)
{
	const size_t left = width - first;

	return left < kernel->n_columns ? left : kernel->n_columns;
}

const float *strips_weights(const struct layer *layer, size_t width, size_t first)
{
	return layer->strips + width + first * layer->n_inputs;
}

/* to: (n_inputs, n_columns), of which n are filled; from: (n, n_inputs). */
static void transpose(const float *from, size_t n, size_t n_inputs, float *to, size_t n_columns)
{
	for (size_t first = 0; first < n; first += LINE) {
		const size_t last = n - first < LINE ? n : first + LINE;

		for (size_t begin = 0; begin < n_inputs; begin += LINE) {
			const size_t end = n_inputs - begin < LINE ? n_inputs : begin + LINE;

			for (size_t k = begin; k < end; k++)
				for (size_t c = first; c < last; c++)
					to[k * n_columns + c] = from[c * n_inputs + k];
		}
	}
}

bool strips_make(struct layer *layer, const struct kernel *kernel)
{
	const size_t n_inputs = layer->n_inputs, n_outputs = layer->n_outputs;
	const size_t width = strips_width(kernel, n_outputs);

	free(layer->strips);
	layer->strips = alloc_floats(1 + n_inputs, width);
	if (!layer->strips)
		return false;
	memcpy(layer->strips, layer->bias, n_outputs * sizeof(*layer->bias));
	for (size_t first = 0; first < width; first += kernel->n_columns) {
		const size_t n_columns = strips_columns(kernel, width, first);
		const size_t left = n_outputs - first;

		transpose(layer->weights + first * n_inputs, left < n_columns ? left : n_columns,
			  n_inputs, layer->strips + width + first * n_inputs, n_columns);
	}
	return true;
}
