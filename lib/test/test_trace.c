/*
 * test_trace.c - which activation an expression is, up to the rounding of a graph's constants and
 * no further; and the order in which a graph is evaluated.
 */
#include <math.h>

#include "../format/trace_functions.h"
#include "tables.h"

/* ------------------------------------------------------------- activations */

static void begin(struct trace *trace, struct emnist_error *error)
{
	assert_int_equal(trace_init(trace, 0, error), EMNIST_OK);
}

static const struct expression *number(struct trace *trace, double value)
{
	const struct expression *made = expression_number(trace, value);

	assert_non_null(made);
	return made;
}

/* ELU, whose far side is `share` of itself more than it should be. */
static bool recognize_elu(double share, struct recognised *found)
{
	const struct expression *x, *elu, *excess, *sum;
	struct emnist_error error;
	struct trace trace;
	bool is_one;

	begin(&trace, &error);
	x = expression_variable(&trace);
	elu = expression_of(&trace, function_elu, x, NULL);
	excess = expression_of(&trace, function_is_greater, x, number(&trace, 4));
	excess = expression_of(&trace, trace_multiply, excess, x);
	excess = expression_of(&trace, trace_multiply, excess, number(&trace, share));
	sum = expression_of(&trace, trace_add, elu, excess);
	assert_non_null(sum);
	is_one = expression_recognise(sum, found);
	trace_clear(&trace);
	return is_one;
}

/* A float's rounding, 6e-8, is no difference; a hundred times as much is. */
static void test_tolerance(void **state)
{
	static const double same[] = {0, 6e-8, -6e-8, 5e-7};
	static const double other[] = {4e-6, -4e-6, 1e-4, 5e-3, 0.5};
	struct recognised found;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		assert_true(recognize_elu(same[i], &found));
		assert_int_equal(found.activation, EMNIST_ELU);
		assert_true(found.alpha == 1 && found.scale == 1 && found.shift == 0);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		assert_false(recognize_elu(other[i], &found));
}

/* The same of what is near a function only near 0, as x - x^3/3 is to tanh. */
static void test_near_zero(void **state)
{
	const struct expression *x, *cube;
	struct emnist_error error;
	struct recognised found;
	struct trace trace;

	(void)state;
	begin(&trace, &error);
	x = expression_variable(&trace);
	cube = expression_of(&trace, function_power, x, number(&trace, 3));
	cube = expression_of(&trace, trace_divide, cube, number(&trace, 3));
	assert_false(expression_recognise(expression_of(&trace, trace_subtract, x, cube), &found));
	assert_true(expression_recognise(
		expression_of(&trace, function_hyperbolic_tangent, x, NULL), &found));
	assert_int_equal(found.activation, EMNIST_TANH);
	trace_clear(&trace);
}

/* -------------------------------------------------------------- evaluation */

enum {
	N_NODES = 5000,
};

/* Each node takes those whose numbers stand in takes, and is one more than their sum. */
struct numbers {
	struct trace trace;
	struct {
		struct trace_node head;
		int takes[3]; /* -1: none */
		bool is_left_out;
		int n_evaluated;
	} nodes[N_NODES];
};

static size_t number_of(const struct numbers *graph, const struct trace_node *node)
{
	return (size_t)((const char *)node - (const char *)graph->nodes) / sizeof(*graph->nodes);
}

static enum emnist_status inputs_of(void *context, struct trace_node *node,
				    struct trace_node **inputs, size_t *n_ret)
{
	struct numbers *graph = context;
	const size_t k = number_of(graph, node);

	if (graph->nodes[k].is_left_out)
		inputs[(*n_ret)++] = NULL;
	for (size_t i = 0; i < 3; i++)
		if (graph->nodes[k].takes[i] >= 0)
			inputs[(*n_ret)++] = &graph->nodes[graph->nodes[k].takes[i]].head;
	return EMNIST_OK;
}

static enum emnist_status operate(void *context, struct trace_node *node,
				  struct value *const *inputs, size_t n_inputs,
				  struct value *value_ret)
{
	struct numbers *graph = context;
	double sum = 1;

	graph->nodes[number_of(graph, node)].n_evaluated++;
	for (size_t i = 0; i < n_inputs; i++)
		sum += inputs[i] ? inputs[i]->tensor.values[0] : 100;
	return tensor_scalar(&graph->trace, TENSOR_FLOAT, sum, value_ret);
}

static const struct trace_reader reader = {inputs_of, operate};

static struct numbers *new_numbers(struct emnist_error *error)
{
	struct numbers *graph = calloc(1, sizeof(*graph));

	assert_non_null(graph);
	begin(&graph->trace, error);
	for (size_t k = 0; k < N_NODES; k++)
		for (size_t i = 0; i < 3; i++)
			graph->nodes[k].takes[i] = -1;
	return graph;
}

static void free_numbers(struct numbers *graph)
{
	trace_clear(&graph->trace);
	free(graph);
}

/* 0 takes 1 and 2, both take 3, which leaves an input out; 4 is nobody's. */
static void test_each_once(void **state)
{
	struct emnist_error error;
	struct numbers *graph = new_numbers(&error);

	(void)state;
	graph->nodes[0].takes[0] = 1;
	graph->nodes[0].takes[1] = 2;
	graph->nodes[0].takes[2] = 1;
	graph->nodes[1].takes[0] = 3;
	graph->nodes[2].takes[0] = 3;
	graph->nodes[3].is_left_out = true;
	assert_int_equal(trace_evaluate(&graph->trace, &reader, graph, &graph->nodes[0].head),
			 EMNIST_OK);
	assert_true(graph->nodes[0].head.value->tensor.values[0] == 3 * 102 + 1);
	for (size_t k = 0; k < 5; k++)
		assert_int_equal(graph->nodes[k].n_evaluated, k < 4);
	free_numbers(graph);
}

static void test_circle(void **state)
{
	struct emnist_error error;
	struct numbers *graph = new_numbers(&error);

	(void)state;
	graph->nodes[0].takes[0] = 1;
	graph->nodes[1].takes[0] = 2;
	graph->nodes[2].takes[0] = 1;
	assert_int_equal(trace_evaluate(&graph->trace, &reader, graph, &graph->nodes[0].head),
			 EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message, "operators form a circle");
	free_numbers(graph);
}

/* n nodes in a row. */
static enum emnist_status evaluate_row(int n, struct emnist_error *error)
{
	struct numbers *graph = new_numbers(error);
	enum emnist_status status;

	for (int k = 0; k + 1 < n; k++)
		graph->nodes[k].takes[0] = k + 1;
	status = trace_evaluate(&graph->trace, &reader, graph, &graph->nodes[0].head);
	free_numbers(graph);
	return status;
}

static void test_long_row(void **state)
{
	struct emnist_error error;

	(void)state;
	assert_int_equal(evaluate_row(4096, &error), EMNIST_OK);
	assert_int_equal(evaluate_row(4097, &error), EMNIST_ERR_LIMIT);
	assert_string_equal(error.message, "more than 4096 operators in a row are not read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tolerance), cmocka_unit_test(test_near_zero),
		cmocka_unit_test(test_each_once), cmocka_unit_test(test_circle),
		cmocka_unit_test(test_long_row),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
