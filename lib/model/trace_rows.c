/*
 * trace_rows.c - values that depend on the model's input, and the layers that come of them.
 *
 * The hard part is that a graph may use one value in several places - ELU's x is compared, is
 * multiplied and goes through exp() - and only when all have come together again is it known what
 * it is. So scale and shift are collected as vectors as long as nothing else is done; the first
 * other function fixes what the expressions of this stage are of, its unit, and what comes later
 * must be of the same unit.
 */
#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "affine.h"
#include "trace.h"

/* Of numbers that were computed in different orders, and are to be the same. */
#define ROUNDING 1e-9

double trace_add(double a, double b)
{
	return a + b;
}

double trace_subtract(double a, double b)
{
	return a - b;
}

double trace_multiply(double a, double b)
{
	return a * b;
}

double trace_divide(double a, double b)
{
	return a / b;
}

/* ------------------------------------------------------------------- making */

static enum emnist_status new_stage(struct trace *trace, size_t width, size_t layer,
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
	status = new_stage(trace, width, SIZE_MAX, &rows.stage);
	*value_ret = (struct value){.kind = VALUE_ROWS, .rows = rows};
	return status;
}

/* (n) copies of number, or of what values has. */
static double *copy_or_fill(struct trace *trace, const double *values, double number, size_t n)
{
	double *made = arena_alloc(&trace->arena, n, sizeof(*made));

	for (size_t i = 0; made && i < n; i++)
		made[i] = values ? values[i] : number;
	return made;
}

/* Whether all n values are one, which *number_ret is then; NULL: `otherwise`. */
static bool uniform(const double *values, double otherwise, size_t n, double *number_ret)
{
	*number_ret = values ? values[0] : otherwise;
	for (size_t i = 1; values && i < n; i++)
		if (!(fabs(values[i] - values[0]) <= ROUNDING * fabs(values[0])))
			return false;
	return true;
}

/* -------------------------------------------------------------- expressions */

/* Position i of rows in its stage. */
static size_t lane(const struct rows *rows, size_t i)
{
	return rows->order ? rows->order[i] : i;
}

/* The stage's expressions shall be of rows' scale and shift. */
static enum emnist_status set_unit(struct trace *trace, const struct rows *rows)
{
	struct stage *stage = rows->stage;
	double *scale, *shift;

	stage->has_unit = true;
	if (!rows->scale && !rows->shift)
		return EMNIST_OK;
	scale = arena_alloc(&trace->arena, stage->width, sizeof(*scale));
	shift = arena_alloc(&trace->arena, stage->width, sizeof(*shift));
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < stage->width; i++) {
		scale[lane(rows, i)] = rows->scale ? rows->scale[i] : 1;
		shift[lane(rows, i)] = rows->shift ? rows->shift[i] : 0;
	}
	stage->scale = scale;
	stage->shift = shift;
	return EMNIST_OK;
}

/* rows = scale * unit + shift, with one number for all. */
static bool in_units(const struct rows *rows, double *scale_ret, double *shift_ret)
{
	const struct stage *stage = rows->stage;

	for (size_t i = 0; i < stage->width; i++) {
		const size_t j = lane(rows, i);
		const double scale =
			(rows->scale ? rows->scale[i] : 1) / (stage->scale ? stage->scale[j] : 1);
		const double moved = scale * (stage->shift ? stage->shift[j] : 0);
		const double shift = (rows->shift ? rows->shift[i] : 0) - moved;

		if (i == 0) {
			*scale_ret = scale;
			*shift_ret = shift;
		}
		if (!(fabs(scale - *scale_ret) <= ROUNDING * fabs(*scale_ret)) ||
		    !(fabs(shift - *shift_ret) <= ROUNDING * (1 + fabs(moved))))
			return false;
	}
	return true;
}

/* scale * expression + shift. */
static enum emnist_status affine_expression(struct trace *trace, double scale, double shift,
					    const struct expression **expression)
{
	trace_function *const functions[] = {trace_multiply, trace_add};
	const double numbers[] = {scale, shift};

	for (size_t i = 0; *expression && i < 2; i++) {
		const struct expression *number;

		if (numbers[i] == (i == 0 ? 1 : 0))
			continue;
		number = expression_number(trace, numbers[i]);
		*expression =
			number ? expression_of(trace, functions[i], *expression, number) : NULL;
	}
	return *expression ? EMNIST_OK : trace_memory(trace);
}

