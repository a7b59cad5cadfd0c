/*
 * safetensors_header.c - reads the header of a safetensors file: its length in eight bytes, and
 *JSON.
 *
 *	{"__metadata__": {"key": "text"},
 *	 "NAME": {"dtype": "F32", "shape": [512, 784], "data_offsets": [0, 1605632]}}
 */
#include "safetensors_header.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../emnist_serve.h"

#define LENGTH_NBYTES 8

/* The reference implementation's limit. */
#define MAX_HEADER_NBYTES 100000000

#define MAX_TENSORS       65536

/* Memory for parsing, per byte of the header: a tensor takes at least 50 bytes there. */
#define ARENA_NBYTES_PER_BYTE 16
#define ARENA_NBYTES_AT_LEAST ((size_t)1 << 20)

struct reading {
	struct emnist_json *json;
	struct safetensors *file;
	struct emnist_error *error;
};

static const struct {
	const char *name;
	enum number_type type;
} types[] = {
	{"F32", NUMBER_FLOAT},     {"F64", NUMBER_DOUBLE}, {"F16", NUMBER_HALF},
	{"BF16", NUMBER_BFLOAT16}, {"I64", NUMBER_INT64},  {"I32", NUMBER_INT32},
	{"I16", NUMBER_INT16},     {"I8", NUMBER_INT8},    {"U8", NUMBER_UINT8},
	{"BOOL", NUMBER_BOOL},
};

static enum emnist_status bad_header(const struct reading *reading, size_t offset)
{
	return error_at(reading->error, EMNIST_ERR_CORRUPT, LENGTH_NBYTES + offset,
			"the safetensors header is damaged at byte %zu", LENGTH_NBYTES + offset);
}

/* Copies a string of the header, at the offset, with a zero at its end; none may be inside. */
static enum emnist_status copy_text(struct reading *reading, const char *bytes, size_t nbytes,
				    size_t offset, const char **text_ret)
{
	char *text;

	if (!bytes)
		return error_memory(reading->error);
	if (memchr(bytes, '\0', nbytes))
		return bad_header(reading, offset);
	text = arena_alloc(&reading->file->arena, nbytes + 1, 1);
	if (!text)
		return arena_error(&reading->file->arena, reading->error);
	memcpy(text, bytes, nbytes);
	*text_ret = text;
	return EMNIST_OK;
}

static enum emnist_status copy_string(struct reading *reading, struct emnist_json_value value,
				      const char **text_ret)
{
	size_t nbytes;
	const char *bytes = emnist_json_string(reading->json, value, &nbytes);

	return copy_text(reading, bytes, nbytes, value.offset, text_ret);
}

static enum emnist_status read_metadata(struct reading *reading, struct emnist_json_value metadata)
{
	const struct {
		const char *key;
		const char **text;
	} known[] = {
		{"emnist.labels", &reading->file->labels},
		{"emnist.preprocess", &reading->file->preprocess},
		{"emnist.input_scaling", &reading->file->input_scaling},
		{"emnist.activations", &reading->file->activations},
		{"emnist.softmax", &reading->file->softmax},
		{"emnist.producer", &reading->file->producer},
	};
	enum emnist_status status = EMNIST_OK;

	if (metadata.type != EMNIST_JSON_OBJECT)
		return bad_header(reading, metadata.offset);
	for (size_t i = 0; !status && i < sizeof(known) / sizeof(*known); i++) {
		const struct emnist_json_value value =
			emnist_json_member(reading->json, metadata, known[i].key);

		if (value.type == EMNIST_JSON_STRING)
			status = copy_string(reading, value, known[i].text);
		else if (value.type != EMNIST_JSON_NONE)
			status = bad_header(reading, value.offset);
	}
	return status;
}

