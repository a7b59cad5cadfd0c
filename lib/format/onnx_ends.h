/* onnx_ends.h - finds a graph's input and output tensors. */
#ifndef FORMAT_ONNX_ENDS_H
#define FORMAT_ONNX_ENDS_H

#include "onnx_graph.h"

/* Finds input and output. */
enum emnist_status onnx_graph_ends(struct onnx_graph *graph, struct emnist_error *error);

/* The node that makes the named tensor, skipping nodes that only pass values on; NULL: none
 * does. */
const Onnx__NodeProto *onnx_graph_maker(const struct onnx_graph *graph, const char *name);

#endif
