/*
 * tensorflow_operators.c - what each operator that is read does to values: a table, and a function
 * for each of its rows.
 */
#include <math.h>
#include <string.h>

#include "tensorflow.h"

struct operator;

/* What an operator is given. */
struct call {
	struct tensorflow_graph *graph;
	struct trace *trace;
	struct tensorflow_frame *frame;
	const Tensorflow__NodeDef *node;
	struct value *const *inputs;
	size_t n_inputs;
	const struct operator* operator;
};

struct operator
{
	const char *name;
	enum emnist_status (*operate)(const struct call *call, struct value *value_ret);
	size_t n_inputs; /* at the least */
	trace_function *function;
};

static enum emnist_status refuse_computed(const struct call *call)
{
	return trace_refuse(call->trace, "an operand that should be a constant is computed");
}

/* Input i as a tensor. */
static enum emnist_status take_tensor(const struct call *call, size_t i,
				      const struct tensor **tensor_ret)
{
	if (call->inputs[i]->kind != VALUE_TENSOR)
		return refuse_computed(call);
	*tensor_ret = &call->inputs[i]->tensor;
	return EMNIST_OK;
}

/* Input i as one whole number. */
static enum emnist_status take_int(const struct call *call, size_t i, int64_t *number_ret)
{
	const struct tensor *tensor = NULL;
	const enum emnist_status status = take_tensor(call, i, &tensor);

	if (status)
		return status;
	if (tensor->n != 1 || !(fabs(tensor->values[0]) <= MODEL_MAX_WIDTH))
		return trace_refuse(call->trace, "its input %zu is no number that is known", i + 1);
	*number_ret = (int64_t)tensor->values[0];
	return EMNIST_OK;
}

/* An axis of rank dimensions, of which a negative one counts from the end. */
static enum emnist_status take_axis(const struct call *call, int64_t axis, size_t rank,
				    size_t *axis_ret)
{
	if (axis < -(int64_t)rank || axis >= (int64_t)rank)
		return trace_refuse(call->trace, "its axis is %lld", (long long)axis);
	*axis_ret = (size_t)(axis < 0 ? axis + (int64_t)rank : axis);
	return EMNIST_OK;
}

/* ------------------------------------------------------------ inputs, constants */

