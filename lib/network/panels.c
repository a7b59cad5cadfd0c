/*
 * panels.c - laying out weights for a kernel.
 */
#include "panels.h"

#include "../base/memory.h"

#include <string.h>

/* Inputs and outputs that are moved at a time: cache lines of both sides stay in the first cache.
 */
#define LINE 16

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

bool panels_count(const struct layer *layer, size_t *n_ret)
{
	return !size_mul_overflows(round_up(layer->n_outputs, PANEL_COLUMNS),
				   1 + (size_t)layer->n_inputs, n_ret);
}

size_t panels_width(const struct kernel *kernel, size_t n_outputs)
{
	return round_up(n_outputs, kernel->n_columns / 2);
}

size_t panels_columns(const struct kernel *kernel, size_t width, size_t first)
{
	const size_t left = width - first;

	return left < kernel->n_columns ? left : kernel->n_columns;
}

size_t panels_stride(const struct layer *layer)
{
	return (size_t)layer->n_inputs * PANEL_COLUMNS;
}

const float *panels_weights(const struct layer *layer, size_t first, size_t input)
{
	return layer->panels + round_up(layer->n_outputs, PANEL_COLUMNS) +
	       first / PANEL_COLUMNS * panels_stride(layer) + input * PANEL_COLUMNS +
	       first % PANEL_COLUMNS;
}

/* to: (n_inputs, PANEL_COLUMNS), of which n are filled; from: (n, n_inputs). */
static void transpose(const loose_float *from, size_t n, size_t n_inputs, float *to)
{
	for (size_t first = 0; first < n; first += LINE) {
		const size_t last = n - first < LINE ? n : first + LINE;

		for (size_t begin = 0; begin < n_inputs; begin += LINE) {
			const size_t end = n_inputs - begin < LINE ? n_inputs : begin + LINE;

			for (size_t k = begin; k < end; k++)
				for (size_t c = first; c < last; c++)
					to[k * PANEL_COLUMNS + c] = from[c * n_inputs + k];
		}
	}
}

bool panels_make(struct layer *layer)
{
	const size_t n_inputs = layer->n_inputs, n_outputs = layer->n_outputs;
	const size_t width = round_up(n_outputs, PANEL_COLUMNS);
	float *panels = alloc_room(1 + n_inputs, width);

	if (!panels)
		return false;
	/* The last panel may have columns that nothing fills. */
	memset(panels, 0, width * sizeof(*panels));
	memset(panels + width + (width - PANEL_COLUMNS) * n_inputs, 0,
	       PANEL_COLUMNS * n_inputs * sizeof(*panels));
	memcpy(panels, layer->bias, n_outputs * sizeof(*layer->bias));
	for (size_t first = 0; first < n_outputs; first += PANEL_COLUMNS) {
		const size_t left = n_outputs - first;

		transpose(layer->weights + first * n_inputs,
			  left < PANEL_COLUMNS ? left : PANEL_COLUMNS, n_inputs,
			  panels + width + first * n_inputs);
	}
	layer_forget_panels(layer);
	layer->panels = panels;
	return true;
}
