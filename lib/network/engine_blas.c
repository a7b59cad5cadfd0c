/* engine_blas.c - layer products by BLAS. */
#include "blas.h"
#include "engine.h"
#include "model.h"

#include <string.h>

/* More rows gain no speed beyond this, and two layers of 512 take 1 MiB, which fits a second-level
 * cache. */
#define BLOCK_ROWS 256

/* The sums start from the bias, so only the activation is left to apply. */
static void forward(const struct layer_forward *pass)
{
	const float keep = pass->bias ? 1 : 0;
	/* Every processor with BLAS kernels reads floats at any address. */
	const float *rows = (const float *)pass->rows;

	for (size_t row = 0; row < pass->n_rows && pass->bias; row++)
		memcpy(pass->outputs + row * pass->width, pass->bias,
		       pass->width * sizeof(*pass->bias));
	if (rows)
		blas_gemm(false, true, pass->n_rows, pass->n_outputs, pass->n_inputs, pass->inputs,
			  pass->input_stride, rows, pass->n_inputs, keep, pass->outputs,
			  pass->width);
	for (size_t first = 0; first < pass->width && !rows; first += PANEL_COLUMNS)
		blas_gemm(false, false, pass->n_rows, PANEL_COLUMNS, pass->n_inputs, pass->inputs,
			  pass->input_stride, pass->weights + first * pass->n_inputs, PANEL_COLUMNS,
			  keep, pass->outputs + first, pass->width);
	for (size_t row = 0; row < pass->n_rows; row++)
		activation_apply(pass->activation, pass->alpha, pass->gamma,
				 pass->outputs + row * pass->width, pass->n_outputs);
}

/* Panel by panel, each adding to the result. */
static void backward(const struct layer_backward *pass)
{
	for (size_t first = 0; first < pass->width; first += PANEL_COLUMNS)
		blas_gemm(false, true, pass->n_rows, pass->n_inputs, PANEL_COLUMNS,
			  pass->deltas + first, pass->width, pass->weights + first * pass->n_inputs,
			  PANEL_COLUMNS, first > 0, pass->before, pass->before_stride);
}

static void gradient(const struct layer_gradient *pass)
{
	blas_gemm(true, false, pass->n_inputs, pass->width, pass->n_rows, pass->inputs,
		  pass->input_stride, pass->deltas, pass->delta_stride, 0, pass->gradient,
		  pass->width);
}

const struct engine engine_blas = {
	.id = EMNIST_ENGINE_BLAS,
	.block_rows = BLOCK_ROWS,
	.forward = forward,
	.backward = backward,
	.gradient = gradient,
};
