/*
 * trace_shape.c - shapes of values. The first dimension of rows is always the batch; operations on
 * the others move values within a row.
 */
#include <math.h>
#include <string.h>

#include "trace_rows.h"

/* -------------------------------------------------------------------- input */

enum emnist_status trace_input(struct trace *trace, enum tensor_type type, size_t rank,
			       const size_t *dims, struct value *value_ret)
{
	struct rows rows = {.type = type, .rank = rank};
	enum emnist_status status;
	size_t width = rank > 0 ? 1 : 0;

	if (rank == 1)
		return trace_refuse(trace, "the input has no dimension for the batch");
	if (rank > TRACE_MAX_RANK)
		return trace_refuse(trace, "the input has %zu dimensions", rank);
	for (size_t i = 0; i < rank; i++) {
		rows.dims[i] = dims[i];
		if (i == 0)
			continue;
		if (dims[i] == 0)
			return trace_refuse(trace, "the input has no fixed size in dimension %zu",
					    i + 1);
		if (dims[i] > MODEL_MAX_WIDTH || width * dims[i] > MODEL_MAX_WIDTH)
			return error_set(trace->error, EMNIST_ERR_LIMIT,
					 "input '%.80s' has more than %d values", trace->node,
					 MODEL_MAX_WIDTH);
		width *= dims[i];
	}
	status = rows_new_stage(trace, width, SIZE_MAX, &rows.stage);
	*value_ret = (struct value){.kind = VALUE_ROWS, .rows = rows};
	return status;
}

/* ------------------------------------------------------------------- shapes */

enum emnist_status trace_shape(struct trace *trace, const struct value *a, struct value *value_ret)
{
	const bool is_rows = a->kind == VALUE_ROWS;
	const size_t rank = is_rows ? a->rows.rank : a->tensor.rank;
	const size_t *dims = is_rows ? a->rows.dims : a->tensor.dims;
	enum emnist_status status;
	double *values;

	if (is_rows && rank == 0)
		return trace_refuse(trace, "the input has no shape");
	status = tensor_make(trace, TENSOR_INT, 1, &rank, value_ret, &values);
	for (size_t i = 0; !status && i < rank; i++)
		values[i] = is_rows && dims[i] == 0 ? (double)NAN : (double)dims[i];
	return status;
}

/* The dimensions of a shape after the first, and their product; *left_over_ret: the index of -1,
 * left unset; 0: none. */
static enum emnist_status read_dims(struct trace *trace, const struct tensor *shape, size_t *dims,
				    size_t *width_ret, size_t *left_over_ret)
{
	*width_ret = 1;
	*left_over_ret = 0;
	if (shape->rank != 1 || shape->n < 2 || shape->n > TRACE_MAX_RANK)
		return trace_refuse(trace, "its shape has %zu dimensions", shape->n);
	for (size_t i = 1; i < shape->n; i++) {
		const double dim = shape->values[i];

		if (dim == -1 && *left_over_ret == 0) {
			*left_over_ret = i;
			continue;
		}
		if (dim == -1)
			return trace_refuse(trace, "two dimensions of its shape are unknown");
		if (!(dim >= 1 && dim <= MODEL_MAX_WIDTH))
			return trace_refuse(trace, "dimension %zu of its shape is %.0f", i + 1,
					    dim);
		dims[i] = (size_t)dim;
		if ((uint64_t)*width_ret * dims[i] > MODEL_MAX_WIDTH)
			return trace_refuse(trace, "it makes rows of more than %d values",
					    MODEL_MAX_WIDTH);
		*width_ret *= dims[i];
	}
	return EMNIST_OK;
}

/* A shape of rows: the first dimension is the batch, and the others have a row's values. */
static enum emnist_status reshape_rows(struct trace *trace, const struct tensor *shape,
				       struct rows *rows)
{
	const double batch = shape->n > 0 ? shape->values[0] : 0;
	size_t dims[TRACE_MAX_RANK], width, left_over;
	const enum emnist_status status = read_dims(trace, shape, dims, &width, &left_over);

