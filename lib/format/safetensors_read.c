/*
 * safetensors_read.c - reads PyTorch's state_dict from a safetensors file: the length of a JSON
 * header in eight bytes, the header, and the values in a row.
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

#include "../base/arena.h"
#include "../base/decimal.h"
#include "../base/ends_with.h"
#include "../base/memory.h"
#include "../base/numbers.h"
#include "../emnist_serve.h"
#include "load.h"

#define LENGTH_NBYTES 8

/* The reference implementation's limit. */
#define MAX_HEADER_NBYTES 100000000

#define MAX_TENSORS       65536
#define MAX_RANK          8

/* Memory for parsing, per byte of the header: a tensor takes at least 50 bytes there. */
#define ARENA_NBYTES_PER_BYTE 16
#define ARENA_NBYTES_AT_LEAST ((size_t)1 << 20)

struct safetensor {
	const char *name;
	enum number_type type;
	size_t rank;
	size_t dims[MAX_RANK];
	size_t n;
	uint64_t begin, end;
};

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
	struct arena arena;
	struct emnist_json *header;
	const unsigned char *data;
	uint64_t data_nbytes;
	struct safetensor *tensors;
	size_t n_tensors;
	size_t capacity;
	struct linear *linears;
	size_t n_linears;
	/* Of the metadata, or NULL. */
	const char *labels, *preprocess, *input_scaling, *activations, *softmax, *producer;
};

/* -------------------------------------------------------------------- header */

static const struct {
	const char *name;
	enum number_type type;
} types[] = {
	{"F32", NUMBER_FLOAT},     {"F64", NUMBER_DOUBLE}, {"F16", NUMBER_HALF},
	{"BF16", NUMBER_BFLOAT16}, {"I64", NUMBER_INT64},  {"I32", NUMBER_INT32},
	{"I16", NUMBER_INT16},     {"I8", NUMBER_INT8},    {"U8", NUMBER_UINT8},
	{"BOOL", NUMBER_BOOL},
};

static enum emnist_status bad_header(const struct file *file, size_t offset)
{
	return error_at(file->error, EMNIST_ERR_CORRUPT, LENGTH_NBYTES + offset,
			"the safetensors header is damaged at byte %zu", LENGTH_NBYTES + offset);
}

/* Copies a string of the header, at the offset, with a zero at its end; none may be inside. */
static enum emnist_status copy_text(struct file *file, const char *bytes, size_t nbytes,
				    size_t offset, const char **text_ret)
{
	char *text;

	if (!bytes)
		return error_memory(file->error);
	if (memchr(bytes, '\0', nbytes))
		return bad_header(file, offset);
	text = arena_alloc(&file->arena, nbytes + 1, 1);
	if (!text)
		return arena_error(&file->arena, file->error);
	memcpy(text, bytes, nbytes);
	*text_ret = text;
	return EMNIST_OK;
}

static enum emnist_status copy_string(struct file *file, struct emnist_json_value value,
				      const char **text_ret)
{
	size_t nbytes;
	const char *bytes = emnist_json_string(file->header, value, &nbytes);

	return copy_text(file, bytes, nbytes, value.offset, text_ret);
}

static enum emnist_status read_metadata(struct file *file, struct emnist_json_value metadata)
{
	const struct {
		const char *key;
		const char **text;
	} known[] = {
		{"emnist.labels", &file->labels},
		{"emnist.preprocess", &file->preprocess},
		{"emnist.input_scaling", &file->input_scaling},
		{"emnist.activations", &file->activations},
		{"emnist.softmax", &file->softmax},
		{"emnist.producer", &file->producer},
	};
	enum emnist_status status = EMNIST_OK;

	if (metadata.type != EMNIST_JSON_OBJECT)
		return bad_header(file, metadata.offset);
	for (size_t i = 0; !status && i < sizeof(known) / sizeof(*known); i++) {
		const struct emnist_json_value value =
			emnist_json_member(file->header, metadata, known[i].key);

		if (value.type == EMNIST_JSON_STRING)
			status = copy_string(file, value, known[i].text);
		else if (value.type != EMNIST_JSON_NONE)
			status = bad_header(file, value.offset);
	}
	return status;
}

static enum emnist_status read_type(struct file *file, struct emnist_json_value value,
				    struct safetensor *tensor)
{
	size_t nbytes;
	const char *name;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (emnist_json_equals(file->header, value, types[i].name)) {
			tensor->type = types[i].type;
			return EMNIST_OK;
		}
	name = emnist_json_source(file->header, value, &nbytes);
	return error_set(file->error, EMNIST_ERR_UNSUPPORTED,
			 "tensor '%.80s' has the unsupported type %.*s", tensor->name,
			 nbytes < 22 ? (int)nbytes - 2 : 20, name + 1);
}

