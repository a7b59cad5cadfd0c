/*
 * products.c - the three matrix products of a layer in training.
 *
 * Two thirds of an image's pixels are zero, as is half of the output of ReLU and dropout. So the
 * forward product and the gradient by the weights use an engine that skips zeros. The backward
 * product has none to skip.
 */
#include "products.h"

#include "../base/simd.h"

#include <string.h>

/* Layer l's inputs, (n_rows, n_inputs), with rows *stride_ret apart. */
static const float *find_input(const struct batch *batch, const struct net *net, size_t l,
			       size_t *stride_ret)
{
	*stride_ret = l == 0 ? net->layers[0].n_inputs : net->layers[l - 1].width;
	return l == 0 ? batch->inputs : batch->layers[l - 1].dropped;
}

/* The masks of n columns of n_rows rows, up to KERNEL_WORD. */
SIMD_CLONES
static void find_nonzero_columns(const float *restrict values, size_t stride, size_t n_rows,
				 size_t n, uint64_t *restrict nonzero)
{
	memset(nonzero, 0, n * sizeof(*nonzero));
	for (size_t r = 0; r < n_rows; r++)
		for (size_t i = 0; i < n; i++)
			nonzero[i] |= values[r * stride + i] != 0 ? UINT64_C(1) << r : 0;
}

/* Both masks of a shard's values. */
static void find_nonzero(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const size_t n = net->layers[l].n_inputs, rows = batch->shard_rows;
	const struct batch_layer *layer = &batch->layers[l];
	size_t stride;
	const float *values = find_input(batch, net, l, &stride);
	uint64_t *nonzero = layer->nonzero + shard * rows * kernel_words(n);

	memset(nonzero, 0, rows * kernel_words(n) * sizeof(*nonzero));
	batch->kernel->find_nonzero(values + shard * rows * stride, stride, rows, 0, n, nonzero,
				    rows);
	for (size_t r = shard * rows; r < (shard + 1) * rows; r += batch->part_rows)
		find_nonzero_columns(values + r * stride, stride, batch->part_rows, n,
				     layer->nonzero_columns + r / batch->part_rows * n);
}

void product_forward(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const struct net_layer *layer = &net->layers[l];
	const size_t rows = batch->shard_rows;
	size_t stride;
	const float *input = find_input(batch, net, l, &stride);
	const struct layer_forward pass = {
		.n_inputs = layer->n_inputs,
		.n_outputs = layer->width,
		.width = layer->width,
		.weights = net->parameters + layer->weights,
		.bias = layer->batch_norm ? NULL : net->parameters + layer->bias,
		.activation = EMNIST_IDENTITY,
		.n_rows = rows,
		.inputs = input + shard * rows * stride,
		.input_stride = stride,
		.outputs = batch->layers[l].output + shard * rows * layer->width,
		.kernel = batch->kernel,
		.nonzero = batch->layers[l].nonzero + shard * rows * kernel_words(layer->n_inputs),
	};

	if (batch->engine->uses_nonzero)
		find_nonzero(batch, net, l, shard);
	batch->engine->forward(&pass);
}

void product_backward(struct batch *batch, const struct net *net, size_t l, size_t shard)
{
	const struct net_layer *layer = &net->layers[l];
	const size_t rows = batch->shard_rows, width = net->layers[l - 1].width;
	const struct layer_backward pass = {
		.n_inputs = layer->n_inputs,
		.width = layer->width,
		.weights = net->parameters + layer->weights,
		.n_rows = rows,
		.deltas = batch->layers[l].delta + shard * rows * layer->width,
		.before = batch->layers[l - 1].delta + shard * rows * width,
		.before_stride = width,
		.kernel = batch->kernel,
		.scratch = batch->backward_scratch + shard * batch->n_backward_scratch,
	};

	batch->dense->backward(&pass);
}

void product_gradient(const struct batch *batch, const struct net *net, size_t l, size_t begin,
		      size_t end, float *gradient_ret, float *scratch)
{
	const struct net_layer *layer = &net->layers[l];
	size_t stride;
	const float *input = find_input(batch, net, l, &stride);
	const struct layer_gradient pass = {
		.n_inputs = layer->n_inputs,
		.width = end - begin,
		.n_rows = batch->n_rows,
		.inputs = input,
		.input_stride = stride,
		.deltas = batch->layers[l].delta + begin,
		.delta_stride = layer->width,
		.gradient = gradient_ret,
		.kernel = batch->kernel,
		.nonzero_columns = batch->layers[l].nonzero_columns,
		.part_rows = batch->part_rows,
		.scratch = scratch,
	};

	batch->engine->gradient(&pass);
}
