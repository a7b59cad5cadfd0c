/*
 * safetensors_read.c - reads PyTorch's state_dict from a safetensors file.
 *
 * There is no graph, only named tensors; NAME.weight and NAME.bias make a fully connected layer.
 * The file does not record the order of the modules. It is that of their names, with numbers
 * compared as numbers, as torch.nn.Sequential counts modules. If the layers' sizes do not chain in
 * that order, it is the only order in which they do.
 *
 * The file does not record activations either. Files written here have them in their metadata; for
 * others, options->activation applies.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/decimal.h"
#include "../base/ends_with.h"
#include "load.h"
#include "safetensors_header.h"

/* A fully connected layer. */
struct linear {
	const char *name; /* of its module, name_nbytes long */
	size_t name_nbytes;
	const struct safetensor *weight;
	const struct safetensor *bias; /* or NULL */
};

struct file {
	const struct model_source *source;
	struct emnist_error *error;
	struct safetensors stored;
	struct linear *linears;
	size_t n_linears;
};

/* --------------------------------------------------------------------- order */

/* Compares names, with runs of digits compared as numbers. */
static int compare_names(const char *a, size_t a_nbytes, const char *b, size_t b_nbytes)
{
	size_t i = 0, j = 0;

	while (i < a_nbytes && j < b_nbytes) {
		size_t a_digits = 0, b_digits = 0;
		int order;

		for (; i + 1 < a_nbytes && a[i] == '0' && a[i + 1] >= '0' && a[i + 1] <= '9'; i++)
			;
		for (; j + 1 < b_nbytes && b[j] == '0' && b[j + 1] >= '0' && b[j + 1] <= '9'; j++)
			;
		for (; i + a_digits < a_nbytes && a[i + a_digits] >= '0' && a[i + a_digits] <= '9';
		     a_digits++)
			;
		for (; j + b_digits < b_nbytes && b[j + b_digits] >= '0' && b[j + b_digits] <= '9';
		     b_digits++)
			;
		if (a_digits > 0 && b_digits > 0) {
			order = a_digits != b_digits ? (a_digits < b_digits ? -1 : 1)
						     : memcmp(a + i, b + j, a_digits);
			i += a_digits;
			j += b_digits;
		} else {
			order = (unsigned char)a[i++] - (unsigned char)b[j++];
		}
		if (order != 0)
			return order;
	}
	return (int)(i < a_nbytes) - (int)(j < b_nbytes);
}

static int compare_linears(const void *a, const void *b)
{
	const struct linear *left = a, *right = b;

	return compare_names(left->name, left->name_nbytes, right->name, right->name_nbytes);
}

/* Whether name ends in suffix, and how long it is before that. */
static bool ends_in(const char *name, const char *suffix, size_t *nbytes_ret)
{
	const size_t nbytes = strlen(name);

	if (!ends_with(name, nbytes, suffix))
		return false;
	*nbytes_ret = nbytes - strlen(suffix);
	return true;
}

/* Makes the layers of the weights, sorted by name. */
static enum emnist_status find_weights(struct file *file)
{
	file->linears =
		arena_alloc(&file->stored.arena, file->stored.n_tensors, sizeof(*file->linears));
	if (!file->linears)
		return arena_error(&file->stored.arena, file->error);
	for (size_t i = 0; i < file->stored.n_tensors; i++) {
		const struct safetensor *tensor = &file->stored.tensors[i];
		size_t nbytes;

		if (!ends_in(tensor->name, "weight", &nbytes) || tensor->rank != 2)
			continue;
		file->linears[file->n_linears++] =
			(struct linear){tensor->name, nbytes, tensor, NULL};
	}
	if (file->n_linears == 0)
		return error_set(
			file->error, EMNIST_ERR_UNSUPPORTED,
			"the file has no fully connected layer: no matrix named NAME.weight");
	if (file->n_linears > MODEL_MAX_LAYERS)
		return error_set(file->error, EMNIST_ERR_LIMIT, "%zu layers: the limit is %d",
				 file->n_linears, MODEL_MAX_LAYERS);
	qsort(file->linears, file->n_linears, sizeof(*file->linears), compare_linears);
	for (size_t l = 1; l < file->n_linears; l++)
		if (compare_linears(&file->linears[l - 1], &file->linears[l]) == 0)
			return error_set(file->error, EMNIST_ERR_CORRUPT,
					 "two tensors are named '%.80s'", file->linears[l].name);
	return EMNIST_OK;
}

