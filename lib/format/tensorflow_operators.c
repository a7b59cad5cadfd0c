/*
 * tensorflow_operators.c - the table of supported operators, a function for each, and the
 * evaluation of a graph.
 */
#include "tensorflow_operators.h"

#include "../base/memory.h"
#include "tensorflow_shapes.h"
#include "tensorflow_variables.h"
#include "trace_functions.h"

/* ------------------------------------------------------------ inputs, constants */

static enum emnist_status constant(const struct tensorflow_call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *value = tensorflow_attribute(call->node, "value");

	if (!value || !value->tensor)
		return error_set(call->trace->error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' has no value", call->trace->node);
	return tensorflow_constant(call->trace, value->tensor, value_ret);
}

static enum emnist_status placeholder(const struct tensorflow_call *call, struct value *value_ret)
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
			"the model has two inputs, '%.64s' and '%.64s'; only one is supported",
			call->graph->input->name, call->trace->node);
	if (dtype && !tensorflow_type_of(dtype->type, &number, &type))
		return error_set(call->trace->error, EMNIST_ERR_UNSUPPORTED,
				 "input '%.80s' has the type %s, which is not numeric",
				 call->trace->node, tensorflow_type_shown(dtype->type, shown));
	call->trace->takes_bytes = type == TENSOR_INT;
	rank = proto && !proto->unknown_rank ? proto->n_dim : 0;
	for (size_t i = 0; i < rank && i < TRACE_MAX_RANK; i++)
		dims[i] = proto->dim[i]->size > 0 ? size_clamped((uint64_t)proto->dim[i]->size) : 0;
	return trace_input(call->trace, type, rank, dims, value_ret);
}

/* A default unless something else is fed; may also be a graph's input. */
static enum emnist_status placeholder_with_default(const struct tensorflow_call *call,
						   struct value *value_ret)
{
	if (call->graph->input == call->node)
		return placeholder(call, value_ret);
	*value_ret = *call->inputs[0];
	return EMNIST_OK;
}

static enum emnist_status pass(const struct tensorflow_call *call, struct value *value_ret)
{
	*value_ret = *call->inputs[0];
	return EMNIST_OK;
}

/* A variable itself, not its value. */
static enum emnist_status variable_handle(const struct tensorflow_call *call,
					  struct value *value_ret)
{
	*value_ret = (struct value){.kind = VALUE_OTHER, .other = call->node};
	return EMNIST_OK;
}

static enum emnist_status variable(const struct tensorflow_call *call, struct value *value_ret)
{
	return tensorflow_variable(call->graph, call->node, value_ret);
}

/* A resource is the variable's; in graphs that were frozen by half, it is the value already. */
static enum emnist_status read_variable(const struct tensorflow_call *call, struct value *value_ret)
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

static enum emnist_status unary(const struct tensorflow_call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->function, type_of(call->inputs[0]),
				 call->inputs[0], NULL, value_ret);
}

static enum emnist_status binary(const struct tensorflow_call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->function, type_of(call->inputs[0]),
				 call->inputs[0], call->inputs[1], value_ret);
}

static enum emnist_status compare(const struct tensorflow_call *call, struct value *value_ret)
{
	return trace_elementwise(call->trace, call->function, TENSOR_BOOL, call->inputs[0],
				 call->inputs[1], value_ret);
}

