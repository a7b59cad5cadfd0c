/* onnx_call.c - the arguments of an operator. */
#include "onnx_call.h"

struct value *onnx_input(const struct onnx_call *call, size_t i)
{
	return i < call->n_inputs ? call->inputs[i] : NULL;
}

enum emnist_status onnx_take_tensor(const struct onnx_call *call, size_t i,
				    const struct tensor **tensor_ret)
{
	struct value *input = onnx_input(call, i);

	if (!input)
		return trace_lacks(call->trace, i);
	if (input->kind != VALUE_TENSOR)
		return trace_refuse_computed(call->trace);
	*tensor_ret = &input->tensor;
	return tensor_decode(call->trace, &input->tensor);
}
