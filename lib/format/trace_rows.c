/*
 * trace_rows.c - arithmetic on values that depend on the model's input.
 *
 * Scaling and shifting are collected; everything else becomes part of the expression
 * (trace_units.c).
 */
#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "trace_rows.h"

/* ------------------------------------------------------------------- making */

enum emnist_status rows_new_stage(struct trace *trace, size_t width, size_t layer,
				  struct stage **stage_ret)
{
	struct stage *stage = arena_alloc(&trace->arena, 1, sizeof(*stage));

	if (!stage)
		return trace_memory(trace);
	stage->width = width;
	stage->layer = layer;
	*stage_ret = stage;
	return EMNIST_OK;
}

double *rows_copy_or_fill(struct trace *trace, const double *values, double number, size_t n)
{
	double *made = arena_alloc(&trace->arena, n, sizeof(*made));

	for (size_t i = 0; made && i < n; i++)
		made[i] = values ? values[i] : number;
	return made;
}

/* --------------------------------------------------------------- arithmetic */

static bool same_order(const struct rows *a, const struct rows *b)
{
	return a->order == b->order ||
	       (a->order && b->order &&
		memcmp(a->order, b->order, a->stage->width * sizeof(*a->order)) == 0);
}

/* A dimension for the batch must be 1. */
static bool has_batch(const struct rows *rows, const struct tensor *tensor)
{
	return tensor->rank == rows->rank && tensor->rank > 0 && tensor->dims[0] == 1;
}

bool rows_match_row(const struct rows *rows, const struct tensor *tensor)
{
	if (tensor->n != rows->stage->width || tensor->rank == 0)
		return false;
	/* Where the shape of rows is not known, whatever ends in a row will do. */
	if (rows->rank == 0)
		return tensor->dims[tensor->rank - 1] != 1;
	return rows->rank == 2 && tensor->rank == 1 + (size_t)has_batch(rows, tensor);
}

/* The tensor's value that goes with each value of rows, unless there is one for all or one for each
 * in order. */
static enum emnist_status find_positions(struct trace *trace, const struct rows *rows,
					 const struct tensor *tensor, size_t **positions_ret)
{
	const bool skips = has_batch(rows, tensor);
	const size_t width = rows->stage->width;
	bool goes = rows->rank == 0 || tensor->rank <= rows->rank;

	*positions_ret = NULL;
	if (goes && (tensor->n == 1 || rows_match_row(rows, tensor)))
		return EMNIST_OK;
	*positions_ret = arena_alloc(&trace->arena, width, sizeof(**positions_ret));
	if (!*positions_ret)
		return trace_memory(trace);
	goes = goes && rows->rank > 0 &&
	       tensor_broadcast(rows->rank - 1, rows->dims + 1, tensor->rank - skips,
				tensor->dims + skips, *positions_ret);
	return goes ? EMNIST_OK
		    : trace_refuse(trace, "the shape of its constant does not match rows of %zu",
				   width);
}

enum emnist_status rows_expand(struct trace *trace, const struct rows *rows,
			       const struct tensor *tensor, double **values_ret)
{
	const size_t width = rows->stage->width;
	double *values = arena_alloc(&trace->arena, width, sizeof(*values));
	size_t *positions;
	enum emnist_status status = find_positions(trace, rows, tensor, &positions);

	if (status || !values)
		return status ? status : trace_memory(trace);
	for (size_t i = 0; i < width; i++) {
		values[i] = tensor_at(tensor, positions ? positions[i] : i % tensor->n);
		if (!isfinite(values[i]))
			return error_set(trace->error, EMNIST_ERR_CORRUPT,
					 "operator %.40s (node '%.64s') takes values that are "
					 "infinite or NaN",
					 trace->op, trace->node);
	}
	*values_ret = values;
	return EMNIST_OK;
}

/*
 * Composes rows + c, rows - c, c - rows, rows * c, rows / c with the scale and shift collected so
 * far.
 */
static enum emnist_status scale_and_shift(struct trace *trace, trace_function *function,
					  bool is_reversed, const double *operand,
					  struct rows *rows)
{
	const size_t width = rows->stage->width;
	const double sign = is_reversed && function == trace_subtract ? -1 : 1;
	double *scale = rows_copy_or_fill(trace, rows->scale, 1, width);
	double *shift = rows_copy_or_fill(trace, rows->shift, 0, width);

	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < width; i++) {
		if (function == trace_multiply || function == trace_divide) {
			scale[i] = function(scale[i], operand[i]);
			shift[i] = function(shift[i], operand[i]);
		} else {
			scale[i] *= sign;
			shift[i] = is_reversed ? function(operand[i], shift[i])
					       : function(shift[i], operand[i]);
		}
	}
	rows->scale = scale;
	rows->shift = shift;
	return EMNIST_OK;
}

static bool is_linear(trace_function *function)
{
	return function == trace_add || function == trace_subtract || function == trace_multiply ||
	       function == trace_divide;
}

