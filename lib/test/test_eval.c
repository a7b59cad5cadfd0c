/*
 * test_eval.c - evaluation: from probabilities and from a network to figures.
 *
 * What is expected, testdata/idx/figures.tsv, was computed with NumPy by testdata/generate_idx.py.
 */
#include "../dataset/labels.h"
#include "../eval/tally.h"
#include "../model/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER    "testdata/idx/"
#define N_IMAGES  40 /* of strokes-byclass-test */
#define N_CLASSES 62

struct figures {
	uint64_t n_images, n_correct, n_top3, n_case_insensitive;
	double nll, ece;
};

/* The row of figures.tsv for these probabilities and this dataset. */
static struct figures expected_figures(const char *probabilities, const char *stem)
{
	FILE *file = fopen(FOLDER "figures.tsv", "r");
	struct figures figures = {0};
	char line[256], a[64], b[64];
	bool found = false;

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%63s %63s %lu %lu %lu %lu %lf %lf", a, b, &figures.n_images,
			       &figures.n_correct, &figures.n_top3, &figures.n_case_insensitive,
			       &figures.nll, &figures.ece) == 8 &&
			strcmp(a, probabilities) == 0 && strcmp(b, stem) == 0;
	fclose(file);
	assert_true(found);
	return figures;
}

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.12g, not %.12g", value, expected);
}

static void assert_figures(const struct emnist_evaluation *evaluation,
			   const struct figures *expected, double tolerance)
{
	uint64_t n_cells = 0;

	assert_int_equal(evaluation->n_images, expected->n_images);
	assert_int_equal(evaluation->n_correct, expected->n_correct);
	assert_int_equal(evaluation->n_top3, expected->n_top3);
	assert_int_equal(evaluation->n_case_insensitive, expected->n_case_insensitive);
	assert_near(evaluation->nll, expected->nll, tolerance);
	assert_near(evaluation->ece, expected->ece, tolerance);
	for (size_t i = 0; i < evaluation->n_true * evaluation->n_predicted; i++)
		n_cells += evaluation->confusion[i];
	assert_int_equal(n_cells, expected->n_images);
}

static struct emnist_dataset *open_dataset(const char *stem)
{
	struct emnist_dataset *dataset;
	struct emnist_error error;
	char path[256];

	snprintf(path, sizeof(path), FOLDER "%s", stem);
	if (emnist_dataset_open(path, NULL, &dataset, &error))
		fail_msg("%s: %s", path, error.message);
	return dataset;
}

static struct emnist_labels *byclass(void)
{
	struct emnist_labels *labels;

	assert_int_equal(emnist_labels_default(N_CLASSES, &labels, NULL), EMNIST_OK);
	return labels;
}

/* ------------------------------------------------------------------- tally */

static void read_probabilities(float *probabilities)
{
	FILE *file = fopen(FOLDER "probabilities.f32", "rb");

	assert_non_null(file);
	assert_int_equal(fread(probabilities, N_CLASSES * sizeof(float), N_IMAGES, file), N_IMAGES);
	fclose(file);
}

/* The figures of the last rows of probabilities.f32 on a dataset, added n_step rows at a time. */
static void tally_file(const char *stem, size_t n_step, struct emnist_evaluation *evaluation)
{
	static float probabilities[N_IMAGES * N_CLASSES];
	static uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	struct emnist_dataset *dataset = open_dataset(stem);
	struct emnist_labels *labels = byclass();
	uint16_t classes[N_IMAGES];
	struct tally tally;
	const float *row;
	size_t n;

	read_probabilities(probabilities);
	assert_int_equal(emnist_dataset_read(dataset, N_IMAGES, pixels, classes, &n, NULL),
			 EMNIST_OK);
	assert_int_equal(tally_init(&tally, emnist_dataset_labels(dataset), labels, NULL),
			 EMNIST_OK);
	row = probabilities + (N_IMAGES - n) * N_CLASSES;
	for (size_t i = 0; i < n; i += n_step)
		tally_add(&tally, row + i * N_CLASSES, classes + i,
			  n - i < n_step ? n - i : n_step);
	tally_finish(&tally, evaluation);
	tally_clear(&tally);
	emnist_labels_free(labels);
	emnist_dataset_free(dataset);
}

