/*
 * load.c - reads a model of any format, detected from its content.
 *
 * ONNX, GraphDef and SavedModel are all protobuf, which has no magic number. They are distinguished
 * by the fields that a message has, and by the values that these can have.
 */
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/memory.h"
#include "../base/numbers.h"
#include "../io/file.h"
#include "wire.h"

/* The main file of a SavedModel; the others are in its directory. */
#define SAVED_MODEL_NAME "saved_model.pb"

/* ------------------------------------------------------------------- formats */

/* Eight bytes of length, then JSON. */
static bool is_safetensors(const unsigned char *bytes, size_t nbytes)
{
	return nbytes > 8 && bytes[8] == '{' && number_u64(bytes) < UINT32_MAX;
}

/* The first field with this number, of type bytes; false if there is none. A truncated field
 * counts: data is empty then. */
static bool has_field(const unsigned char *bytes, size_t nbytes, unsigned number,
		      struct cursor *data_ret)
{
	struct cursor cursor = cursor_over(bytes, nbytes);

	while (!cursor.failed && cursor_left(&cursor) > 0) {
		struct cursor ahead = cursor;

		if (wire_varint(&ahead) == WIRE_KEY(number, WIRE_BYTES)) {
			const size_t data_nbytes = size_clamped(wire_varint(&ahead));
			const size_t left = cursor_left(&ahead);

			*data_ret = cursor_over(ahead.bytes + ahead.offset,
						data_nbytes < left ? data_nbytes : left);
			return !ahead.failed;
		}
		wire_field(&cursor, data_ret);
	}
	return false;
}

/* Whether data begins with a field of 1..last, of bytes. */
static bool begins_with_field(const struct cursor *data, unsigned last)
{
	return data->nbytes > 0 && data->bytes[0] % 8 == WIRE_BYTES && data->bytes[0] / 8 >= 1 &&
	       data->bytes[0] / 8 <= last;
}

/* A number, then graphs. Each begins with one of its 7 fields, none of which is printable. An ONNX
 * model has the name of a program there, and its graph is field 7. */
static bool is_saved_model(const unsigned char *bytes, size_t nbytes)
{
	struct cursor data;

	return nbytes > 0 && bytes[0] == WIRE_KEY(1, WIRE_VARINT) &&
	       has_field(bytes, nbytes, 2, &data) && begins_with_field(&data, 7) &&
	       !has_field(bytes, nbytes, 7, &data);
}

/* Every known program writes a version first, but it need not be so. */
static bool is_onnx(const unsigned char *bytes, size_t nbytes)
{
	struct cursor data;

	return nbytes > 1 &&
	       (bytes[0] == WIRE_KEY(1, WIRE_VARINT) || has_field(bytes, nbytes, 7, &data));
}

/* Nodes, each beginning with its name. */
static bool is_graph_def(const unsigned char *bytes, size_t nbytes)
{
	struct cursor data;

	return nbytes > 0 && bytes[0] == WIRE_KEY(1, WIRE_BYTES) &&
	       has_field(bytes, nbytes, 1, &data) && begins_with_field(&data, 1) &&
	       has_field(data.bytes, data.nbytes, 2, &data);
}

/* The first that is so is read. */
static const struct {
	bool (*is)(const unsigned char *bytes, size_t nbytes);
	model_reader *read;
} formats[] = {
	{is_safetensors, safetensors_read},
	{is_saved_model, tensorflow_read_saved_model},
	{is_onnx, onnx_read},
	{is_graph_def, tensorflow_read_graph},
};

enum emnist_status load_source(const struct model_source *source, struct emnist_model **model_ret,
			       struct emnist_error *error)
{
	if (source->nbytes == 0)
		return error_set(error, EMNIST_ERR_FORMAT, "not a model: the file is empty");
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (formats[i].is(source->bytes, source->nbytes))
			return formats[i].read(source, model_ret, error);
	return error_set(error, EMNIST_ERR_FORMAT,
			 "not a model: neither ONNX, TensorFlow nor safetensors");
}

/* --------------------------------------------------------------------- files */

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The folder of path. Free with free(). */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool borrows(const struct emnist_model *model)
{
	for (size_t l = 0; l < model->n_layers; l++)
		if (model->layers[l].borrows_weights)
			return true;
	return false;
}

/* A model that borrows from the file keeps it. */
static enum emnist_status read_file(struct model_source *source, const char *path,
				    struct emnist_model **model_ret, struct emnist_error *error)
{
	struct buffer buffer = {0};
	enum emnist_status status = file_read(path, load_limit(source), &buffer, error);

	source->bytes = buffer.data;
	source->nbytes = buffer.nbytes;
	source->is_lasting = true;
	if (!status)
		status = load_source(source, model_ret, error);
	if (!status && borrows(*model_ret))
		(*model_ret)->file = buffer.data;
	else
		buffer_clear(&buffer);
	return status;
}

/* -------------------------------------------------------------------- public */

static const struct emnist_model_options default_options = {0};

enum emnist_status emnist_model_parse(const void *bytes, size_t nbytes,
				      const struct emnist_model_options *options,
				      struct emnist_model **model_ret, struct emnist_error *error)
{
	const struct model_source source = {
		.bytes = bytes,
		.nbytes = nbytes,
		.options = options ? options : &default_options,
	};
	struct emnist_error ignored;

	*model_ret = NULL;
	return load_source(&source, model_ret, error ? error : &ignored);
}

enum emnist_status emnist_model_read(const char *path, const struct emnist_model_options *options,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	struct model_source source = {.options = options ? options : &default_options};
	const bool is_folder = is_directory(path);
	char *folder = is_folder ? strdup(path) : folder_of(path);
	char *file = is_folder && folder ? load_path(folder, SAVED_MODEL_NAME) : NULL;
	struct emnist_error ignored;
	enum emnist_status status;

	*model_ret = NULL;
	error = error ? error : &ignored;
	source.folder = folder;
	source.name = is_folder ? SAVED_MODEL_NAME : NULL;
	if (!folder || (is_folder && !file))
		status = error_memory(error);
	else
		status = read_file(&source, is_folder ? file : path, model_ret, error);
	if (status == EMNIST_ERR_IO && is_folder)
		error_prefix(error, status, SAVED_MODEL_NAME);
	free(file);
	free(folder);
	return status;
}
