/* tensorflow_parts.c - operators that split and join tensors, as graphs do to compute shapes. */
#include <math.h>

#include "../base/memory.h"
#include "tensorflow_shapes.h"

/* From begin to end; negative ones count from the end. */
static bool bound(double size, double begin, double end, double step, struct tensor_slice *slice)
{
	const double low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;

	if (!(fabs(step) >= 1 && isfinite(step) && !isnan(begin) && !isnan(end)))
		return false;
	begin += begin < 0 ? size : 0;
	end += end < 0 ? size : 0;
	begin = fmin(fmax(begin, low), high);
	end = fmin(fmax(end, low), high);
	*slice = (struct tensor_slice){begin, step, (size_t)fmax(0, ceil((end - begin) / step)),
				       false};
	return true;
}

/* One dimension of a StridedSlice; masks mark omitted bounds. */
static bool stride_dimension(const struct tensorflow_call *call, const struct tensor *const *bounds,
			     size_t i, double size, struct tensor_slice *slice)
{
	const int64_t bit = INT64_C(1) << i;
	const double step = bounds[2]->values[i];
	double begin = bounds[0]->values[i], end = bounds[1]->values[i];

	if (tensorflow_int(call->node, "shrink_axis_mask", 0) & bit) {
		begin += begin < 0 ? size : 0;
		if (!(begin >= 0 && begin < size))
			return false;
		*slice = (struct tensor_slice){begin, 1, 1, true};
		return true;
	}
	if (tensorflow_int(call->node, "begin_mask", 0) & bit)
		begin = step > 0 ? 0 : size - 1;
	if (tensorflow_int(call->node, "end_mask", 0) & bit)
		end = step > 0 ? size : -size - 1;
	return bound(size, begin, end, step, slice);
}

enum emnist_status tensorflow_strided_slice(const struct tensorflow_call *call,
					    struct value *value_ret)
{
	struct tensor_slice slices[TRACE_MAX_RANK];
	const struct tensor *tensor = NULL, *bounds[3] = {NULL};
	enum emnist_status status = tensorflow_take_tensor(call, 0, &tensor);

	for (size_t i = 0; !status && i < 3; i++)
		status = tensorflow_take_tensor(call, i + 1, &bounds[i]);
	if (status)
		return status;
	if (tensorflow_int(call->node, "ellipsis_mask", 0) != 0 ||
	    tensorflow_int(call->node, "new_axis_mask", 0) != 0)
		return trace_refuse(call->trace, "it has an ellipsis or a new axis");
	if (bounds[0]->n > tensor->rank || bounds[1]->n != bounds[0]->n ||
	    bounds[2]->n != bounds[0]->n)
		return trace_refuse(call->trace, "it has bounds for %zu of %zu dimensions",
				    bounds[0]->n, tensor->rank);
	for (size_t i = 0; i < tensor->rank; i++) {
		const double size = (double)tensor->dims[i];

		if (i >= bounds[0]->n)
			slices[i] = (struct tensor_slice){0, 1, tensor->dims[i], false};
		else if (!stride_dimension(call, bounds, i, size, &slices[i]))
			return trace_refuse(call->trace, "its bounds do not match its input");
	}
	return tensor_strided(call->trace, tensor, slices, value_ret);
}

enum emnist_status tensorflow_slice(const struct tensorflow_call *call, struct value *value_ret)
{
	struct tensor_slice slices[TRACE_MAX_RANK];
	const struct tensor *tensor = NULL, *begin = NULL, *size = NULL;
	enum emnist_status status = tensorflow_take_tensor(call, 0, &tensor);

	if (!status)
		status = tensorflow_take_tensor(call, 1, &begin);
	if (!status)
		status = tensorflow_take_tensor(call, 2, &size);
	if (status)
		return status;
	if (begin->n != tensor->rank || size->n != tensor->rank)
		return trace_refuse(call->trace, "it has bounds for %zu of %zu dimensions",
				    begin->n, tensor->rank);
	for (size_t i = 0; i < tensor->rank; i++) {
		const double all = (double)tensor->dims[i];
		const double from = begin->values[i];
		const double n = size->values[i] == -1 ? all - from : size->values[i];

		if (!(from >= 0 && n >= 0 && from + n <= all))
			return trace_refuse(call->trace, "its bounds do not match its input");
		slices[i] = (struct tensor_slice){from, 1, (size_t)n, false};
	}
	return tensor_strided(call->trace, tensor, slices, value_ret);
}

/* n_parts inputs from `first` on, one after the other along axis. */
static enum emnist_status join(const struct tensorflow_call *call, size_t first, size_t n_parts,
			       int64_t axis, struct value *value_ret)
{
	const struct tensor *parts[TENSORFLOW_MAX_PARTS];
	enum emnist_status status = EMNIST_OK;
	size_t at = 0;

	if (n_parts == 0)
		return trace_refuse(call->trace, "it has no parts");
	for (size_t i = 0; !status && i < n_parts; i++)
		status = tensorflow_take_tensor(call, first + i, &parts[i]);
	if (!status)
		status = trace_axis(call->trace, axis, parts[0]->rank, &at);
	return status ? status : tensor_concatenate(call->trace, parts, n_parts, at, value_ret);
}

