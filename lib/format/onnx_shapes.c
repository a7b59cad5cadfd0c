/*
 * onnx_shapes.c - operators that only change the shape or order of values.
 *
 * All but Transpose keep the order of values, so rows stay rows as long as their length stays the
 * same. Shapes matter to Transpose, to softmax, and to whether other programs could run the graph.
 * A computed shape is not known here; later operators determine it.
 */
#include "onnx_shapes.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ attributes */

/* Whole numbers, as doubles: from a file they may be any. */
struct numbers {
	double values[TRACE_MAX_RANK];
	size_t n;
	bool are_known; /* they are neither left out nor computed */
};

static enum emnist_status check_count(const struct onnx_call *call, size_t n, const char *what)
{
	return n > TRACE_MAX_RANK
		       ? trace_refuse(call->trace, "it has %s of %zu numbers: the limit is %d",
				      what, n, TRACE_MAX_RANK)
		       : EMNIST_OK;
}

/* The numbers of a constant, input i. */
static enum emnist_status numbers_of_input(const struct onnx_call *call, size_t i, const char *what,
					   struct numbers *numbers)
{
	const struct value *input = onnx_input(call, i);
	const struct tensor *tensor = NULL;
	enum emnist_status status;

	*numbers = (struct numbers){.are_known = input && input->kind == VALUE_TENSOR};
	if (!numbers->are_known)
		return EMNIST_OK;
	status = onnx_take_tensor(call, i, &tensor);
	if (!status)
		status = check_count(call, tensor->n, what);
	if (status)
		return status;
	numbers->n = tensor->n;
	memcpy(numbers->values, tensor->values, tensor->n * sizeof(*numbers->values));
	return EMNIST_OK;
}

/* Axes are an attribute before opset 13, and an input since. */
static enum emnist_status read_axes(const struct onnx_call *call, struct numbers *axes)
{
	const Onnx__AttributeProto *attribute = onnx_node_attribute(call->node, "axes");
	enum emnist_status status;

	if (!attribute)
		return numbers_of_input(call, 1, "axes", axes);
	status = check_count(call, attribute->n_ints, "axes");
	if (status)
		return status;
	*axes = (struct numbers){.n = attribute->n_ints, .are_known = true};
	for (size_t i = 0; i < axes->n; i++)
		axes->values[i] = (double)attribute->ints[i];
	return EMNIST_OK;
}

/* Marks the dimensions, of rank, that the axes are. */
static enum emnist_status mark_axes(const struct onnx_call *call, const struct numbers *axes,
				    size_t rank, bool marked[static TRACE_MAX_RANK])
{
	memset(marked, 0, TRACE_MAX_RANK * sizeof(*marked));
	for (size_t i = 0; i < axes->n; i++) {
		const double axis = axes->values[i];
		size_t at;

		if (!(axis >= -(double)rank && axis < (double)rank))
			return trace_refuse(call->trace, "its axis is %.0f of %zu dimensions", axis,
					    rank);
		at = (size_t)(axis < 0 ? axis + (double)rank : axis);
		if (marked[at])
			return trace_refuse(call->trace, "its axis %zu is listed twice", at);
		marked[at] = true;
	}
	return EMNIST_OK;
}

/* ---------------------------------------------------------------------- shapes */

static bool is_rows(const struct onnx_call *call)
{
	return call->inputs[0]->kind == VALUE_ROWS;
}

/* The shape of input 0; rank 0: it is not known. */
static enum emnist_status take_shape(const struct onnx_call *call, size_t *rank_ret, double *dims)
{
	if (is_rows(call) && call->inputs[0]->rows.rank == 0)
		return EMNIST_OK;
	return trace_dims(call->trace, call->inputs[0], rank_ret, dims);
}

