/* onnx_shapes.h - operators that only change the shape or order of values. */
#ifndef FORMAT_ONNX_SHAPES_H
#define FORMAT_ONNX_SHAPES_H

#include "onnx_call.h"

onnx_operation onnx_flatten;
onnx_operation onnx_squeeze;
onnx_operation onnx_unsqueeze;
onnx_operation onnx_reshape;
onnx_operation onnx_transpose;

#endif
