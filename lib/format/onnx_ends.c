/*
 * onnx_ends.c - finds a graph's input and output tensors.
 *
 * A scikit-learn classifier has two outputs or more: the label, and the probabilities as one
 * tensor, as a map, or as one tensor per class.
 */
#include <string.h>

#include "onnx_ends.h"

/* Nodes between an output and the operator that computes it; exporters use one or two. */
#define MAX_DEPTH 16

/* Initializers may be listed as inputs, and were before IR version 4. */
static enum emnist_status find_input(struct onnx_graph *graph, struct emnist_error *error)
{
	const Onnx__GraphProto *proto = graph->proto;
	size_t n_inputs = 0;

	for (size_t i = 0; i < proto->n_input; i++) {
		if (!proto->input[i]->name || onnx_graph_makes(graph, proto->input[i]->name))
			continue;
		graph->input_info = proto->input[i];
		graph->input.name = proto->input[i]->name;
		n_inputs++;
	}
	if (n_inputs != 1)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the model has %zu inputs; only one is supported", n_inputs);
	return EMNIST_OK;
}

/* Operators that pass on the values of their first input. */
static bool hands_on(const Onnx__NodeProto *node)
{
	static const char *const ops[] = {"Identity", "Cast",    "Reshape",
					  "Squeeze",  "Flatten", "Unsqueeze"};

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (onnx_node_is(node, NULL, ops[i]))
			return true;
	return false;
}

const Onnx__NodeProto *onnx_graph_maker(const struct onnx_graph *graph, const char *name)
{
	for (size_t depth = 0; name && depth < MAX_DEPTH; depth++) {
		const struct onnx_name *found = onnx_graph_find(graph, name);

		if (!found || !found->node || !hands_on(found->node))
			return found ? found->node : NULL;
		name = onnx_node_input(found->node, 0);
	}
	return NULL;
}

/* Whether an output may be the probabilities: floats, or no tensor, like ZipMap's. */
static bool may_be_probabilities(const Onnx__ValueInfoProto *output)
{
	const Onnx__TypeProto__Tensor *tensor = output->type ? output->type->tensor_type : NULL;

	return output->name && (!tensor || onnx_type_is_float(tensor->elem_type));
}

/* The tensor that an output is one column of, or NULL. */
static const char *whole_of_column(const struct onnx_graph *graph, const char *output)
{
	const Onnx__NodeProto *node = onnx_graph_maker(graph, output);

	return node && (onnx_node_is(node, NULL, "Slice") ||
			onnx_node_is(node, ONNX_ML, "ArrayFeatureExtractor"))
		       ? onnx_node_input(node, 0)
		       : NULL;
}

/* The only output, or the only one that may be the probabilities; or the tensor whose columns they
 * all are, each the probability of a class. */
static enum emnist_status find_output(struct onnx_graph *graph, struct emnist_error *error)
{
	const Onnx__GraphProto *proto = graph->proto;
	const char *whole = NULL;
	size_t n_outputs = 0, n_columns = 0;

	for (size_t i = 0; i < proto->n_output; i++) {
		const char *name = proto->output[i]->name, *of;

		if (!name || (!may_be_probabilities(proto->output[i]) && proto->n_output > 1))
			continue;
		graph->output = name;
		n_outputs++;
		of = whole_of_column(graph, name);
		whole = whole ? whole : of;
		n_columns += of && strcmp(of, whole) == 0;
	}
	if (n_outputs > 1 && n_columns == n_outputs)
		graph->output = whole;
	else if (n_outputs != 1)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the model has %zu outputs; only one is supported",
				 proto->n_output);
	return EMNIST_OK;
}

enum emnist_status onnx_graph_ends(struct onnx_graph *graph, struct emnist_error *error)
{
	const enum emnist_status status = find_input(graph, error);

	return status ? status : find_output(graph, error);
}
