/*
 * onnx_graph.c - finding the way through a graph.
 *
 * A graph is a bag of nodes that name the tensors they take and make. The chain of a perceptron is
 * found from the back: from the output to the node that makes it, on to the one input of that node
 * which is no constant, and so on to the graph's input. So the order of nodes, branches that make
 * constants, and nodes that lead nowhere do not matter. All names are sorted once, which keeps the
 * cost near linear in the size of any file.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/memory.h"
#include "onnx.h"

/* Operators between a constant and where it is used; exporters make one or two. */
#define MAX_CONSTANT_DEPTH 16

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

/* The name of a node, or of what it makes where it has none. */
static const char *name_of(const Onnx__NodeProto *node)
{
	if (node->name && node->name[0] != '\0')
		return node->name;
	return node->n_output > 0 ? node->output[0] : "";
}

enum emnist_status onnx_refuse(const Onnx__NodeProto *node, struct emnist_error *error,
			       const char *format, ...)
{
	char why[128];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	return error_set(error, EMNIST_ERR_UNSUPPORTED,
			 "operator %s%s%.40s (node '%.64s') is not supported: %s",
			 onnx_node_is_standard(node) ? "" : node->domain,
			 onnx_node_is_standard(node) ? "" : ".", text_or_empty(node->op_type),
			 name_of(node), why);
}

/* ------------------------------------------------------------------- names */

static int compare_names(const void *a, const void *b)
{
	const struct onnx_name *left = a;
	const struct onnx_name *right = b;

	return strcmp(left->name, right->name);
}

const struct onnx_name *onnx_graph_find(const struct onnx_graph *graph, const char *name)
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
				 "%zu operators and %zu tensors, more than %d are not read",
				 proto->n_node, proto->n_initializer, ONNX_MAX_NODES);
	for (size_t i = 0; i < proto->n_node; i++) {
		const Onnx__NodeProto *node = proto->node[i];

		if (node->n_input > ONNX_MAX_PARTS || node->n_attribute > ONNX_MAX_PARTS)
			return error_set(error, EMNIST_ERR_LIMIT,
					 "operator %.40s (node '%.64s') has %zu inputs and %zu "
					 "attributes, more than %d are not read",
					 text_or_empty(node->op_type), name_of(node), node->n_input,
					 node->n_attribute, ONNX_MAX_PARTS);
	}
	return EMNIST_OK;
}

static enum emnist_status collect_names(struct onnx_graph *graph, struct emnist_error *error)
{
	const Onnx__GraphProto *proto = graph->proto;
	size_t n = proto->n_initializer;

	for (size_t i = 0; i < proto->n_node; i++)
		n += proto->node[i]->n_output;
	graph->names = alloc_array(n, sizeof(*graph->names));
	if (!graph->names)
		return error_memory(error);
	n = 0;
	for (size_t i = 0; i < proto->n_initializer; i++)
		graph->names[n++] = (struct onnx_name){text_or_empty(proto->initializer[i]->name),
						       NULL, proto->initializer[i]};
	for (size_t i = 0; i < proto->n_node; i++)
		for (size_t j = 0; j < proto->node[i]->n_output; j++)
			if (proto->node[i]->output[j][0] != '\0')
				graph->names[n++] = (struct onnx_name){proto->node[i]->output[j],
								       proto->node[i], NULL};
	graph->n_names = n;
	qsort(graph->names, n, sizeof(*graph->names), compare_names);
	for (size_t i = 1; i < n; i++)
		if (compare_names(&graph->names[i - 1], &graph->names[i]) == 0)
			return error_set(error, EMNIST_ERR_CORRUPT, "tensor '%.80s' is made twice",
					 graph->names[i].name);
	return EMNIST_OK;
}

enum emnist_status onnx_graph_index(const Onnx__GraphProto *proto, struct onnx_graph *graph,
				    struct emnist_error *error)
{
	enum emnist_status status;

