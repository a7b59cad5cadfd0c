/* model.c - creates, checks and describes networks. */
#include "model.h"

#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "../labels/labels.h"

/* In the order of enum emnist_preprocess. */
static const char *const preprocess_names[] = {"auto", "raw", "normalize"};

const char *preprocess_name(enum emnist_preprocess preprocess)
{
	return preprocess_names[preprocess];
}

bool preprocess_of_name(const char *name, enum emnist_preprocess *preprocess_ret)
{
	for (size_t i = 0; i < sizeof(preprocess_names) / sizeof(*preprocess_names); i++)
		if (strcmp(name, preprocess_names[i]) == 0) {
			*preprocess_ret = (enum emnist_preprocess)i;
			return true;
		}
	return false;
}

/* In the order of enum emnist_format. */
static const char *const format_names[] = {NULL, "onnx", "savedmodel", "graphdef", "safetensors"};

const char *emnist_format_name(enum emnist_format format)
{
	return format_names[format];
}

static const struct {
	const char *name;
	bool has_alpha;
	bool has_gamma;
} activations[] = {
	[EMNIST_IDENTITY] = {"identity", false, false},
	[EMNIST_RELU] = {"relu", false, false},
	[EMNIST_ELU] = {"elu", true, false},
	[EMNIST_LEAKY_RELU] = {"leaky_relu", true, false},
	[EMNIST_SELU] = {"selu", true, true},
	[EMNIST_SIGMOID] = {"sigmoid", false, false},
	[EMNIST_TANH] = {"tanh", false, false},
};

const char *emnist_activation_name(enum emnist_activation activation)
{
	return activations[activation].name;
}

bool activation_of_name(const char *name, size_t nbytes, enum emnist_activation *activation_ret)
{
	for (size_t i = 0; i < sizeof(activations) / sizeof(*activations); i++)
		if (strncmp(activations[i].name, name, nbytes) == 0 &&
		    activations[i].name[nbytes] == '\0') {
			*activation_ret = (enum emnist_activation)i;
			return true;
		}
	return false;
}

bool activation_has_alpha(enum emnist_activation activation)
{
	return activations[activation].has_alpha;
}

bool activation_has_gamma(enum emnist_activation activation)
{
	return activations[activation].has_gamma;
}

struct emnist_model *model_new(size_t n_layers)
{
	struct emnist_model *model = alloc_zeroed(1, sizeof(*model));

	if (!model)
		return NULL;
	model->layers = alloc_zeroed(n_layers, sizeof(*model->layers));
	if (!model->layers) {
		free(model);
		return NULL;
	}
	model->n_layers = n_layers;
	return model;
}

/* Exponent of infinities and NaN. */
#define EXPONENT_BITS UINT32_C(0x7f800000)

/* Looks at all bits without leaving the loop early, so that it vectorizes. */
static bool all_finite(const unaligned_float *values, size_t n)
{
	uint32_t any_bad = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t bits;

		memcpy(&bits, &values[i], sizeof(bits));
		any_bad |= (bits & EXPONENT_BITS) == EXPONENT_BITS;
	}
	return any_bad == 0;
}

static enum emnist_status check_layer(const struct emnist_model *model, size_t l,
				      struct emnist_error *error)
{
	const struct layer *layer = &model->layers[l];

	if (layer->n_inputs == 0 || layer->n_outputs == 0)
		return error_set(error, EMNIST_ERR_CORRUPT, "layer %zu is empty", l + 1);
	if (layer->n_inputs > MODEL_MAX_WIDTH || layer->n_outputs > MODEL_MAX_WIDTH)
		return error_set(error, EMNIST_ERR_LIMIT, "layer %zu is %ux%u: the limit is %u",
				 l + 1, layer->n_inputs, layer->n_outputs, MODEL_MAX_WIDTH);
	if (l > 0 && model->layers[l - 1].n_outputs != layer->n_inputs)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "layer %zu takes %u values, but layer %zu gives %u", l + 1,
				 layer->n_inputs, l, model->layers[l - 1].n_outputs);
	if ((!layer->borrows_panels &&
	     !all_finite(layer->weights, (size_t)layer->n_inputs * layer->n_outputs)) ||
	    !all_finite(layer->bias, layer->n_outputs) || !isfinite(layer->alpha) ||
	    !isfinite(layer->gamma))
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "layer %zu has weights that are infinite or NaN", l + 1);
	return EMNIST_OK;
}

static enum emnist_status find_labels(const struct emnist_labels *wanted, const char *metadata,
				      size_t metadata_nbytes, size_t n_outputs,
				      struct emnist_labels **labels_ret, struct emnist_error *error)
{
	enum emnist_status status;

	if (wanted) {
		*labels_ret = labels_copy(wanted);
		return *labels_ret ? EMNIST_OK : error_memory(error);
	}
	if (metadata) {
		status = emnist_labels_parse(metadata, metadata_nbytes, labels_ret, error);
		return status ? error_prefix(error, status, "metadata emnist.labels") : EMNIST_OK;
	}
	status = emnist_labels_default(n_outputs, labels_ret, error);
	if (status == EMNIST_ERR_ARGUMENT)
		return error_set(
			error, EMNIST_ERR_ARGUMENT,
			"the model has %zu outputs without labels: a mapping file is needed",
			n_outputs);
	return status;
}

