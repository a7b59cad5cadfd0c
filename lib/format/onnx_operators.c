/* onnx_operators.c - the table of supported operators, and a function for each. */
#include "onnx_operators.h"

#include <math.h>
#include <string.h>

#include "onnx_shapes.h"
#include "trace_functions.h"

/* ------------------------------------------------------------------ products */

/* If the input's shape is unknown, so is the output's. */
static enum emnist_status matmul(const struct onnx_call *call, struct value *value_ret)
{
	const struct value *a = call->inputs[0];
	const enum emnist_status status =
		trace_matmul(call->trace, a, call->inputs[1], false, value_ret);

	if (!status && a->rows.rank == 0)
		value_ret->rows.rank = 0;
	return status;
}

static enum emnist_status gemm(const struct onnx_call *call, struct value *value_ret)
{
	const struct value *a = call->inputs[0];
	const struct trace_gemm gemm = {
		.transposes_b = onnx_node_int(call->node, "transB", 0) != 0,
		.alpha = (double)onnx_node_float(call->node, "alpha", 1),
		.beta = (double)onnx_node_float(call->node, "beta", 1),
		.c = onnx_input(call, 2),
	};

	if (onnx_node_int(call->node, "transA", 0) != 0)
		return trace_refuse(call->trace, "its attribute transA is set");
	if (a->kind == VALUE_ROWS && a->rows.rank > 2)
		return trace_refuse(call->trace, "it takes 2 dimensions, but gets %zu",
				    a->rows.rank);
	return trace_gemm(call->trace, a, call->inputs[1], &gemm, value_ret);
}

/* ---------------------------------------------------------------- arithmetic */

static enum emnist_status binary(const struct onnx_call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->function, TENSOR_FLOAT, call->inputs[0],
				 call->inputs[1], value_ret);
}

/* One number for each value of rows, or for each of its n channels, the second dimension; a single
 * number stands for all. */
static enum emnist_status make_operand(const struct onnx_call *call, const struct rows *rows,
				       size_t n, struct value *operand, double **values_ret)
{
	const size_t rank = rows->rank > 1 ? rows->rank - 1 : 1;
	size_t dims[TRACE_MAX_RANK] = {n, 1, 1, 1, 1, 1, 1, 1};

	if (rows->rank > 1 && n == rows->stage->width)
		memcpy(dims, rows->dims + 1, rank * sizeof(*dims));
	return tensor_make(call->trace, TENSOR_FLOAT, rank, dims, operand, values_ret);
}

/* second(first(x, a), b) */
static enum emnist_status apply_two(const struct onnx_call *call, trace_function *first,
				    const struct value *a, trace_function *second,
				    const struct value *b, struct value *value_ret)
{
	struct value between;
	enum emnist_status status =
		trace_elementwise(call->trace, first, TENSOR_FLOAT, call->inputs[0], a, &between);

	if (!status)
		status = trace_elementwise(call->trace, second, TENSOR_FLOAT, &between, b,
					   value_ret);
	return status;
}

/* For operators on rows only, which are never applied to constants. */
static enum emnist_status check_rows(const struct onnx_call *call)
{
	return call->inputs[0]->kind == VALUE_ROWS
		       ? EMNIST_OK
		       : trace_refuse(call->trace, "all of its inputs are constants");
}

/* Inputs 1 to 4: one value per channel each. */
static enum emnist_status take_parameters(const struct onnx_call *call, size_t n_channels,
					  const struct tensor **parameters)
{
	for (size_t i = 0; i < 4; i++) {
		const enum emnist_status status = onnx_take_tensor(call, i + 1, &parameters[i]);

		if (status)
			return status;
		if (parameters[i]->n != n_channels && (i == 0 || parameters[i]->n != 1))
			return trace_refuse(call->trace, "it has %zu parameters for %zu channels",
					    parameters[i]->n, n_channels);
	}
	return EMNIST_OK;
}

static double parameter(const struct tensor *tensor, size_t i)
{
	return tensor->values[tensor->n == 1 ? 0 : i];
}

