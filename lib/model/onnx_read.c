/*
 * onnx_read.c - reading an ONNX model.
 *
 * A model is refused unless all that its output depends on is understood: what is skipped without
 * a word here would come back as wrong labels.
 */
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "onnx.h"

#define DEFAULT_FILE_NBYTES ((uint64_t)1 << 30)

/* The first opset whose Gemm, BatchNormalization and Reshape are those that are read here. */
#define OLDEST_OPSET 6

static enum emnist_status check_opset(const Onnx__ModelProto *proto, struct emnist_error *error)
{
	for (size_t i = 0; i < proto->n_opset_import; i++) {
		const Onnx__OperatorSetIdProto *opset = proto->opset_import[i];
		const char *domain = opset->domain ? opset->domain : "";

		if (domain[0] != '\0' && strcmp(domain, "ai.onnx") != 0)
			continue;
		if (opset->version < OLDEST_OPSET)
			return error_set(error, EMNIST_ERR_UNSUPPORTED,
					 "operator set %lld is older than %d, the oldest that is "
					 "read",
					 (long long)opset->version, OLDEST_OPSET);
		return EMNIST_OK;
	}
	return error_set(error, EMNIST_ERR_CORRUPT, "the model names no operator set");
}

/* The value of a metadata entry, or NULL. */
static const char *find_metadata(const Onnx__ModelProto *proto, const char *key)
{
	for (size_t i = 0; i < proto->n_metadata_props; i++) {
		const Onnx__StringStringEntryProto *entry = proto->metadata_props[i];

		if (entry->key && entry->value && strcmp(entry->key, key) == 0)
			return entry->value;
	}
	return NULL;
}

static enum emnist_status read_graph(const Onnx__ModelProto *proto, size_t max_floats,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	struct onnx_graph graph;
	struct onnx_step *steps = NULL;
	enum emnist_status status;
	size_t n_steps = 0;

	status = onnx_graph_index(proto->graph, &graph, error);
	if (!status)
		status = onnx_graph_chain(&graph, &steps, &n_steps, error);
	if (!status)
		status = onnx_layers(&graph, steps, n_steps, max_floats, model_ret, error);
	if (!status)
		(*model_ret)->origin = onnx_origin(proto, &graph);
	free(steps);
	onnx_graph_clear(&graph);
	return status;
}

static enum emnist_status read_metadata(const Onnx__ModelProto *proto,
					const struct emnist_labels *labels_wanted,
					struct emnist_model *model, struct emnist_error *error)
{
	const char *labels = find_metadata(proto, "emnist.labels");
	const char *preprocess = find_metadata(proto, "emnist.preprocess");

	if (preprocess && !preprocess_of_name(preprocess, &model->preprocess))
		return error_set(
			error, EMNIST_ERR_UNSUPPORTED,
			"metadata emnist.preprocess is '%.40s', not auto, raw or normalize",
			preprocess);
	return model_finish(model, labels_wanted, labels, labels ? strlen(labels) : 0, error);
}

/* bytes: of the file, whose number bounds what may come of it. */
static enum emnist_status read_model(const Onnx__ModelProto *proto, const void *bytes,
				     size_t nbytes, const struct emnist_model_options *options,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	struct emnist_model *model = NULL;
	enum emnist_status status;

	if (!proto->graph)
		return error_set(error, EMNIST_ERR_FORMAT, "not an ONNX model: it has no graph");
	status = check_opset(proto, error);
	if (!status)
		status = read_graph(proto, nbytes, &model, error);
	if (!status)
		status = read_metadata(proto, options->labels, model, error);
	if (!status)
		origin_add_file(model->origin, NULL, bytes, nbytes, options->hash_files);
	if (!status && !origin_settle(model->origin))
		status = error_memory(error);
	if (status) {
		emnist_model_free(model);
		return status;
	}
	*model_ret = model;
	return EMNIST_OK;
}

enum emnist_status emnist_model_parse(const void *bytes, size_t nbytes,
				      const struct emnist_model_options *options,
				      struct emnist_model **model_ret, struct emnist_error *error)
{
	static const struct emnist_model_options defaults = {0};
	struct emnist_error ignored;
	Onnx__ModelProto *proto;
	enum emnist_status status;

	if (!error)
		error = &ignored;
	*model_ret = NULL;
	status = onnx_unpack(bytes, nbytes, &proto, error);
	if (status)
		return status;
	status = read_model(proto, bytes, nbytes, options ? options : &defaults, model_ret, error);
	onnx__model_proto__free_unpacked(proto, NULL);
	return status;
}

enum emnist_status emnist_model_read(const char *path, const struct emnist_model_options *options,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	const uint64_t limit =
		options && options->file_nbytes ? options->file_nbytes : DEFAULT_FILE_NBYTES;
	struct buffer buffer = {0};
	enum emnist_status status;

	*model_ret = NULL;
	status = file_read(path, limit, &buffer, error);
	if (!status)
		status = emnist_model_parse(buffer.data, buffer.nbytes, options, model_ret, error);
	buffer_clear(&buffer);
	return status;
}