static enum emnist_status constant(const struct call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *value = tensorflow_attribute(call->node, "value");

	if (!value || !value->tensor)
		return error_set(call->trace->error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' has no value", call->trace->node);
	return tensorflow_constant(call->trace, value->tensor, value_ret);
}

static enum emnist_status placeholder(const struct call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *shape = tensorflow_attribute(call->node, "shape");
	const Tensorflow__AttrValue *dtype = tensorflow_attribute(call->node, "dtype");
	const Tensorflow__TensorShapeProto *proto = call->graph->input_shape
							    ? call->graph->input_shape
						    : shape ? shape->shape
							    : NULL;
	enum number_type number = NUMBER_FLOAT;
	enum tensor_type type = TENSOR_FLOAT;
	char shown[TENSORFLOW_TYPE_NBYTES];
	size_t dims[TRACE_MAX_RANK], rank;

	if (!call->graph->input)
		call->graph->input = call->node;
	if (call->graph->input != call->node)
		return error_set(
			call->trace->error, EMNIST_ERR_UNSUPPORTED,
			"the model has two inputs, '%.64s' and '%.64s', only one is supported",
			call->graph->input->name, call->trace->node);
	if (dtype && !tensorflow_type_of(dtype->type, &number, &type))
		return error_set(call->trace->error, EMNIST_ERR_UNSUPPORTED,
				 "input '%.80s' is of type %s, not of numbers", call->trace->node,
				 tensorflow_type_shown(dtype->type, shown));
	call->trace->takes_bytes = type == TENSOR_INT;
	rank = proto && !proto->unknown_rank ? proto->n_dim : 0;
	for (size_t i = 0; i < rank && i < TRACE_MAX_RANK; i++)
		dims[i] = proto->dim[i]->size > 0 ? (size_t)proto->dim[i]->size : 0;
	return trace_input(call->trace, type, rank, dims, value_ret);
}

/* What is fed where nothing else is; a graph's input may be one, too. */
static enum emnist_status placeholder_with_default(const struct call *call, struct value *value_ret)
{
	if (call->graph->input == call->node)
		return placeholder(call, value_ret);
	*value_ret = *call->inputs[0];
	return EMNIST_OK;
}

static enum emnist_status pass(const struct call *call, struct value *value_ret)
{
	*value_ret = *call->inputs[0];
	return EMNIST_OK;
}

/* A variable itself, not its value. */
static enum emnist_status variable_handle(const struct call *call, struct value *value_ret)
{
	*value_ret = (struct value){.kind = VALUE_OTHER, .other = call->node};
	return EMNIST_OK;
}

static enum emnist_status variable(const struct call *call, struct value *value_ret)
{
	return tensorflow_variable(call->graph, call->node, value_ret);
}

/* A resource is the variable's; in graphs that were frozen by half, it is the value already. */
static enum emnist_status read_variable(const struct call *call, struct value *value_ret)
{
	if (call->inputs[0]->kind != VALUE_OTHER)
		return pass(call, value_ret);
	return tensorflow_variable(call->graph, call->inputs[0]->other, value_ret);
}

/* --------------------------------------------------------------- arithmetic */

static enum tensor_type type_of(const struct value *value)
{
	return value->kind == VALUE_ROWS ? value->rows.type : value->tensor.type;
}

static enum emnist_status unary(const struct call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->operator->function, type_of(call->inputs[0]),
				 call->inputs[0], NULL, value_ret);
}

static enum emnist_status binary(const struct call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->operator->function, type_of(call->inputs[0]),
				 call->inputs[0], call->inputs[1], value_ret);
}

static enum emnist_status compare(const struct call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->operator->function, TENSOR_BOOL,
				 call->inputs[0], call->inputs[1], value_ret);
}

/* function(x, number), which is linear. */
static enum emnist_status with_number(const struct call *call, const struct value *x,
				      trace_function *function, double number,
				      struct value *value_ret)
{
	struct value constant_number;
	enum emnist_status status =
		tensor_scalar(call->trace, type_of(x), number, &constant_number);

	if (!status)
		status = trace_elementwise(call->trace, function, type_of(x), x, &constant_number,
					   value_ret);
	return status;
}

static enum emnist_status negate(const struct call *call, struct value *value_ret)
{
	return with_number(call, call->inputs[0], trace_multiply, -1, value_ret);
}

static enum emnist_status leaky_relu(const struct call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *alpha = tensorflow_attribute(call->node, "alpha");

	/* The default is TensorFlow's. */
	return with_number(call, call->inputs[0], call->operator->function,
			   alpha && alpha->has_f ? (double)alpha->f : (double)0.2f, value_ret);
}

/* condition * a + (1 - condition) * b */
static enum emnist_status choose(const struct call *call, struct value *value_ret)
{
	struct value not_condition, a, b;
	enum emnist_status status;

	status = with_number(call, call->inputs[0], trace_multiply, -1, &not_condition);
	if (!status)
		status = with_number(call, &not_condition, trace_add, 1, &not_condition);
	if (!status)
		status = trace_elementwise(call->trace, trace_multiply, TENSOR_FLOAT,
					   call->inputs[0], call->inputs[1], &a);
	if (!status)
		status = trace_elementwise(call->trace, trace_multiply, TENSOR_FLOAT,
					   &not_condition, call->inputs[2], &b);
	if (!status)
		status = trace_elementwise(call->trace, trace_add, type_of(call->inputs[1]), &a, &b,
					   value_ret);
	return status;
}

