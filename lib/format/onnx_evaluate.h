/* onnx_evaluate.h - evaluates an ONNX graph. */
#ifndef FORMAT_ONNX_EVALUATE_H
#define FORMAT_ONNX_EVALUATE_H

#include "onnx_graph.h"

/* The model behind graph's output; model_finish() is still to be called. */
enum emnist_status onnx_evaluate(struct onnx_graph *graph, struct emnist_model **model_ret);

#endif
