/*
 * products.c - the three matrix products of a layer that learns.
 *
 * Two thirds of an image's pixels are zero, and so is half of what comes out of ReLU and dropout.
 * The product forward leaves that out on the kernels that networks run on. The gradient by the
 * weights is a product of the same kind,
 *
 *	gradient (n_inputs, n_outputs) = values^T (n_inputs, n_rows) x deltas (n_rows, n_outputs)
 *
 * where the kernel's rows of inputs are the columns of the values, and its weights are the deltas,
 * as long as these lie in panels and it is noted for each column in which rows it is not zero. What
 * goes backward, deltas x weights, has no zeros, and is left to BLAS.
 */
#include "products.h"

#include "../base/simd.h"
#include "../network/blas.h"
#include "../network/panels.h"

#include <string.h>

/* What sums start from where there is no bias: as many as a kernel has columns. */
static const _Alignas(64) float nothing[2 * PANEL_COLUMNS];

const float *product_input(const struct batch *batch, const struct net *net, size_t l,
			   size_t *stride_ret)
{
	*stride_ret = l == 0 ? net->layers[0].n_inputs : net->layers[l - 1].width;
	return l == 0 ? batch->inputs : batch->layers[l - 1].dropped;
}

/* Of each of n columns of n_rows rows, up to KERNEL_WORD: bit r tells whether it is not zero in
 * row r. */
SIMD_CLONES
static void find_alive_rows(const float *restrict values, size_t stride, size_t n_rows, size_t n,
			    uint64_t *restrict alive)
{
	memset(alive, 0, n * sizeof(*alive));
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++)
			alive[i] |= values[r * stride + i] != 0 ? UINT64_C(1) << r : 0;
}

/* Notes in both directions what of a shard's values is not zero. */
static void find_alive(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const size_t n = net->layers[l].n_inputs, rows = batch->shard_rows;
	const struct batch_layer *layer = &batch->layers[l];
	size_t stride;
	const float *values = product_input(batch, net, l, &stride);
	uint64_t *alive = layer->alive + shard * rows * batch_words(n);

	memset(alive, 0, rows * batch_words(n) * sizeof(*alive));
	batch->kernel->find_alive(values + shard * rows * stride, stride, rows, 0, n, alive, rows);
	for (size_t r = shard * rows; r < (shard + 1) * rows; r += batch->part_rows)
		find_alive_rows(values + r * stride, stride, batch->part_rows, n,
				layer->alive_rows + r / batch->part_rows * n);
}

static void multiply(const struct kernel *kernel, const struct kernel_task *task, size_t n_columns,
		     bool turned)
{
	if (n_columns == kernel->n_columns)
		(turned ? kernel->multiply_turned : kernel->multiply)(task);
	else
		(turned ? kernel->multiply_turned_narrow : kernel->multiply_narrow)(task);
}

void product_forward(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const struct net_layer *layer = &net->layers[l];
	const struct kernel *kernel = batch->kernel;
	const size_t rows = batch->shard_rows, n_words = batch_words(layer->n_inputs);
	size_t stride, n_columns;
	const float *values = product_input(batch, net, l, &stride) + shard * rows * stride;
	const uint64_t *alive = batch->layers[l].alive + shard * rows * n_words;
	float *sums = batch->layers[l].output + shard * rows * layer->width;

	find_alive(batch, net, l, shard);
	for (size_t first = 0; first < layer->width; first += n_columns) {
		const float *bias =
			layer->batch_norm ? nothing : net->parameters + layer->bias + first;

		n_columns = panels_columns(kernel, layer->width, first);
		for (size_t word = 0; word < n_words; word += kernel->n_words) {
			const struct kernel_task task = {
				.weights = net->parameters +
					   net_weight(layer, first, word * KERNEL_WORD),
				.panel_stride = layer->n_inputs * PANEL_COLUMNS,
				.inputs = values + word * KERNEL_WORD,
				.input_stride = stride,
				.alive = alive + word * rows,
				.alive_stride = rows,
				.n_words = kernel->n_words < n_words - word ? kernel->n_words
									    : n_words - word,
				.bias = word == 0 ? bias : NULL,
				.sums = sums + first,
				.sum_stride = layer->width,
				.n_rows = rows,
			};

			multiply(kernel, &task, n_columns, false);
		}
	}
}

void product_backward(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const struct net_layer *layer = &net->layers[l];
	const size_t rows = batch->shard_rows, width = net->layers[l - 1].width;
	const float *delta = batch->layers[l].delta + shard * rows * layer->width;
	float *before = batch->layers[l - 1].delta + shard * rows * width;

	/* Panel by panel, each of which adds to what those before it gave. */
	for (size_t first = 0; first < layer->width; first += PANEL_COLUMNS)
		blas_gemm(false, true, rows, layer->n_inputs, PANEL_COLUMNS, 1, delta + first,
			  layer->width, net->parameters + net_weight(layer, first, 0),
			  PANEL_COLUMNS, first > 0, before, width);
}

/* Lays n columns of rows that are stride apart out in panels. */
static void lay_out(const float *values, size_t stride, size_t n_rows, size_t n, float *panels)
{
	for (size_t first = 0; first < n; first += PANEL_COLUMNS)
		for (size_t r = 0; r < n_rows; r++, panels += PANEL_COLUMNS)
			memcpy(panels, values + r * stride + first, PANEL_COLUMNS * sizeof(float));
}

void product_gradient(const struct batch *batch, const struct net *net, size_t l, size_t begin,
		      size_t end, float *gradient_ret, float *deltas)
{
	const struct net_layer *layer = &net->layers[l];
	const struct batch_layer *values = &batch->layers[l];
	const size_t n = layer->n_inputs, width = end - begin, part = batch->part_rows;
	size_t stride, n_columns;
	const float *input = product_input(batch, net, l, &stride);

	lay_out(values->delta + begin, layer->width, batch->n_rows, width, deltas);
	for (size_t first = 0; first < width; first += n_columns) {
		const size_t panel = first - first % PANEL_COLUMNS;

		n_columns = panels_columns(batch->kernel, width, first);
		for (size_t r = 0; r < batch->n_rows; r += part) {
			const struct kernel_task task = {
				.weights = deltas + panel * batch->n_rows + r * PANEL_COLUMNS +
					   first % PANEL_COLUMNS,
				.panel_stride = batch->n_rows * PANEL_COLUMNS,
				.inputs = input + r * stride,
				.input_stride = stride,
				.alive = values->alive_rows + r / part * n,
				.n_words = 1,
				.bias = r == 0 ? nothing : NULL,
				.sums = gradient_ret + first,
				.sum_stride = width,
				.n_rows = n,
			};

			multiply(batch->kernel, &task, n_columns, true);
		}
	}
}