/* function(rows, tensor), or the other way round. */
static enum emnist_status with_tensor(struct trace *trace, trace_function *function,
				      const struct rows *from, const struct tensor *tensor,
				      bool is_reversed, struct rows *rows)
{
	const struct expression *expression, *number;
	enum emnist_status status;
	double *operand = NULL, c;

	status = rows_expand(trace, from, tensor, &operand);
	if (status)
		return status;
	if (is_linear(function) && !(function == trace_divide && is_reversed))
		return scale_and_shift(trace, function, is_reversed, operand, rows);
	if (!rows_uniform(operand, 0, from->stage->width, &c))
		return trace_refuse(trace, "its constant differs from value to value");
	status = rows_as_expression(trace, from, &expression);
	if (status)
		return status;
	number = expression_number(trace, c);
	rows->expression =
		number ? expression_of(trace, function, is_reversed ? number : expression,
				       is_reversed ? expression : number)
		       : NULL;
	rows->scale = rows->shift = NULL;
	return rows->expression ? EMNIST_OK : trace_memory(trace);
}

/* Both of the stage itself: a sum is so, too. */
static enum emnist_status add_rows(struct trace *trace, trace_function *function,
				   const struct rows *a, const struct rows *b, struct rows *rows)
{
	const size_t width = a->stage->width;
	double *scale = rows_copy_or_fill(trace, a->scale, 1, width);
	double *shift = rows_copy_or_fill(trace, a->shift, 0, width);

	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < width; i++) {
		scale[i] = function(scale[i], b->scale ? b->scale[i] : 1);
		shift[i] = function(shift[i], b->shift ? b->shift[i] : 0);
	}
	rows->scale = scale;
	rows->shift = shift;
	return EMNIST_OK;
}

static enum emnist_status with_rows(struct trace *trace, trace_function *function,
				    const struct rows *a, const struct rows *b, struct rows *rows)
{
	const struct expression *left, *right;
	enum emnist_status status;

	if (a->stage != b->stage || !same_order(a, b) || a->rank != b->rank ||
	    memcmp(a->dims + 1, b->dims + 1, sizeof(a->dims) - sizeof(*a->dims)) != 0)
		return trace_refuse(trace, "it combines two computed values");
	if (!a->expression && !b->expression &&
	    (function == trace_add || function == trace_subtract))
		return add_rows(trace, function, a, b, rows);
	status = rows_as_expression(trace, a, &left);
	if (!status)
		status = rows_as_expression(trace, b, &right);
	if (status)
		return status;
	rows->expression = expression_of(trace, function, left, right);
	rows->scale = rows->shift = NULL;
	return rows->expression ? EMNIST_OK : trace_memory(trace);
}

enum emnist_status trace_elementwise(struct trace *trace, trace_function *function,
				     enum tensor_type type, const struct value *a,
				     const struct value *b, struct value *value_ret)
{
	const bool a_is_rows = a->kind == VALUE_ROWS;
	const struct rows *from = a_is_rows || !b ? &a->rows : &b->rows;
	struct rows *rows = &value_ret->rows;
	enum emnist_status status;

	if (!a_is_rows && !(b && b->kind == VALUE_ROWS))
		return tensor_elementwise(trace, function, type, &a->tensor, b ? &b->tensor : NULL,
					  value_ret);
	*value_ret = (struct value){.kind = VALUE_ROWS, .rows = *from};
	rows->type = type;
	rows->op = trace->op;
	rows->node = trace->node;
	if (from->is_softmax || (b && b->kind == VALUE_ROWS && b->rows.is_softmax))
		return trace_refuse(trace, "it follows the softmax");
	if (from->stage->width == 0)
		return trace_refuse(trace, "the input has no shape");
	if (b && a_is_rows && b->kind == VALUE_ROWS)
		return with_rows(trace, function, &a->rows, &b->rows, rows);
	if (b)
		return with_tensor(trace, function, from, a_is_rows ? &b->tensor : &a->tensor,
				   !a_is_rows, rows);
	status = rows_as_expression(trace, from, &rows->expression);
	if (!status)
		rows->expression = expression_of(trace, function, rows->expression, NULL);
	rows->scale = rows->shift = NULL;
	return status || rows->expression ? status : trace_memory(trace);
}

static double truncate_number(double a, double unused)
{
	(void)unused;
	return trunc(a);
}

static double truth(double a, double unused)
{
	(void)unused;
	return a != 0;
}

/* Rounds a number to float. */
static double round_number(double a, double unused)
{
	(void)unused;
	return (double)(float)a;
}

enum emnist_status trace_cast(struct trace *trace, enum tensor_type type, const struct value *a,
			      struct value *value_ret)
{
	trace_function *const functions[] = {
		[TENSOR_FLOAT] = round_number,
		[TENSOR_INT] = truncate_number,
		[TENSOR_BOOL] = truth,
	};

	/* Floats are rounded already. */
	if (a->kind == VALUE_TENSOR && a->tensor.floats && type == TENSOR_FLOAT) {
		*value_ret = *a;
		value_ret->tensor.type = type;
		return EMNIST_OK;
	}
	if (a->kind == VALUE_TENSOR)
		return tensor_elementwise(trace, functions[type], type, &a->tensor, NULL,
					  value_ret);
	if (type != TENSOR_FLOAT && a->rows.type == TENSOR_FLOAT)
		return trace_refuse(trace, "it casts values to integers");
	*value_ret = *a;
	value_ret->rows.type = type;
	return EMNIST_OK;
}
