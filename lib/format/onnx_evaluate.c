/*
 * onnx_evaluate.c - evaluates an ONNX graph into a model.
 *
 * An unsupported value is refused only if something needs it. Exporters write branches that only
 * compute the batch size, with arbitrary operators. Such a value is a refusal, which passes on to
 * everything computed from it.
 */
#include "onnx_evaluate.h"

#include <stdio.h>
#include <string.h>

#include "../base/memory.h"
#include "onnx_operators.h"

/* Why a value is not known: VALUE_OTHER. */
struct refusal {
	struct emnist_error error;
	const struct value *of; /* the unsupported value that caused it */
	bool is_of_input;       /* the graph's */
};

/* ------------------------------------------------------------------- the input */

static enum emnist_status input_type(const Onnx__ValueInfoProto *input,
				     const Onnx__TypeProto__Tensor *type, struct trace *trace,
				     enum tensor_type *type_ret)
{
	char shown[ONNX_TYPE_NBYTES];

	*type_ret = TENSOR_FLOAT;
	if (!type || onnx_type_is_float(type->elem_type))
		return EMNIST_OK;
	if (!onnx_type_holds_bytes(type->elem_type))
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "input '%.80s' has the unsupported type %s", input->name,
				 onnx_type_shown(type->elem_type, shown));
	/* Whole numbers are pixels of 0 to 255. */
	trace->takes_bytes = true;
	*type_ret = TENSOR_INT;
	return EMNIST_OK;
}

/* The number of values in a row of the input. The first dimension is the batch, if there are
 * several. */
static enum emnist_status input_width(const Onnx__ValueInfoProto *input,
				      const Onnx__TensorShapeProto *shape, struct trace *trace,
				      size_t *width_ret)
{
	size_t width = 1;

	if (!shape || shape->n_dim == 0)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED, "input '%.80s' has no shape",
				 input->name);
	for (size_t i = shape->n_dim > 1 ? 1 : 0; i < shape->n_dim; i++) {
		const int64_t dim = shape->dim[i]->dim_value;

		if (dim <= 0)
			return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
					 "input '%.80s' has no fixed size in dimension %zu",
					 input->name, i + 1);
		if (dim > MODEL_MAX_WIDTH || (uint64_t)width * (uint64_t)dim > MODEL_MAX_WIDTH)
			return error_set(trace->error, EMNIST_ERR_LIMIT,
					 "input '%.80s' has more than %d values", input->name,
					 MODEL_MAX_WIDTH);
		width *= (size_t)dim;
	}
	*width_ret = width;
	return EMNIST_OK;
}

/* Without a batch, or with too many dimensions, the shape counts as unknown. */
static enum emnist_status make_input(struct onnx_graph *graph, struct value *value_ret)
{
	const Onnx__TypeProto *type = graph->input_info->type;
	const Onnx__TensorShapeProto *shape =
		type && type->tensor_type ? type->tensor_type->shape : NULL;
	size_t dims[TRACE_MAX_RANK] = {0}, rank = 2;
	enum tensor_type tensor = TENSOR_FLOAT;
	enum emnist_status status;

	status = input_type(graph->input_info, type ? type->tensor_type : NULL, &graph->trace,
			    &tensor);
	if (!status)
		status = input_width(graph->input_info, shape, &graph->trace, &dims[1]);
	if (status)
		return status;
	if (shape->n_dim > 1 && shape->n_dim <= TRACE_MAX_RANK) {
		rank = shape->n_dim;
		for (size_t i = 0; i < rank; i++)
			dims[i] = shape->dim[i]->dim_value > 0
					  ? size_clamped((uint64_t)shape->dim[i]->dim_value)
					  : 0;
	}
	status = trace_input(&graph->trace, tensor, rank, dims, value_ret);
	if (!status && rank != shape->n_dim)
		value_ret->rows.rank = 0;
	return status;
}

/* ------------------------------------------------------------------- constants */

/* Numbers in an attribute itself, one or a vector. */
static enum emnist_status numbers_of_attribute(struct trace *trace,
					       const Onnx__AttributeProto *attribute,
					       bool is_vector, struct value *value_ret)
{
	const float *floats = is_vector ? attribute->floats : &attribute->f;
	const int64_t *ints = is_vector ? attribute->ints : &attribute->i;
	const size_t n_floats = is_vector ? attribute->n_floats : (attribute->has_f ? 1 : 0);
	const size_t n = n_floats > 0 ? n_floats
			 : is_vector  ? attribute->n_ints
				      : (attribute->has_i ? 1 : 0);
	enum emnist_status status;
	double *values;

	if (n == 0)
		return trace_refuse(trace, "its values are not numbers");
	status = tensor_make(trace, n_floats > 0 ? TENSOR_FLOAT : TENSOR_INT, is_vector, &n,
			     value_ret, &values);
	for (size_t i = 0; !status && i < n; i++)
		values[i] = n_floats > 0 ? (double)floats[i] : (double)ints[i];
	return status;
}