static enum emnist_status settle_labels(struct emnist_model *model,
					const struct emnist_labels *wanted, const char *metadata,
					size_t metadata_nbytes, struct emnist_error *error)
{
	const size_t n_outputs = emnist_model_n_outputs(model);
	enum emnist_status status = EMNIST_OK;
	size_t count;

	if (!model->labels)
		status = find_labels(wanted, metadata, metadata_nbytes, n_outputs, &model->labels,
				     error);
	if (status)
		return status;
	count = emnist_labels_count(model->labels);
	if (count != n_outputs)
		return error_set(error, wanted ? EMNIST_ERR_ARGUMENT : EMNIST_ERR_CORRUPT,
				 "%zu labels for a model of %zu outputs", count, n_outputs);
	return EMNIST_OK;
}

bool model_pack(struct emnist_model *model, const struct kernel *kernel)
{
	model->kernel = kernel;
	if (!model_zero_negligible(model))
		return false;
	for (size_t l = 0; l < model->n_layers; l++) {
		struct layer *layer = &model->layers[l];

		layer_free_panels(layer);
		layer->panels =
			panels_pack(layer->weights, layer->bias, layer->n_inputs, layer->n_outputs);
		if (!layer->panels)
			return false;
	}
	return true;
}

static bool count_panels(const struct layer *layer, size_t *n_ret)
{
	return panels_count(layer->n_inputs, layer->n_outputs, n_ret);
}

void model_borrow_panels(struct emnist_model *model, const float *panels, size_t n)
{
	size_t n_of_model = 0, n_of_layer;

	for (size_t l = 0; l < model->n_layers; l++)
		if (!count_panels(&model->layers[l], &n_of_layer) ||
		    __builtin_add_overflow(n_of_model, n_of_layer, &n_of_model))
			return;
	for (size_t l = 0; n_of_model == n && l < model->n_layers; l++) {
		struct layer *layer = &model->layers[l];

		count_panels(layer, &n_of_layer);
		layer->panels = panels;
		layer->borrows_panels = true;
		panels += n_of_layer;
	}
}

enum emnist_status model_finish(struct emnist_model *model,
				const struct emnist_model_options *options,
				const char *labels_metadata, size_t labels_metadata_nbytes,
				struct emnist_error *error)
{
	enum emnist_status status;

	if (model->n_layers == 0)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the model has no fully connected layer");
	if (model->n_layers > MODEL_MAX_LAYERS)
		return error_set(error, EMNIST_ERR_LIMIT, "%zu layers: the limit is %d",
				 model->n_layers, MODEL_MAX_LAYERS);
	status = input_scaling_settle(model, options, error);
	for (size_t l = 0; !status && l < model->n_layers; l++)
		status = check_layer(model, l, error);
	if (status)
		return status;
	model->kernel = kernel_at(0);
	/* Borrowed panels were packed when the library was built. */
	if (!model->layers[0].borrows_panels && !model_pack(model, model->kernel))
		return error_memory(error);
	return settle_labels(model, options ? options->labels : NULL, labels_metadata,
			     labels_metadata_nbytes, error);
}

size_t emnist_model_n_inputs(const struct emnist_model *model)
{
	return model->layers[0].n_inputs;
}

size_t emnist_model_n_outputs(const struct emnist_model *model)
{
	return model->layers[model->n_layers - 1].n_outputs;
}

const struct emnist_labels *emnist_model_labels(const struct emnist_model *model)
{
	return model->labels;
}

enum emnist_preprocess emnist_model_preprocess(const struct emnist_model *model)
{
	return model->preprocess;
}

struct emnist_input_scaling emnist_model_input_scaling(const struct emnist_model *model)
{
	return model->input_scaling;
}

size_t emnist_model_n_layers(const struct emnist_model *model)
{
	return model->n_layers;
}

struct emnist_layer_info emnist_model_layer(const struct emnist_model *model, size_t i)
{
	const struct layer *layer = &model->layers[i];

	return (struct emnist_layer_info){
		layer->n_inputs, layer->n_outputs, layer->activation,
		activation_has_alpha(layer->activation) ? layer->alpha : 0,
		activation_has_gamma(layer->activation) ? layer->gamma : 0};
}

bool emnist_model_has_softmax(const struct emnist_model *model)
{
	return model->softmax;
}

const struct emnist_origin *emnist_model_origin(const struct emnist_model *model)
{
	return origin_shown(model->origin);
}

void emnist_model_free(struct emnist_model *model)
{
	if (!model)
		return;
	for (size_t l = 0; l < model->n_layers; l++)
		layer_clear(&model->layers[l]);
	free(model->file);
	free(model->layers);
	emnist_labels_free(model->labels);
	origin_free(model->origin);
	free(model);
}
