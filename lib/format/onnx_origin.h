/*
 * onnx_origin.h - what an ONNX file says of itself.
 */
#ifndef FORMAT_ONNX_ORIGIN_H
#define FORMAT_ONNX_ORIGIN_H

#include "onnx_graph.h"

/* But for its bytes; to be settled. NULL when memory is short. */
struct origin *onnx_origin(const Onnx__ModelProto *proto, const struct onnx_graph *graph);

#endif