static enum emnist_status cast(const struct call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *to = tensorflow_attribute(call->node, "DstT");
	enum tensor_type type = TENSOR_FLOAT;
	enum number_type number;

	if (!to || !tensorflow_type_of(to->type, &number, &type))
		return trace_refuse(call->trace, "it casts to type %d", to ? to->type : 0);
	return trace_cast(call->trace, type, call->inputs[0], value_ret);
}

/* Of numbers; BiasAdd's channels are last unless it says otherwise. */
static enum emnist_status bias_add(const struct call *call, struct value *value_ret)
{
	const struct value *rows = call->inputs[0];

	if (rows->kind == VALUE_ROWS && rows->rows.rank != 2)
		return trace_refuse(call->trace, "it is of rows of %zu dimensions",
				    rows->rows.rank ? rows->rows.rank - 1 : 0);
	return binary(call, value_ret);
}

/* ------------------------------------------------------------------- layers */

static enum emnist_status matmul(const struct call *call, struct value *value_ret)
{
	if (tensorflow_flag(call->node, "transpose_a") || tensorflow_flag(call->node, "adj_x"))
		return trace_refuse(call->trace, "its first operand is transposed");
	return trace_matmul(call->trace, call->inputs[0], call->inputs[1],
			    tensorflow_flag(call->node, "transpose_b") ||
				    tensorflow_flag(call->node, "adj_y"),
			    value_ret);
}

static enum emnist_status softmax(const struct call *call, struct value *value_ret)
{
	return trace_softmax(call->trace, call->inputs[0], value_ret);
}

/* ------------------------------------------------------------------- shapes */

static enum emnist_status shape(const struct call *call, struct value *value_ret)
{
	return trace_shape(call->trace, call->inputs[0], value_ret);
}

static enum emnist_status rank_of(const struct call *call, struct value *value_ret)
{
	struct value dims;
	const enum emnist_status status = trace_shape(call->trace, call->inputs[0], &dims);

	return status ? status
		      : tensor_scalar(call->trace, TENSOR_INT, (double)dims.tensor.n, value_ret);
}

static enum emnist_status size_of(const struct call *call, struct value *value_ret)
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

static enum emnist_status reshape(const struct call *call, struct value *value_ret)
{
	const struct tensor *to = NULL;
	const enum emnist_status status = take_tensor(call, 1, &to);

	return status ? status : trace_reshape(call->trace, call->inputs[0], to, value_ret);
}

static enum emnist_status transpose(const struct call *call, struct value *value_ret)
{
	const struct tensor *permutation = NULL;
	const enum emnist_status status = take_tensor(call, 1, &permutation);

	return status ? status
		      : trace_transpose(call->trace, call->inputs[0], permutation, value_ret);
}

/* Gives value the shape dims: of a tensor or of rows, with the same batch. */
static enum emnist_status with_dims(const struct call *call, const struct value *value, size_t rank,
				    const double *dims, struct value *value_ret)
{
	struct value to;
	double *values;
	const enum emnist_status status =
		tensor_make(call->trace, TENSOR_INT, 1, &rank, &to, &values);

	if (status)
		return status;
	memcpy(values, dims, rank * sizeof(*dims));
	return trace_reshape(call->trace, value, &to.tensor, value_ret);
}

/* The dimensions that value has. */
static enum emnist_status take_dims(const struct call *call, const struct value *value,
				    size_t *rank_ret, double *dims)
{
	struct value of;
	const enum emnist_status status = trace_shape(call->trace, value, &of);

	if (status)
		return status;
	*rank_ret = of.tensor.n;
	memcpy(dims, of.tensor.values, of.tensor.n * sizeof(*dims));
	return EMNIST_OK;
}

static enum emnist_status expand_dims(const struct call *call, struct value *value_ret)
{
	double dims[TRACE_MAX_RANK + 1];
	enum emnist_status status;
	size_t rank = 0, at = 0;
	int64_t axis = 0;

