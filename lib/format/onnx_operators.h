/* onnx_operators.h - the supported operators. */
#ifndef FORMAT_ONNX_OPERATORS_H
#define FORMAT_ONNX_OPERATORS_H

#include "onnx_call.h"

/* What an operator accepts besides decoded tensors and rows of floats. */
enum onnx_takes {
	ONNX_TAKES_FLOATS = 1,   /* tensors that are not decoded */
	ONNX_TAKES_INTEGERS = 2, /* integer rows: the input before its conversion to floats */
	ONNX_TAKES_UNKNOWN = 4,  /* unsupported values, as inputs that need not be known */
};

/* An operator's properties. */
struct onnx_operator {
	const char *name;
	const char *domain; /* NULL: ONNX's own */
	onnx_operation *operate;
	trace_function *function;
	size_t n_inputs; /* that must be there */
	size_t n_known;  /* inputs that must be known if present; later ones are optional */
	unsigned takes;  /* enum onnx_takes */
};

/* The operator of node, or NULL if it is not supported. */
const struct onnx_operator *onnx_operator_of(const Onnx__NodeProto *node);

#endif