static void test_tally(void **state)
{
	static const char *const stems[] = {"strokes-byclass-test", "strokes-balanced-train",
					    "strokes-letters"};

	(void)state;
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		struct figures expected = expected_figures("given", stems[i]);

		for (size_t n_step = 1; n_step <= N_IMAGES; n_step += 13) {
			struct emnist_evaluation evaluation;

			tally_file(stems[i], n_step, &evaluation);
			assert_figures(&evaluation, &expected, 1e-8);
			emnist_evaluation_clear(&evaluation);
			assert_null(evaluation.confusion);
		}
	}
}

static void test_confusion(void **state)
{
	/* What is true, what is most probable, beside each other. */
	static const float rows[][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 1}};
	static const uint16_t classes[] = {1, 1, 0, 0};
	struct emnist_evaluation evaluation;
	struct emnist_labels *truth, *predicted;
	struct tally tally;

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65\n5 66 67", 12, &truth, NULL), EMNIST_OK);
	assert_int_equal(emnist_labels_parse("0 97\n1 66\n2 67", 14, &predicted, NULL), EMNIST_OK);
	assert_int_equal(tally_init(&tally, truth, predicted, NULL), EMNIST_OK);
	tally_add(&tally, rows[0], classes, 4);
	tally_finish(&tally, &evaluation);
	tally_clear(&tally);
	assert_int_equal(evaluation.n_true, 2);
	assert_int_equal(evaluation.n_predicted, 3);
	assert_memory_equal(evaluation.confusion, ((uint64_t[]){0, 0, 2, 1, 1, 0}),
			    6 * sizeof(uint64_t));
	/* Image 0 is taken for an 'a', image 1 rightly for a 'B'; images 2 and 3 are an 'A', which
	 * the model does not know, and which counts with the least probability. */
	assert_int_equal(evaluation.n_correct, 1);
	assert_int_equal(evaluation.n_top3, 2);
	assert_int_equal(evaluation.n_case_insensitive, 1);
	assert_near(evaluation.nll, 3 * -log(1e-30) / 4, 1e-9);
	assert_near(evaluation.ece, 0.75, 1e-12);
	emnist_evaluation_clear(&evaluation);
	emnist_labels_free(truth);
	emnist_labels_free(predicted);
}

/* Two bins, by hand. In the last, which includes 1: a wrong 1.00 and a right 0.95; in the tenth:
 * a wrong 0.61 and a right 0.65. */
static void test_calibration(void **state)
{
	static const float rows[][2] = {{1, 0}, {0.95F, 0.05F}, {0.61F, 0.39F}, {0.35F, 0.65F}};
	static const uint16_t classes[] = {1, 0, 1, 1};
	struct emnist_evaluation evaluation;
	struct emnist_labels *labels;
	struct tally tally;

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65\n1 66", 9, &labels, NULL), EMNIST_OK);
	assert_int_equal(tally_init(&tally, labels, labels, NULL), EMNIST_OK);
	tally_add(&tally, rows[0], classes, 4);
	tally_finish(&tally, &evaluation);
	tally_clear(&tally);
	assert_near(evaluation.ece, ((1.95 - 1) + (1.26 - 1)) / 4, 1e-7);
	emnist_evaluation_clear(&evaluation);
	emnist_labels_free(labels);
}

/* n entries that are all "A". */
static struct emnist_labels *many_labels(size_t n)
{
	struct emnist_labels *labels;
	char *text = malloc(n * 16);
	size_t nbytes = 0;

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		nbytes += (size_t)sprintf(text + nbytes, "%zu 65\n", i);
	assert_int_equal(emnist_labels_parse(text, nbytes, &labels, NULL), EMNIST_OK);
	free(text);
	return labels;
}