	status = take_dims(call, call->inputs[0], &rank, dims);
	if (!status)
		status = take_int(call, 1, &axis);
	if (!status)
		status = take_axis(call, axis, rank + 1, &at);
	if (status)
		return status;
	memmove(dims + at + 1, dims + at, (rank - at) * sizeof(*dims));
	dims[at] = 1;
	return with_dims(call, call->inputs[0], rank + 1, dims, value_ret);
}

static enum emnist_status squeeze(const struct call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *attribute = tensorflow_attribute(call->node, "squeeze_dims");
	const Tensorflow__AttrValue__ListValue *list = attribute ? attribute->list : NULL;
	double dims[TRACE_MAX_RANK], kept[TRACE_MAX_RANK];
	bool is_dropped[TRACE_MAX_RANK] = {false};
	size_t rank = 0, n = 0, at = 0;
	enum emnist_status status;

	status = take_dims(call, call->inputs[0], &rank, dims);
	for (size_t i = 0; !status && list && i < list->n_i; i++) {
		status = take_axis(call, list->i[i], rank, &at);
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
	return with_dims(call, call->inputs[0], n, kept, value_ret);
}

/* ------------------------------------------------------------ parts of tensors */

/* From begin to end, of which negative ones count from the end of all. */
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

/* One dimension of a StridedSlice, whose masks say which bounds are left out. */
static bool stride_dimension(const struct call *call, const struct tensor *const *bounds, size_t i,
			     double size, struct tensor_slice *slice)
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

static enum emnist_status strided_slice(const struct call *call, struct value *value_ret)
{
	struct tensor_slice slices[TRACE_MAX_RANK];
	const struct tensor *tensor = NULL, *bounds[3] = {NULL};
	enum emnist_status status = take_tensor(call, 0, &tensor);

	for (size_t i = 0; !status && i < 3; i++)
		status = take_tensor(call, i + 1, &bounds[i]);
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
			return trace_refuse(call->trace, "its bounds do not go with its input");
	}
	return tensor_strided(call->trace, tensor, slices, value_ret);
}

static enum emnist_status slice(const struct call *call, struct value *value_ret)
{
	struct tensor_slice slices[TRACE_MAX_RANK];
	const struct tensor *tensor = NULL, *begin = NULL, *size = NULL;
	enum emnist_status status = take_tensor(call, 0, &tensor);

	if (!status)
		status = take_tensor(call, 1, &begin);
	if (!status)
		status = take_tensor(call, 2, &size);
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
			return trace_refuse(call->trace, "its bounds do not go with its input");
		slices[i] = (struct tensor_slice){from, 1, (size_t)n, false};
	}
	return tensor_strided(call->trace, tensor, slices, value_ret);
}

/* n_parts inputs from `first` on, one after the other along axis. */
static enum emnist_status join(const struct call *call, size_t first, size_t n_parts, int64_t axis,
			       struct value *value_ret)
{
	const struct tensor *parts[TENSORFLOW_MAX_PARTS];
	enum emnist_status status = EMNIST_OK;
	size_t at = 0;

	if (n_parts == 0)
		return trace_refuse(call->trace, "it has no parts");
	for (size_t i = 0; !status && i < n_parts; i++)
		status = take_tensor(call, first + i, &parts[i]);
	if (!status)
		status = take_axis(call, axis, parts[0]->rank, &at);
	return status ? status : tensor_concatenate(call->trace, parts, n_parts, at, value_ret);
}

static enum emnist_status concatenate(const struct call *call, struct value *value_ret)
{
	const bool axis_is_first = tensorflow_is(call->node, "Concat");
	int64_t axis = 0;
	const enum emnist_status status =
		take_int(call, axis_is_first ? 0 : call->n_inputs - 1, &axis);

	return status ? status
		      : join(call, axis_is_first ? 1 : 0, call->n_inputs - 1, axis, value_ret);
}

