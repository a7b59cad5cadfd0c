/*
 * onnx_ends.h - which tensors of a graph are its input and its output.
 */
#ifndef FORMAT_ONNX_ENDS_H
#define FORMAT_ONNX_ENDS_H

#include "onnx_graph.h"

/* Finds input and output. */
enum emnist_status onnx_graph_ends(struct onnx_graph *graph, struct emnist_error *error);

/* The node that makes the tensor by this name, gone back through those that only hand its values
 * on; NULL: none does. */
const Onnx__NodeProto *onnx_graph_maker(const struct onnx_graph *graph, const char *name);

#endif
