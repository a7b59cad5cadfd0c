/*
 * panels.h - packed weights and biases, the same for both engines.
 *
 * Columns (outputs) are cut into panels of PANEL_COLUMNS; the last one is padded with zeros. First
 * come the biases of all columns, then the weights panel by panel, (n_inputs, PANEL_COLUMNS).
 * Kernels take one panel at a time, two, or a part of one; BLAS takes each panel as a matrix. The
 * built-in model is packed when the library is built (lib/tool/pack_model.c).
 */
#ifndef NETWORK_PANELS_H
#define NETWORK_PANELS_H

#include <stdbool.h>
#include <stddef.h>

/* Columns whose weights for one input are adjacent. */
#define PANEL_COLUMNS 64

/* A float at any address. */
typedef float unaligned_float __attribute__((aligned(1)));

/* Columns of n_outputs outputs, rounded up to whole panels. */
static inline size_t panels_width(size_t n_outputs)
{
	return (n_outputs + PANEL_COLUMNS - 1) / PANEL_COLUMNS * PANEL_COLUMNS;
}

/* Position of the weight for an output and an input, in a layer of n_inputs. */
static inline size_t panels_place(size_t n_inputs, size_t output, size_t input)
{
	const size_t panel = output / PANEL_COLUMNS;

	return (panel * n_inputs + input) * PANEL_COLUMNS + output % PANEL_COLUMNS;
}

/* Number of floats in a layer's biases and panels; false if it overflows size_t. */
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