/* Tensors of one shape along a new axis: each gets a dimension of 1, and then they are joined. */
static enum emnist_status pack(const struct call *call, struct value *value_ret)
{
	struct value expanded[TENSORFLOW_MAX_PARTS], *inputs[TENSORFLOW_MAX_PARTS];
	struct call joined = *call;
	const int64_t axis = tensorflow_int(call->node, "axis", 0);

	for (size_t i = 0; i < call->n_inputs; i++) {
		double dims[TRACE_MAX_RANK + 1];
		size_t rank = 0, at = 0;
		const struct tensor *tensor = NULL;
		enum emnist_status status = take_tensor(call, i, &tensor);

		if (!status)
			status = take_dims(call, call->inputs[i], &rank, dims);
		if (!status)
			status = take_axis(call, axis, rank + 1, &at);
		if (status)
			return status;
		memmove(dims + at + 1, dims + at, (rank - at) * sizeof(*dims));
		dims[at] = 1;
		status = with_dims(call, call->inputs[i], rank + 1, dims, &expanded[i]);
		if (status)
			return status;
		inputs[i] = &expanded[i];
	}
	joined.inputs = inputs;
	return join(&joined, 0, call->n_inputs, axis, value_ret);
}

static enum emnist_status range(const struct call *call, struct value *value_ret)
{
	int64_t start = 0, limit = 0, delta = 0;
	enum emnist_status status = take_int(call, 0, &start);
	double *values;
	size_t n;

	if (!status)
		status = take_int(call, 1, &limit);
	if (!status)
		status = take_int(call, 2, &delta);
	if (status)
		return status;
	if (delta == 0)
		return trace_refuse(call->trace, "its step is 0");
	n = (size_t)fmax(0, ceil((double)(limit - start) / (double)delta));
	status = tensor_make(call->trace, TENSOR_INT, 1, &n, value_ret, &values);
	for (size_t i = 0; !status && i < n; i++)
		values[i] = (double)(start + (int64_t)i * delta);
	return status;
}

static enum emnist_status fill(const struct call *call, struct value *value_ret)
{
	const struct tensor *dims = NULL, *number = NULL;
	size_t shape_dims[TRACE_MAX_RANK];
	enum emnist_status status = take_tensor(call, 0, &dims);
	double *values;

	if (!status)
		status = take_tensor(call, 1, &number);
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
static enum emnist_status gather(const struct call *call, struct value *value_ret)
{
	const struct tensor *vector = NULL, *which = NULL;
	enum emnist_status status = take_tensor(call, 0, &vector);
	double *values;

	if (!status)
		status = take_tensor(call, 1, &which);
	if (status)
		return status;
	if (vector->rank != 1)
		return trace_refuse(call->trace, "it is of a tensor of %zu dimensions",
				    vector->rank);
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

/* All of a vector's elements as one: their product, or what the function makes of them. */
static enum emnist_status reduce(const struct call *call, struct value *value_ret)
{
	const struct tensor *vector = NULL;
	const size_t one = 1;
	enum emnist_status status = take_tensor(call, 0, &vector);
	double result, *values;