/* function(x, number), which is linear. */
static enum emnist_status with_number(const struct tensorflow_call *call, const struct value *x,
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

static enum emnist_status negate(const struct tensorflow_call *call, struct value *value_ret)
{
	return with_number(call, call->inputs[0], trace_multiply, -1, value_ret);
}

static enum emnist_status leaky_relu(const struct tensorflow_call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *alpha = tensorflow_attribute(call->node, "alpha");

	/* The default is TensorFlow's. */
	return with_number(call, call->inputs[0], call->function,
			   alpha && alpha->has_f ? (double)alpha->f : (double)0.2f, value_ret);
}

/* condition * a + (1 - condition) * b */
static enum emnist_status choose(const struct tensorflow_call *call, struct value *value_ret)
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

static enum emnist_status cast(const struct tensorflow_call *call, struct value *value_ret)
{
	const Tensorflow__AttrValue *to = tensorflow_attribute(call->node, "DstT");
	enum tensor_type type = TENSOR_FLOAT;
	enum number_type number;

	if (!to || !tensorflow_type_of(to->type, &number, &type))
		return trace_refuse(call->trace, "it casts to type %d", to ? to->type : 0);
	return trace_cast(call->trace, type, call->inputs[0], value_ret);
}

/* For numbers; BiasAdd's channels are last unless it says otherwise. */
static enum emnist_status bias_add(const struct tensorflow_call *call, struct value *value_ret)
{
	const struct value *rows = call->inputs[0];

	if (rows->kind == VALUE_ROWS && rows->rows.rank != 2)
		return trace_refuse(call->trace, "its rows have %zu dimensions",
				    rows->rows.rank ? rows->rows.rank - 1 : 0);
	return binary(call, value_ret);
}

/* ------------------------------------------------------------------- layers */

/* Rows of classes, or of values to be multiplied: one dimension besides the batch. */
static enum emnist_status check_rows(const struct tensorflow_call *call)
{
	const struct value *rows = call->inputs[0];

	return rows->kind == VALUE_ROWS && rows->rows.rank > 2
		       ? trace_refuse(call->trace, "its rows have %zu dimensions",
				      rows->rows.rank - 1)
		       : EMNIST_OK;
}

static enum emnist_status matmul(const struct tensorflow_call *call, struct value *value_ret)
{
	const enum emnist_status status = check_rows(call);

	if (status)
		return status;
	if (tensorflow_flag(call->node, "transpose_a") || tensorflow_flag(call->node, "adj_x"))
		return trace_refuse(call->trace, "its first operand is transposed");
	return trace_matmul(call->trace, call->inputs[0], call->inputs[1],
			    tensorflow_flag(call->node, "transpose_b") ||
				    tensorflow_flag(call->node, "adj_y"),
			    value_ret);
}

static enum emnist_status softmax(const struct tensorflow_call *call, struct value *value_ret)
{
	const enum emnist_status status = check_rows(call);

	return status ? status : trace_softmax(call->trace, call->inputs[0], value_ret);
}

/* ----------------------------------------------------------------- the table */

static const struct operator
{
	const char *name;
	tensorflow_operation *operate;
	size_t n_inputs; /* at the least */
	trace_function *function;
}
operators[] = {
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

	{"Relu", unary, 1, function_relu},
	{"Elu", unary, 1, function_elu},
	{"Selu", unary, 1, function_selu},
	{"LeakyRelu", leaky_relu, 1, function_leaky},
	{"Sigmoid", unary, 1, function_sigmoid},
	{"Tanh", unary, 1, function_hyperbolic_tangent},
	{"Exp", unary, 1, function_exponential},
	{"Expm1", unary, 1, function_exponential_less_one},
	{"Log", unary, 1, function_logarithm},
	{"Log1p", unary, 1, function_logarithm_of_one_more},
	{"Sqrt", unary, 1, function_square_root},
	{"Rsqrt", unary, 1, function_reciprocal_root},
	{"Square", unary, 1, function_square},
	{"Reciprocal", unary, 1, function_reciprocal},
	{"Inv", unary, 1, function_reciprocal},
	{"Abs", unary, 1, function_absolute},
	{"Sign", unary, 1, function_sign_of},
	{"LogicalNot", unary, 1, function_negation},
	{"Maximum", binary, 2, function_larger},
	{"Minimum", binary, 2, function_smaller},
	{"Less", compare, 2, function_is_less},
	{"LessEqual", compare, 2, function_is_less_or_equal},
	{"Greater", compare, 2, function_is_greater},
	{"GreaterEqual", compare, 2, function_is_greater_or_equal},
	{"Equal", compare, 2, function_is_equal},
	{"NotEqual", compare, 2, function_is_not_equal},
	{"LogicalAnd", compare, 2, function_both},
	{"LogicalOr", compare, 2, function_either},
	{"Pow", binary, 2, function_power},
	{"FloorDiv", binary, 2, function_floor_quotient},
	{"FloorMod", binary, 2, function_floor_remainder},
	{"SquaredDifference", binary, 2, function_squared_difference},
	{"Select", choose, 3, NULL},
	{"SelectV2", choose, 3, NULL},

	{"Shape", tensorflow_shape, 1, NULL},
	{"Rank", tensorflow_rank, 1, NULL},
	{"Size", tensorflow_size, 1, NULL},
	{"Reshape", tensorflow_reshape, 2, NULL},
	{"Transpose", tensorflow_transpose, 2, NULL},
	{"ExpandDims", tensorflow_expand_dims, 2, NULL},
	{"Squeeze", tensorflow_squeeze, 1, NULL},
	{"StridedSlice", tensorflow_strided_slice, 4, NULL},
	{"Slice", tensorflow_slice, 3, NULL},
	{"Pack", tensorflow_pack, 1, NULL},
	{"ConcatV2", tensorflow_concatenate, 2, NULL},
	{"Concat", tensorflow_concatenate, 2, NULL},
	{"Range", tensorflow_range, 3, NULL},
	{"Fill", tensorflow_fill, 2, NULL},
	{"Gather", tensorflow_gather, 2, NULL},
	{"GatherV2", tensorflow_gather, 2, NULL},
	{"Prod", tensorflow_reduce, 2, trace_multiply},
	{"Sum", tensorflow_reduce, 2, trace_add},
	{"Max", tensorflow_reduce, 2, function_larger},
	{"Min", tensorflow_reduce, 2, function_smaller},
};

static const struct operator* find_operator(const Tensorflow__NodeDef *node)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (tensorflow_is(node, operators[i].name))
			return &operators[i];
	return NULL;
}

