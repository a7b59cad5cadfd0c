/* onnx_graph.h - finds the node that makes a tensor of an ONNX graph. */
#ifndef FORMAT_ONNX_GRAPH_H
#define FORMAT_ONNX_GRAPH_H

#include "onnx.h"

/* A tensor's name, and its initializer or node. Both are NULL for the graph's input and for unknown
 * names. */
struct onnx_name {
	struct trace_node head;
	const char *name;
	const Onnx__NodeProto *node;
	const Onnx__TensorProto *initializer;
};

struct onnx_graph {
	struct trace trace;
	const Onnx__GraphProto *proto;
	int64_t opset;           /* of ONNX's own operators */
	struct onnx_name *names; /* sorted: the names of tensors */
	size_t n_names;
	const Onnx__ValueInfoProto *input_info; /* the one that is no initializer */
	struct onnx_name input;
	const char *output;
	/* Bytes that live as long as the model, which may borrow from them; NULL: it may not. */
	const void *lasting;
	size_t lasting_nbytes;
};

/* Indexes proto; graph's trace must be initialized. */
enum emnist_status onnx_graph_index(const Onnx__GraphProto *proto, struct onnx_graph *graph);

/* The tensor by this name, or NULL. */
struct onnx_name *onnx_graph_find(const struct onnx_graph *graph, const char *name);

/* Whether the named tensor is an initializer or made by a node. */
bool onnx_graph_makes(const struct onnx_graph *graph, const char *name);

/* A node's name, or if it has none, its output's. */
const char *onnx_node_name(const Onnx__NodeProto *node);

/* Input i of node, or NULL if omitted. */
const char *onnx_node_input(const Onnx__NodeProto *node, size_t i);

/* The attribute of this name, or NULL. */
const Onnx__AttributeProto *onnx_node_attribute(const Onnx__NodeProto *node, const char *name);
int64_t onnx_node_int(const Onnx__NodeProto *node, const char *name, int64_t otherwise);
float onnx_node_float(const Onnx__NodeProto *node, const char *name, float otherwise);

/* Whether node is operator op of domain; NULL: ONNX's own domain. */
bool onnx_node_is(const Onnx__NodeProto *node, const char *domain, const char *op);

/* Whether node is of ONNX's own operators. */
bool onnx_node_is_standard(const Onnx__NodeProto *node);

#endif
