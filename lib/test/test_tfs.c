/* test_tfs.c - answers in TensorFlow Serving's layout, and signatures with several outputs. */
#include "../../cli/serve/models/tfs_signature.h"
#include "../../cli/serve/tfs/tfs_answer.h"
#include "../../cli/serve/tfs/tfs_regress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const float probabilities[] = {0.5F, 1, 2e-7F, 0.25F};

static void assert_text(struct text *text, const char *wanted)
{
	text_putc(text, '\0');
	assert_false(text->failed);
	assert_string_equal(text->bytes, wanted);
	text_reset(text);
}

/* What RapidJSON's PrettyWriter gives, told what TensorFlow Serving tells it. */
static void answers_have_its_layout(void **state)
{
	struct tfs_scores scores = {probabilities, 2, 2, NULL};
	struct text text = {0};

	(void)state;
	tfs_put_predictions(&text, &scores);
	assert_text(&text, "{\n    \"predictions\": [[0.5, 1.0], [2e-07, 0.25]\n    ]\n}");
	tfs_put_outputs(&text, &scores);
	assert_text(&text,
		    "{\n    \"outputs\": [\n        [\n            0.5,\n            1.0\n"
		    "        ],\n        [\n            2e-07,\n            0.25\n        ]\n"
		    "    ]\n}");
	scores.n = 1;
	tfs_put_predictions(&text, &scores);
	assert_text(&text, "{\n    \"predictions\": [[0.5, 1.0]\n    ]\n}");
	text_release(&text);
}

static void one_of_several_outputs_is_named(void **state)
{
	const struct tfs_scores scores = {probabilities, 2, 2, "a"};
	struct text text = {0};

	(void)state;
	tfs_put_predictions(&text, &scores);
	assert_text(
		&text,
		"{\n    \"predictions\": [\n        {\n            \"a\": [0.5, 1.0]\n        },\n"
		"        {\n            \"a\": [2e-07, 0.25]\n        }\n    ]\n}");
	tfs_put_outputs(&text, &scores);
	assert_text(&text,
		    "{\n    \"outputs\": {\n        \"a\": [\n            [\n                0.5,\n"
		    "                1.0\n            ],\n            [\n                2e-07,\n"
		    "                0.25\n            ]\n        ]\n    }\n}");
	text_release(&text);
}

static void labels_come_with_the_highest_score_first(void **state)
{
	const struct tfs_scores scores = {probabilities, 2, 2, NULL};
	struct emnist_labels *labels;
	struct text text = {0};

	(void)state;
	assert_int_equal(emnist_labels_parse("0 34\n1 65\n", 10, &labels, NULL), EMNIST_OK);
	tfs_put_results(&text, &scores, labels);
	assert_text(&text, "{\n    \"results\": [[[\"A\", 1.0], [\"\\\"\", 0.5]], "
			   "[[\"A\", 0.25], [\"\\\"\", 2e-07]]\n    ]\n}");
	emnist_labels_free(labels);
	text_release(&text);
}

/* ------------------------------------------------------------------- signatures */

static const struct emnist_dim dims[] = {{-1, "n"}, {0, NULL}};

static const struct emnist_tensor_info examples = {"inputs", "example:0", "string", NULL, 0},
				       images = {"images", "x:0", "float32", dims, 2},
				       same_images = {"inputs", "x:0", "float32", dims, 2};
static const struct emnist_tensor_info outputs[] = {
	{"classes", "classes:0", "string", NULL, 0},
	{"logits", "logits:0", "float32", dims, 2},
	{"probabilities", "softmax:0", "float32", dims, 2},
};

/* As they come, sorted by name. */
static const struct emnist_signature list[] = {
	{"decode", "tensorflow/serving/classify", &examples, outputs, 1, 3},
	{"labels", "tensorflow/serving/classify", &images, outputs, 1, 1},
	{"logits", "tensorflow/serving/predict", &images, outputs + 1, 1, 1},
	{"scores", "tensorflow/serving/predict", &same_images, outputs + 2, 1, 1},
	{"serving_default", "tensorflow/serving/predict", &images, outputs, 1, 3},
};
static const struct tfs_signatures signatures = {.list = list, .n = 5};

static void signatures_are_found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(tfs_signature_find(&signatures, "", 0), &list[4]);
	assert_ptr_equal(tfs_signature_find(&signatures, "labels and more", 6), &list[1]);
	assert_null(tfs_signature_find(&signatures, "labels and more", 15));
	assert_null(tfs_signature_find(&signatures, "label", 5));
}

/* Those that compute what the default one does. */
static void other_inputs_or_outputs_are_not_computed(void **state)
{
	(void)state;
	assert_null(tfs_signature_output(&signatures, &list[0]));
	assert_null(tfs_signature_output(&signatures, &list[1]));
	assert_null(tfs_signature_output(&signatures, &list[2]));
	assert_string_equal(tfs_signature_output(&signatures, &list[3])->key, "probabilities");
	assert_string_equal(tfs_signature_output(&signatures, &list[4])->key, "probabilities");
}

static void regression_is_refused(void **state)
{
	struct text text = {0};

	(void)state;
	tfs_refuse_regression(&list[4], &text);
	assert_text(&text, "Expected one output Tensor.");
	tfs_refuse_regression(&list[2], &text);
	assert_text(&text,
		    "No regression inputs found in SignatureDef: inputs {\n  key: \"images\"\n"
		    "  value {\n    name: \"x:0\"\n    dtype: DT_FLOAT\n    tensor_shape {\n"
		    "      dim {\n        size: -1\n        name: \"n\"\n      }\n      dim {\n"
		    "      }\n    }\n  }\n}\noutputs {\n  key: \"logits\"\n  value {\n"
		    "    name: \"logits:0\"\n    dtype: DT_FLOAT\n    tensor_shape {\n      dim {\n"
		    "        size: -1\n        name: \"n\"\n      }\n      dim {\n      }\n    }\n"
		    "  }\n}\nmethod_name: \"tensorflow/serving/predict\"\n");
	text_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_have_its_layout),
		cmocka_unit_test(one_of_several_outputs_is_named),
		cmocka_unit_test(labels_come_with_the_highest_score_first),
		cmocka_unit_test(signatures_are_found_by_name),
		cmocka_unit_test(other_inputs_or_outputs_are_not_computed),
		cmocka_unit_test(regression_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