/* Input 0 of a shape that is not known any more; so it is also of rows without a batch. */
static enum emnist_status forget_shape(const struct onnx_call *call, struct value *value_ret)
{
	if (!is_rows(call))
		return trace_refuse(call->trace, "its shape is computed");
	*value_ret = *call->inputs[0];
	value_ret->rows.rank = 0;
	memset(value_ret->rows.dims, 0, sizeof(value_ret->rows.dims));
	return EMNIST_OK;
}

/* Makes two dimensions: those before the axis, and those from it on. */
static enum emnist_status flatten(const struct onnx_call *call, int64_t axis, size_t rank,
				  const double *dims, struct value *value_ret)
{
	const size_t at = (size_t)(axis < 0 ? axis + (int64_t)rank : axis);
	double flat[2] = {1, 1};

	for (size_t i = 0; i < rank; i++)
		flat[i >= at] *= dims[i];
	if (is_rows(call) && flat[1] != (double)call->inputs[0]->rows.stage->width)
		return trace_refuse(call->trace,
				    "its axis is %lld, which does not keep rows of %zu",
				    (long long)axis, call->inputs[0]->rows.stage->width);
	return trace_with_dims(call->trace, call->inputs[0], 2, flat, value_ret);
}

enum emnist_status onnx_flatten(const struct onnx_call *call, struct value *value_ret)
{
	const int64_t axis = onnx_node_int(call->node, "axis", 1);
	double dims[TRACE_MAX_RANK];
	size_t rank = 0;
	const enum emnist_status status = take_shape(call, &rank, dims);

	if (status)
		return status;
	if (rank == 0 && axis != 1)
		return trace_refuse(call->trace,
				    "its axis is %lld of an unknown number of dimensions",
				    (long long)axis);
	if (rank > 0 && (axis < -(int64_t)rank || axis > (int64_t)rank))
		return trace_refuse(call->trace, "its axis is %lld of %zu dimensions",
				    (long long)axis, rank);
	if (rank == 0 && is_rows(call)) {
		rank = 2;
		dims[0] = (double)NAN;
		dims[1] = (double)call->inputs[0]->rows.stage->width;
	}
	return flatten(call, axis, rank, dims, value_ret);
}

/* The batch may be missing only if it is one image. */
static enum emnist_status check_batch(const struct onnx_call *call, bool changes)
{
	return changes && is_rows(call) && call->inputs[0]->rows.dims[0] != 1
		       ? trace_refuse(call->trace, "its axis is that of the batch")
		       : EMNIST_OK;
}

enum emnist_status onnx_squeeze(const struct onnx_call *call, struct value *value_ret)
{
	double dims[TRACE_MAX_RANK], kept[TRACE_MAX_RANK];
	bool is_dropped[TRACE_MAX_RANK];
	size_t rank = 0, n = 0;
	struct numbers axes;
	enum emnist_status status = read_axes(call, &axes);

	if (!status)
		status = take_shape(call, &rank, dims);
	if (status || (is_rows(call) && rank == 0))
		return status ? status : forget_shape(call, value_ret);
	status = mark_axes(call, &axes, rank, is_dropped);
	if (!status)
		status = check_batch(call, is_dropped[0]);
	for (size_t i = 0; !status && i < rank; i++) {
		if (!axes.are_known)
			is_dropped[i] = dims[i] == 1;
		if (is_dropped[i] && dims[i] != 1)
			return trace_refuse(call->trace,
					    "it drops dimension %zu, which has %.0f values", i + 1,
					    dims[i]);
		if (!is_dropped[i])
			kept[n++] = dims[i];
	}
	if (status)
		return status;
	return is_rows(call) && (is_dropped[0] || n < 2)
		       ? forget_shape(call, value_ret)
		       : trace_with_dims(call->trace, call->inputs[0], n, kept, value_ret);
}

enum emnist_status onnx_unsqueeze(const struct onnx_call *call, struct value *value_ret)
{
	double dims[TRACE_MAX_RANK], grown[TRACE_MAX_RANK];
	bool is_new[TRACE_MAX_RANK];
	size_t rank = 0, from = 0, n;
	struct numbers axes;
	enum emnist_status status = read_axes(call, &axes);

