/*
 * onnx_graph.c - finds the node that makes a tensor.
 *
 * A graph is an unordered list of nodes that name their input and output tensors. All names are
 * sorted once, so that finding them takes near linear time in the size of the file.
 */
#include "onnx_graph.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- nodes */

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

const char *onnx_node_input(const Onnx__NodeProto *node, size_t i)
{
	return i < node->n_input && node->input[i][0] != '\0' ? node->input[i] : NULL;
}

const Onnx__AttributeProto *onnx_node_attribute(const Onnx__NodeProto *node, const char *name)
{
	for (size_t i = 0; i < node->n_attribute; i++)
		if (strcmp(text_or_empty(node->attribute[i]->name), name) == 0)
			return node->attribute[i];
	return NULL;
}

int64_t onnx_node_int(const Onnx__NodeProto *node, const char *name, int64_t otherwise)
{
	const Onnx__AttributeProto *attribute = onnx_node_attribute(node, name);

	return attribute && attribute->has_i ? attribute->i : otherwise;
}

float onnx_node_float(const Onnx__NodeProto *node, const char *name, float otherwise)
{
	const Onnx__AttributeProto *attribute = onnx_node_attribute(node, name);

	return attribute && attribute->has_f ? attribute->f : otherwise;
}

bool onnx_node_is(const Onnx__NodeProto *node, const char *domain, const char *op)
{
	return strcmp(text_or_empty(node->op_type), op) == 0 &&
	       (domain ? strcmp(text_or_empty(node->domain), domain) == 0
		       : onnx_node_is_standard(node));
}

bool onnx_node_is_standard(const Onnx__NodeProto *node)
{
	const char *domain = text_or_empty(node->domain);

	return domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0;
}

const char *onnx_node_name(const Onnx__NodeProto *node)
{
	if (node->name && node->name[0] != '\0')
		return node->name;
	return node->n_output > 0 ? node->output[0] : "";
}

/* ------------------------------------------------------------------- names */

static int compare_names(const void *a, const void *b)
{
	const struct onnx_name *left = a;
	const struct onnx_name *right = b;

	return strcmp(left->name, right->name);
}

struct onnx_name *onnx_graph_find(const struct onnx_graph *graph, const char *name)
{
	const struct onnx_name key = {.name = name};

	return bsearch(&key, graph->names, graph->n_names, sizeof(key), compare_names);
}

bool onnx_graph_makes(const struct onnx_graph *graph, const char *name)
{
	return name && onnx_graph_find(graph, name);
}

static enum emnist_status check_counts(const Onnx__GraphProto *proto, struct emnist_error *error)
{
	if (proto->n_node > ONNX_MAX_NODES || proto->n_initializer > ONNX_MAX_NODES)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "%zu operators and %zu tensors: the limit is %d", proto->n_node,
				 proto->n_initializer, ONNX_MAX_NODES);
	for (size_t i = 0; i < proto->n_node; i++) {
		const Onnx__NodeProto *node = proto->node[i];

		if (node->n_input > ONNX_MAX_PARTS || node->n_attribute > ONNX_MAX_PARTS)
			return error_set(error, EMNIST_ERR_LIMIT,
					 "operator %.40s (node '%.64s') has %zu inputs and %zu "
					 "attributes: the limit is %d",
					 text_or_empty(node->op_type), onnx_node_name(node),
					 node->n_input, node->n_attribute, ONNX_MAX_PARTS);
	}
	return EMNIST_OK;
}

static enum emnist_status collect_names(struct onnx_graph *graph)
{
	const Onnx__GraphProto *proto = graph->proto;
	struct trace *trace = &graph->trace;
	size_t n = proto->n_initializer;

	for (size_t i = 0; i < proto->n_node; i++)
		n += proto->node[i]->n_output;
	graph->names = arena_alloc(&trace->arena, n, sizeof(*graph->names));
	if (!graph->names)
		return trace_memory(trace);
	n = 0;
	for (size_t i = 0; i < proto->n_initializer; i++)
		graph->names[n++] =
			(struct onnx_name){.name = text_or_empty(proto->initializer[i]->name),
					   .initializer = proto->initializer[i]};
	for (size_t i = 0; i < proto->n_node; i++)
		for (size_t j = 0; j < proto->node[i]->n_output; j++)
			if (proto->node[i]->output[j][0] != '\0')
				graph->names[n++] = (struct onnx_name){
					.name = proto->node[i]->output[j], .node = proto->node[i]};
	graph->n_names = n;
	qsort(graph->names, n, sizeof(*graph->names), compare_names);
	for (size_t i = 1; i < n; i++)
		if (compare_names(&graph->names[i - 1], &graph->names[i]) == 0)
			return error_set(trace->error, EMNIST_ERR_CORRUPT,
					 "tensor '%.80s' is computed twice", graph->names[i].name);
	return EMNIST_OK;
}

enum emnist_status onnx_graph_index(const Onnx__GraphProto *proto, struct onnx_graph *graph)
{
	const enum emnist_status status = check_counts(proto, graph->trace.error);

	graph->proto = proto;
	return status ? status : collect_names(graph);
}