enum emnist_status tensorflow_concatenate(const struct tensorflow_call *call,
					  struct value *value_ret)
{
	const bool axis_is_first = tensorflow_is(call->node, "Concat");
	int64_t axis = 0;
	const enum emnist_status status =
		tensorflow_take_int(call, axis_is_first ? 0 : call->n_inputs - 1, &axis);

	return status ? status
		      : join(call, axis_is_first ? 1 : 0, call->n_inputs - 1, axis, value_ret);
}

/* Tensors of one shape along a new axis: each gets a dimension of 1, and then they are joined. */
enum emnist_status tensorflow_pack(const struct tensorflow_call *call, struct value *value_ret)
{
	struct value expanded[TENSORFLOW_MAX_PARTS], *inputs[TENSORFLOW_MAX_PARTS];
	struct tensorflow_call joined = *call;
	const int64_t axis = tensorflow_int(call->node, "axis", 0);

	for (size_t i = 0; i < call->n_inputs; i++) {
		const struct tensor *tensor = NULL;
		enum emnist_status status = tensorflow_take_tensor(call, i, &tensor);

		if (!status)
			status =
				trace_expand_dims(call->trace, call->inputs[i], axis, &expanded[i]);
		if (status)
			return status;
		inputs[i] = &expanded[i];
	}
	joined.inputs = inputs;
	return join(&joined, 0, call->n_inputs, axis, value_ret);
}

enum emnist_status tensorflow_range(const struct tensorflow_call *call, struct value *value_ret)
{
	int64_t start = 0, limit = 0, delta = 0;
	enum emnist_status status = tensorflow_take_int(call, 0, &start);
	double *values;
	size_t n;

	if (!status)
		status = tensorflow_take_int(call, 1, &limit);
	if (!status)
		status = tensorflow_take_int(call, 2, &delta);
	if (status)
		return status;
	if (delta == 0)
		return trace_refuse(call->trace, "its step is 0");
	n = size_clamped((uint64_t)fmax(0, ceil((double)(limit - start) / (double)delta)));
	status = tensor_make(call->trace, TENSOR_INT, 1, &n, value_ret, &values);
	for (size_t i = 0; !status && i < n; i++)
		values[i] = (double)(start + (int64_t)i * delta);
	return status;
}

enum emnist_status tensorflow_fill(const struct tensorflow_call *call, struct value *value_ret)
{
	const struct tensor *dims = NULL, *number = NULL;
	size_t shape_dims[TRACE_MAX_RANK];
	enum emnist_status status = tensorflow_take_tensor(call, 0, &dims);
	double *values;

	if (!status)
		status = tensorflow_take_tensor(call, 1, &number);
	if (status)
		return status;
	if (number->n != 1 || dims->n > TRACE_MAX_RANK)
		return trace_refuse(call->trace, "it fills %zu dimensions", dims->n);
	for (size_t i = 0; i < dims->n; i++) {
		if (!(dims->values[i] >= 0 && dims->values[i] <= MODEL_MAX_WIDTH))
			return trace_refuse(call->trace, "dimension %zu is %.0f", i + 1,
					    dims->values[i]);
		shape_dims[i] = (size_t)dims->values[i];
	}
	status = tensor_make(call->trace, number->type, dims->n, shape_dims, value_ret, &values);
	for (size_t i = 0; !status && i < value_ret->tensor.n; i++)
		values[i] = number->values[0];
	return status;
}

/* Elements of a vector. */
enum emnist_status tensorflow_gather(const struct tensorflow_call *call, struct value *value_ret)
{
	const struct tensor *vector = NULL, *which = NULL;
	enum emnist_status status = tensorflow_take_tensor(call, 0, &vector);
	double *values;

	if (!status)
		status = tensorflow_take_tensor(call, 1, &which);
	if (status)
		return status;
	if (vector->rank != 1)
		return trace_refuse(call->trace, "its tensor has %zu dimensions", vector->rank);
	status = tensor_make(call->trace, vector->type, which->rank, which->dims, value_ret,
			     &values);
	for (size_t i = 0; !status && i < which->n; i++) {
		const double k = which->values[i];

		if (!(k >= 0 && k < (double)vector->n))
			return trace_refuse(call->trace, "it takes element %.0f of %zu", k,
					    vector->n);
		values[i] = vector->values[(size_t)k];
	}
	return status;
}

/* Reduces a vector to one element: the product, or by the given function. */
enum emnist_status tensorflow_reduce(const struct tensorflow_call *call, struct value *value_ret)
{
	const struct tensor *vector = NULL;
	const size_t one = 1;
	enum emnist_status status = tensorflow_take_tensor(call, 0, &vector);
	double result, *values;

	if (status)
		return status;
	if (vector->rank != 1 || vector->n == 0)
		return trace_refuse(call->trace, "its tensor has %zu dimensions", vector->rank);
	result = vector->values[0];
	for (size_t i = 1; i < vector->n; i++)
		result = isnan(result) || isnan(vector->values[i])
				 ? (double)NAN
				 : call->function(result, vector->values[i]);
	status = tensor_make(call->trace, vector->type, tensorflow_flag(call->node, "keep_dims"),
			     &one, value_ret, &values);
	if (!status)
		values[0] = result;
	return status;
}