/* A whole number. */
static enum emnist_status read_count(const struct file *file, struct emnist_json_value value,
				     uint64_t *count_ret)
{
	int64_t integer;

	if (!emnist_json_integer(file->header, value, &integer) || integer < 0)
		return bad_header(file, value.offset);
	*count_ret = (uint64_t)integer;
	return EMNIST_OK;
}

static enum emnist_status read_shape(struct file *file, struct emnist_json_value shape,
				     struct safetensor *tensor)
{
	struct emnist_json_value value = emnist_json_first(file->header, shape);

	tensor->n = 1;
	for (; value.type; value = emnist_json_next(file->header, value)) {
		uint64_t dim = 0;
		const enum emnist_status status = read_count(file, value, &dim);

		if (status)
			return status;
		if (tensor->rank == MAX_RANK)
			return error_set(file->error, EMNIST_ERR_LIMIT,
					 "tensor '%.80s' has more than %d dimensions", tensor->name,
					 MAX_RANK);
		if (size_mul_overflows(tensor->n, (size_t)dim, &tensor->n))
			return error_set(file->error, EMNIST_ERR_CORRUPT,
					 "tensor '%.80s' has dimensions that do not fit in memory",
					 tensor->name);
		tensor->dims[tensor->rank++] = (size_t)dim;
	}
	return EMNIST_OK;
}

/* {"dtype":"F32","shape":[512,784],"data_offsets":[0,1605632]}, in any order. */
static enum emnist_status read_description(struct file *file, struct emnist_json_value description,
					   struct safetensor *tensor)
{
	const struct emnist_json *json = file->header;
	const struct emnist_json_value type = emnist_json_member(json, description, "dtype");
	const struct emnist_json_value shape = emnist_json_member(json, description, "shape");
	const struct emnist_json_value offsets =
		emnist_json_member(json, description, "data_offsets");
	const struct emnist_json_value begin = emnist_json_first(json, offsets);
	enum emnist_status status;

	if (emnist_json_count(json, description) != 3 || type.type != EMNIST_JSON_STRING ||
	    shape.type != EMNIST_JSON_ARRAY || offsets.type != EMNIST_JSON_ARRAY ||
	    emnist_json_count(json, offsets) != 2)
		return bad_header(file, description.offset);
	status = read_type(file, type, tensor);
	if (!status)
		status = read_shape(file, shape, tensor);
	if (!status)
		status = read_count(file, begin, &tensor->begin);
	if (!status)
		status = read_count(file, emnist_json_next(json, begin), &tensor->end);
	return status;
}

static enum emnist_status add_tensor(struct file *file, struct emnist_json_value description)
{
	size_t nbytes;
	const char *bytes = emnist_json_name(file->header, description, &nbytes);
	struct safetensor tensor = {0};
	enum emnist_status status = copy_text(file, bytes, nbytes, description.key, &tensor.name);

	if (!status)
		status = read_description(file, description, &tensor);
	if (status)
		return status;
	if (size_mul_overflows(tensor.n, number_nbytes(tensor.type), &nbytes) ||
	    tensor.end < tensor.begin || tensor.end - tensor.begin != nbytes)
		return error_set(file->error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' does not have the size of its shape", tensor.name);
	if (file->n_tensors == MAX_TENSORS)
		return error_set(file->error, EMNIST_ERR_LIMIT,
				 "more than %d tensors are not supported", MAX_TENSORS);
	if (file->n_tensors == file->capacity) {
		struct safetensor *grown;

		file->capacity = file->capacity ? 2 * file->capacity : 64;
		grown = arena_alloc(&file->arena, file->capacity, sizeof(*grown));
		if (!grown)
			return arena_error(&file->arena, file->error);
		if (file->n_tensors > 0)
			memcpy(grown, file->tensors, file->n_tensors * sizeof(*grown));
		file->tensors = grown;
	}
	file->tensors[file->n_tensors++] = tensor;
	return EMNIST_OK;
}

static int compare_begins(const void *a, const void *b)
{
	const struct safetensor *left = a, *right = b;

	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	return (left->end > right->end) - (left->end < right->end);
}

/* The tensors must cover the data, each byte once. */
static enum emnist_status check_offsets(struct file *file)
{
	uint64_t end = 0;