static void test_too_many_classes(void **state)
{
	struct emnist_labels *labels = many_labels(2049);
	struct emnist_error error;
	struct tally tally;

	(void)state;
	assert_int_equal(tally_init(&tally, labels, labels, &error), EMNIST_ERR_LIMIT);
	tally_clear(&tally);
	emnist_labels_free(labels);
}

/* ----------------------------------------------------------------- network */

static struct emnist_model *read_model(void)
{
	struct emnist_model *model;
	struct emnist_error error;

	if (emnist_model_read(FOLDER "nearest.onnx", NULL, &model, &error))
		fail_msg("%s", error.message);
	return model;
}

/* A model of one layer that is no model of 28x28 images. */
static struct emnist_model *make_narrow_model(void)
{
	struct emnist_model *model = model_new(1);

	assert_true(layer_init(&model->layers[0], EMNIST_VECTOR_LENGTH - 1, N_CLASSES));
	assert_int_equal(model_finish(model, NULL, NULL, 0, NULL), EMNIST_OK);
	return model;
}

static void evaluate(const struct emnist_model *model, const char *stem,
		     const struct emnist_eval_options *options,
		     struct emnist_evaluation *evaluation)
{
	struct emnist_dataset *dataset = open_dataset(stem);
	struct emnist_error error;

	if (emnist_evaluate(model, dataset, options, evaluation, &error))
		fail_msg("%s: %s", stem, error.message);
	emnist_dataset_free(dataset);
}

static void test_network(void **state)
{
	static const char *const stems[] = {"strokes-byclass-test", "strokes-balanced-train",
					    "strokes-letters"};
	struct emnist_model *model = read_model();

	(void)state;
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		struct figures expected = expected_figures("network", stems[i]);
		struct emnist_evaluation evaluation;

		evaluate(model, stems[i], NULL, &evaluation);
		assert_figures(&evaluation, &expected, 1e-5);
		emnist_evaluation_clear(&evaluation);
	}
	emnist_model_free(model);
}

/* Not nearly the same: the same bits. */
static void test_threads_change_nothing(void **state)
{
	struct emnist_model *model = read_model();
	struct emnist_evaluation first, other;

	(void)state;
	for (size_t n_rows = 1; n_rows <= 16; n_rows += 5) {
		struct emnist_eval_options options = {.n_threads = 1, .n_rows = n_rows};

		evaluate(model, "strokes-byclass-test", &options, &first);
		for (unsigned n_threads = 2; n_threads <= 4; n_threads++) {
			options.n_threads = n_threads;
			evaluate(model, "strokes-byclass-test", &options, &other);
			assert_memory_equal(&other.nll, &first.nll, sizeof(double));
			assert_memory_equal(&other.ece, &first.ece, sizeof(double));
			assert_memory_equal(other.confusion, first.confusion,
					    first.n_true * first.n_predicted * sizeof(uint64_t));
			emnist_evaluation_clear(&other);
		}
		emnist_evaluation_clear(&first);
	}
	emnist_model_free(model);
}

struct seen {
	uint64_t n_done, n_images;
	unsigned n_calls, stop_after;
};

static int on_progress(void *context, uint64_t n_done, uint64_t n_images)
{
	struct seen *seen = context;

	assert_true(n_done > seen->n_done);
	seen->n_done = n_done;
	seen->n_images = n_images;
	return ++seen->n_calls == seen->stop_after;
}

static void test_progress(void **state)
{
	struct emnist_model *model = read_model();
	struct emnist_evaluation evaluation;
	struct seen seen = {0}, stopping = {.stop_after = 2};
	struct emnist_eval_options options = {
		.n_threads = 2, .n_rows = 7, .progress = on_progress, .context = &seen};
	struct emnist_dataset *dataset;
	struct emnist_error error;

	(void)state;
	evaluate(model, "strokes-byclass-test", &options, &evaluation);
	emnist_evaluation_clear(&evaluation);
	assert_int_equal(seen.n_calls, 6);
	assert_int_equal(seen.n_done, 40);
	assert_int_equal(seen.n_images, 40);
	options.context = &stopping;
	dataset = open_dataset("strokes-byclass-test");
	assert_int_equal(emnist_evaluate(model, dataset, &options, &evaluation, &error),
			 EMNIST_ERR_STOPPED);
	assert_int_equal(stopping.n_done, 14);
	emnist_dataset_free(dataset);
	emnist_model_free(model);
}

