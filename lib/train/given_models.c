/*
 * given_models.c - the models that training is given.
 *
 * Batch normalization of a model to start from is folded into its weights and cannot be told apart
 * again: training goes on without.
 */
#include "given_models.h"

#include <string.h>
#include <zlib.h>

static bool has_classes(const struct emnist_model *model, const struct emnist_labels *labels)
{
	const size_t n = emnist_labels_count(labels);

	if (emnist_model_n_outputs(model) != n)
		return false;
	for (size_t c = 0; c < n; c++)
		if (strcmp(emnist_labels_text(labels, c),
			   emnist_labels_text(emnist_model_labels(model), c)) != 0)
			return false;
	return true;
}

enum emnist_status given_models_can_start(const struct emnist_model *model,
					  struct emnist_error *error)
{
	const struct layer *first = &model->layers[0];
	const struct layer *last = &model->layers[model->n_layers - 1];
	bool alike = last->activation == EMNIST_IDENTITY && model->softmax;

	for (size_t l = 0; l + 1 < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];

		alike = alike && layer->activation == first->activation &&
			layer->activation != EMNIST_IDENTITY && layer->alpha == first->alpha &&
			layer->gamma == first->gamma;
	}
	if (emnist_model_n_inputs(model) != EMNIST_VECTOR_LENGTH)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "the initial model does not take 28x28 images");
	if (!alike)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "the initial model's hidden layers must have the same activation, "
				 "and its last one a softmax");
	return EMNIST_OK;
}

void given_models_start(const struct emnist_model *model, struct net *net)
{
	for (size_t l = 0; l < net->n_layers; l++) {
		const struct layer *from = &model->layers[l];
		struct net_layer *to = &net->layers[l];

		for (size_t o = 0; o < to->n_outputs; o++) {
			for (size_t i = 0; i < to->n_inputs; i++)
				net->parameters[net_weight(to, o, i)] =
					from->weights[o * to->n_inputs + i];
			net->parameters[to->bias + o] = from->bias[o];
		}
		to->alpha = from->alpha;
		to->gamma = from->gamma;
	}
	memcpy(net->average, net->parameters, net->n_parameters * sizeof(float));
}

enum emnist_status given_models_check(const struct emnist_train_options *options,
				      const struct emnist_labels *labels,
				      struct emnist_error *error)
{
	for (size_t t = 0; t < options->n_teachers; t++)
		if (emnist_model_n_inputs(options->teachers[t]) != EMNIST_VECTOR_LENGTH ||
		    !has_classes(options->teachers[t], labels))
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "teacher %zu: its classes differ from the model's", t + 1);
	if (options->init && !has_classes(options->init, labels))
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "the initial model's classes differ from the model's");
	return EMNIST_OK;
}

static uint64_t model_fingerprint(const struct emnist_model *model)
{
	uint64_t hash = random_mix(model->softmax);

	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];
		const size_t n_weights = (size_t)layer->n_inputs * layer->n_outputs;

		hash = random_mix(hash ^ crc32_z(0, (const Bytef *)layer->weights,
						 n_weights * sizeof(float)));
		hash = random_mix(hash ^ crc32_z(0, (const Bytef *)layer->bias,
						 layer->n_outputs * sizeof(float)));
		hash = random_mix(hash ^ (uint64_t)layer->activation);
		hash = random_mix_float(hash, layer->alpha);
		hash = random_mix_float(hash, layer->gamma);
	}
	return hash;
}

uint64_t given_models_fingerprint(const struct emnist_train_options *options, uint64_t hash)
{
	if (options->init)
		hash = random_mix(hash ^ model_fingerprint(options->init));
	for (size_t t = 0; t < options->n_teachers; t++)
		hash = random_mix(hash ^ model_fingerprint(options->teachers[t]));
	return hash;
}