static enum emnist_status read_type(struct reading *reading, struct emnist_json_value value,
				    struct safetensor *tensor)
{
	size_t nbytes;
	const char *name;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (emnist_json_equals(reading->json, value, types[i].name)) {
			tensor->type = types[i].type;
			return EMNIST_OK;
		}
	name = emnist_json_source(reading->json, value, &nbytes);
	return error_set(reading->error, EMNIST_ERR_UNSUPPORTED,
			 "tensor '%.80s' has the unsupported type %.*s", tensor->name,
			 nbytes < 22 ? (int)nbytes - 2 : 20, name + 1);
}

/* A whole number. */
static enum emnist_status read_count(const struct reading *reading, struct emnist_json_value value,
				     uint64_t *count_ret)
{
	int64_t integer;

	if (!emnist_json_integer(reading->json, value, &integer) || integer < 0)
		return bad_header(reading, value.offset);
	*count_ret = (uint64_t)integer;
	return EMNIST_OK;
}

static enum emnist_status read_shape(struct reading *reading, struct emnist_json_value shape,
				     struct safetensor *tensor)
{
	struct emnist_json_value value = emnist_json_first(reading->json, shape);

	tensor->n = 1;
	for (; value.type; value = emnist_json_next(reading->json, value)) {
		uint64_t dim = 0;
		const enum emnist_status status = read_count(reading, value, &dim);

		if (status)
			return status;
		if (tensor->rank == SAFETENSOR_MAX_RANK)
			return error_set(reading->error, EMNIST_ERR_LIMIT,
					 "tensor '%.80s' has more than %d dimensions", tensor->name,
					 SAFETENSOR_MAX_RANK);
		if (size_mul_overflows(tensor->n, dim, &tensor->n))
			return error_set(reading->error, EMNIST_ERR_CORRUPT,
					 "tensor '%.80s' has dimensions that do not fit in memory",
					 tensor->name);
		tensor->dims[tensor->rank++] = size_clamped(dim);
	}
	return EMNIST_OK;
}

static enum emnist_status read_description(struct reading *reading,
					   struct emnist_json_value description,
					   struct safetensor *tensor)
{
	const struct emnist_json *json = reading->json;
	const struct emnist_json_value type = emnist_json_member(json, description, "dtype");
	const struct emnist_json_value shape = emnist_json_member(json, description, "shape");
	const struct emnist_json_value offsets =
		emnist_json_member(json, description, "data_offsets");
	const struct emnist_json_value begin = emnist_json_first(json, offsets);
	enum emnist_status status;

	if (emnist_json_count(json, description) != 3 || type.type != EMNIST_JSON_STRING ||
	    shape.type != EMNIST_JSON_ARRAY || offsets.type != EMNIST_JSON_ARRAY ||
	    emnist_json_count(json, offsets) != 2)
		return bad_header(reading, description.offset);
	status = read_type(reading, type, tensor);
	if (!status)
		status = read_shape(reading, shape, tensor);
	if (!status)
		status = read_count(reading, begin, &tensor->begin);
	if (!status)
		status = read_count(reading, emnist_json_next(json, begin), &tensor->end);
	return status;
}

static enum emnist_status add_tensor(struct reading *reading, struct emnist_json_value description)
{
	size_t nbytes;
	const char *bytes = emnist_json_name(reading->json, description, &nbytes);
	struct safetensor tensor = {0};
	enum emnist_status status =
		copy_text(reading, bytes, nbytes, description.key, &tensor.name);

