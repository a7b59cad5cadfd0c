/* net.c - creates a network to train, and turns it into a model. */
#include "net.h"

#include "../base/memory.h"

#include <math.h>
#include <string.h>

/* With the parameters that a model's layer gets. */
static void set_activation(struct net_layer *layer, enum emnist_activation activation)
{
	struct layer model_layer = {0};

	activation_set(&model_layer, activation);
	layer->activation = activation;
	layer->alpha = model_layer.alpha;
	layer->gamma = model_layer.gamma;
}

/* Places all parameters one after the other. */
static void place(struct net *net, const struct net_shape *shape)
{
	size_t n_inputs = shape->n_inputs;

	for (size_t l = 0; l < net->n_layers; l++) {
		struct net_layer *layer = &net->layers[l];
		const bool hidden = l < shape->n_hidden;

		layer->n_inputs = n_inputs;
		layer->n_outputs = hidden ? shape->hidden[l] : shape->n_outputs;
		layer->width = panels_width(layer->n_outputs);
		layer->batch_norm = hidden && shape->batch_norm;
		set_activation(layer, hidden ? shape->activation : EMNIST_IDENTITY);
		layer->weights = net->n_parameters;
		layer->bias = layer->weights + layer->width * layer->n_inputs;
		layer->scale = layer->bias + layer->width;
		net->n_parameters = layer->scale + (layer->batch_norm ? layer->width : 0);
		layer->stats = net->n_stats;
		net->n_stats += layer->batch_norm ? 2 * layer->width : 0;
		n_inputs = layer->n_outputs;
	}
}

/* Weights uniform with variance 1 / n_inputs (LeCun 1998), scales and variances one. */
static void draw(struct net *net, uint64_t seed)
{
	for (size_t l = 0; l < net->n_layers; l++) {
		const struct net_layer *layer = &net->layers[l];
		const double range = sqrt(3.0 / (double)layer->n_inputs);
		struct random random = random_stream(seed, RANDOM_INIT, l, 0);

		for (size_t o = 0; o < layer->n_outputs; o++)
			for (size_t i = 0; i < layer->n_inputs; i++)
				net->parameters[net_weight(layer, o, i)] =
					(float)random_within(&random, range);
		for (size_t i = 0; layer->batch_norm && i < layer->n_outputs; i++) {
			net->parameters[layer->scale + i] = 1;
			net->stats[layer->stats + layer->width + i] = 1;
		}
	}
	memcpy(net->average, net->parameters, net->n_parameters * sizeof(float));
}

enum emnist_status net_init(struct net *net, const struct net_shape *shape, uint64_t seed,
			    struct emnist_error *error)
{
	*net = (struct net){.n_layers = shape->n_hidden + 1};
	net->layers = alloc_zeroed(net->n_layers, sizeof(*net->layers));
	if (!net->layers)
		return error_memory(error);
	place(net, shape);
	net->parameters = alloc_floats(1, net->n_parameters);
	net->momentum = alloc_floats(1, net->n_parameters);
	net->velocity = alloc_floats(1, net->n_parameters);
	net->average = alloc_floats(1, net->n_parameters);
	net->stats = alloc_floats(1, net->n_stats);
	if (!net->parameters || !net->momentum || !net->velocity || !net->average || !net->stats)
		return error_memory(error);
	draw(net, seed);
	return EMNIST_OK;
}

/* Folds scale * (z - mean) / sqrt(variance + epsilon) + bias into weights and bias. */
static void fold(const struct net *net, const struct net_layer *from, struct layer *to)
{
	const float *bias = net->average + from->bias;
	const float *scale = net->average + from->scale;
	const float *mean = net->stats + from->stats;
	const float *variance = mean + from->width;

	for (size_t o = 0; o < from->n_outputs; o++) {
		double factor = 1, offset = bias[o];

		if (from->batch_norm) {
			factor = scale[o] / sqrt((double)variance[o] + (double)NET_EPSILON);
			offset -= factor * mean[o];
		}
		for (size_t i = 0; i < from->n_inputs; i++)
			to->weights[o * from->n_inputs + i] =
				(float)(factor * net->average[net_weight(from, o, i)]);
		to->bias[o] = (float)offset;
	}
	to->activation = from->activation;
	to->alpha = from->alpha;
	to->gamma = from->gamma;
}

enum emnist_status net_to_model(const struct net *net, const struct emnist_labels *labels,
				struct emnist_model **model_ret, struct emnist_error *error)
{
	struct emnist_model *model = model_new(net->n_layers);
	const struct emnist_model_options options = {.labels = labels};
	enum emnist_status status;

	if (!model)
		return error_memory(error);
	for (size_t l = 0; l < net->n_layers; l++) {
		const struct net_layer *layer = &net->layers[l];

		if (!layer_init(&model->layers[l], (uint32_t)layer->n_inputs,
				(uint32_t)layer->n_outputs)) {
			emnist_model_free(model);
			return error_memory(error);
		}
		fold(net, layer, &model->layers[l]);
	}
	model->softmax = true;
	status = model_finish(model, &options, NULL, 0, error);
	if (status) {
		emnist_model_free(model);
		return status;
	}
	*model_ret = model;
	return EMNIST_OK;
}

void net_clear(struct net *net)
{
	free(net->layers);
	free(net->parameters);
	free(net->momentum);
	free(net->velocity);
	free(net->average);
	free(net->stats);
	*net = (struct net){0};
}
