/*
 * tensorflow.h - TensorFlow's types and constants.
 *
 * The files of the TensorFlow reader; each uses those below it, and all use trace.h:
 *
 * - tensorflow_read.c: bytes -> messages; the output node; the model
 * - tensorflow_origin.c: what a file says about itself
 * - tensorflow_operators.c: the operators; the evaluation of a graph
 * - tensorflow_shapes.c, tensorflow_parts.c: operators on shapes, and on parts of tensors
 * - tensorflow_call.c: the arguments of an operator
 * - tensorflow_variables.c: which saved tensor a variable is restored from
 * - tensorflow_bundle.c: saved tensors: the files of variables/
 * - tensorflow_graph.c: which node makes which tensor, across function calls
 * - tensorflow_tensor.c: checks and decodes constants
 *
 * error is never NULL here, and everything is allocated from the trace's arena.
 */
#ifndef FORMAT_TENSORFLOW_H
#define FORMAT_TENSORFLOW_H

#include "../base/numbers.h"
#include "tensorflow.pb-c.h"
#include "trace.h"

/* Nodes of a graph or of a function, and functions. */
#define TENSORFLOW_MAX_NODES 65536

/* Inputs and attributes of a node that is evaluated. */
#define TENSORFLOW_MAX_PARTS TRACE_MAX_INPUTS

/* DataType. */
enum tensorflow_type {
	TENSORFLOW_FLOAT = 1,
	TENSORFLOW_DOUBLE = 2,
	TENSORFLOW_INT32 = 3,
	TENSORFLOW_UINT8 = 4,
	TENSORFLOW_INT16 = 5,
	TENSORFLOW_INT8 = 6,
	TENSORFLOW_STRING = 7,
	TENSORFLOW_INT64 = 9,
	TENSORFLOW_BOOL = 10,
	TENSORFLOW_BFLOAT16 = 14,
	TENSORFLOW_HALF = 19,
};

/* The number format of a DataType, and its type in trace.h; false if it is not supported. */
bool tensorflow_type_of(int32_t type, enum number_type *number_ret, enum tensor_type *tensor_ret);

/* A DataType's NumPy name; NULL: it has none. */
const char *tensorflow_type_name(int32_t type);

/* The same for messages; a type without a name is shown by its number. */
#define TENSORFLOW_TYPE_NBYTES 24
const char *tensorflow_type_shown(int32_t type, char text[static TENSORFLOW_TYPE_NBYTES]);

/* Decodes the tensor in node's attribute "value". */
enum emnist_status tensorflow_constant(struct trace *trace, const Tensorflow__TensorProto *proto,
				       struct value *value_ret);

#endif
