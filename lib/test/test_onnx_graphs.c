/*
 * test_onnx_graphs.c - models of testdata/models/graphs: what ONNX Runtime makes of those that are
 * read, under the labels that their graphs name, and why the others are refused.
 */
#include "answers.h"

#define GRAPHS "testdata/models/graphs/"

static void check_labels(const struct emnist_model *model, const char *name, char *expected)
{
	const struct emnist_labels *labels = emnist_model_labels(model);
	size_t n = 0;

	for (char *label; (label = strsep(&expected, " ")); n++) {
		if (n == emnist_labels_count(labels))
			fail_msg("%s: only %zu labels", name, n);
		if (strcmp(emnist_labels_text(labels, n), label) != 0)
			fail_msg("%s: class %zu is '%s', not '%s'", name, n,
				 emnist_labels_text(labels, n), label);
	}
	assert_int_equal(n, emnist_labels_count(labels));
}

static void test_answers(void **state)
{
	FILE *table = open_table(GRAPHS "outputs.tsv");
	char line[4096], path[256], *fields[4];
	size_t n = 0;

	(void)state;
	for (; next_line(table, line, sizeof(line), fields, 4); n++) {
		struct emnist_model *model;
		struct emnist_error error;

		snprintf(path, sizeof(path), GRAPHS "%s.onnx", fields[0]);
		if (emnist_model_read(path, NULL, &model, &error))
			fail_msg("%s: %s", fields[0], error.message);
		check_labels(model, fields[0], fields[1]);
		check_answer(model, fields[0], fields[2], fields[3]);
		emnist_model_free(model);
	}
	assert_true(n >= 3 * 80);
	fclose(table);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused(GRAPHS, "refused.tsv", ".onnx", 40);
}

/* The caller's labels stand above those of the graph, which need not even be of use. */
static void test_labels_of_caller(void **state)
{
	static const char mapping[] = "0 945\n1 946\n2 947\n";
	struct emnist_model_options options = {0};
	struct emnist_labels *labels;
	struct emnist_model *model;

	(void)state;
	assert_int_equal(emnist_labels_parse(mapping, strlen(mapping), &labels, NULL), EMNIST_OK);
	options.labels = labels;
	assert_int_equal(
		emnist_model_read(GRAPHS "numbers_of_nothing.onnx", &options, &model, NULL),
		EMNIST_OK);
	assert_string_equal(emnist_labels_text(emnist_model_labels(model), 2), "\u03b3");
	emnist_model_free(model);
	emnist_labels_free(labels);
}

/* What is written says by its metadata what the graph had said. */
static void test_labels_travel(void **state)
{
	struct emnist_model *model, *back;
	size_t nbytes;
	void *bytes;

	(void)state;
	assert_int_equal(emnist_model_read(GRAPHS "sklearn_text_map.onnx", NULL, &model, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_model_export(model, NULL, &bytes, &nbytes, NULL), EMNIST_OK);
	assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &back, NULL), EMNIST_OK);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(emnist_labels_text(emnist_model_labels(back), i),
				    emnist_labels_text(emnist_model_labels(model), i));
	free(bytes);
	emnist_model_free(back);
	emnist_model_free(model);
}

static void check_scaling(const struct emnist_model *model,
			  const struct emnist_model_options *options, double shown)
{
	const struct emnist_input_scaling scaling = emnist_model_input_scaling(model);

	assert_true(scaling.scale == (options->input_scale != 0 ? options->input_scale : shown));
	assert_true(scaling.mean == options->input_mean);
	assert_true(scaling.std == options->input_std);
}

/* What was done to the inputs outside of the graph is in the weights, and so in every file that is
 * written of the model; it is not done a second time. */
static void check_outside(char **fields)
{
	const double shown = strcmp(fields[0], "outside_bytes") == 0 ? 255 : 1;
	const struct emnist_model_options options = {
		.input_scale = strtod(fields[1], NULL),
		.input_mean = strtod(fields[2], NULL),
		.input_std = strtod(fields[3], NULL),
	};
	float vector[8], expected[16];
	struct emnist_model *model;
	char path[256];

	snprintf(path, sizeof(path), GRAPHS "%s.onnx", fields[0]);
	assert_int_equal(emnist_model_read(path, &options, &model, NULL), EMNIST_OK);
	assert_int_equal(scan_numbers(fields[4], vector, 8), emnist_model_n_inputs(model));
	assert_int_equal(scan_numbers(fields[5], expected, 16), emnist_model_n_outputs(model));
	check_probabilities(model, fields[0], vector, expected);
	check_scaling(model, &options, shown);
	for (int format = EMNIST_FORMAT_ONNX; format <= EMNIST_FORMAT_SAFETENSORS; format++) {
		const struct emnist_save_options save = {.format = (enum emnist_format)format};
		struct emnist_model *back;
		size_t nbytes;
		void *bytes;

		assert_int_equal(emnist_model_export(model, &save, &bytes, &nbytes, NULL),
				 EMNIST_OK);
		assert_int_equal(emnist_model_parse(bytes, nbytes, NULL, &back, NULL), EMNIST_OK);
		check_probabilities(back, fields[0], vector, expected);
		check_scaling(back, &options, shown);
		emnist_model_free(back);
		free(bytes);
	}
	emnist_model_free(model);
}

static void test_scaled_outside(void **state)
{
	FILE *table = open_table(GRAPHS "outside.tsv");
	char line[1024], *fields[6];
	size_t n = 0;

	(void)state;
	for (; next_line(table, line, sizeof(line), fields, 6); n++)
		check_outside(fields);
	assert_int_equal(n, 2 * 6 * 3);
	fclose(table);
}

static void test_scaling_out_of_range(void **state)
{
	static const struct emnist_model_options wrong[] = {
		{.input_std = -1},
		{.input_scale = (double)INFINITY},
		{.input_mean = (double)NAN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct emnist_error error = {.message = "none"};
		struct emnist_model *model;

		assert_int_equal(
			emnist_model_read(GRAPHS "outside_unit.onnx", &wrong[i], &model, &error),
			EMNIST_ERR_ARGUMENT);
		assert_string_equal(error.message,
				    "the input's scale, mean or deviation is out of range");
		assert_null(model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_labels_of_caller),
		cmocka_unit_test(test_labels_travel),
		cmocka_unit_test(test_scaled_outside),
		cmocka_unit_test(test_scaling_out_of_range),
	};

	return cmocka_run_group_tests_name("onnx_graphs", tests, NULL, NULL);
}