/* (x - mean) / sqrt(variance + epsilon) * gain + offset; inputs x, gain, offset, mean, variance. */
static enum emnist_status batch_normalization(const struct onnx_call *call, struct value *value_ret)
{
	const double epsilon = (double)onnx_node_float(call->node, "epsilon", 1e-5f);
	const struct rows *rows = &call->inputs[0]->rows;
	const struct tensor *parameters[4] = {NULL};
	double *gains = NULL, *offsets = NULL;
	struct value gain, offset;
	enum emnist_status status = check_rows(call);
	size_t n = 0;

	if (!status && onnx_node_int(call->node, "training_mode", 0) != 0)
		status = trace_refuse(call->trace, "it is in training mode");
	if (!status) {
		n = rows->rank > 1 ? rows->dims[1] : rows->stage->width;
		status = take_parameters(call, n, parameters);
	}
	if (!status)
		status = make_operand(call, rows, n, &gain, &gains);
	if (!status)
		status = make_operand(call, rows, n, &offset, &offsets);
	for (size_t i = 0; !status && i < n; i++) {
		gains[i] =
			parameter(parameters[0], i) / sqrt(parameter(parameters[3], i) + epsilon);
		offsets[i] = parameter(parameters[1], i) - gains[i] * parameter(parameters[2], i);
	}
	return status ? status
		      : apply_two(call, trace_multiply, &gain, trace_add, &offset, value_ret);
}

/* The numbers of an attribute, one for each value or one for all. */
static enum emnist_status take_numbers(const struct onnx_call *call, const char *name,
				       struct value *operand)
{
	const Onnx__AttributeProto *attribute = onnx_node_attribute(call->node, name);
	const struct rows *rows = &call->inputs[0]->rows;
	const size_t width = rows->stage->width;
	enum emnist_status status;
	double *values;

	if (!attribute || (attribute->n_floats != width && attribute->n_floats != 1))
		return trace_refuse(call->trace, "its offset or scale does not match %zu values",
				    width);
	status = make_operand(call, rows, width, operand, &values);
	for (size_t i = 0; !status && i < width; i++)
		values[i] = (double)attribute->floats[attribute->n_floats == 1 ? 0 : i];
	return status;
}

/* scikit-learn's scalers: (x - offset) * scale. */
static enum emnist_status scaler(const struct onnx_call *call, struct value *value_ret)
{
	struct value offset, scale;
	enum emnist_status status = check_rows(call);

	if (!status)
		status = take_numbers(call, "offset", &offset);
	if (!status)
		status = take_numbers(call, "scale", &scale);
	return status ? status
		      : apply_two(call, trace_subtract, &offset, trace_multiply, &scale, value_ret);
}

/* --------------------------------------------------------------- activations */

static enum emnist_status unary(const struct onnx_call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->function, TENSOR_FLOAT, call->inputs[0], NULL,
				 value_ret);
}

/* function(x, the attribute) */
static enum emnist_status with_attribute(const struct onnx_call *call, trace_function *function,
					 const char *name, float otherwise, struct value *value_ret)
{
	const double number = (double)onnx_node_float(call->node, name, otherwise);
	struct value constant;
	const enum emnist_status status =
		tensor_scalar(call->trace, TENSOR_FLOAT, number, &constant);

	return status ? status
		      : trace_elementwise(call->trace, function, TENSOR_FLOAT, call->inputs[0],
					  &constant, value_ret);
}

static enum emnist_status elu(const struct onnx_call *call, struct value *value_ret)
{
	return with_attribute(call, function_elu_of, "alpha", 1, value_ret);
}

static enum emnist_status leaky_relu(const struct onnx_call *call, struct value *value_ret)
{
	return with_attribute(call, function_leaky, "alpha", 0.01f, value_ret);
}

/* gamma times an ELU. The defaults are ONNX's. */
static enum emnist_status selu(const struct onnx_call *call, struct value *value_ret)
{
	struct value scaled, *inputs[] = {value_ret};
	struct onnx_call outer = *call;
	enum emnist_status status = with_attribute(call, function_elu_of, "alpha",
						   1.67326319217681884765625f, value_ret);