/* Gives each layer its bias. Any other tensor means that this is no multilayer perceptron. */
static enum emnist_status find_biases(struct file *file)
{
	for (size_t i = 0; i < file->stored.n_tensors; i++) {
		const struct safetensor *tensor = &file->stored.tensors[i];
		struct linear key = {.name = tensor->name}, *found = NULL;

		if (ends_in(tensor->name, "weight", &key.name_nbytes) && tensor->rank == 2)
			continue;
		if (ends_in(tensor->name, "bias", &key.name_nbytes))
			found = bsearch(&key, file->linears, file->n_linears, sizeof(key),
					compare_linears);
		if (!found || tensor->rank != 1 || tensor->n != found->weight->dims[0] ||
		    found->bias)
			return error_set(file->error, EMNIST_ERR_UNSUPPORTED,
					 "tensor '%.80s' is not part of a fully connected layer: "
					 "only multilayer perceptrons are supported",
					 tensor->name);
		found->bias = tensor;
	}
	return EMNIST_OK;
}

static bool chains(const struct file *file)
{
	for (size_t l = 1; l < file->n_linears; l++)
		if (file->linears[l].weight->dims[1] != file->linears[l - 1].weight->dims[0])
			return false;
	return true;
}

/* The only layer from position `from` on that takes n_inputs values (for the first: a number that
 * no layer gives); SIZE_MAX if there is none or more than one. */
static size_t find_next(const struct file *file, size_t from)
{
	size_t found = SIZE_MAX, n = 0;

	for (size_t l = from; l < file->n_linears; l++) {
		const size_t n_inputs = file->linears[l].weight->dims[1];
		bool fits = from > 0 && n_inputs == file->linears[from - 1].weight->dims[0];

		if (from == 0) {
			fits = true;
			for (size_t other = 0; other < file->n_linears; other++)
				fits &= other == l ||
					file->linears[other].weight->dims[0] != n_inputs;
		}
		if (fits) {
			found = l;
			n++;
		}
	}
	return n == 1 ? found : SIZE_MAX;
}

static enum emnist_status order_linears(struct file *file)
{
	if (chains(file))
		return EMNIST_OK;
	for (size_t l = 0; l < file->n_linears; l++) {
		const size_t next = find_next(file, l);
		struct linear linear;

		if (next == SIZE_MAX)
			return error_set(
				file->error, EMNIST_ERR_UNSUPPORTED,
				"the order of the layers is unclear from their names and sizes");
		linear = file->linears[l];
		file->linears[l] = file->linears[next];
		file->linears[next] = linear;
	}
	return EMNIST_OK;
}

/* --------------------------------------------------------------- activations */

/* Takes "relu", "elu(1)" or "selu(1.67,1.05)". */
static bool take_activation(const char **text, struct layer *layer)
{
	const size_t nbytes = strcspn(*text, "(,");
	enum emnist_activation activation;
	float *const parameters[] = {&layer->alpha, &layer->gamma};

	if (!activation_of_name(*text, nbytes, &activation))
		return false;
	activation_set(layer, activation);
	*text += nbytes;
	if (**text != '(')
		return true;
	for (size_t i = 0; i < 2 && **text == "(,"[i]; i++) {
		(*text)++;
		*parameters[i] = (float)decimal_take(text);
	}
	if (**text != ')')
		return false;
	(*text)++;
	return true;
}

static enum emnist_status set_activations(struct file *file, struct emnist_model *model)
{
	const enum emnist_activation given = file->source->options->activation;
	const char *text = file->stored.activations;

	bool is_good = true;

	model->softmax = !file->stored.softmax || strcmp(file->stored.softmax, "false") != 0;
	for (size_t l = 0; l < model->n_layers && is_good; l++) {
		struct layer *layer = &model->layers[l];

		if (!text) {
			activation_set(layer, l + 1 == model->n_layers ? EMNIST_IDENTITY
					      : given                  ? given
								       : EMNIST_RELU);
			continue;
		}
		is_good = l == 0 || *text == ',';
		text += is_good && l > 0;
		is_good = is_good && take_activation(&text, layer);
	}
	if (!is_good || (text && *text != '\0'))
		return error_set(file->error, EMNIST_ERR_CORRUPT,
				 "metadata emnist.activations is '%.80s'",
				 file->stored.activations);
	return EMNIST_OK;
}