	*graph = (struct onnx_graph){.proto = proto};
	status = check_counts(proto, error);
	if (!status)
		status = collect_names(graph, error);
	if (!status)
		status = onnx_graph_ends(graph, error);
	return status;
}

void onnx_graph_clear(struct onnx_graph *graph)
{
	free(graph->names);
}

/* --------------------------------------------------------------- constants */

/* Numbers that stand in an attribute itself, one or a vector of them; false where it has none. */
static bool numbers_of_attribute(const Onnx__AttributeProto *attribute, bool is_vector,
				 struct onnx_constant *constant)
{
	const size_t n_floats = is_vector ? attribute->n_floats : (attribute->has_f ? 1 : 0);
	const size_t n_ints = is_vector ? attribute->n_ints : (attribute->has_i ? 1 : 0);

	if (n_floats > 0)
		constant->floats = is_vector ? attribute->floats : &attribute->f;
	else if (n_ints > 0)
		constant->ints = is_vector ? attribute->ints : &attribute->i;
	constant->n = n_floats > 0 ? n_floats : n_ints;
	constant->rank = is_vector;
	constant->dims[0] = constant->n;
	return constant->n > 0;
}

/* The value of a Constant node, where it is of numbers. */
static enum onnx_found constant_of_node(const Onnx__NodeProto *node, const char *name,
					struct onnx_constant *constant_ret,
					struct emnist_error *error)
{
	static const char *const ways[] = {"value_float", "value_floats", "value_int",
					   "value_ints"};
	const Onnx__AttributeProto *attribute = onnx_node_attribute(node, "value");

	if (attribute && attribute->t)
		return onnx_tensor_check(attribute->t, name, constant_ret, error) ? ONNX_BAD
										  : ONNX_CONSTANT;
	*constant_ret = (struct onnx_constant){.name = name};
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		attribute = onnx_node_attribute(node, ways[i]);
		if (attribute && numbers_of_attribute(attribute, i % 2 != 0, constant_ret))
			return ONNX_CONSTANT;
	}
	return ONNX_COMPUTED;
}

/* Whether node hands on the values of its input, and if so whether it transposes a matrix. */
static bool passes_on(const Onnx__NodeProto *node, bool *transposes_ret)
{
	const char *op = text_or_empty(node->op_type);

	*transposes_ret = strcmp(op, "Transpose") == 0;
	if (strcmp(op, "Cast") == 0)
		return onnx_type_is_float(onnx_node_int(node, "to", 0));
	return *transposes_ret || strcmp(op, "Identity") == 0 || strcmp(op, "CastLike") == 0;
}

/* Whether a Transpose really swaps the dimensions; true too where it is of no matrix, which
 * transpose() then refuses. */
static bool swaps(const Onnx__NodeProto *node, size_t rank)
{
	const Onnx__AttributeProto *perm = onnx_node_attribute(node, "perm");

	return rank >= 2 && !(perm && perm->n_ints == 2 && perm->ints[0] == 0);
}

static enum onnx_found transpose(const Onnx__NodeProto *node, struct onnx_constant *constant,
				 struct emnist_error *error)
{
	const size_t n_rows = constant->dims[0];

	if (!swaps(node, constant->rank))
		return ONNX_CONSTANT;
	if (constant->rank != 2) {
		onnx_refuse(node, error, "it is of a constant of %zu dimensions", constant->rank);
		return ONNX_BAD;
	}
	constant->dims[0] = constant->dims[1];
	constant->dims[1] = n_rows;
	constant->transposed = !constant->transposed;
	return ONNX_CONSTANT;
}

enum onnx_found onnx_graph_constant(const struct onnx_graph *graph, const char *name,
				    struct onnx_constant *constant_ret, struct emnist_error *error)
{
	const Onnx__NodeProto *transposes[MAX_CONSTANT_DEPTH];
	const struct onnx_name *found = onnx_graph_find(graph, name);
	enum onnx_found result;
	size_t n = 0;