	outer.inputs = inputs;
	if (!status)
		status = with_attribute(&outer, function_scaled, "gamma",
					1.05070102214813232421875f, &scaled);
	if (!status)
		*value_ret = scaled;
	return status;
}

/* The rank of node's output according to the graph; 0: not given. */
static size_t rank_of_output(const struct onnx_call *call)
{
	const Onnx__GraphProto *proto = call->graph->proto;

	for (size_t i = 0; i < proto->n_output; i++) {
		const Onnx__TypeProto *type = proto->output[i]->type;

		if (type && type->tensor_type && type->tensor_type->shape &&
		    strcmp(proto->output[i]->name, call->node->output[0]) == 0)
			return type->tensor_type->shape->n_dim;
	}
	return 0;
}

/* Before opset 13 a softmax is over an axis and all behind it. */
static bool flattens(const struct onnx_call *call)
{
	return call->graph->opset < 13;
}

/* Whether a softmax over this axis is over all classes of a row, and these alone. */
static bool is_over_classes(const struct onnx_call *call, const struct rows *rows, int64_t axis)
{
	const size_t rank = rows->rank ? rows->rank : rank_of_output(call);
	const int64_t at = axis < 0 ? axis + (int64_t)rank : axis;
	size_t n = 1;

	/* The last axis is that of the classes, whatever the rank is; so is, from the second on,
	 * all that is flattened. */
	if (rows->rank == 0)
		return axis == -1 || (rank > 0 && at == (int64_t)rank - 1) ||
		       (flattens(call) && axis == 1);
	if (at < 1 || at >= (int64_t)rank)
		return false;
	for (size_t i = (size_t)at; i < (flattens(call) ? rank : (size_t)at + 1); i++)
		n *= rows->dims[i];
	return n == rows->stage->width;
}

static enum emnist_status check_axis(const struct onnx_call *call, int64_t axis)
{
	const struct rows *rows = &call->inputs[0]->rows;

	if (call->inputs[0]->kind != VALUE_ROWS || is_over_classes(call, rows, axis))
		return EMNIST_OK;
	if (rows->rank == 0)
		return trace_refuse(call->trace,
				    "its axis is %lld of an unknown number of dimensions",
				    (long long)axis);
	return trace_refuse(call->trace,
			    "its axis is %lld of %zu dimensions, not that of the classes",
			    (long long)axis, rows->rank);
}

/* Softmax and LogSoftmax. */
static enum emnist_status softmax(const struct onnx_call *call, struct value *value_ret)
{
	const enum emnist_status status =
		check_axis(call, onnx_node_int(call->node, "axis", flattens(call) ? 1 : -1));

	return status ? status : trace_softmax(call->trace, call->inputs[0], value_ret);
}

/* The end of scikit-learn's two-class classifiers: p, the probability of the second class, comes
 * from a sigmoid, and 1 - p and p are concatenated. */
static enum emnist_status concat(const struct onnx_call *call, struct value *value_ret)
{
	const enum emnist_status status = check_axis(call, onnx_node_int(call->node, "axis", 1));

	if (status)
		return status;
	if (call->n_inputs != 2)
		return trace_refuse(call->trace, "it joins %zu values", call->n_inputs);
	return trace_pair(call->trace, call->inputs[0], call->inputs[1], value_ret);
}

/* -------------------------------------------------------------------- no-ops */

static enum emnist_status pass(const struct onnx_call *call, struct value *value_ret)
{
	*value_ret = *call->inputs[0];
	return EMNIST_OK;
}

static bool is_integer(const struct value *value)
{
	return (value->kind == VALUE_ROWS ? value->rows.type : value->tensor.type) == TENSOR_INT;
}

static enum emnist_status cast(const struct onnx_call *call, struct value *value_ret)
{
	const int64_t to = onnx_node_int(call->node, "to", 0);
	char shown[ONNX_TYPE_NBYTES];