	if (!status)
		status = read_description(reading, description, &tensor);
	if (status)
		return status;
	if (size_mul_overflows(tensor.n, number_nbytes(tensor.type), &nbytes) ||
	    tensor.end < tensor.begin || tensor.end - tensor.begin != nbytes)
		return error_set(reading->error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' does not have the size of its shape", tensor.name);
	if (reading->file->n_tensors == MAX_TENSORS)
		return error_set(reading->error, EMNIST_ERR_LIMIT,
				 "more than %d tensors are not supported", MAX_TENSORS);
	if (reading->file->n_tensors == reading->file->capacity) {
		struct safetensor *grown;

		reading->file->capacity =
			reading->file->capacity ? 2 * reading->file->capacity : 64;
		grown = arena_alloc(&reading->file->arena, reading->file->capacity, sizeof(*grown));
		if (!grown)
			return arena_error(&reading->file->arena, reading->error);
		if (reading->file->n_tensors > 0)
			memcpy(grown, reading->file->tensors,
			       reading->file->n_tensors * sizeof(*grown));
		reading->file->tensors = grown;
	}
	reading->file->tensors[reading->file->n_tensors++] = tensor;
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
static enum emnist_status check_offsets(struct reading *reading)
{
	uint64_t end = 0;

	if (reading->file->n_tensors > 0)
		qsort(reading->file->tensors, reading->file->n_tensors,
		      sizeof(*reading->file->tensors), compare_begins);
	for (size_t i = 0; i < reading->file->n_tensors; i++) {
		const struct safetensor *tensor = &reading->file->tensors[i];

		if (tensor->begin != end)
			return error_set(reading->error, EMNIST_ERR_CORRUPT, "tensor '%.80s' %s",
					 tensor->name,
					 tensor->begin < end ? "overlaps another"
							     : "does not follow another");
		end = tensor->end;
	}
	if (end != reading->file->data_nbytes)
		return error_set(reading->error, EMNIST_ERR_CORRUPT,
				 "the tensors should have %llu bytes, but have %llu",
				 (unsigned long long)end,
				 (unsigned long long)reading->file->data_nbytes);
	return EMNIST_OK;
}

static enum emnist_status read_header(struct reading *reading)
{
	struct emnist_json *json = reading->json;
	const struct emnist_json_value root = emnist_json_root(json);
	struct emnist_json_value value = emnist_json_first(json, root);
	const uint32_t metadata = emnist_json_member(json, root, "__metadata__").offset;
	enum emnist_status status = EMNIST_OK;

	if (root.type != EMNIST_JSON_OBJECT)
		return bad_header(reading, root.offset);
	for (; !status && value.type; value = emnist_json_next(json, value))
		status = value.offset == metadata ? read_metadata(reading, value)
						  : add_tensor(reading, value);
	return status ? status : check_offsets(reading);
}

static enum emnist_status parse_header(struct reading *reading, const void *bytes, size_t nbytes)
{
	struct emnist_error error;
	enum emnist_status status = emnist_json_create(&reading->json, reading->error);

	if (status)
		return status;
	status = emnist_json_parse(reading->json, bytes, nbytes, NULL, &error);
	if (status == EMNIST_ERR_CORRUPT)
		return bad_header(reading, (size_t)error.offset);
	return status ? error_memory(reading->error) : EMNIST_OK;
}

enum emnist_status safetensors_header_read(const unsigned char *bytes, size_t nbytes,
					   struct safetensors *file_ret, struct emnist_error *error)
{
	struct reading reading = {.file = file_ret, .error = error};
	const uint64_t header_nbytes = number_u64(bytes);
	enum emnist_status status;

	*file_ret = (struct safetensors){0};
	nbytes -= LENGTH_NBYTES;
	bytes += LENGTH_NBYTES;
	if (header_nbytes > MAX_HEADER_NBYTES)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "the safetensors header has %llu bytes: the limit is %d",
				 (unsigned long long)header_nbytes, MAX_HEADER_NBYTES);
	if (header_nbytes > nbytes)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "the safetensors file is cut short in its header");
	file_ret->arena.nbytes_left =
		ARENA_NBYTES_AT_LEAST + (size_t)header_nbytes * ARENA_NBYTES_PER_BYTE;
	file_ret->data = bytes + header_nbytes;
	file_ret->data_nbytes = nbytes - header_nbytes;
	status = parse_header(&reading, bytes, (size_t)header_nbytes);
	if (!status)
		status = read_header(&reading);
	emnist_json_free(reading.json);
	return status;
}