	if (status)
		return status;
	/* One of the two is left over: either the batch or a dimension of the rows. */
	if (left_over > 0 && batch == -1)
		return trace_refuse(trace, "two dimensions of its shape are unknown");
	if (rows->stage->width == 0 && left_over == 0)
		rows->stage->width = width;
	if (rows->stage->width == 0)
		return trace_refuse(trace, "the input has no shape");
	if (left_over > 0) {
		dims[left_over] = rows->stage->width / width;
		width *= dims[left_over];
	}
	if (width != rows->stage->width)
		return trace_refuse(trace, "it makes rows of %zu values from rows of %zu", width,
				    rows->stage->width);
	if (!(isnan(batch) || batch == -1 || rows->dims[0] == 0 || batch == (double)rows->dims[0]))
		return trace_refuse(trace, "it makes %.0f rows from %zu", batch, rows->dims[0]);
	rows->rank = shape->n;
	memset(rows->dims + 1, 0, sizeof(rows->dims) - sizeof(*rows->dims));
	memcpy(rows->dims + 1, dims + 1, (shape->n - 1) * sizeof(*dims));
	return EMNIST_OK;
}

enum emnist_status trace_reshape(struct trace *trace, const struct value *a,
				 const struct tensor *shape, struct value *value_ret)
{
	*value_ret = *a;
	if (a->kind == VALUE_ROWS)
		return reshape_rows(trace, shape, &value_ret->rows);
	return tensor_shape_of(trace, shape, a->tensor.n, &value_ret->tensor.rank,
			       value_ret->tensor.dims);
}

enum emnist_status trace_dims(struct trace *trace, const struct value *a, size_t *rank_ret,
			      double *dims)
{
	struct value shape;
	const enum emnist_status status = trace_shape(trace, a, &shape);

	if (status)
		return status;
	*rank_ret = shape.tensor.n;
	memcpy(dims, shape.tensor.values, shape.tensor.n * sizeof(*dims));
	return EMNIST_OK;
}

enum emnist_status trace_with_dims(struct trace *trace, const struct value *a, size_t rank,
				   const double *dims, struct value *value_ret)
{
	struct value shape;
	double *values;
	const enum emnist_status status = tensor_make(trace, TENSOR_INT, 1, &rank, &shape, &values);

	if (status)
		return status;
	memcpy(values, dims, rank * sizeof(*dims));
	return trace_reshape(trace, a, &shape.tensor, value_ret);
}

enum emnist_status trace_axis(struct trace *trace, int64_t axis, size_t rank, size_t *axis_ret)
{
	if (axis < -(int64_t)rank || axis >= (int64_t)rank)
		return trace_refuse(trace, "its axis is %lld", (long long)axis);
	*axis_ret = (size_t)(axis < 0 ? axis + (int64_t)rank : axis);
	return EMNIST_OK;
}

enum emnist_status trace_expand_dims(struct trace *trace, const struct value *a, int64_t axis,
				     struct value *value_ret)
{
	double dims[TRACE_MAX_RANK + 1];
	size_t rank = 0, at = 0;
	enum emnist_status status = trace_dims(trace, a, &rank, dims);

	if (!status)
		status = trace_axis(trace, axis, rank + 1, &at);
	if (status)
		return status;
	memmove(dims + at + 1, dims + at, (rank - at) * sizeof(*dims));
	dims[at] = 1;
	return trace_with_dims(trace, a, rank + 1, dims, value_ret);
}