	if (file->n_tensors > 0)
		qsort(file->tensors, file->n_tensors, sizeof(*file->tensors), compare_begins);
	for (size_t i = 0; i < file->n_tensors; i++) {
		const struct safetensor *tensor = &file->tensors[i];

		if (tensor->begin != end)
			return error_set(file->error, EMNIST_ERR_CORRUPT, "tensor '%.80s' %s",
					 tensor->name,
					 tensor->begin < end ? "overlaps another"
							     : "does not follow another");
		end = tensor->end;
	}
	if (end != file->data_nbytes)
		return error_set(file->error, EMNIST_ERR_CORRUPT,
				 "the tensors should have %llu bytes, but have %llu",
				 (unsigned long long)end, (unsigned long long)file->data_nbytes);
	return EMNIST_OK;
}

static enum emnist_status read_header(struct file *file)
{
	struct emnist_json *json = file->header;
	const struct emnist_json_value root = emnist_json_root(json);
	struct emnist_json_value value = emnist_json_first(json, root);
	const uint32_t metadata = emnist_json_member(json, root, "__metadata__").offset;
	enum emnist_status status = EMNIST_OK;

	if (root.type != EMNIST_JSON_OBJECT)
		return bad_header(file, root.offset);
	for (; !status && value.type; value = emnist_json_next(json, value))
		status = value.offset == metadata ? read_metadata(file, value)
						  : add_tensor(file, value);
	return status ? status : check_offsets(file);
}

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
	file->linears = arena_alloc(&file->arena, file->n_tensors, sizeof(*file->linears));
	if (!file->linears)
		return arena_error(&file->arena, file->error);
	for (size_t i = 0; i < file->n_tensors; i++) {
		const struct safetensor *tensor = &file->tensors[i];
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
	for (size_t i = 0; i < file->n_tensors; i++) {
		const struct safetensor *tensor = &file->tensors[i];
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
	const char *text = file->activations;

	bool is_good = true;

	model->softmax = !file->softmax || strcmp(file->softmax, "false") != 0;
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
				 "metadata emnist.activations is '%.80s'", file->activations);
	return EMNIST_OK;
}

/* -------------------------------------------------------------------- layers */

static bool decode(const struct file *file, const struct safetensor *tensor, float *values)
{
	const uint8_t *bytes = file->data + tensor->begin;
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

	origin_add_text(origin, "producer", file->producer);
	origin_add_number(origin, "tensors", (int64_t)file->n_tensors);
	if (!file->activations && file->n_linears > 1 && !file->source->options->activation)
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
	if (!status && file->preprocess &&
	    !preprocess_of_name(file->preprocess, &model->preprocess))
		status = error_set(
			file->error, EMNIST_ERR_UNSUPPORTED,
			"metadata emnist.preprocess is '%.40s', not auto, raw or normalize",
			file->preprocess);
	input_scaling_of_text(file->input_scaling, &model->input_scaling);
	if (!status)
		status = model_finish(model, file->source->options, file->labels,
				      file->labels ? strlen(file->labels) : 0, file->error);
	if (status)
		return status;
	model->origin = make_origin(file);
	return origin_settle(model->origin) ? EMNIST_OK : error_memory(file->error);
}

static enum emnist_status parse_header(struct file *file, const void *bytes, size_t nbytes)
{
	struct emnist_error error;
	enum emnist_status status = emnist_json_create(&file->header, file->error);

	if (status)
		return status;
	status = emnist_json_parse(file->header, bytes, nbytes, NULL, &error);
	if (status == EMNIST_ERR_CORRUPT)
		return bad_header(file, (size_t)error.offset);
	return status ? error_memory(file->error) : EMNIST_OK;
}

/* Locates header and data. */
static enum emnist_status divide(struct file *file)
{
	const struct model_source *source = file->source;
	const uint64_t nbytes = number_u64(source->bytes);
	const unsigned char *bytes = source->bytes;

	if (nbytes > MAX_HEADER_NBYTES)
		return error_set(file->error, EMNIST_ERR_LIMIT,
				 "the safetensors header has %llu bytes: the limit is %d",
				 (unsigned long long)nbytes, MAX_HEADER_NBYTES);
	if (nbytes > source->nbytes - LENGTH_NBYTES)
		return error_set(file->error, EMNIST_ERR_CORRUPT,
				 "the safetensors file is cut short in its header");
	file->arena.nbytes_left = ARENA_NBYTES_AT_LEAST + (size_t)nbytes * ARENA_NBYTES_PER_BYTE;
	file->data = bytes + LENGTH_NBYTES + nbytes;
	file->data_nbytes = source->nbytes - LENGTH_NBYTES - nbytes;
	return parse_header(file, bytes + LENGTH_NBYTES, (size_t)nbytes);
}

enum emnist_status safetensors_read(const struct model_source *source,
				    struct emnist_model **model_ret, struct emnist_error *error)
{
	struct file file = {.source = source, .error = error};
	struct emnist_model *model = NULL;
	enum emnist_status status = divide(&file);

	if (!status)
		status = read_header(&file);
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
	emnist_json_free(file.header);
	arena_clear(&file.arena);
	if (status) {
		emnist_model_free(model);
		return status;
	}
	*model_ret = model;
	return EMNIST_OK;
}