	if (status)
		return status;
	if (vector->rank != 1 || vector->n == 0)
		return trace_refuse(call->trace, "it is of a tensor of %zu dimensions",
				    vector->rank);
	result = vector->values[0];
	for (size_t i = 1; i < vector->n; i++)
		result = isnan(result) || isnan(vector->values[i])
				 ? (double)NAN
				 : call->operator->function(result, vector->values[i]);
	status = tensor_make(call->trace, vector->type, tensorflow_flag(call->node, "keep_dims"),
			     &one, value_ret, &values);
	if (!status)
		values[0] = result;
	return status;
}

/* ------------------------------------------------------------ single numbers */

#define UNARY(name, expression)                                                                    \
	static double name(double a, double unused)                                                \
	{                                                                                          \
		(void)unused;                                                                      \
		return expression;                                                                 \
	}

#define BINARY(name, expression)                                                                   \
	static double name(double a, double b)                                                     \
	{                                                                                          \
		return expression;                                                                 \
	}

/* From Klambauer et al., "Self-Normalizing Neural Networks", 2017, as floats. */
#define SELU_ALPHA ((double)1.67326319217681884765625f)
#define SELU_GAMMA ((double)1.05070102214813232421875f)

UNARY(exponential, exp(a))
UNARY(exponential_less_one, expm1(a))
UNARY(logarithm, log(a))
UNARY(logarithm_of_one_more, log1p(a))
UNARY(square_root, sqrt(a))
UNARY(reciprocal_root, 1 / sqrt(a))
UNARY(square, a *a)
UNARY(reciprocal, 1 / a)
UNARY(absolute, fabs(a))
UNARY(sign_of, a > 0 ? 1 : a < 0 ? -1 : a)
UNARY(negation, a == 0)
UNARY(relu, a > 0 ? a : 0)
UNARY(elu, a > 0 ? a : expm1(a))
UNARY(selu, SELU_GAMMA *(a > 0 ? a : SELU_ALPHA * expm1(a)))
UNARY(sigmoid, 1 / (1 + exp(-a)))
UNARY(hyperbolic_tangent, tanh(a))

BINARY(leaky, a > 0 ? a : b * a)
BINARY(larger, a > b ? a : b)
BINARY(smaller, a < b ? a : b)
BINARY(is_less, a < b)
BINARY(is_less_or_equal, a <= b)
BINARY(is_greater, a > b)
BINARY(is_greater_or_equal, a >= b)
BINARY(is_equal, a == b)
BINARY(is_not_equal, a != b)
BINARY(both, a != 0 && b != 0)
BINARY(either, a != 0 || b != 0)
BINARY(power, pow(a, b))
BINARY(floor_quotient, floor(a / b))
BINARY(floor_remainder, a - b * floor(a / b))
BINARY(squared_difference, (a - b) * (a - b))

/* ----------------------------------------------------------------- the table */

static const struct operator operators[] = {
	{"Const", constant, 0, NULL},
	{"Placeholder", placeholder, 0, NULL},
	{"PlaceholderWithDefault", placeholder_with_default, 1, NULL},
	{"VarHandleOp", variable_handle, 0, NULL},
	{"VariableV2", variable, 0, NULL},
	{"Variable", variable, 0, NULL},
	{"ReadVariableOp", read_variable, 1, NULL},
	{"Identity", pass, 1, NULL},
	{"StopGradient", pass, 1, NULL},
	{"PreventGradient", pass, 1, NULL},
	{"CheckNumerics", pass, 1, NULL},
	{"Snapshot", pass, 1, NULL},
	{"EnsureShape", pass, 1, NULL},
	{"DisableCopyOnRead", pass, 1, NULL},

	{"MatMul", matmul, 2, NULL},
	{"BatchMatMul", matmul, 2, NULL},
	{"BatchMatMulV2", matmul, 2, NULL},
	{"BatchMatMulV3", matmul, 2, NULL},
	{"BiasAdd", bias_add, 2, trace_add},
	{"BiasAddV1", bias_add, 2, trace_add},
	{"Softmax", softmax, 1, NULL},
	{"LogSoftmax", softmax, 1, NULL},

	{"Add", binary, 2, trace_add},
	{"AddV2", binary, 2, trace_add},
	{"Sub", binary, 2, trace_subtract},
	{"Mul", binary, 2, trace_multiply},
	{"RealDiv", binary, 2, trace_divide},
	{"Neg", negate, 1, NULL},
	{"Cast", cast, 1, NULL},

	{"Relu", unary, 1, relu},
	{"Elu", unary, 1, elu},
	{"Selu", unary, 1, selu},
	{"LeakyRelu", leaky_relu, 1, leaky},
	{"Sigmoid", unary, 1, sigmoid},
	{"Tanh", unary, 1, hyperbolic_tangent},
	{"Exp", unary, 1, exponential},
	{"Expm1", unary, 1, exponential_less_one},
	{"Log", unary, 1, logarithm},
	{"Log1p", unary, 1, logarithm_of_one_more},
	{"Sqrt", unary, 1, square_root},
	{"Rsqrt", unary, 1, reciprocal_root},
	{"Square", unary, 1, square},
	{"Reciprocal", unary, 1, reciprocal},
	{"Inv", unary, 1, reciprocal},
	{"Abs", unary, 1, absolute},
	{"Sign", unary, 1, sign_of},
	{"LogicalNot", unary, 1, negation},
	{"Maximum", binary, 2, larger},
	{"Minimum", binary, 2, smaller},
	{"Less", compare, 2, is_less},
	{"LessEqual", compare, 2, is_less_or_equal},
	{"Greater", compare, 2, is_greater},
	{"GreaterEqual", compare, 2, is_greater_or_equal},
	{"Equal", compare, 2, is_equal},
	{"NotEqual", compare, 2, is_not_equal},
	{"LogicalAnd", compare, 2, both},
	{"LogicalOr", compare, 2, either},
	{"Pow", binary, 2, power},
	{"FloorDiv", binary, 2, floor_quotient},
	{"FloorMod", binary, 2, floor_remainder},
	{"SquaredDifference", binary, 2, squared_difference},
	{"Select", choose, 3, NULL},
	{"SelectV2", choose, 3, NULL},

	{"Shape", shape, 1, NULL},
	{"Rank", rank_of, 1, NULL},
	{"Size", size_of, 1, NULL},
	{"Reshape", reshape, 2, NULL},
	{"Transpose", transpose, 2, NULL},
	{"ExpandDims", expand_dims, 2, NULL},
	{"Squeeze", squeeze, 1, NULL},
	{"StridedSlice", strided_slice, 4, NULL},
	{"Slice", slice, 3, NULL},
	{"Pack", pack, 1, NULL},
	{"ConcatV2", concatenate, 2, NULL},
	{"Concat", concatenate, 2, NULL},
	{"Range", range, 3, NULL},
	{"Fill", fill, 2, NULL},
	{"Gather", gather, 2, NULL},
	{"GatherV2", gather, 2, NULL},
	{"Prod", reduce, 2, trace_multiply},
	{"Sum", reduce, 2, trace_add},
	{"Max", reduce, 2, larger},
	{"Min", reduce, 2, smaller},
};

const char *tensorflow_callee(const Tensorflow__NodeDef *node)
{
	const Tensorflow__AttrValue *function;

	if (!tensorflow_is(node, "PartitionedCall") &&
	    !tensorflow_is(node, "StatefulPartitionedCall"))
		return NULL;
	function = tensorflow_attribute(node, "f");
	return function && function->func && function->func->name ? function->func->name : "";
}

enum emnist_status tensorflow_operate(struct tensorflow_graph *graph,
				      struct tensorflow_frame *frame,
				      const Tensorflow__NodeDef *node, struct value *const *inputs,
				      size_t n_inputs, struct value *value_ret)
{
	struct call call = {graph, &graph->trace, frame, node, inputs, n_inputs, NULL};

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (tensorflow_is(node, operators[i].name))
			call.operator= & operators[i];
	if (!call.operator)
		return trace_refuse(call.trace, "only multilayer perceptrons are read");
	if (n_inputs < call.operator->n_inputs)
		return error_set(call.trace->error, EMNIST_ERR_CORRUPT,
				 "operator %.40s (node '%.64s') lacks its input %zu",
				 call.trace->op, call.trace->node, n_inputs + 1);
	/* What is no value at all goes only to operators on variables. */
	for (size_t i = 0; i < n_inputs; i++)
		if (inputs[i]->kind == VALUE_OTHER &&
		    call.operator->operate != read_variable && call.operator->operate != pass)
			return trace_refuse(call.trace, "its input %zu is no tensor of numbers",
					    i + 1);
	return call.operator->operate(&call, value_ret);
}