/* rows as an expression of its stage's unit. */
static enum emnist_status as_expression(struct trace *trace, const struct rows *rows,
					const struct expression **expression_ret)
{
	const size_t width = rows->stage->width;
	enum emnist_status status = EMNIST_OK;
	double scale = 1, shift = 0;

	if (rows->stage->layer == SIZE_MAX)
		return trace_refuse(trace, "no fully connected layer precedes it");
	if (rows->expression) {
		*expression_ret = rows->expression;
		if (!uniform(rows->scale, 1, width, &scale) ||
		    !uniform(rows->shift, 0, width, &shift))
			return trace_refuse(trace,
					    "values are scaled in the midst of an activation");
		return affine_expression(trace, scale, shift, expression_ret);
	}
	if (!rows->stage->has_unit)
		status = set_unit(trace, rows);
	if (status)
		return status;
	if (!in_units(rows, &scale, &shift))
		return trace_refuse(trace, "values are scaled in the midst of an activation");
	*expression_ret = expression_variable(trace);
	return affine_expression(trace, scale, shift, expression_ret);
}

/* --------------------------------------------------------------- arithmetic */

static bool same_order(const struct rows *a, const struct rows *b)
{
	return a->order == b->order ||
	       (a->order && b->order &&
		memcmp(a->order, b->order, a->stage->width * sizeof(*a->order)) == 0);
}

/* The values of a tensor that goes with rows, one for each of a row. */
static enum emnist_status expand(struct trace *trace, const struct rows *rows,
				 const struct tensor *tensor, double **values_ret)
{
	const size_t width = rows->stage->width;
	size_t *positions = arena_alloc(&trace->arena, width, sizeof(*positions));
	double *values = arena_alloc(&trace->arena, width, sizeof(*values));
	size_t skipped = 0;

	if (!positions || !values)
		return trace_memory(trace);
	/* A dimension for the batch must be 1. */
	if (tensor->rank == rows->rank && tensor->rank > 0 && tensor->dims[0] == 1)
		skipped = 1;
	if (tensor->n != 1 &&
	    (rows->rank == 0 ||
	     !tensor_broadcast(rows->rank - 1, rows->dims + 1, tensor->rank - skipped,
			       tensor->dims + skipped, positions)))
		return trace_refuse(
			trace, "its constant is of a shape that goes with no rows of %zu", width);
	for (size_t i = 0; i < width; i++) {
		values[i] = tensor->values[positions[i]];
		if (!isfinite(values[i]))
			return error_set(trace->error, EMNIST_ERR_CORRUPT,
					 "operator %.40s (node '%.64s') takes values that are "
					 "infinite or no numbers",
					 trace->op, trace->node);
	}
	*values_ret = values;
	return EMNIST_OK;
}

/* Composes rows + c, rows - c, c - rows, rows * c, rows / c with what has been collected. */
static enum emnist_status scale_and_shift(struct trace *trace, trace_function *function,
					  bool is_reversed, const double *operand,
					  struct rows *rows)
{
	const size_t width = rows->stage->width;
	const double sign = is_reversed && function == trace_subtract ? -1 : 1;
	double *scale = copy_or_fill(trace, rows->scale, 1, width);
	double *shift = copy_or_fill(trace, rows->shift, 0, width);

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

	status = expand(trace, from, tensor, &operand);
	if (status)
		return status;
	if (is_linear(function) && !(function == trace_divide && is_reversed))
		return scale_and_shift(trace, function, is_reversed, operand, rows);
	if (!uniform(operand, 0, from->stage->width, &c))
		return trace_refuse(trace, "its constant differs from value to value");
	status = as_expression(trace, from, &expression);
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
	double *scale = copy_or_fill(trace, a->scale, 1, width);
	double *shift = copy_or_fill(trace, a->shift, 0, width);

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
		return trace_refuse(trace, "two computed values come together in it");
	if (!a->expression && !b->expression &&
	    (function == trace_add || function == trace_subtract))
		return add_rows(trace, function, a, b, rows);
	status = as_expression(trace, a, &left);
	if (!status)
		status = as_expression(trace, b, &right);
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
	status = as_expression(trace, from, &rows->expression);
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

/* What a float has of a number. */
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

