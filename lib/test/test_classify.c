/*
 * test_classify.c - many images in a call: each gets the answer that it gets alone, whatever comes
 * with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#include "../emnist_classify.h"
#include "models.h"
#include "pictures.h"

#define SCAN "testdata/samples/digit-2-scan.png"

/* More than two of the blocks that a batch passes through in. */
enum { N_IMAGES = 300, N_CLASSES = 62 };

static struct emnist_model *default_model(void)
{
	struct emnist_model *model;

	assert_int_equal(emnist_model_default(&model, NULL), EMNIST_OK);
	return model;
}

static struct emnist_classifier *open_classifier(const struct emnist_model *model,
						 const struct emnist_classifier_options *options)
{
	struct emnist_classifier *classifier;

	assert_int_equal(emnist_classifier_create(model, options, &classifier, NULL), EMNIST_OK);
	return classifier;
}

/* The way of an image without a classifier. */
static void classify_alone(const struct emnist_model *model,
			   const struct emnist_reader_options *options, const char *path,
			   float *probabilities)
{
	struct emnist_reader *reader;
	struct emnist_session *session;
	float vector[EMNIST_VECTOR_LENGTH];

	assert_int_equal(emnist_reader_create(options, &reader, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_read_file(reader, path, vector, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vector, 1, probabilities, NULL), EMNIST_OK);
	emnist_session_free(session);
	emnist_reader_free(reader);
}

/* To the bit, but by BLAS, whose sums depend on how many rows there are. */
static void assert_same(const float *a, const float *b, size_t n)
{
	enum emnist_engine engine;
	float tolerance;

	assert_int_equal(emnist_engine_find(EMNIST_ENGINE_AUTO, &engine, NULL), EMNIST_OK);
	tolerance = engine == EMNIST_ENGINE_BLAS ? 1e-5f : 0;
	for (size_t i = 0; i < n; i++)
		assert_float_equal(a[i], b[i], tolerance);
}

static void many_are_as_one(void **state)
{
	static const char *const paths[] = {SCAN, "testdata/samples/capital-a-chalk.jpg",
					    "testdata/samples/small-e-tiny.png"};
	static struct emnist_input inputs[N_IMAGES];
	static struct emnist_record records[N_IMAGES];
	static float probabilities[N_IMAGES][N_CLASSES];
	struct emnist_model *model = default_model();
	struct emnist_classifier *classifier = open_classifier(model, NULL);
	size_t nbytes;
	uint8_t *bytes = read_whole(SCAN, &nbytes);
	float expected[3][N_CLASSES];
	const float none[N_CLASSES] = {0};
	const uint8_t empty[64] = {0};
	const struct emnist_pixels pixels = {
		.samples = empty, .width = 8, .height = 8, .channels = 1};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		classify_alone(model, NULL, paths[i], expected[i]);
	for (size_t i = 0; i < N_IMAGES; i++)
		switch (i % 5) {
		case 3:
			inputs[i] = (struct emnist_input){.bytes = bytes, .nbytes = nbytes - i % 2};
			break;
		case 4:
			inputs[i] = (struct emnist_input){.pixels = &pixels};
			break;
		default:
			inputs[i] = (struct emnist_input){.path = paths[i % 5]};
		}
	inputs[100].path = "testdata/no-such-file";
	assert_int_equal(
		emnist_classify(classifier, inputs, N_IMAGES, records, probabilities[0], NULL),
		EMNIST_OK);
	for (size_t i = 0; i < N_IMAGES; i++) {
		const bool cut = i % 5 == 3 && i % 2;

		assert_int_equal(records[i].error.code, i == 100 ? EMNIST_ERR_IO
							: cut    ? EMNIST_ERR_CORRUPT
								 : EMNIST_OK);
		assert_int_equal(records[i].is_blank, i % 5 == 4);
		assert_true(records[i].probability == probabilities[i][records[i].best]);
		if (i == 100 || cut)
			assert_memory_equal(probabilities[i], none, sizeof(none));
		else if (i % 5 < 4)
			assert_same(probabilities[i], expected[i % 5 % 3], N_CLASSES);
	}
	assert_int_equal(records[100].error.sys_errno, ENOENT);
	assert_int_equal(records[3].error.offset, nbytes - 1);
	assert_string_equal(emnist_labels_text(emnist_model_labels(model), records[0].best), "2");
	assert_string_equal(emnist_labels_text(emnist_model_labels(model), records[1].best), "A");
	free(bytes);
	emnist_classifier_free(classifier);
	emnist_model_free(model);
}

static void classes_are_those_of_the_view(void **state)
{
	const struct emnist_classifier_options options = {
		.view = {.set = "digits,a-z", .merge_case = true}};
	struct emnist_model *model = default_model();
	struct emnist_classifier *classifier = open_classifier(model, &options);
	struct emnist_view *view;
	const struct emnist_input inputs[2] = {{.path = SCAN}, {.path = SCAN}};
	struct emnist_record records[2];
	float expected[N_CLASSES], probabilities[2][36];

	(void)state;
	assert_int_equal(emnist_view_create(emnist_model_labels(model), &options.view, &view, NULL),
			 EMNIST_OK);
	classify_alone(model, NULL, SCAN, expected);
	emnist_view_apply(view, expected, 1);
	assert_int_equal(emnist_labels_count(emnist_classifier_labels(classifier)), 36);
	assert_string_equal(emnist_labels_text(emnist_classifier_labels(classifier), 10), "A");
	assert_int_equal(emnist_classify(classifier, inputs, 2, records, probabilities[0], NULL),
			 EMNIST_OK);
	for (size_t i = 0; i < 2; i++)
		assert_same(probabilities[i], expected, 36);
	emnist_view_free(view);
	emnist_classifier_free(classifier);
	emnist_model_free(model);
}

/* A model has its own preprocessing, also in a reader that is told the model, unless another is
 * asked for. */
static void preprocessing_is_the_models(void **state)
{
	const struct emnist_reader_options raw = {.preprocess = EMNIST_PREPROCESS_RAW};
	const struct emnist_reader_options automatic = {.preprocess = EMNIST_PREPROCESS_AUTO};
	struct emnist_model *model =
		random_model((uint32_t[]){EMNIST_VECTOR_LENGTH, 8, N_CLASSES}, 3, EMNIST_RELU, 4);
	const struct emnist_reader_options of_model = {.model = model};
	const struct emnist_reader_options *const asked[] = {NULL, &automatic};
	const struct emnist_reader_options *const expected[] = {&raw, &automatic};
	const struct emnist_input input = {.path = SCAN};
	float first[N_CLASSES], second[N_CLASSES];

	(void)state;
	assert_non_null(model);
	model->preprocess = EMNIST_PREPROCESS_RAW;
	for (size_t i = 0; i < 2; i++) {
		struct emnist_classifier *classifier = open_classifier(
			model, &(struct emnist_classifier_options){.reader = asked[i]});
		struct emnist_record record;

		classify_alone(model, expected[i], SCAN, first);
		assert_int_equal(emnist_classify(classifier, &input, 1, &record, second, NULL),
				 EMNIST_OK);
		assert_memory_equal(first, second, sizeof(first));
		emnist_classifier_free(classifier);
	}
	classify_alone(model, &raw, SCAN, second);
	assert_memory_not_equal(first, second, sizeof(first));
	classify_alone(model, &of_model, SCAN, first);
	assert_memory_equal(first, second, sizeof(first));
	emnist_model_free(model);
}

static void options_are_checked(void **state)
{
	const struct emnist_reader_options wrong = {.preprocess = (enum emnist_preprocess)7};
	const struct emnist_classifier_options cases[] = {
		{.reader = &wrong},
		{.session = {.engine = (enum emnist_engine)7}},
		{.view = {.set = "A-"}},
	};
	struct emnist_model *model = default_model();
	struct emnist_model *narrow = random_model((uint32_t[]){9, 10}, 2, EMNIST_RELU, 4);
	struct emnist_classifier *classifier;
	struct emnist_error error;

	(void)state;
	assert_non_null(narrow);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(emnist_classifier_create(model, &cases[i], &classifier, &error),
				 EMNIST_ERR_ARGUMENT);
		assert_null(classifier);
	}
	assert_int_equal(emnist_classifier_create(narrow, NULL, &classifier, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "model takes vectors of 9 values instead of 784");
	emnist_classifier_free(NULL);
	emnist_model_free(narrow);
	emnist_model_free(model);
}

static void top_of_rows(void **state)
{
	const float values[2][4] = {{1, 3, 2, 3}, {0, 0, 9, 1}};
	const uint32_t expected[2][3] = {{1, 3, 2}, {2, 3, 0}};
	uint32_t positions[2][3];

	(void)state;
	emnist_top_k_rows(values[0], 2, 4, 3, positions[0]);
	assert_memory_equal(positions, expected, sizeof(expected));
}

static void sizes_of_structures(void **state)
{
	(void)state;
	assert_int_equal(emnist_struct_nbytes("error"), sizeof(struct emnist_error));
	assert_int_equal(emnist_struct_nbytes("record"), sizeof(struct emnist_record));
	assert_int_equal(emnist_struct_nbytes("emnist_record"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_are_as_one),
		cmocka_unit_test(classes_are_those_of_the_view),
		cmocka_unit_test(preprocessing_is_the_models),
		cmocka_unit_test(options_are_checked),
		cmocka_unit_test(top_of_rows),
		cmocka_unit_test(sizes_of_structures),
	};

	return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