/* -------------------------------------------------------------------- layers */

static bool decode(const struct file *file, const struct safetensor *tensor, float *values)
{
	const uint8_t *bytes = file->stored.data + tensor->begin;
	const size_t step = number_nbytes(tensor->type);
	double value;

	if (!number_is_float(tensor->type))
		return false;
	for (size_t i = 0; i < tensor->n; i++) {
		number_decode(tensor->type, bytes + i * step, 1, &value);
		values[i] = (float)value;
	}
	return true;
}

static enum emnist_status make_layer(const struct file *file, const struct linear *linear,
				     struct layer *layer)
{
	const size_t *dims = linear->weight->dims;

	if (dims[0] < 1 || dims[0] > MODEL_MAX_WIDTH || dims[1] < 1 || dims[1] > MODEL_MAX_WIDTH)
		return error_set(file->error, EMNIST_ERR_LIMIT,
				 "tensor '%.80s' is %zux%zu: the limits are 1 and %d",
				 linear->weight->name, dims[0], dims[1], MODEL_MAX_WIDTH);
	if (!layer_init(layer, (uint32_t)dims[1], (uint32_t)dims[0]))
		return error_memory(file->error);
	if (!decode(file, linear->weight, layer_weights(layer)) ||
	    (linear->bias && !decode(file, linear->bias, layer->bias)))
		return error_set(file->error, EMNIST_ERR_UNSUPPORTED, "tensor '%.80s' has integers",
				 linear->weight->name);
	return EMNIST_OK;
}

static struct origin *make_origin(const struct file *file)
{
	struct origin *origin = origin_new(EMNIST_FORMAT_SAFETENSORS);

	origin_add_text(origin, "producer", file->stored.producer);
	origin_add_number(origin, "tensors", (int64_t)file->stored.n_tensors);
	if (!file->stored.activations && file->n_linears > 1 && !file->source->options->activation)
		origin_add_text(origin, "assumed_activation", emnist_activation_name(EMNIST_RELU));
	origin_add_file(origin, file->source->name, file->source->bytes, file->source->nbytes,
			file->source->options->hash_files);
	return origin;
}

static enum emnist_status make_model(struct file *file, struct emnist_model *model)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t l = 0; !status && l < file->n_linears; l++)
		status = make_layer(file, &file->linears[l], &model->layers[l]);
	if (!status)
		status = set_activations(file, model);
	if (!status && file->stored.preprocess &&
	    !preprocess_of_name(file->stored.preprocess, &model->preprocess))
		status = error_set(
			file->error, EMNIST_ERR_UNSUPPORTED,
			"metadata emnist.preprocess is '%.40s', not auto, raw or normalize",
			file->stored.preprocess);
	input_scaling_of_text(file->stored.input_scaling, &model->input_scaling);
	if (!status)
		status = model_finish(model, file->source->options, file->stored.labels,
				      file->stored.labels ? strlen(file->stored.labels) : 0,
				      file->error);
	if (status)
		return status;
	model->origin = make_origin(file);
	return origin_settle(model->origin) ? EMNIST_OK : error_memory(file->error);
}

enum emnist_status safetensors_read(const struct model_source *source,
				    struct emnist_model **model_ret, struct emnist_error *error)
{
	struct file file = {.source = source, .error = error};
	struct emnist_model *model = NULL;
	enum emnist_status status =
		safetensors_header_read(source->bytes, source->nbytes, &file.stored, error);

	if (!status)
		status = find_weights(&file);
	if (!status)
		status = find_biases(&file);
	if (!status)
		status = order_linears(&file);
	if (!status) {
		model = model_new(file.n_linears);
		status = model ? make_model(&file, model) : error_memory(error);
	}
	arena_clear(&file.stored.arena);
	if (status) {
		emnist_model_free(model);
		return status;
	}
	*model_ret = model;
	return EMNIST_OK;
}
