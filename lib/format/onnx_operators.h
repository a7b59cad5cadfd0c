/*
 * onnx_operators.h - what each operator that is read does to values.
 */
#ifndef FORMAT_ONNX_OPERATORS_H
#define FORMAT_ONNX_OPERATORS_H

#include "onnx_call.h"

/* What an operator takes beside decoded tensors and rows of floats. */
enum onnx_takes {
	ONNX_TAKES_FLOATS = 1,   /* tensors that are not decoded */
	ONNX_TAKES_INTEGERS = 2, /* of rows: no floats have been made of the input yet */
	ONNX_TAKES_UNKNOWN = 4,  /* what is not read, as an input that need not be known */
};

/* What is known of an operator. */
struct onnx_operator {
	const char *name;
	const char *domain; /* NULL: ONNX's own */
	onnx_operation *operate;
	trace_function *function;
	size_t n_inputs; /* that must be there */
	size_t n_known; /* that must be known where they are there; what comes after, it may ask for
			 */
	unsigned takes; /* enum onnx_takes */
};

/* The operator of node, or NULL for one that is not read. */
const struct onnx_operator *onnx_operator_of(const Onnx__NodeProto *node);

#endif