static void test_failures(void **state)
{
	struct emnist_model *model = read_model();
	struct emnist_model *narrow = make_narrow_model();
	struct emnist_eval_options options = {.n_rows = 65537};
	struct emnist_evaluation evaluation;
	struct emnist_dataset *dataset = open_dataset("malformed/images-cut");
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_evaluate(narrow, dataset, NULL, &evaluation, &error),
			 EMNIST_ERR_UNSUPPORTED);
	assert_string_equal(error.message, "the model takes 783 values, but an image has 784");
	assert_int_equal(emnist_evaluate(model, dataset, &options, &evaluation, &error),
			 EMNIST_ERR_ARGUMENT);
	options = (struct emnist_eval_options){.n_threads = 2000};
	assert_int_equal(emnist_evaluate(model, dataset, &options, &evaluation, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_int_equal(emnist_evaluate(model, dataset, NULL, &evaluation, &error),
			 EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message,
			    "'images-cut-images-idx3-ubyte': the file ends after 2 of 3 images");
	emnist_dataset_free(dataset);
	emnist_model_free(model);
	emnist_model_free(narrow);
}

static void test_no_images(void **state)
{
	static const uint32_t none = 0;
	const struct emnist_dataset_options options = {.indices = &none, .n_indices = 0};
	struct emnist_model *model = read_model();
	struct emnist_evaluation evaluation;
	struct emnist_dataset *dataset;

	(void)state;
	assert_int_equal(emnist_dataset_open(FOLDER "t10k", &options, &dataset, NULL), EMNIST_OK);
	assert_int_equal(emnist_evaluate(model, dataset, NULL, &evaluation, NULL), EMNIST_OK);
	assert_int_equal(evaluation.n_images, 0);
	assert_true(evaluation.nll == 0 && evaluation.ece == 0);
	emnist_evaluation_clear(&evaluation);
	emnist_dataset_free(dataset);
	emnist_model_free(model);
}

/* The published figures of three models on the whole test split. */
static void test_emnist(void **state)
{
	static const struct {
		const char *model;
		uint64_t n_correct;
	} cases[] = {
		{"app/dnn_model_pt.onnx", 90682},
		{"models/dnn_model_pt.onnx", 88512},
		{"models/dnn_model_pt_128.onnx", 85197},
	};
	const struct emnist_eval_options options = {.n_threads = 2};
	const char *folder = getenv("EMNIST_DATA");
	char path[512];

	(void)state;
	if (!folder)
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emnist_evaluation evaluation;
		struct emnist_dataset *dataset;
		struct emnist_model *model;
		struct emnist_error error;

		snprintf(path, sizeof(path), "%s/seed/%s", folder, cases[i].model);
		if (emnist_model_read(path, NULL, &model, &error))
			fail_msg("%s: %s", path, error.message);
		snprintf(path, sizeof(path), "%s/emnist/emnist-byclass-test", folder);
		if (emnist_dataset_open(path, NULL, &dataset, &error) ||
		    emnist_evaluate(model, dataset, &options, &evaluation, &error))
			fail_msg("%s: %s", path, error.message);
		assert_int_equal(evaluation.n_images, 116323);
		assert_int_equal(evaluation.n_correct, cases[i].n_correct);
		emnist_evaluation_clear(&evaluation);
		emnist_dataset_free(dataset);
		emnist_model_free(model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally),       cmocka_unit_test(test_confusion),
		cmocka_unit_test(test_calibration), cmocka_unit_test(test_too_many_classes),
		cmocka_unit_test(test_network),     cmocka_unit_test(test_threads_change_nothing),
		cmocka_unit_test(test_progress),    cmocka_unit_test(test_failures),
		cmocka_unit_test(test_no_images),   cmocka_unit_test(test_emnist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