	if (a->kind == VALUE_TENSOR)
		return tensor_elementwise(trace, functions[type], type, &a->tensor, NULL,
					  value_ret);
	if (type != TENSOR_FLOAT && a->rows.type == TENSOR_FLOAT)
		return trace_refuse(trace, "it casts values to whole numbers");
	*value_ret = *a;
	value_ret->rows.type = type;
	return EMNIST_OK;
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

/* A shape of rows: the first dimension is the batch, and the others have a row's values. */
static enum emnist_status reshape_rows(struct trace *trace, const struct tensor *shape,
				       struct rows *rows)
{
	const double batch = shape->n > 0 ? shape->values[0] : 0;
	size_t dims[TRACE_MAX_RANK], width = 1, left_over = 0;

	if (shape->rank != 1 || shape->n < 2 || shape->n > TRACE_MAX_RANK)
		return trace_refuse(trace, "its shape has %zu dimensions", shape->n);
	for (size_t i = 1; i < shape->n; i++) {
		const double dim = shape->values[i];

		if (dim == -1 && left_over == 0) {
			left_over = i;
			continue;
		}
		if (!(dim >= 1 && dim <= MODEL_MAX_WIDTH))
			return trace_refuse(trace, "dimension %zu of its shape is %.0f", i + 1,
					    dim);
		dims[i] = (size_t)dim;
		if (width * dims[i] > MODEL_MAX_WIDTH)
			return trace_refuse(trace, "it makes rows of more than %d values",
					    MODEL_MAX_WIDTH);
		width *= dims[i];
	}
	/* One of the two is left over: either the batch or a dimension of the rows. */
	if (left_over > 0 && batch == -1)
		return trace_refuse(trace, "two dimensions of its shape are not known");
	if (rows->rank == 0 && left_over == 0)
		rows->stage->width = width;
	if (rows->stage->width == 0)
		return trace_refuse(trace, "the input has no shape");
	if (left_over > 0) {
		dims[left_over] = rows->stage->width / width;
		width *= dims[left_over];
	}
	if (width != rows->stage->width ||
	    !(isnan(batch) || batch == -1 || rows->dims[0] == 0 || batch == (double)rows->dims[0]))
		return trace_refuse(trace, "it makes rows of %zu values from rows of %zu", width,
				    rows->stage->width);
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

/* Brings what rows has of each value to the order of positions. */
static enum emnist_status reorder(struct trace *trace, const size_t *positions, struct rows *rows)
{
	const size_t width = rows->stage->width;
	double *scale = copy_or_fill(trace, rows->scale, 1, width);
	double *shift = copy_or_fill(trace, rows->shift, 0, width);
	uint32_t *order = arena_alloc(&trace->arena, width, sizeof(*order));

	if (!scale || !shift || !order)
		return trace_memory(trace);
	for (size_t i = 0; i < width; i++) {
		order[i] = (uint32_t)lane(rows, positions[i]);
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

enum emnist_status trace_transpose(struct trace *trace, const struct value *a,
				   const struct tensor *permutation, struct value *value_ret)
{
	const bool is_rows = a->kind == VALUE_ROWS;
	const size_t rank = is_rows ? a->rows.rank : a->tensor.rank;
	size_t order[TRACE_MAX_RANK], dims[TRACE_MAX_RANK];
	enum emnist_status status;
	size_t *positions;
	double *values;

	if ((is_rows && rank == 0) || !read_permutation(permutation, rank, order))
		return trace_refuse(trace, "its permutation does not go with %zu dimensions", rank);
	if (is_rows) {
		*value_ret = *a;
		return transpose_rows(trace, order, &value_ret->rows);
	}
	positions = arena_alloc(&trace->arena, a->tensor.n, sizeof(*positions));
	if (!positions)
		return trace_memory(trace);
	tensor_transpose(rank, a->tensor.dims, order, dims, positions);
	status = tensor_make(trace, a->tensor.type, rank, dims, value_ret, &values);
	for (size_t i = 0; !status && i < a->tensor.n; i++)
		values[i] = a->tensor.values[positions[i]];
	return status;
}

/* ------------------------------------------------------------------- layers */

/* scale, shift: of rows; NULL where they are of no effect. */
static enum emnist_status fold_rows(struct trace *trace, struct layer *layer,
				    const struct rows *rows)
{
	double *scale, *shift;

	if (!rows->scale && !rows->shift)
		return EMNIST_OK;
	scale = copy_or_fill(trace, NULL, 1, layer->n_outputs);
	shift = copy_or_fill(trace, NULL, 0, layer->n_outputs);
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < layer->n_outputs; i++) {
		scale[lane(rows, i)] = rows->scale ? rows->scale[i] : 1;
		shift[lane(rows, i)] = rows->shift ? rows->shift[i] : 0;
	}
	affine_into_rows(layer, scale, shift);
	return EMNIST_OK;
}

/* The layer gets the activation that rows have, and rows keep what comes after it. */
static enum emnist_status fold_activation(struct trace *trace, struct layer *layer,
					  struct rows *rows)
{
	const struct stage *stage = rows->stage;
	struct recognised found;
	double *scale, *shift;

