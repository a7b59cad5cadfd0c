/*
 * onnx_external.c - loads ONNX's "external data": tensors with data in other files.
 *
 * Each tensor names a file below the model's folder and a range in it. Files are read whole, each
 * once, and the data is copied into the tensors, so later stages see ordinary tensors. The total
 * copied is limited to the size of the files: tensors may not share data.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../io/file.h"
#include "load.h"
#include "onnx.h"

/* Exporters write one, or one per tensor. */
#define MAX_FILES 4096

struct file {
	const char *name; /* of the message */
	struct buffer buffer;
};

struct onnx_external {
	struct file *files; /* (MAX_FILES) */
	size_t n_files;
	size_t nbytes_left; /* that may be copied */
};

static const char *find_entry(const Onnx__TensorProto *tensor, const char *key)
{
	for (size_t i = 0; i < tensor->n_external_data && i < ONNX_MAX_PARTS; i++) {
		const Onnx__StringStringEntryProto *entry = tensor->external_data[i];

		if (entry->key && entry->value && strcmp(entry->key, key) == 0)
			return entry->value;
	}
	return NULL;
}

static enum emnist_status bad_place(const Onnx__TensorProto *tensor, struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT,
			 "tensor '%.80s' is beyond the end of its data file",
			 tensor->name ? tensor->name : "");
}

/* A number in digits alone. */
static bool parse_size(const char *text, size_t *size_ret)
{
	size_t size = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		if (size_mul_overflows(size, 10, &size) ||
		    __builtin_add_overflow(size, (size_t)(*text - '0'), &size))
			return false;
	*size_ret = size;
	return *text == '\0';
}

static enum emnist_status open_file(struct onnx_external *external,
				    const struct model_source *source, const char *name,
				    struct file **file_ret, struct emnist_error *error)
{
	enum emnist_status status;
	struct file *file;

	for (size_t i = 0; i < external->n_files; i++)
		if (strcmp(external->files[i].name, name) == 0) {
			*file_ret = &external->files[i];
			return EMNIST_OK;
		}
	if (external->n_files == MAX_FILES)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "more than %d files of external data are not supported",
				 MAX_FILES);
	file = &external->files[external->n_files++];
	file->name = name;
	status = load_beside(source, name, &file->buffer, error);
	external->nbytes_left += file->buffer.nbytes;
	*file_ret = file;
	return status;
}

static enum emnist_status read_tensor(struct onnx_external *external,
				      const struct model_source *source, Onnx__TensorProto *tensor,
				      struct emnist_error *error)
{
	const char *location = find_entry(tensor, "location");
	const char *offset_text = find_entry(tensor, "offset");
	const char *length_text = find_entry(tensor, "length");
	struct file *file = NULL;
	size_t offset = 0, length;
	enum emnist_status status;
	uint8_t *copy;

	if (!location || tensor->has_raw_data)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' does not record where its data are",
				 tensor->name ? tensor->name : "");
	status = open_file(external, source, location, &file, error);
	if (status)
		return status;
	if ((offset_text && !parse_size(offset_text, &offset)) || offset > file->buffer.nbytes)
		return bad_place(tensor, error);
	length = file->buffer.nbytes - offset;
	if (length_text &&
	    (!parse_size(length_text, &length) || length > file->buffer.nbytes - offset))
		return bad_place(tensor, error);
	if (length > external->nbytes_left)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "tensors share external data, which is not supported");
	external->nbytes_left -= length;
	copy = malloc(length ? length : 1);
	if (!copy)
		return error_memory(error);
	memcpy(copy, file->buffer.data + offset, length);
	/* The message frees it; its allocator is malloc(). */
	tensor->raw_data.data = copy;
	tensor->raw_data.len = length;
	tensor->has_raw_data = true;
	tensor->data_location = 0;
	return EMNIST_OK;
}

enum emnist_status onnx_external_read(Onnx__GraphProto *graph, const struct model_source *source,
				      struct onnx_external **external_ret, size_t *nbytes_ret,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	*external_ret = NULL;
	*nbytes_ret = 0;
	for (size_t i = 0; !status && i < graph->n_initializer && source->folder; i++) {
		Onnx__TensorProto *tensor = graph->initializer[i];

		if (tensor->data_location != ONNX_EXTERNAL)
			continue;
		if (!*external_ret) {
			*external_ret = alloc_zeroed(1, sizeof(**external_ret));
			if (!*external_ret)
				return error_memory(error);
			(*external_ret)->files = alloc_zeroed(MAX_FILES, sizeof(struct file));
			if (!(*external_ret)->files)
				return error_memory(error);
		}
		status = read_tensor(*external_ret, source, tensor, error);
		*nbytes_ret += tensor->raw_data.len;
	}
	return status;
}

void onnx_external_origin(const struct onnx_external *external, struct origin *origin, bool hash)
{
	for (size_t i = 0; external && i < external->n_files; i++)
		origin_add_file(origin, external->files[i].name, external->files[i].buffer.data,
				external->files[i].buffer.nbytes, hash);
}

void onnx_external_free(struct onnx_external *external)
{
	if (!external)
		return;
	for (size_t i = 0; i < external->n_files; i++)
		buffer_clear(&external->files[i].buffer);
	free(external->files);
	free(external);
}
