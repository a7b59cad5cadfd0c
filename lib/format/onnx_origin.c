/* onnx_origin.c - collects what an ONNX file says about itself. */
#include <stdio.h>
#include <string.h>

#include "onnx_origin.h"

/* A missing or invalid size stands for any. */
static struct emnist_dim dim_of(const Onnx__TensorShapeProto__Dimension *dim)
{
	if (dim->has_dim_value && dim->dim_value >= 0)
		return (struct emnist_dim){dim->dim_value, NULL};
	return (struct emnist_dim){-1, dim->dim_param};
}

static void add_value(struct origin *origin, enum origin_side side,
		      const Onnx__ValueInfoProto *value)
{
	const Onnx__TypeProto__Tensor *tensor = value->type ? value->type->tensor_type : NULL;
	const Onnx__TensorShapeProto *shape = tensor ? tensor->shape : NULL;
	struct emnist_tensor_info info = {.name = value->name};
	struct emnist_dim dims[ONNX_MAX_RANK];

	if (tensor)
		info.type = onnx_type_name(tensor->elem_type);
	if (shape && shape->n_dim <= ONNX_MAX_RANK) {
		for (size_t i = 0; i < shape->n_dim; i++)
			dims[i] = dim_of(shape->dim[i]);
		info.dims = dims;
		info.rank = shape->n_dim;
	}
	origin_add_tensor(origin, side, &info);
}

static void add_opsets(struct origin *origin, const Onnx__ModelProto *proto)
{
	for (size_t i = 0; i < proto->n_opset_import; i++) {
		const Onnx__OperatorSetIdProto *opset = proto->opset_import[i];
		const char *domain = opset->domain ? opset->domain : "";
		char key[128];

		if (domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0)
			snprintf(key, sizeof(key), "opset");
		else
			snprintf(key, sizeof(key), "opset of %.100s", domain);
		origin_add_number(origin, key, opset->version);
	}
}

/* Labels and preprocessing are shown separately. */
static void add_metadata(struct origin *origin, const Onnx__ModelProto *proto)
{
	for (size_t i = 0; i < proto->n_metadata_props; i++) {
		const Onnx__StringStringEntryProto *entry = proto->metadata_props[i];
		char key[128];

		if (!entry->key || strncmp(entry->key, "emnist.", 7) == 0)
			continue;
		snprintf(key, sizeof(key), "metadata %.100s", entry->key);
		origin_add_text(origin, key, entry->value);
	}
}

struct origin *onnx_origin(const Onnx__ModelProto *proto, const struct onnx_graph *graph)
{
	struct origin *origin = origin_new(EMNIST_FORMAT_ONNX);

	origin_add_text(origin, "producer", proto->producer_name);
	origin_add_text(origin, "producer_version", proto->producer_version);
	origin_add_text(origin, "domain", proto->domain);
	if (proto->has_model_version)
		origin_add_number(origin, "model_version", proto->model_version);
	origin_add_text(origin, "description", proto->doc_string);
	origin_add_number(origin, "ir_version", proto->ir_version);
	add_opsets(origin, proto);
	origin_add_text(origin, "graph", graph->proto->name);
	origin_add_number(origin, "operators", (int64_t)graph->proto->n_node);
	add_metadata(origin, proto);
	/* Initializers may be listed as inputs, and were before IR version 4. */
	for (size_t i = 0; i < graph->proto->n_input; i++)
		if (!onnx_graph_makes(graph, graph->proto->input[i]->name))
			add_value(origin, ORIGIN_INPUT, graph->proto->input[i]);
	for (size_t i = 0; i < graph->proto->n_output; i++)
		add_value(origin, ORIGIN_OUTPUT, graph->proto->output[i]);
	return origin;
}