	if (!expression_recognise(trace, rows->expression, &found)) {
		trace->op = rows->op;
		trace->node = rows->node;
		return trace_refuse(trace, "it is none of the activations that are read");
	}
	if (stage->scale)
		affine_into_rows(layer, stage->scale, stage->shift);
	activation_set(layer, found.activation);
	if (found.activation == EMNIST_LEAKY_RELU || found.activation == EMNIST_ELU ||
	    found.activation == EMNIST_SELU)
		layer->alpha = found.alpha;
	if (found.activation == EMNIST_SELU)
		layer->gamma = found.gamma;
	if (found.scale == 1 && found.shift == 0)
		return EMNIST_OK;
	scale = copy_or_fill(trace, rows->scale, 1, stage->width);
	shift = copy_or_fill(trace, rows->shift, 0, stage->width);
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < stage->width; i++) {
		shift[i] += scale[i] * found.shift;
		scale[i] *= found.scale;
	}
	rows->scale = scale;
	rows->shift = shift;
	return EMNIST_OK;
}

/* The input's scale and shift, for vectors in [0,1]. */
static enum emnist_status scale_input(struct trace *trace, struct rows *rows)
{
	const size_t width = rows->stage->width;
	double *scale;

	trace->takes_bytes |= rows->scale && affine_takes_bytes(rows->scale, width);
	if (!trace->takes_bytes)
		return EMNIST_OK;
	scale = copy_or_fill(trace, rows->scale, 1, width);
	if (!scale)
		return trace_memory(trace);
	for (size_t i = 0; i < width; i++)
		scale[i] *= AFFINE_BYTE_MAX;
	rows->scale = scale;
	return EMNIST_OK;
}

/* Settles all that the stage of rows can take; scale and shift are left with what is for the next
 * layer to take. */
static enum emnist_status take(struct trace *trace, struct rows *rows)
{
	struct stage *stage = rows->stage;
	struct layer *layer;
	enum emnist_status status;

	if (rows->is_softmax)
		return trace_refuse(trace, "it follows the softmax");
	if (stage->is_taken)
		return trace_refuse(trace, "what it takes goes into another layer, too");
	stage->is_taken = true;
	if (stage->layer == SIZE_MAX)
		return scale_input(trace, rows);
	layer = &trace->model->layers[stage->layer];
	if (rows->expression)
		return fold_activation(trace, layer, rows);
	status = fold_rows(trace, layer, rows);
	rows->scale = rows->shift = NULL;
	return status;
}

/* Makes the layer that multiplies rows by weights, (n_inputs, n_outputs) or the other way round. */
static enum emnist_status add_layer(struct trace *trace, const struct rows *rows,
				    const struct tensor *weights, bool transposed,
				    struct layer **layer_ret)
{
	const size_t n_inputs = weights->dims[transposed ? 1 : 0];
	const size_t n_outputs = weights->dims[transposed ? 0 : 1];
	struct layer *layer = &trace->model->layers[trace->n_layers];

	if (n_outputs == 0 || n_outputs > MODEL_MAX_WIDTH)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "a layer of %zu outputs, 1 to %d are read", n_outputs,
				 MODEL_MAX_WIDTH);
	if (trace->n_layers == MODEL_MAX_LAYERS)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "more than %d layers, which are not read", MODEL_MAX_LAYERS);
	if (weights->n > trace->floats_left)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "layers share weights, and have more than the file holds");
	trace->floats_left -= weights->n;
	trace->n_layers++;
	if (!layer_init(layer, (uint32_t)n_inputs, (uint32_t)n_outputs))
		return error_memory(trace->error);
	for (size_t o = 0; o < n_outputs; o++)
		for (size_t i = 0; i < n_inputs; i++)
			layer->weights[o * n_inputs + lane(rows, i)] =
				(float)weights
					->values[transposed ? o * n_inputs + i : i * n_outputs + o];
	*layer_ret = layer;
	return EMNIST_OK;
}