	if (onnx_type_is_float(to))
		return trace_cast(call->trace, TENSOR_FLOAT, call->inputs[0], value_ret);
	if (is_integer(call->inputs[0]) && onnx_type_holds_bytes(to))
		return pass(call, value_ret);
	return trace_refuse(call->trace, "it casts to %s", onnx_type_shown(to, shown));
}

/* For constants, whose type matters only where they are used. */
static enum emnist_status cast_like(const struct onnx_call *call, struct value *value_ret)
{
	return call->inputs[0]->kind == VALUE_TENSOR
		       ? trace_cast(call->trace, TENSOR_FLOAT, call->inputs[0], value_ret)
		       : trace_refuse(call->trace, "only multilayer perceptrons are supported");
}

/* In training, Dropout is something else. */
static enum emnist_status dropout(const struct onnx_call *call, struct value *value_ret)
{
	const struct tensor *training = NULL;
	enum emnist_status status;

	if (!onnx_input(call, 2))
		return pass(call, value_ret);
	status = onnx_take_tensor(call, 2, &training);
	if (status)
		return status;
	if (training->n != 1 || training->values[0] != 0)
		return trace_refuse(call->trace, "it is in training mode");
	return pass(call, value_ret);
}

/* ----------------------------------------------------------------- the table */

#define FLOATS   ONNX_TAKES_FLOATS
#define INTEGERS ONNX_TAKES_INTEGERS
#define UNKNOWN  ONNX_TAKES_UNKNOWN

static const struct onnx_operator operators[] = {
	{"Gemm", NULL, gemm, NULL, 2, 3, FLOATS},
	{"MatMul", NULL, matmul, NULL, 2, 2, FLOATS},
	{"Add", NULL, binary, trace_add, 2, 2, 0},
	{"Sub", NULL, binary, trace_subtract, 2, 2, 0},
	{"Mul", NULL, binary, trace_multiply, 2, 2, 0},
	{"Div", NULL, binary, trace_divide, 2, 2, 0},
	{"BatchNormalization", NULL, batch_normalization, NULL, 5, 5, 0},
	{"Relu", NULL, unary, function_relu, 1, 1, 0},
	{"Elu", NULL, elu, NULL, 1, 1, 0},
	{"LeakyRelu", NULL, leaky_relu, NULL, 1, 1, 0},
	{"Selu", NULL, selu, NULL, 1, 1, 0},
	{"Sigmoid", NULL, unary, function_sigmoid, 1, 1, 0},
	{"Tanh", NULL, unary, function_hyperbolic_tangent, 1, 1, 0},
	{"Softmax", NULL, softmax, NULL, 1, 1, 0},
	{"LogSoftmax", NULL, softmax, NULL, 1, 1, 0},
	{"Concat", NULL, concat, NULL, 2, 2, 0},
	{"Flatten", NULL, onnx_flatten, NULL, 1, 1, INTEGERS},
	{"Squeeze", NULL, onnx_squeeze, NULL, 1, 1, INTEGERS | UNKNOWN},
	{"Unsqueeze", NULL, onnx_unsqueeze, NULL, 1, 1, INTEGERS | UNKNOWN},
	{"Transpose", NULL, onnx_transpose, NULL, 1, 1, FLOATS | INTEGERS},
	{"Identity", NULL, pass, NULL, 1, 1, FLOATS | INTEGERS},
	{"Reshape", NULL, onnx_reshape, NULL, 1, 1, INTEGERS | UNKNOWN},
	{"Dropout", NULL, dropout, NULL, 1, 1, FLOATS},
	{"Cast", NULL, cast, NULL, 1, 1, FLOATS | INTEGERS},
	{"CastLike", NULL, cast_like, NULL, 1, 1, FLOATS},
	{"Scaler", ONNX_ML, scaler, NULL, 1, 1, INTEGERS},
	{"ZipMap", ONNX_ML, pass, NULL, 1, 1, 0},
};

const struct onnx_operator *onnx_operator_of(const Onnx__NodeProto *node)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (onnx_node_is(node, operators[i].domain, operators[i].name))
			return &operators[i];
	return NULL;
}
