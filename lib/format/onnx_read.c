/*
 * onnx_read.c - reads an ONNX model.
 *
 * A model is refused unless everything that its output depends on is understood: anything skipped
 * silently would turn into wrong labels.
 */
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "onnx_ends.h"
#include "onnx_evaluate.h"
#include "onnx_labels.h"
#include "onnx_origin.h"
#include "save.h"

/* The version of the format that came with ONNX 1.23. */
#define NEWEST_IR 14

/* The operator sets with the operators supported here. Gemm, BatchNormalization and Reshape have
 * their form since opset 6; future versions may change it. */
static const struct opset {
	const char *domain; /* NULL: ONNX's own */
	int64_t oldest, newest;
} opsets[] = {
	{NULL, 6, 28},
	{ONNX_ML, 1, 5},
};

/* Whether entry has the domain of opset. */
static bool is_of(const Onnx__OperatorSetIdProto *entry, const struct opset *opset)
{
	const char *domain = entry->domain ? entry->domain : "";

	return opset->domain ? strcmp(domain, opset->domain) == 0
			     : domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0;
}

static enum emnist_status check_opset(const Onnx__OperatorSetIdProto *entry,
				      const struct opset *opset, struct emnist_error *error)
{
	if (entry->version < opset->oldest)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "operator set %lld is older than %lld, the oldest supported",
				 (long long)entry->version, (long long)opset->oldest);
	if (entry->version > opset->newest)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "operator set %lld is newer than %lld, the newest supported",
				 (long long)entry->version, (long long)opset->newest);
	return EMNIST_OK;
}

/* opset_ret: the version of ONNX's own operators. */
static enum emnist_status read_opsets(const Onnx__ModelProto *proto, int64_t *opset_ret,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	bool is_there = false;

	for (size_t i = 0; !status && i < proto->n_opset_import; i++)
		for (size_t k = 0; !status && k < sizeof(opsets) / sizeof(*opsets); k++) {
			const Onnx__OperatorSetIdProto *entry = proto->opset_import[i];

			if (!is_of(entry, &opsets[k]))
				continue;
			status = check_opset(entry, &opsets[k], error);
			if (k == 0 && is_there && entry->version != *opset_ret)
				return error_set(error, EMNIST_ERR_CORRUPT,
						 "the model lists two operator sets");
			if (k == 0)
				*opset_ret = entry->version;
			is_there |= k == 0;
		}
	if (!status && !is_there)
		return error_set(error, EMNIST_ERR_CORRUPT, "the model lists no operator set");
	return status;
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

/* nbytes: of all files. */
static enum emnist_status read_graph(const Onnx__ModelProto *proto, int64_t opset,
				     const struct model_source *source, size_t nbytes,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	const bool wants_labels = !source->options->labels && !find_metadata(proto, SAVE_LABELS);
	struct onnx_graph graph = {.opset = opset};
	/* Of branches that need not be read, too. */
	struct emnist_error found;
	enum emnist_status status = trace_init(&graph.trace, nbytes, &found);

	if (source->is_lasting) {
		graph.lasting = source->bytes;
		graph.lasting_nbytes = source->nbytes;
	}
	if (!status)
		status = onnx_graph_index(proto->graph, &graph);
	if (!status)
		status = onnx_graph_ends(&graph, &found);
	if (!status)
		status = onnx_evaluate(&graph, model_ret);
	if (!status && wants_labels)
		status = onnx_class_labels(&graph, emnist_model_n_outputs(*model_ret),
					   &(*model_ret)->labels, &found);
	if (!status)
		(*model_ret)->origin = onnx_origin(proto, &graph);
	else
		*error = found;
	trace_clear(&graph.trace);
	return status;
}

static enum emnist_status read_metadata(const Onnx__ModelProto *proto,
					const struct emnist_model_options *options,
					struct emnist_model *model, struct emnist_error *error)
{
	const char *labels = find_metadata(proto, SAVE_LABELS);
	const char *preprocess = find_metadata(proto, SAVE_PREPROCESS);

	if (preprocess && !preprocess_of_name(preprocess, &model->preprocess))
		return error_set(
			error, EMNIST_ERR_UNSUPPORTED,
			"metadata emnist.preprocess is '%.40s', not auto, raw or normalize",
			preprocess);
	input_scaling_of_text(find_metadata(proto, SAVE_INPUT_SCALING), &model->input_scaling);
	return model_finish(model, options, labels, labels ? strlen(labels) : 0, error);
}

static enum emnist_status read_model(const Onnx__ModelProto *proto,
				     const struct model_source *source,
				     struct emnist_model **model_ret, struct emnist_error *error)
{
	struct onnx_external *external = NULL;
	struct emnist_model *model = NULL;
	size_t external_nbytes = 0;
	enum emnist_status status;
	int64_t opset = 0;

	if (!proto->graph)
		return error_set(error, EMNIST_ERR_FORMAT, "not an ONNX model: it has no graph");
	if (proto->has_ir_version && (proto->ir_version < 1 || proto->ir_version > NEWEST_IR))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "IR version %lld is not supported, only 1 to %d",
				 (long long)proto->ir_version, NEWEST_IR);
	status = read_opsets(proto, &opset, error);
	if (!status)
		status = onnx_external_read(proto->graph, source, &external, &external_nbytes,
					    error);
	if (!status)
		status = read_graph(proto, opset, source, source->nbytes + external_nbytes, &model,
				    error);
	if (!status && source->panels)
		model_borrow_panels(model, source->panels, source->n_panels);
	if (!status)
		status = read_metadata(proto, source->options, model, error);
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
