/*
 * onnx_evaluate.h - what an ONNX graph computes.
 */
#ifndef FORMAT_ONNX_EVALUATE_H
#define FORMAT_ONNX_EVALUATE_H

#include "onnx_graph.h"

/* The model that graph's output is of, still to be given to model_finish(). */
enum emnist_status onnx_evaluate(struct onnx_graph *graph, struct emnist_model **model_ret);

#endif
