/* onnx_labels.h - reads the names of classes from an ONNX graph. */
#ifndef FORMAT_ONNX_LABELS_H
#define FORMAT_ONNX_LABELS_H

#include "onnx_graph.h"

/* The graph's names for the n_outputs classes: ZipMap's labels, or those that the label output is
 * gathered from. *labels_ret is NULL if it has none. */
enum emnist_status onnx_class_labels(const struct onnx_graph *graph, size_t n_outputs,
				     struct emnist_labels **labels_ret, struct emnist_error *error);

#endif
