/* tensorflow_call.c - the arguments of an operator. */
#include "tensorflow_call.h"

#include <math.h>

/* Input i as a tensor. */
enum emnist_status tensorflow_take_tensor(const struct tensorflow_call *call, size_t i,
					  const struct tensor **tensor_ret)
{
	if (call->inputs[i]->kind != VALUE_TENSOR)
		return trace_refuse_computed(call->trace);
	*tensor_ret = &call->inputs[i]->tensor;
	return EMNIST_OK;
}

/* Input i as one whole number. */
enum emnist_status tensorflow_take_int(const struct tensorflow_call *call, size_t i,
				       int64_t *number_ret)
{
	const struct tensor *tensor = NULL;
	const enum emnist_status status = tensorflow_take_tensor(call, i, &tensor);

	if (status)
		return status;
	if (tensor->n != 1 || !(fabs(tensor->values[0]) <= MODEL_MAX_WIDTH))
		return trace_refuse(call->trace, "its input %zu is not a known number", i + 1);
	*number_ret = (int64_t)tensor->values[0];
	return EMNIST_OK;
}