	for (size_t depth = 0; found && !found->initializer; depth++) {
		const char *input = onnx_node_input(found->node, 0);
		bool is_transpose;

		if (depth == MAX_CONSTANT_DEPTH || !onnx_node_is_standard(found->node))
			return ONNX_COMPUTED;
		if (strcmp(text_or_empty(found->node->op_type), "Constant") == 0)
			break;
		if (!passes_on(found->node, &is_transpose) || !input)
			return ONNX_COMPUTED;
		if (is_transpose)
			transposes[n++] = found->node;
		found = onnx_graph_find(graph, input);
	}
	if (!found)
		return ONNX_COMPUTED;
	if (found->initializer)
		result = onnx_tensor_check(found->initializer, found->name, constant_ret, error)
				 ? ONNX_BAD
				 : ONNX_CONSTANT;
	else
		result = constant_of_node(found->node, found->name, constant_ret, error);
	while (result == ONNX_CONSTANT && n > 0)
		result = transpose(transposes[--n], constant_ret, error);
	return result;
}

/* ------------------------------------------------------------------- chain */

/* The first input of node that is no constant. */
static enum emnist_status find_data_input(const struct onnx_graph *graph,
					  const Onnx__NodeProto *node, size_t *input_ret,
					  struct emnist_error *error)
{
	struct onnx_constant constant;

	for (size_t i = 0; i < node->n_input; i++) {
		const char *input = onnx_node_input(node, i);
		enum onnx_found found;

		if (!input)
			continue;
		found = onnx_graph_constant(graph, input, &constant, error);
		if (found == ONNX_BAD)
			return error->code;
		if (found == ONNX_COMPUTED) {
			*input_ret = i;
			return EMNIST_OK;
		}
	}
	return onnx_refuse(node, error, "nothing that it takes depends on the model's input");
}

/* Puts the nodes into steps[] from the back; *n_ret is their number. */
static enum emnist_status walk_back(const struct onnx_graph *graph, struct onnx_step *steps,
				    size_t *n_ret, struct emnist_error *error)
{
	const char *tensor = graph->output;
	size_t n = 0;

	while (strcmp(tensor, graph->input->name) != 0) {
		const struct onnx_name *made = onnx_graph_find(graph, tensor);
		enum emnist_status status;

		if (!made)
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "tensor '%.80s' is made by no operator", tensor);
		if (!made->node)
			return error_set(error, EMNIST_ERR_UNSUPPORTED,
					 "the output does not depend on the input");
		if (n == graph->proto->n_node)
			return error_set(error, EMNIST_ERR_CORRUPT, "operators form a circle");
		if (n == ONNX_MAX_CHAIN)
			return error_set(error, EMNIST_ERR_LIMIT,
					 "more than %d operators in a row are not read",
					 ONNX_MAX_CHAIN);
		if (strcmp(made->name, made->node->output[0]) != 0)
			return onnx_refuse(made->node, error, "its second output is used");
		steps[n].node = made->node;
		status = find_data_input(graph, made->node, &steps[n].data_input, error);
		if (status)
			return status;
		tensor = made->node->input[steps[n++].data_input];
	}
	*n_ret = n;
	return EMNIST_OK;
}

enum emnist_status onnx_graph_chain(const struct onnx_graph *graph, struct onnx_step **steps_ret,
				    size_t *n_steps_ret, struct emnist_error *error)
{
	struct onnx_step *steps = alloc_array(ONNX_MAX_CHAIN, sizeof(*steps));
	enum emnist_status status;

	if (!steps)
		return error_memory(error);
	status = walk_back(graph, steps, n_steps_ret, error);
	if (status) {
		free(steps);
		return status;
	}
	for (size_t i = 0, j = *n_steps_ret; i + 1 < j; i++) {
		const struct onnx_step step = steps[i];

		steps[i] = steps[--j];
		steps[j] = step;
	}
	*steps_ret = steps;
	return EMNIST_OK;
}
