/* panels.c - packs weights and biases. */
#include "panels.h"

#include "../base/memory.h"

#include <string.h>

/* Rows and columns moved at a time: the cache lines of both sides stay in the first-level cache. */
#define TILE 16

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

bool panels_count(size_t n_inputs, size_t n_outputs, size_t *n_ret)
{
	return !size_mul_overflows(panels_width(n_outputs), 1 + n_inputs, n_ret);
}

void panels_transpose(const unaligned_float *from, size_t from_stride, size_t n_rows,
		      size_t n_columns, float *to, size_t to_stride)
{
	for (size_t first = 0; first < n_rows; first += TILE) {
		const size_t last = smaller(n_rows, first + TILE);

		for (size_t begin = 0; begin < n_columns; begin += TILE) {
			const size_t end = smaller(n_columns, begin + TILE);

			for (size_t c = begin; c < end; c++)
				for (size_t r = first; r < last; r++)
					to[c * to_stride + r] = from[r * from_stride + c];
		}
	}
}

float *panels_pack(const unaligned_float *weights, const float *bias, size_t n_inputs,
		   size_t n_outputs)
{
	const size_t width = panels_width(n_outputs);
	float *panels = alloc_room(1 + n_inputs, width), *packed;

	if (!panels)
		return NULL;
	packed = panels + width;
	/* Unused columns of the last panel stay zero. */
	memset(panels, 0, width * sizeof(*panels));
	memset(packed + (width - PANEL_COLUMNS) * n_inputs, 0,
	       PANEL_COLUMNS * n_inputs * sizeof(*packed));
	memcpy(panels, bias, n_outputs * sizeof(*bias));
	for (size_t first = 0; first < n_outputs; first += PANEL_COLUMNS)
		panels_transpose(weights + first * n_inputs, n_inputs,
				 smaller(PANEL_COLUMNS, n_outputs - first), n_inputs,
				 packed + first * n_inputs, PANEL_COLUMNS);
	return panels;
}