static enum emnist_status make_tensor(struct onnx_graph *graph, const Onnx__TensorProto *tensor,
				      const char *name, struct value *value_ret)
{
	return onnx_tensor_value(&graph->trace, tensor, name, graph->lasting, graph->lasting_nbytes,
				 value_ret);
}

/* The value of a Constant node. */
static enum emnist_status make_constant(struct onnx_graph *graph, const struct onnx_name *of,
					struct value *value_ret)
{
	static const char *const ways[] = {"value_float", "value_floats", "value_int",
					   "value_ints"};
	const Onnx__AttributeProto *attribute = onnx_node_attribute(of->node, "value");

	if (attribute && attribute->t)
		return make_tensor(graph, attribute->t, of->name, value_ret);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		attribute = onnx_node_attribute(of->node, ways[i]);
		if (attribute)
			return numbers_of_attribute(&graph->trace, attribute, i % 2 != 0,
						    value_ret);
	}
	return trace_refuse(&graph->trace, "its values are not numbers");
}

/* ------------------------------------------------------------------- evaluation */

/* "domain.OP"; ONNX's own operators go without. */
static const char *full_name(struct trace *trace, const Onnx__NodeProto *node)
{
	const char *op = node->op_type ? node->op_type : "";
	size_t nbytes;
	char *name;

	if (onnx_node_is_standard(node))
		return op;
	nbytes = strlen(node->domain) + strlen(op) + 2;
	name = arena_alloc(&trace->arena, nbytes, 1);
	if (name)
		snprintf(name, nbytes, "%s.%s", node->domain, op);
	return name ? name : op;
}

/* The node or initializer of the name; NULL when the arena is exhausted. */
static struct onnx_name *find_maker(struct onnx_graph *graph, const char *name)
{
	struct onnx_name *found =
		strcmp(name, graph->input.name) == 0 ? &graph->input : onnx_graph_find(graph, name);

	if (!found)
		found = arena_alloc(&graph->trace.arena, 1, sizeof(*found));
	if (found)
		found->name = name;
	return found;
}

/* The inputs of the node's operator, if the name is its first output. */
static enum emnist_status take_inputs(void *context, struct trace_node *of,
				      struct trace_node **inputs, size_t *n_ret)
{
	const struct onnx_name *name = (const struct onnx_name *)of;
	const Onnx__NodeProto *node = name->node;
	struct onnx_graph *graph = context;

	if (!node)
		return EMNIST_OK;
	for (size_t i = 0; i < node->n_input; i++) {
		const char *input = onnx_node_input(node, i);
		struct onnx_name *made = input ? find_maker(graph, input) : NULL;

		if (input && !made)
			return trace_memory(&graph->trace);
		inputs[i] = made ? &made->head : NULL;
	}
	*n_ret = node->n_input;
	return EMNIST_OK;
}

/* Whether it computes with integers; inputs that depend on the model's input count first. */
static bool computes_integers(const struct onnx_call *call)
{
	for (size_t i = 0; i < call->n_inputs; i++)
		if (call->inputs[i] && call->inputs[i]->kind == VALUE_ROWS)
			return call->inputs[i]->rows.type == TENSOR_INT;
	return call->n_inputs > 0 && call->inputs[0] && call->inputs[0]->kind == VALUE_TENSOR &&
	       call->inputs[0]->tensor.type == TENSOR_INT;
}

static enum emnist_status apply(struct onnx_call *call, const struct onnx_operator *known,
				struct value *value_ret)
{
	for (size_t i = 0; i < known->n_inputs; i++)
		if (!onnx_input(call, i))
			return trace_lacks(call->trace, i);
	for (size_t i = 0; !(known->takes & ONNX_TAKES_FLOATS) && i < known->n_inputs; i++) {
		struct value *input = call->inputs[i];
		enum emnist_status status = EMNIST_OK;

		if (input->kind == VALUE_TENSOR)
			status = tensor_decode(call->trace, &input->tensor);
		if (status)
			return status;
	}
	call->function = known->function;
	return known->operate(call, value_ret);
}

