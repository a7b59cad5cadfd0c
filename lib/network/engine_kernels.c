/*
 * engine_kernels.c - layer products by kernels that skip zeros (kernel.h).
 *
 * A layer is computed panel by panel of its columns, and a panel word by word of its inputs, so
 * that a few weights at a time are multiplied with all rows. For the last word, rows go in small
 * groups. While their sums are in the first-level cache, the activation is applied and the nonzero
 * mask for the next layer is built.
 *
 * Both gradients are products of the same kind:
 *
 * - by the weights: the inputs' columns are the rows, the deltas are the weights
 * - by the inputs: the rows are those of a panel of weights, one word long, with few zeros to skip;
 *   the weights are the transposed deltas of 64 rows
 */
#include "engine.h"
#include "model.h"

#include <string.h>

/* Rows of a block: the inputs and outputs of layers of 512 or 784 take 0.4 MiB. */
#define BLOCK_ROWS 128

/* Rows that are finished at a time. */
#define GROUP_ROWS 8

/* With so few rows, loading and storing their sums again for each word costs too much. */
#define FEW_ROWS 3

/* Initial sums without a bias: as many as a kernel has columns. */
static const _Alignas(64) float zero_bias[2 * PANEL_COLUMNS];

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void multiply(const struct kernel *kernel, size_t n_columns, const struct kernel_task *task)
{
	if (n_columns == kernel->n_columns)
		kernel->multiply(task);
	else
		kernel->multiply_narrow(task);
}

static void multiply_transposed(const struct kernel *kernel, size_t n_columns,
				const struct kernel_task *task)
{
	if (n_columns == kernel->n_columns)
		kernel->multiply_transposed(task);
	else
		kernel->multiply_transposed_narrow(task);
}

/* --------------------------------------------------------------------- forward */

/* The rest of the pass once the sums of the panel from column `first` are complete. */
static void finish_rows(const struct layer_forward *pass, size_t first, size_t row, size_t n_rows)
{
	const size_t n =
		smaller(kernel_columns(pass->kernel, pass->width, first), pass->n_outputs - first);
	float *values = pass->outputs + row * pass->width + first;

	for (size_t r = 0; r < n_rows && pass->activation != EMNIST_RELU; r++)
		activation_apply(pass->activation, pass->alpha, pass->gamma,
				 values + r * pass->width, n);
	if (pass->nonzero_next)
		pass->kernel->find_nonzero(values, pass->width, n_rows, first, n,
					   pass->nonzero_next + row, pass->n_rows);
}

/* The product of n_words words of inputs and their weights. */
static void multiply_words(const struct layer_forward *pass, size_t first, size_t word,
			   size_t n_words, size_t row, size_t n_rows, bool is_last)
{
	const float *bias = pass->bias ? pass->bias + first : zero_bias;
	const size_t input = word * KERNEL_WORD;
	const struct kernel_task task = {
		.weights = pass->weights + panels_place(pass->n_inputs, first, input),
		.panel_stride = pass->n_inputs * PANEL_COLUMNS,
		.inputs = pass->inputs + row * pass->input_stride + input,
		.input_stride = pass->input_stride,
		.nonzero = pass->nonzero + word * pass->n_rows + row,
		.nonzero_stride = pass->n_rows,
		.n_words = n_words,
		.bias = word == 0 ? bias : NULL,
		.sums = pass->outputs + row * pass->width + first,
		.sum_stride = pass->width,
		.n_rows = n_rows,
		.relu = is_last && pass->activation == EMNIST_RELU,
	};

	multiply(pass->kernel, kernel_columns(pass->kernel, pass->width, first), &task);
}

static void forward_panel(const struct layer_forward *pass, size_t first)
{
	const size_t n_words = kernel_words(pass->n_inputs);
	const size_t step = pass->n_rows > FEW_ROWS ? pass->kernel->n_words : n_words;
	size_t word = 0;

	for (; n_words - word > step; word += step)
		multiply_words(pass, first, word, step, 0, pass->n_rows, false);
	for (size_t row = 0; row < pass->n_rows; row += GROUP_ROWS) {
		const size_t n = smaller(GROUP_ROWS, pass->n_rows - row);

		multiply_words(pass, first, word, n_words - word, row, n, true);
		finish_rows(pass, first, row, n);
	}
}

