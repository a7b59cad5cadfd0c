/*
 * onnx_call.h - what an operator is given.
 */
#ifndef FORMAT_ONNX_CALL_H
#define FORMAT_ONNX_CALL_H

#include "onnx_graph.h"

struct onnx_call {
	const struct onnx_graph *graph;
	struct trace *trace;
	const Onnx__NodeProto *node;
	/* NULL: left out. Those that the operator needs are known; of the others, VALUE_OTHER is
	 * what is not. Tensors may be undecoded only where the operator's row in the table says so.
	 */
	struct value *const *inputs;
	size_t n_inputs;
	trace_function *function; /* of that row; NULL: it has none */
};

typedef enum emnist_status onnx_operation(const struct onnx_call *call, struct value *value_ret);

/* Input i, or NULL where it is left out. */
struct value *onnx_input(const struct onnx_call *call, size_t i);

/* Input i, which must be one: a decoded tensor. */
enum emnist_status onnx_take_tensor(const struct onnx_call *call, size_t i,
				    const struct tensor **tensor_ret);

#endif
