/* tensorflow_shapes.c - operators that read or change shapes. */
#include "tensorflow_shapes.h"

enum emnist_status tensorflow_shape(const struct tensorflow_call *call, struct value *value_ret)
{
	return trace_shape(call->trace, call->inputs[0], value_ret);
}

enum emnist_status tensorflow_rank(const struct tensorflow_call *call, struct value *value_ret)
{
	struct value dims;
	const enum emnist_status status = trace_shape(call->trace, call->inputs[0], &dims);

	return status ? status
		      : tensor_scalar(call->trace, TENSOR_INT, (double)dims.tensor.n, value_ret);
}

enum emnist_status tensorflow_size(const struct tensorflow_call *call, struct value *value_ret)
{
	struct value dims;
	const enum emnist_status status = trace_shape(call->trace, call->inputs[0], &dims);
	double size = 1;

	if (status)
		return status;
	for (size_t i = 0; i < dims.tensor.n; i++)
		size *= dims.tensor.values[i];
	return tensor_scalar(call->trace, TENSOR_INT, size, value_ret);
}

enum emnist_status tensorflow_reshape(const struct tensorflow_call *call, struct value *value_ret)
{
	const struct tensor *to = NULL;
	const enum emnist_status status = tensorflow_take_tensor(call, 1, &to);

	return status ? status : trace_reshape(call->trace, call->inputs[0], to, value_ret);
}

enum emnist_status tensorflow_transpose(const struct tensorflow_call *call, struct value *value_ret)
{
	const struct tensor *permutation = NULL;
	const enum emnist_status status = tensorflow_take_tensor(call, 1, &permutation);

	return status ? status
		      : trace_transpose(call->trace, call->inputs[0], permutation, value_ret);
}

enum emnist_status tensorflow_expand_dims(const struct tensorflow_call *call,
					  struct value *value_ret)
{
	int64_t axis = 0;
	const enum emnist_status status = tensorflow_take_int(call, 1, &axis);

	return status ? status : trace_expand_dims(call->trace, call->inputs[0], axis, value_ret);
}

enum emnist_status tensorflow_squeeze(const struct tensorflow_call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *attribute = tensorflow_attribute(call->node, "squeeze_dims");
	const Tensorflow__AttrValue__ListValue *list = attribute ? attribute->list : NULL;
	double dims[TRACE_MAX_RANK], kept[TRACE_MAX_RANK];
	bool is_dropped[TRACE_MAX_RANK] = {false};
	size_t rank = 0, n = 0, at = 0;
	enum emnist_status status;

	status = trace_dims(call->trace, call->inputs[0], &rank, dims);
	for (size_t i = 0; !status && list && i < list->n_i; i++) {
		status = trace_axis(call->trace, list->i[i], rank, &at);
		is_dropped[at] = true;
	}
	if (status)
		return status;
	for (size_t i = 0; i < rank; i++) {
		if (!list || list->n_i == 0)
			is_dropped[i] = dims[i] == 1;
		if (!is_dropped[i])
			kept[n++] = dims[i];
	}
	return trace_with_dims(call->trace, call->inputs[0], n, kept, value_ret);
}