	if (!status)
		status = take_shape(call, &rank, dims);
	if (status)
		return status;
	if (!axes.are_known || (is_rows(call) && rank == 0))
		return forget_shape(call, value_ret);
	n = rank + axes.n;
	if (n > TRACE_MAX_RANK)
		return trace_refuse(call->trace, "it makes %zu dimensions: the limit is %d", n,
				    TRACE_MAX_RANK);
	status = mark_axes(call, &axes, n, is_new);
	if (!status)
		status = check_batch(call, is_new[0]);
	if (status)
		return status;
	for (size_t i = 0; i < n; i++)
		grown[i] = is_new[i] ? 1 : dims[from++];
	return trace_with_dims(call->trace, call->inputs[0], n, grown, value_ret);
}

/* A single row of all values, as is right for a batch of one image, which then is no batch. */
static enum emnist_status reshape_to_vector(const struct onnx_call *call, double n,
					    struct value *value_ret)
{
	const size_t width = call->inputs[0]->rows.stage->width;

	return n == -1 || n == (double)width
		       ? forget_shape(call, value_ret)
		       : trace_refuse(call->trace, "it makes rows of %.0f values from rows of %zu",
				      n, width);
}

/* Replaces 0 by the existing dimension. If that is unknown, so is the shape. */
static void copy_dimensions(const struct onnx_call *call, size_t rank, const double *dims,
			    struct numbers *shape)
{
	const bool copies = onnx_node_int(call->node, "allowzero", 0) == 0;

	if (is_rows(call) && shape->n > 0 && shape->values[0] == 0)
		shape->values[0] = rank > 0 ? dims[0] : (double)NAN;
	for (size_t i = 0; copies && i < shape->n; i++)
		if (shape->values[i] == 0 && i < rank)
			shape->values[i] = dims[i];
		else if (shape->values[i] == 0 && is_rows(call) && rank == 0)
			shape->are_known = false;
}

enum emnist_status onnx_reshape(const struct onnx_call *call, struct value *value_ret)
{
	double dims[TRACE_MAX_RANK];
	struct numbers shape;
	size_t rank = 0;
	enum emnist_status status = numbers_of_input(call, 1, "a shape", &shape);

	if (!status)
		status = take_shape(call, &rank, dims);
	if (status)
		return status;
	if (shape.are_known && is_rows(call) && shape.n < 2)
		return reshape_to_vector(call, shape.values[0], value_ret);
	copy_dimensions(call, rank, dims, &shape);
	if (!shape.are_known)
		return forget_shape(call, value_ret);
	if (is_rows(call) && shape.values[0] < -1)
		return trace_refuse(call->trace, "dimension 1 of its shape is %.0f",
				    shape.values[0]);
	return trace_with_dims(call->trace, call->inputs[0], shape.n, shape.values, value_ret);
}

/* ----------------------------------------------------------------------- order */

/* Without a permutation, the dimensions are reversed. */
enum emnist_status onnx_transpose(const struct onnx_call *call, struct value *value_ret)
{
	const Onnx__AttributeProto *perm = onnx_node_attribute(call->node, "perm");
	const size_t rank =
		is_rows(call) ? call->inputs[0]->rows.rank : call->inputs[0]->tensor.rank;
	const size_t n = perm ? perm->n_ints : rank;
	double *values;
	struct value permutation;
	enum emnist_status status =
		tensor_make(call->trace, TENSOR_INT, 1, &n, &permutation, &values);

	for (size_t i = 0; !status && i < n; i++)
		values[i] = perm ? (double)perm->ints[i] : (double)(rank - 1 - i);
	return status ? status
		      : trace_transpose(call->trace, call->inputs[0], &permutation.tensor,
					value_ret);
}
