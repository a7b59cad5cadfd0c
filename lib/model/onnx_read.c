/*
 * onnx_read.c - reading an ONNX model.
 *
 * A model is refused unless all that its output depends on is understood: what is skipped without
 * a word here would come back as wrong labels.
 */
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "onnx.h"

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

static enum emnist_status read_graph(const Onnx__ModelProto *proto,
				     const struct model_source *source, size_t max_floats,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	struct onnx_graph graph;
	struct onnx_step *steps = NULL;
	enum emnist_status status;
	size_t n_steps = 0;

	status = onnx_graph_index(proto->graph, &graph, error);
	if (source->is_lasting) {
		graph.lasting = source->bytes;
		graph.lasting_nbytes = source->nbytes;
	}
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

static enum emnist_status read_model(const Onnx__ModelProto *proto,
				     const struct model_source *source,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	struct onnx_external *external = NULL;
	struct emnist_model *model = NULL;
	size_t external_nbytes = 0;
	enum emnist_status status;

	if (!proto->graph)
		return error_set(error, EMNIST_ERR_FORMAT, "not an ONNX model: it has no graph");
	status = check_opset(proto, error);
	if (!status)
		status = onnx_external_read(proto->graph, source, &external, &external_nbytes,
					    error);
	if (!status)
		status = read_graph(proto, source, source->nbytes + external_nbytes, &model, error);
	if (!status && source->strips)
		model_borrow_strips(model, source->strips, source->n_strips);
	if (!status)
		status = read_metadata(proto, source->options->labels, model, error);
	if (!status)
		origin_add_file(model->origin, source->name, source->bytes, source->nbytes,
				source->options->hash_files);
	if (!status)
		onnx_external_origin(external, model->origin, source->options->hash_files);
	if (!status && !origin_settle(model->origin))
		status = error_memory(error);
	onnx_external_free(external);
	if (status) {
		emnist_model_free(model);
		return status;
	}
	*model_ret = model;
	return EMNIST_OK;
}

enum emnist_status onnx_read(const struct model_source *source, struct emnist_model **model_ret,
			     struct emnist_error *error)
{
	Onnx__ModelProto *proto;
	enum emnist_status status = onnx_unpack(source->bytes, source->nbytes, &proto, error);

	if (status)
		return status;
	status = read_model(proto, source, model_ret, error);
	onnx_unpacked_free(proto, source->bytes, source->nbytes);
	return status;
}
