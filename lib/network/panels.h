/*
 * panels.h - packed weights and biases, as both engines take them.
 *
 * Columns (outputs) are cut into panels of PANEL_COLUMNS; the rest of the last panel is zero. First
 * come the biases of all columns, then panel after panel its weights, (n_inputs, PANEL_COLUMNS).
 * Every kernel takes them so, whether it takes one panel at a time, two, or a part of one, and BLAS
 * takes a panel as a matrix of its own: the built-in model is packed when the library is built
 * (lib/tool/pack_model.c).
 */
#ifndef NETWORK_PANELS_H
#define NETWORK_PANELS_H

#include <stdbool.h>
#include <stddef.h>

/* Columns whose weights of one input lie together. */
#define PANEL_COLUMNS 64

/* A float at any address. */
typedef float unaligned_float __attribute__((aligned(1)));

/* Columns of n_outputs outputs in whole panels. */
static inline size_t panels_width(size_t n_outputs)
{
	return (n_outputs + PANEL_COLUMNS - 1) / PANEL_COLUMNS * PANEL_COLUMNS;
}

/* Where the weight of an output and an input lies among those of a layer of n_inputs. */
static inline size_t panels_place(size_t n_inputs, size_t output, size_t input)
{
	const size_t panel = output / PANEL_COLUMNS;

	return (panel * n_inputs + input) * PANEL_COLUMNS + output % PANEL_COLUMNS;
}

/* All floats of a layer's biases and panels; false where they are too many for size_t. */
bool panels_count(size_t n_inputs, size_t n_outputs, size_t *n_ret);

/* Packs a layer's weights, (n_outputs, n_inputs), row-major, and its biases. NULL when memory is
 * short; free with free(). */
float *panels_pack(const unaligned_float *weights, const float *bias, size_t n_inputs,
		   size_t n_outputs);

/* to: (n_columns, n_rows), rows to_stride apart, becomes the transpose of from: (n_rows,
 * n_columns), rows from_stride apart. */
void panels_transpose(const unaligned_float *from, size_t from_stride, size_t n_rows,
		      size_t n_columns, float *to, size_t to_stride);

#endif