/* What is left of rows' scale and shift goes into the columns of the layer that takes them. */
static enum emnist_status fold_columns(struct trace *trace, struct layer *layer,
				       const struct rows *rows)
{
	double *scale, *shift;

	if (!rows->scale && !rows->shift)
		return EMNIST_OK;
	scale = copy_or_fill(trace, NULL, 1, layer->n_inputs);
	shift = copy_or_fill(trace, NULL, 0, layer->n_inputs);
	if (!scale || !shift)
		return trace_memory(trace);
	for (size_t i = 0; i < layer->n_inputs; i++) {
		scale[lane(rows, i)] = rows->scale ? rows->scale[i] : 1;
		shift[lane(rows, i)] = rows->shift ? rows->shift[i] : 0;
	}
	affine_into_columns(layer, scale, shift);
	return EMNIST_OK;
}

static enum emnist_status multiply_rows(struct trace *trace, struct rows *rows,
					const struct tensor *weights, bool transposed,
					struct value *value_ret)
{
	struct rows made = {.type = TENSOR_FLOAT, .rank = 2, .dims = {rows->dims[0]}};
	struct layer *layer = NULL;
	enum emnist_status status;
	size_t n_inputs;

	if (weights->rank != 2)
		return trace_refuse(trace, "its weights are of %zu dimensions", weights->rank);
	n_inputs = weights->dims[transposed ? 1 : 0];
	if (rows->rank == 0 && n_inputs <= MODEL_MAX_WIDTH)
		rows->stage->width = n_inputs;
	if (rows->rank > 2 || n_inputs != rows->stage->width || n_inputs == 0)
		return trace_refuse(trace, "it takes %zu values, but is given %zu", n_inputs,
				    rows->rank > 0 ? rows->dims[rows->rank - 1]
						   : rows->stage->width);
	status = take(trace, rows);
	if (!status)
		status = add_layer(trace, rows, weights, transposed, &layer);
	if (!status)
		status = fold_columns(trace, layer, rows);
	if (!status)
		status = new_stage(trace, layer->n_outputs, trace->n_layers - 1, &made.stage);
	if (status)
		return status;
	made.dims[1] = layer->n_outputs;
	*value_ret = (struct value){.kind = VALUE_ROWS, .rows = made};
	return EMNIST_OK;
}

enum emnist_status trace_matmul(struct trace *trace, const struct value *a, const struct value *b,
				bool transposed, struct value *value_ret)
{
	struct rows rows = a->rows;

	if (a->kind != VALUE_ROWS)
		return trace_refuse(trace, "it multiplies constants");
	if (b->kind != VALUE_TENSOR)
		return trace_refuse(trace, "an operand that should be a constant is computed");
	return multiply_rows(trace, &rows, &b->tensor, transposed, value_ret);
}

enum emnist_status trace_softmax(struct trace *trace, const struct value *a,
				 struct value *value_ret)
{
	enum emnist_status status;

	if (a->kind != VALUE_ROWS)
		return trace_refuse(trace, "it is of constants");
	*value_ret = *a;
	if (a->rows.stage->layer == SIZE_MAX)
		return trace_refuse(trace, "no fully connected layer precedes it");
	if (a->rows.rank != 2)
		return trace_refuse(trace, "it is of rows of %zu dimensions", a->rows.rank - 1);
	status = take(trace, &value_ret->rows);
	if (status)
		return status;
	if (value_ret->rows.scale || value_ret->rows.shift || value_ret->rows.order)
		return trace_refuse(trace, "no fully connected layer can take in what comes "
					   "before it");
	value_ret->rows.is_softmax = true;
	return EMNIST_OK;
}

/* --------------------------------------------------------------------- end */

enum emnist_status trace_finish(struct trace *trace, const struct rows *rows,
				struct emnist_model **model_ret)
{
	struct rows last = *rows;
	enum emnist_status status = EMNIST_OK;

	if (trace->n_layers == 0)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "the model has no fully connected layer");
	if (!last.is_softmax)
		status = take(trace, &last);
	if (status)
		return status;
	if (last.scale || last.shift || last.order || last.stage->layer != trace->n_layers - 1)
		return trace_refuse(trace, "no fully connected layer can take in what comes after "
					   "the last activation");
	/* A last layer of sigmoids gives probabilities as it is; anything else gets a softmax. */
	trace->model->softmax =
		last.is_softmax ||
		trace->model->layers[trace->n_layers - 1].activation != EMNIST_SIGMOID;
	trace->model->n_layers = trace->n_layers;
	*model_ret = trace->model;
	trace->model = NULL;
	return EMNIST_OK;
}
