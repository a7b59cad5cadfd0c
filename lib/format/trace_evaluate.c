/*
 * trace_evaluate.c - evaluates everything that a graph's output depends on.
 *
 * A node's inputs are evaluated first, with an explicit stack, so that neither long chains nor
 * cycles can overflow the program's. Each node is evaluated once, and only if the output depends on
 * it.
 */
#include <string.h>

#include "trace.h"

/* Operators in a row: a network of MODEL_MAX_LAYERS layers has less than a third of these. One more
 * node, the input, comes before them. */
#define MAX_OPERATORS 4096

/* Nodes that are still to be evaluated, the next one last. */
struct stack {
	struct trace_node **nodes;
	size_t n;
	size_t capacity;
};

static enum emnist_status push(struct trace *trace, struct stack *stack, struct trace_node *node)
{
	struct trace_node **grown;

	if (node->is_open)
		return error_set(trace->error, EMNIST_ERR_CORRUPT, "operators form a cycle");
	if (stack->n == stack->capacity) {
		/* The abandoned arrays take no more than the current one. */
		stack->capacity = stack->capacity ? 2 * stack->capacity : 256;
		grown = arena_alloc(&trace->arena, stack->capacity, sizeof(struct trace_node *));
		if (!grown)
			return trace_memory(trace);
		if (stack->n > 0)
			memcpy(grown, stack->nodes, stack->n * sizeof(struct trace_node *));
		stack->nodes = grown;
	}
	stack->nodes[stack->n++] = node;
	return EMNIST_OK;
}

/* Asks for node's inputs, and pushes those without a value, so that the first one is evaluated
 * first. */
static enum emnist_status open_node(struct trace *trace, const struct trace_reader *reader,
				    void *graph, struct stack *stack, struct trace_node *node)
{
	struct trace_node *inputs[TRACE_MAX_INPUTS];
	enum emnist_status status = reader->inputs(graph, node, inputs, &node->n_inputs);

	if (status)
		return status;
	node->is_open = true;
	node->inputs = arena_alloc(&trace->arena, node->n_inputs, sizeof(struct trace_node *));
	if (!node->inputs)
		return trace_memory(trace);
	for (size_t i = node->n_inputs; !status && i-- > 0;) {
		node->inputs[i] = inputs[i];
		if (inputs[i] && !inputs[i]->value)
			status = push(trace, stack, inputs[i]);
	}
	return status;
}

/* Computes a node whose inputs are known. */
static enum emnist_status close_node(struct trace *trace, const struct trace_reader *reader,
				     void *graph, struct trace_node *node)
{
	struct value *inputs[TRACE_MAX_INPUTS];
	struct value *value = arena_alloc(&trace->arena, 1, sizeof(*value));

	if (!value)
		return trace_memory(trace);
	for (size_t i = 0; i < node->n_inputs; i++)
		inputs[i] = node->inputs[i] ? node->inputs[i]->value : NULL;
	node->is_open = false;
	node->value = value;
	return reader->operate(graph, node, inputs, node->n_inputs, value);
}

enum emnist_status trace_evaluate(struct trace *trace, const struct trace_reader *reader,
				  void *graph, struct trace_node *node)
{
	struct stack stack = {NULL, 0, 0};
	enum emnist_status status = push(trace, &stack, node);
	size_t depth = 0;

	while (!status && stack.n > 0) {
		struct trace_node *top = stack.nodes[stack.n - 1];

		if (top->value) {
			stack.n--;
		} else if (top->is_open) {
			status = close_node(trace, reader, graph, top);
			depth--;
		} else if (depth++ > MAX_OPERATORS) {
			status = error_set(trace->error, EMNIST_ERR_LIMIT,
					   "more than %d operators in a row are not supported",
					   MAX_OPERATORS);
		} else {
			status = open_node(trace, reader, graph, &stack, top);
		}
	}
	return status;
}