static void forward(const struct layer_forward *pass)
{
	if (pass->nonzero_next)
		memset(pass->nonzero_next, 0,
		       kernel_words(pass->n_outputs) * pass->n_rows * sizeof(*pass->nonzero_next));
	for (size_t first = 0; first < pass->width; first += pass->kernel->n_columns)
		forward_panel(pass, first);
}

/* ------------------------------------------------------------------- gradients */

size_t engine_scratch(size_t n_inputs, size_t width)
{
	/* Deltas, sums, and a panel's mask. */
	return (width + n_inputs) * PANEL_COLUMNS + n_inputs * sizeof(uint64_t) / sizeof(float);
}

/* Rows from `row` on: as many as a panel has columns, or those left. */
static void backward_rows(const struct layer_backward *pass, size_t row)
{
	const size_t n = smaller(PANEL_COLUMNS, pass->n_rows - row), n_inputs = pass->n_inputs;
	float *deltas = pass->scratch, *sums = deltas + pass->width * PANEL_COLUMNS;
	uint64_t *nonzero = (uint64_t *)(sums + n_inputs * PANEL_COLUMNS);
	size_t n_columns;

	panels_transpose(pass->deltas + row * pass->width, pass->width, n, pass->width, deltas,
			 PANEL_COLUMNS);
	for (size_t output = 0; output < pass->width; output += PANEL_COLUMNS) {
		const float *panel = pass->weights + output * n_inputs;

		memset(nonzero, 0, n_inputs * sizeof(*nonzero));
		pass->kernel->find_nonzero(panel, PANEL_COLUMNS, n_inputs, 0, PANEL_COLUMNS,
					   nonzero, n_inputs);
		for (size_t first = 0; first < PANEL_COLUMNS; first += n_columns) {
			const struct kernel_task task = {
				.weights = deltas + output * PANEL_COLUMNS + first,
				.panel_stride = PANEL_COLUMNS,
				.inputs = panel,
				.input_stride = PANEL_COLUMNS,
				.nonzero = nonzero,
				.nonzero_stride = n_inputs,
				.n_words = 1,
				.bias = output == 0 ? zero_bias : NULL,
				.sums = sums + first,
				.sum_stride = PANEL_COLUMNS,
				.n_rows = n_inputs,
			};

			n_columns = kernel_columns(pass->kernel, PANEL_COLUMNS, first);
			multiply(pass->kernel, n_columns, &task);
		}
	}
	panels_transpose(sums, PANEL_COLUMNS, n_inputs, n, pass->before + row * pass->before_stride,
			 pass->before_stride);
}

static void backward(const struct layer_backward *pass)
{
	for (size_t row = 0; row < pass->n_rows; row += PANEL_COLUMNS)
		backward_rows(pass, row);
}

/* Packs n columns of rows that are `stride` apart. */
static void pack_deltas(const float *values, size_t stride, size_t n_rows, size_t n, float *panels)
{
	for (size_t first = 0; first < n; first += PANEL_COLUMNS)
		for (size_t r = 0; r < n_rows; r++, panels += PANEL_COLUMNS)
			memcpy(panels, values + r * stride + first, PANEL_COLUMNS * sizeof(float));
}

static void gradient(const struct layer_gradient *pass)
{
	const size_t part = pass->part_rows;
	size_t n_columns;

	pack_deltas(pass->deltas, pass->delta_stride, pass->n_rows, pass->width, pass->scratch);
	for (size_t first = 0; first < pass->width; first += n_columns) {
		n_columns = kernel_columns(pass->kernel, pass->width, first);
		for (size_t r = 0; r < pass->n_rows; r += part) {
			const struct kernel_task task = {
				.weights = pass->scratch + panels_place(pass->n_rows, first, r),
				.panel_stride = pass->n_rows * PANEL_COLUMNS,
				.inputs = pass->inputs + r * pass->input_stride,
				.input_stride = pass->input_stride,
				.nonzero = pass->nonzero_columns + r / part * pass->n_inputs,
				.n_words = 1,
				.bias = r == 0 ? zero_bias : NULL,
				.sums = pass->gradient + first,
				.sum_stride = pass->width,
				.n_rows = pass->n_inputs,
			};

			multiply_transposed(pass->kernel, n_columns, &task);
		}
	}
}

const struct engine engine_kernels = {
	.id = EMNIST_ENGINE_KERNELS,
	.block_rows = BLOCK_ROWS,
	.uses_nonzero = true,
	.forward = forward,
	.backward = backward,
	.gradient = gradient,
};
