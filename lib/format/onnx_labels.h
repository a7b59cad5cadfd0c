/*
 * onnx_labels.h - what an ONNX graph calls its classes.
 */
#ifndef FORMAT_ONNX_LABELS_H
#define FORMAT_ONNX_LABELS_H

#include "onnx_graph.h"

/* What the graph calls the n_outputs classes: ZipMap's labels, or those that the other output picks
 * from. *labels_ret is NULL where it does not say it. */
enum emnist_status onnx_class_labels(const struct onnx_graph *graph, size_t n_outputs,
				     struct emnist_labels **labels_ret, struct emnist_error *error);

#endif
