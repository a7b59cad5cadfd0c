/*
 * test_trace.c - which activation an expression is, up to the rounding of a graph's constants and
 * no further; which weights are borrowed; and the order in which a graph is evaluated.
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
static bool recognize_elu(double share, struct recognized *found)
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
	is_one = expression_recognize(&trace, sum, found) == EMNIST_OK;
	trace_clear(&trace);
	return is_one;
}

/* A float's rounding, 6e-8, is no difference; a hundred times as much is. */
static void test_tolerance(void **state)
{
	static const double same[] = {0, 6e-8, -6e-8, 5e-7};
	static const double other[] = {4e-6, -4e-6, 1e-4, 5e-3, 0.5};
	struct recognized found;

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
	struct recognized found;
	struct trace trace;

	(void)state;
	begin(&trace, &error);
	x = expression_variable(&trace);
	cube = expression_of(&trace, function_power, x, number(&trace, 3));
	cube = expression_of(&trace, trace_divide, cube, number(&trace, 3));
	cube = expression_of(&trace, trace_subtract, x, cube);
	assert_int_equal(expression_recognize(&trace, cube, &found), EMNIST_ERR_UNSUPPORTED);
	x = expression_of(&trace, function_hyperbolic_tangent, x, NULL);
	assert_int_equal(expression_recognize(&trace, x, &found), EMNIST_OK);
	assert_int_equal(found.activation, EMNIST_TANH);
	trace_clear(&trace);
}

/* ------------------------------------------------------------------ weights */

enum {
	N_INPUTS = 3,
	N_OUTPUTS = 2,
};

/* Of a layer, by output; and the same by input. */
static const float by_output[] = {1, 2, 3, 4, 5, 6}, by_input[] = {1, 4, 2, 5, 3, 6};

/* A matrix of floats whose shape is what it is after an optional turn. */
static struct value matrix(const float *floats, size_t n_rows, size_t n_columns, bool is_lasting)
{
	return (struct value){.kind = VALUE_TENSOR,
			      .tensor = {.rank = 2,
					 .dims = {n_rows, n_columns},
					 .n = n_rows * n_columns,
					 .floats = floats,
					 .is_lasting = is_lasting}};
}

static void turn(struct trace *trace, struct value *value)
{
	static const double order[] = {1, 0};
	const struct tensor permutation = {
		.type = TENSOR_INT, .rank = 1, .dims = {2}, .n = 2, .values = order};

	assert_int_equal(trace_transpose(trace, value, &permutation, value), EMNIST_OK);
}

/* The layer of weights, which are turned and decoded before as is said. */
static void check_layer(struct value weights, bool is_turned, bool is_decoded, bool transposed,
			bool borrows)
{
	static const size_t dims[] = {0, N_INPUTS};
	struct value rows, product;
	struct emnist_error error;
	struct layer *layer;
	struct trace trace;

	assert_int_equal(trace_init(&trace, sizeof(by_output), &error), EMNIST_OK);
	if (is_turned)
		turn(&trace, &weights);
	if (is_decoded)
		assert_int_equal(tensor_decode(&trace, &weights.tensor), EMNIST_OK);
	assert_int_equal(trace_input(&trace, TENSOR_FLOAT, 2, dims, &rows), EMNIST_OK);
	assert_int_equal(trace_matmul(&trace, &rows, &weights, transposed, &product), EMNIST_OK);
	layer = &trace.model->layers[0];
	assert_int_equal(layer->n_inputs, N_INPUTS);
	assert_int_equal(layer->n_outputs, N_OUTPUTS);
	assert_int_equal(layer->borrows_weights, borrows);
	assert_memory_equal(layer->weights, by_output, sizeof(by_output));
	trace_clear(&trace);
}

/* However weights lie in a file, a layer has them by output; in place, where they lie so. */
static void test_weights(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		const bool lasts = i & 1, decoded = i & 2;

		check_layer(matrix(by_output, N_OUTPUTS, N_INPUTS, lasts), false, decoded, true,
			    lasts);
		check_layer(matrix(by_output, N_OUTPUTS, N_INPUTS, lasts), true, decoded, false,
			    lasts);
		check_layer(matrix(by_input, N_INPUTS, N_OUTPUTS, lasts), false, decoded, false,
			    false);
		check_layer(matrix(by_input, N_INPUTS, N_OUTPUTS, lasts), true, decoded, true,
			    false);
	}
}

/* Rows as wide as there are, again and again: the time that they take is bounded, too. */
static void test_bounded_time(void **state)
{
	static const size_t dims[] = {0, 1}, column[] = {1, MODEL_MAX_WIDTH};
	static float floats[MODEL_MAX_WIDTH];
	struct value rows, weights = matrix(floats, 1, MODEL_MAX_WIDTH, true), shift, product;
	enum emnist_status status;
	struct emnist_error error;
	struct trace trace;
	size_t n = 0;
	double *values;

	(void)state;
	assert_int_equal(trace_init(&trace, sizeof(floats), &error), EMNIST_OK);
	assert_int_equal(trace_input(&trace, TENSOR_FLOAT, 2, dims, &rows), EMNIST_OK);
	assert_int_equal(trace_matmul(&trace, &rows, &weights, false, &product), EMNIST_OK);
	assert_int_equal(tensor_make(&trace, TENSOR_FLOAT, 2, column, &shift, &values), EMNIST_OK);
	status = trace_elementwise(&trace, trace_add, TENSOR_FLOAT, &product, &shift, &product);
	for (; !status; n++) {
		struct value made;

		status = trace_elementwise(&trace, function_relu, TENSOR_FLOAT, &product, NULL,
					   &made);
	}
	assert_int_equal(status, EMNIST_ERR_LIMIT);
	assert_in_range(n, 100, 1200);
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
	assert_string_equal(error.message, "operators form a cycle");
	free_numbers(graph);
}

/* n operators in a row, and what they begin with. */
static enum emnist_status evaluate_row(int n, struct emnist_error *error)
{
	struct numbers *graph = new_numbers(error);
	enum emnist_status status;

	for (int k = 0; k < n; k++)
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
	assert_string_equal(error.message, "more than 4096 operators in a row are not supported");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tolerance), cmocka_unit_test(test_near_zero),
		cmocka_unit_test(test_weights),   cmocka_unit_test(test_bounded_time),
		cmocka_unit_test(test_each_once), cmocka_unit_test(test_circle),
		cmocka_unit_test(test_long_row),
	};

	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