/* Whether the operator needs input i, a refusal. An unsupported operator is itself a better reason
 * than the graph's input. Damaged values are not taken for computed ones. */
static bool is_needed(const struct onnx_operator *known, const struct value *input, size_t i)
{
	const struct refusal *refusal = input->other;

	if (!known)
		return !refusal->is_of_input;
	return i < known->n_known || (known->takes & ONNX_TAKES_UNKNOWN && refusal->of == input &&
				      refusal->error.code == EMNIST_ERR_CORRUPT);
}

/* The first refusal among the inputs that the operator needs, or NULL. */
static const struct value *find_refusal(const struct onnx_call *call,
					const struct onnx_operator *known)
{
	for (size_t i = 0; i < call->n_inputs; i++)
		if (call->inputs[i] && call->inputs[i]->kind == VALUE_OTHER &&
		    is_needed(known, call->inputs[i], i))
			return call->inputs[i];
	return NULL;
}

static enum emnist_status operate_node(struct onnx_graph *graph, const struct onnx_name *of,
				       struct value *const *inputs, size_t n_inputs,
				       struct value *value_ret)
{
	struct onnx_call call = {.graph = graph,
				 .trace = &graph->trace,
				 .node = of->node,
				 .inputs = inputs,
				 .n_inputs = n_inputs};
	const struct onnx_operator *known = onnx_operator_of(of->node);
	const struct value *refusal;

	if (known && !(known->takes & ONNX_TAKES_INTEGERS) && computes_integers(&call))
		return trace_refuse(call.trace,
				    "it computes with integers: a Cast to float must come first");
	refusal = find_refusal(&call, known);
	if (refusal) {
		*value_ret = *refusal;
		return EMNIST_OK;
	}
	if (onnx_node_is(of->node, NULL, "Constant"))
		return make_constant(graph, of, value_ret);
	if (!known)
		return trace_refuse(call.trace, "only multilayer perceptrons are supported");
	if (strcmp(of->name, of->node->output[0]) != 0)
		return trace_refuse(call.trace, "an output other than its first is used");
	return apply(&call, known, value_ret);
}

/* Makes a refusal of the error that is set. */
static enum emnist_status refuse(struct trace *trace, bool is_of_input, struct value *value_ret)
{
	struct refusal *refusal = arena_alloc(&trace->arena, 1, sizeof(*refusal));

	if (!refusal)
		return trace_memory(trace);
	refusal->error = *trace->error;
	refusal->of = value_ret;
	refusal->is_of_input = is_of_input;
	*value_ret = (struct value){.kind = VALUE_OTHER, .other = refusal};
	return EMNIST_OK;
}

static enum emnist_status operate(void *context, struct trace_node *of, struct value *const *inputs,
				  size_t n_inputs, struct value *value_ret)
{
	const struct onnx_name *name = (const struct onnx_name *)of;
	struct onnx_graph *graph = context;
	struct trace *trace = &graph->trace;
	const bool is_input = name == &graph->input;
	enum emnist_status status;

	trace->op = name->node ? full_name(trace, name->node) : "";
	trace->node = name->node ? onnx_node_name(name->node) : name->name;
	if (name->node)
		status = operate_node(graph, name, inputs, n_inputs, value_ret);
	else if (name->initializer)
		status = make_tensor(graph, name->initializer, name->name, value_ret);
	else if (is_input)
		status = make_input(graph, value_ret);
	else
		status = error_set(trace->error, EMNIST_ERR_CORRUPT,
				   "tensor '%.80s' is not computed by any operator", name->name);
	return status == EMNIST_OK || status == EMNIST_ERR_MEMORY || status == EMNIST_ERR_LIMIT
		       ? status
		       : refuse(trace, is_input, value_ret);
}

enum emnist_status onnx_evaluate(struct onnx_graph *graph, struct emnist_model **model_ret)
{
	static const struct trace_reader reader = {take_inputs, operate};
	struct onnx_name *output = find_maker(graph, graph->output);
	struct trace *trace = &graph->trace;
	enum emnist_status status;
	const struct value *value;

	if (!output)
		return trace_memory(trace);
	status = trace_evaluate(trace, &reader, graph, &output->head);
	if (status)
		return status;
	value = output->head.value;
	if (value->kind == VALUE_OTHER) {
		*trace->error = ((const struct refusal *)value->other)->error;
		return trace->error->code;
	}
	if (value->kind == VALUE_TENSOR)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "the output does not depend on the input");
	return trace_finish(trace, &value->rows, model_ret);
}
