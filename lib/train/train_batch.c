/*
 * train_batch.c - the memory of a training step.
 */
#include "train_batch.h"

#include "../base/memory.h"

#include <string.h>

static bool layer_alloc(struct batch *batch, struct batch_layer *values,
			const struct net_layer *layer, bool hidden)
{
	const size_t n = layer->width;

	values->nonzero = alloc_zeroed(kernel_words(layer->n_inputs) * batch->n_rows,
				       sizeof(*values->nonzero));
	values->nonzero_columns = alloc_zeroed(batch->n_rows / batch->part_rows * layer->n_inputs,
					       sizeof(*values->nonzero_columns));
	values->output = alloc_floats(batch->n_rows, n);
	values->delta = alloc_floats(batch->n_rows, n);
	values->d_bias = alloc_floats(batch->n_shards, n);
	values->dropped = values->output;
	if (hidden && batch->dropout > 0)
		values->dropped = alloc_floats(batch->n_rows, n);
	if (!values->nonzero || !values->nonzero_columns || !values->output || !values->delta ||
	    !values->d_bias || !values->dropped)
		return false;
	if (!layer->batch_norm)
		return true;
	values->normal = alloc_floats(batch->n_rows, n);
	values->mean = alloc_floats(batch->n_shards, n);
	values->variance = alloc_floats(batch->n_shards, n);
	values->d_scale = alloc_floats(batch->n_shards, n);
	return values->normal && values->mean && values->variance && values->d_scale;
}

/* What the gradient by any layer's inputs takes, in whole cache lines. */
static size_t most_scratch(const struct net *net)
{
	size_t most = 0;

	for (size_t l = 1; l < net->n_layers; l++) {
		const size_t n = engine_scratch(net->layers[l].n_inputs, net->layers[l].width);

		most = n > most ? n : most;
	}
	return panels_width(most);
}

enum emnist_status batch_init(struct batch *batch, const struct net *net, size_t n_rows,
			      size_t shard_rows, double dropout, bool taught,
			      struct emnist_error *error)
{
	const size_t n_outputs = net->layers[net->n_layers - 1].n_outputs;

	*batch = (struct batch){.n_rows = n_rows,
				.shard_rows = shard_rows,
				.n_shards = n_rows / shard_rows,
				.part_rows = shard_rows < KERNEL_WORD ? shard_rows : KERNEL_WORD,
				.kernel = kernel_at(0),
				.engine = &engine_kernels,
				.dense = &engine_kernels,
				.n_backward_scratch = most_scratch(net),
				.n_outputs = n_outputs,
				.dropout = dropout};
	batch->inputs = alloc_floats(n_rows, net->layers[0].n_inputs);
	batch->targets = alloc_zeroed(n_rows, sizeof(const struct target *));
	batch->losses = alloc_zeroed(batch->n_shards, sizeof(*batch->losses));
	batch->layers = alloc_zeroed(net->n_layers, sizeof(*batch->layers));
	batch->scratch = alloc_floats(batch->n_shards, n_outputs);
	batch->backward_scratch = alloc_room(batch->n_shards, batch->n_backward_scratch);
	if (taught)
		batch->soft = alloc_floats(n_rows, n_outputs);
	if (!batch->inputs || !batch->targets || !batch->losses || !batch->layers ||
	    !batch->scratch || !batch->backward_scratch || (taught && !batch->soft))
		return error_memory(error);
	for (size_t l = 0; l < net->n_layers; l++)
		if (!layer_alloc(batch, &batch->layers[l], &net->layers[l], l + 1 < net->n_layers))
			return error_memory(error);
	return EMNIST_OK;
}

void batch_clear(struct batch *batch, const struct net *net)
{
	for (size_t l = 0; batch->layers && l < net->n_layers; l++) {
		struct batch_layer *values = &batch->layers[l];

		if (values->dropped != values->output)
			free(values->dropped);
		free(values->nonzero);
		free(values->nonzero_columns);
		free(values->output);
		free(values->normal);
		free(values->delta);
		free(values->mean);
		free(values->variance);
		free(values->d_scale);
		free(values->d_bias);
	}
	free(batch->layers);
	free(batch->inputs);
	free(batch->targets);
	free(batch->losses);
	free(batch->scratch);
	free(batch->backward_scratch);
	free(batch->soft);
	*batch = (struct batch){0};
}

void batch_sum_shards(const struct batch *batch, const float *values, size_t width, size_t begin,
		      size_t end, float factor, float *sum_ret)
{
	memset(sum_ret, 0, (end - begin) * sizeof(float));
	for (size_t s = 0; s < batch->n_shards; s++)
		for (size_t i = begin; i < end; i++)
			sum_ret[i - begin] += values[s * width + i] * factor;
}