static enum emnist_status apply(struct tensorflow_call *call, struct value *value_ret)
{
	const struct operator* found = find_operator(call->node);

	if (!found)
		return trace_refuse(call->trace, "only multilayer perceptrons are supported");
	if (call->n_inputs < found->n_inputs)
		return trace_lacks(call->trace, call->n_inputs);
	/* Inputs without a value are only for operators on variables. */
	for (size_t i = 0; i < call->n_inputs; i++)
		if (call->inputs[i]->kind == VALUE_OTHER && found->operate != read_variable &&
		    found->operate != pass)
			return trace_refuse(call->trace, "its input %zu is not a tensor of numbers",
					    i + 1);
	call->function = found->function;
	return found->operate(call, value_ret);
}

/* --------------------------------------------------------------- evaluation */

static const Tensorflow__NodeDef *begin(struct tensorflow_graph *graph,
					const struct tensorflow_step *step)
{
	const Tensorflow__NodeDef *node = step->frame->scope->nodes[step->node];

	graph->trace.op = node->op ? node->op : "";
	graph->trace.node = tensorflow_name(node);
	return node;
}

/* The inputs that are tensors, which come first; those of an output that is not the first are the
 * first. */
static enum emnist_status take_inputs(void *context, struct trace_node *of,
				      struct trace_node **inputs, size_t *n_ret)
{
	const struct tensorflow_step *step = (const struct tensorflow_step *)of;
	struct tensorflow_graph *graph = context;
	const Tensorflow__NodeDef *node = begin(graph, step);
	enum emnist_status status = EMNIST_OK;
	size_t n = 0;

	if (step->is_other_output) {
		inputs[(*n_ret)++] = &step->frame->steps[step->node].head;
		return EMNIST_OK;
	}
	if (node->n_input > TENSORFLOW_MAX_PARTS || node->n_attr > TENSORFLOW_MAX_PARTS)
		return trace_refuse(&graph->trace, "it has more than %d inputs or attributes",
				    TENSORFLOW_MAX_PARTS);
	for (; !status && n < node->n_input && !tensorflow_is_control(node->input[n]); n++) {
		struct tensorflow_step *input = NULL;
		struct tensorflow_ref ref;

		status = tensorflow_resolve(graph, step->frame, node->input[n], &ref);
		if (!status)
			status = tensorflow_step_of(graph, &ref, &input);
		if (!status)
			inputs[n] = &input->head;
	}
	*n_ret = n;
	return status;
}

static enum emnist_status operate(void *context, struct trace_node *of, struct value *const *inputs,
				  size_t n_inputs, struct value *value_ret)
{
	const struct tensorflow_step *step = (const struct tensorflow_step *)of;
	struct tensorflow_graph *graph = context;
	struct tensorflow_call call = {.graph = graph,
				       .trace = &graph->trace,
				       .node = begin(graph, step),
				       .inputs = inputs,
				       .n_inputs = n_inputs};

	if (step->is_other_output)
		return trace_refuse(&graph->trace, "an output other than its first is used");
	return apply(&call, value_ret);
}

enum emnist_status tensorflow_evaluate(struct tensorflow_graph *graph,
				       const struct tensorflow_ref *ref, struct value *value_ret)
{
	static const struct trace_reader reader = {take_inputs, operate};
	struct tensorflow_step *step = &ref->frame->steps[ref->node];
	const enum emnist_status status =
		trace_evaluate(&graph->trace, &reader, graph, &step->head);

	if (!status)
		*value_ret = *step->head.value;
	return status;
}