/* Whether it has each of 0..rank-1 once. */
static bool read_permutation(const struct tensor *tensor, size_t rank, size_t *permutation)
{
	unsigned seen = 0;

	if (tensor->rank != 1 || tensor->n != rank || rank > TRACE_MAX_RANK)
		return false;
	for (size_t i = 0; i < rank; i++) {
		const double number = tensor->values[i];

		if (!(number >= 0 && number < (double)rank))
			return false;
		permutation[i] = (size_t)number;
		seen |= 1u << permutation[i];
	}
	return seen == (1u << rank) - 1;
}

/* Reorders all per-value data of rows by positions. */
static enum emnist_status reorder(struct trace *trace, const size_t *positions, struct rows *rows)
{
	const size_t width = rows->stage->width;
	double *scale = rows_copy_or_fill(trace, rows->scale, 1, width);
	double *shift = rows_copy_or_fill(trace, rows->shift, 0, width);
	uint32_t *order = arena_alloc(&trace->arena, width, sizeof(*order));

	if (!scale || !shift || !order)
		return trace_memory(trace);
	for (size_t i = 0; i < width; i++) {
		order[i] = (uint32_t)rows_lane(rows, positions[i]);
		scale[i] = rows->scale ? rows->scale[positions[i]] : 1;
		shift[i] = rows->shift ? rows->shift[positions[i]] : 0;
	}
	rows->scale = rows->scale ? scale : NULL;
	rows->shift = rows->shift ? shift : NULL;
	rows->order = order;
	return EMNIST_OK;
}

static enum emnist_status transpose_rows(struct trace *trace, const size_t *permutation,
					 struct rows *rows)
{
	size_t within[TRACE_MAX_RANK], dims[TRACE_MAX_RANK];
	size_t *positions = arena_alloc(&trace->arena, rows->stage->width, sizeof(*positions));

	if (!positions)
		return trace_memory(trace);
	if (permutation[0] != 0)
		return trace_refuse(trace, "it moves the batch");
	for (size_t i = 1; i < rows->rank; i++)
		within[i - 1] = permutation[i] - 1;
	tensor_transpose(rows->rank - 1, rows->dims + 1, within, dims, positions);
	memcpy(rows->dims + 1, dims, (rows->rank - 1) * sizeof(*dims));
	return reorder(trace, positions, rows);
}

static enum emnist_status transpose_tensor(struct trace *trace, const size_t *permutation,
					   struct tensor *tensor)
{
	size_t dims[TRACE_MAX_RANK], *positions;
	enum emnist_status status;
	struct value made;
	double *values;

	if (!tensor->values && tensor->rank == 2 && permutation[0] == 1) {
		tensor->is_transposed = !tensor->is_transposed;
		dims[0] = tensor->dims[0];
		tensor->dims[0] = tensor->dims[1];
		tensor->dims[1] = dims[0];
		return EMNIST_OK;
	}
	status = tensor_decode(trace, tensor);
	positions = arena_alloc(&trace->arena, tensor->n, sizeof(*positions));
	if (status || !positions)
		return status ? status : trace_memory(trace);
	tensor_transpose(tensor->rank, tensor->dims, permutation, dims, positions);
	status = tensor_make(trace, tensor->type, tensor->rank, dims, &made, &values);
	if (status)
		return status;
	for (size_t i = 0; i < tensor->n; i++)
		values[i] = tensor->values[positions[i]];
	*tensor = made.tensor;
	return EMNIST_OK;
}

enum emnist_status trace_transpose(struct trace *trace, const struct value *a,
				   const struct tensor *permutation, struct value *value_ret)
{
	const bool is_rows = a->kind == VALUE_ROWS;
	const size_t rank = is_rows ? a->rows.rank : a->tensor.rank;
	size_t order[TRACE_MAX_RANK];

	if ((is_rows && rank == 0) || !read_permutation(permutation, rank, order))
		return trace_refuse(trace, "its permutation does not match %zu dimensions", rank);
	*value_ret = *a;
	return is_rows ? transpose_rows(trace, order, &value_ret->rows)
		       : transpose_tensor(trace, order, &value_ret->tensor);
}
