/* onnx_origin.h - collects what an ONNX file says about itself. */
#ifndef FORMAT_ONNX_ORIGIN_H
#define FORMAT_ONNX_ORIGIN_H

#include "onnx_graph.h"

/* All but the file's bytes; origin_settle() is still to be called. NULL when memory is short. */
struct origin *onnx_origin(const Onnx__ModelProto *proto, const struct onnx_graph *graph);

#endif
