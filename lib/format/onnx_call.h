/* onnx_call.h - the arguments of an operator. */
#ifndef FORMAT_ONNX_CALL_H
#define FORMAT_ONNX_CALL_H

#include "onnx_graph.h"

struct onnx_call {
	const struct onnx_graph *graph;
	struct trace *trace;
	const Onnx__NodeProto *node;
	/* NULL: omitted. Required inputs are known; among the others, unknown ones are VALUE_OTHER.
	 * Tensors may be undecoded only if the operator's table row says so. */
	struct value *const *inputs;
	size_t n_inputs;
	trace_function *function; /* of that row; NULL: it has none */
};

typedef enum emnist_status onnx_operation(const struct onnx_call *call, struct value *value_ret);

/* Input i, or NULL if omitted. */
struct value *onnx_input(const struct onnx_call *call, size_t i);

/* Input i, which must be present: a decoded tensor. */
enum emnist_status onnx_take_tensor(const struct onnx_call *call, size_t i,
				    const struct tensor **tensor_ret);

#endif
