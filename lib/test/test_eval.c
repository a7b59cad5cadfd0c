/*
 * test_eval.c - evaluation: from probabilities and from a network to figures.
 *
 * What is expected, testdata/idx/figures.tsv and views.tsv, was computed with NumPy by
 * testdata/generate_idx.py.
 */
#include "../eval/tally.h"
#include "../labels/labels.h"
#include "../labels/view.h"
#include "../network/model.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"

#define FOLDER    "testdata/idx/"
#define N_IMAGES  40 /* of strokes-byclass-test */
#define N_CLASSES 62
#define U64       " %" SCNu64

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
		found = sscanf(line, "%63s %63s" U64 U64 U64 U64 "%lf %lf", a, b, &figures.n_images,
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

/* The figures of n rows of probabilities, added n_step at a time. */
static struct emnist_evaluation tally_rows(const struct emnist_labels *truth,
					   const struct emnist_labels *predicted, const float *rows,
					   const uint16_t *classes, size_t n, size_t n_step)
{
	const size_t n_classes = emnist_labels_count(predicted);
	struct emnist_evaluation evaluation;
	struct tally tally;

	assert_int_equal(tally_init(&tally, truth, predicted, NULL), EMNIST_OK);
	for (size_t i = 0; i < n; i += n_step)
		assert_true(tally_add(&tally, rows + i * n_classes, classes + i, NULL,
				      n - i < n_step ? n - i : n_step));
	tally_finish(&tally, &evaluation);
	tally_clear(&tally);
	return evaluation;
}

/* The figures of the last rows of probabilities.f32 on a dataset, added n_step rows at a time. */
static void tally_file(const char *stem, size_t n_step, struct emnist_evaluation *evaluation)
{
	static float probabilities[N_IMAGES * N_CLASSES];
	static uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	struct emnist_dataset *dataset = open_dataset(stem);
	struct emnist_labels *labels = byclass();
	uint16_t classes[N_IMAGES];
	size_t n;

	read_floats(FOLDER "probabilities.f32", probabilities, N_IMAGES * N_CLASSES);
	assert_int_equal(emnist_dataset_read(dataset, N_IMAGES, pixels, classes, &n, NULL),
			 EMNIST_OK);
	*evaluation = tally_rows(emnist_dataset_labels(dataset), labels,
				 probabilities + (N_IMAGES - n) * N_CLASSES, classes, n, n_step);
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

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65\n5 66 67", 12, &truth, NULL), EMNIST_OK);
	assert_int_equal(emnist_labels_parse("0 97\n1 66\n2 67", 14, &predicted, NULL), EMNIST_OK);
	evaluation = tally_rows(truth, predicted, rows[0], classes, 4, 4);
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

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65\n1 66", 9, &labels, NULL), EMNIST_OK);
	evaluation = tally_rows(labels, labels, rows[0], classes, 4, 4);
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

/* ------------------------------------------------------------------- views */

/* A row of views.tsv. */
struct view_case {
	char probabilities[16], stem[64], set[16];
	int merge_case;
	uint64_t n_left_out;
	struct figures figures;
	uint64_t n_answered, n_answered_correct; /* at a probability of 0.4 */
	double at_80;                            /* the probability that answers 80 % */
};

static bool next_case(FILE *file, struct view_case *c)
{
	char line[256];

	do
		if (!fgets(line, sizeof(line), file))
			return false;
	while (line[0] == '#');
	assert_int_equal(sscanf(line,
				"%15s %63s %15s %d" U64 U64 U64 U64 U64 "%lf %lf" U64 U64 "%lf",
				c->probabilities, c->stem, c->set, &c->merge_case, &c->n_left_out,
				&c->figures.n_images, &c->figures.n_correct, &c->figures.n_top3,
				&c->figures.n_case_insensitive, &c->figures.nll, &c->figures.ece,
				&c->n_answered, &c->n_answered_correct, &c->at_80),
			 14);
	return true;
}

/* The given probabilities of the images that the case does not leave out, through its view. */
static void tally_view(const struct view_case *c, const struct emnist_view *view,
		       struct emnist_evaluation *evaluation)
{
	static float probabilities[N_IMAGES * N_CLASSES];
	static uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	struct emnist_dataset *dataset = open_dataset(c->stem);
	struct emnist_view *truth;
	uint16_t classes[N_IMAGES];
	size_t n, n_kept = 0;

	read_floats(FOLDER "probabilities.f32", probabilities, N_IMAGES * N_CLASSES);
	assert_int_equal(emnist_dataset_read(dataset, N_IMAGES, pixels, classes, &n, NULL),
			 EMNIST_OK);
	assert_int_equal(view_of_others(view, emnist_dataset_labels(dataset), &truth, NULL),
			 EMNIST_OK);
	for (size_t i = 0; i < n; i++) {
		uint32_t class = view_class_of(truth, classes[i]);

		if (class == VIEW_NONE)
			continue;
		memmove(probabilities + n_kept * N_CLASSES,
			probabilities + (N_IMAGES - n + i) * N_CLASSES, N_CLASSES * sizeof(float));
		classes[n_kept++] = (uint16_t) class;
	}
	assert_int_equal(n - n_kept, c->n_left_out);
	emnist_view_apply(view, probabilities, n_kept);
	*evaluation = tally_rows(emnist_view_labels(truth), emnist_view_labels(view), probabilities,
				 classes, n_kept, n_kept);
	emnist_view_free(truth);
	emnist_dataset_free(dataset);
}

static void assert_case(const struct view_case *c, const struct emnist_evaluation *evaluation)
{
	const double tolerance = 1e-5; /* of probabilities, between machines */
	struct emnist_coverage coverage;

	assert_figures(evaluation, &c->figures, tolerance);
	coverage = emnist_coverage_at_probability(evaluation, 0.4);
	assert_int_equal(coverage.n_answered, c->n_answered);
	assert_int_equal(coverage.n_correct, c->n_answered_correct);
	coverage = emnist_coverage_at_share(evaluation, 0.8);
	assert_near(coverage.min_probability, c->at_80, tolerance);
	coverage = emnist_coverage_at_share(evaluation, 1);
	assert_int_equal(coverage.n_answered, c->figures.n_images);
	assert_int_equal(coverage.n_correct, c->figures.n_correct);
}

static void test_views(void **state)
{
	FILE *file = fopen(FOLDER "views.tsv", "r");
	struct emnist_model *model = read_model();
	struct view_case c;
	int n_cases = 0;

	(void)state;
	assert_non_null(file);
	while (next_case(file, &c)) {
		const struct emnist_view_options view_options = {
			.set = strcmp(c.set, "-") == 0 ? NULL : c.set,
			.merge_case = c.merge_case,
		};
		struct emnist_eval_options options = {.n_threads = 2, .n_rows = 7};
		struct emnist_evaluation evaluation;
		struct emnist_view *view;

		assert_int_equal(
			emnist_view_create(emnist_model_labels(model), &view_options, &view, NULL),
			EMNIST_OK);
		options.view = view;
		if (strcmp(c.probabilities, "given") == 0)
			tally_view(&c, view, &evaluation);
		else
			evaluate(model, c.stem, &options, &evaluation);
		assert_case(&c, &evaluation);
		emnist_evaluation_clear(&evaluation);
		emnist_view_free(view);
		n_cases++;
	}
	assert_int_equal(n_cases, 16);
	fclose(file);
	emnist_model_free(model);
}

/* What the rows and columns of the confusion matrix are, and what was left out. */
static void test_view_of_confusion(void **state)
{
	const struct emnist_view_options view_options = {.set = "upper", .merge_case = true};
	struct emnist_eval_options options = {0};
	struct emnist_model *model = read_model();
	struct emnist_evaluation evaluation;
	struct emnist_dataset *dataset;
	struct emnist_error error;
	struct emnist_view *view;

	(void)state;
	assert_int_equal(emnist_view_create(emnist_model_labels(model), &view_options, &view, NULL),
			 EMNIST_OK);
	options.view = view;
	evaluate(model, "strokes-byclass-test", &options, &evaluation);
	assert_int_equal(evaluation.n_left_out, 10);
	assert_int_equal(evaluation.n_images, 30);
	assert_int_equal(evaluation.n_true, 26);
	assert_int_equal(evaluation.n_predicted, 26);
	assert_int_equal(emnist_labels_count(evaluation.true_labels), 26);
	assert_string_equal(emnist_labels_text(evaluation.true_labels, 2), "C");
	assert_string_equal(emnist_labels_text(evaluation.predicted_labels, 25), "Z");
	emnist_evaluation_clear(&evaluation);
	dataset = open_dataset("t10k");
	assert_int_equal(emnist_evaluate(model, dataset, &options, &evaluation, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "the dataset: the set contains no class");
	emnist_dataset_free(dataset);
	emnist_view_free(view);
	emnist_model_free(model);
}

/* All images of a dataset, and how many of them were answered. */
struct shown {
	uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	uint16_t classes[N_IMAGES];
	size_t n;
	struct emnist_answer answers[N_IMAGES];
};

static int on_answer(void *context, const struct emnist_answer *answer, const uint8_t *pixels)
{
	struct shown *shown = context;

	assert_in_range(answer->image, shown->n ? shown->answers[shown->n - 1].image + 1 : 0,
			N_IMAGES - 1);
	assert_memory_equal(pixels, shown->pixels + answer->image * EMNIST_VECTOR_LENGTH,
			    EMNIST_VECTOR_LENGTH);
	shown->answers[shown->n++] = *answer;
	return 0;
}

/* Images that a view leaves out count, when images are numbered. */
static void test_answers_of_a_view(void **state)
{
	static struct shown shown;
	const struct emnist_view_options view_options = {.set = "AEIOUaeiou02468"};
	struct emnist_eval_options options = {
		.n_rows = 7, .answers = true, .answered = on_answer, .context = &shown};
	struct emnist_dataset *dataset = open_dataset("strokes-byclass-test");
	struct emnist_model *model = read_model();
	struct emnist_evaluation evaluation;
	struct emnist_view *view;
	size_t n;

	(void)state;
	assert_int_equal(
		emnist_dataset_read(dataset, N_IMAGES, shown.pixels, shown.classes, &n, NULL),
		EMNIST_OK);
	assert_int_equal(emnist_view_create(emnist_model_labels(model), &view_options, &view, NULL),
			 EMNIST_OK);
	options.view = view;
	evaluate(model, "strokes-byclass-test", &options, &evaluation);
	assert_true(evaluation.n_left_out > 0 && evaluation.n_images > 0);
	assert_int_equal(shown.n, evaluation.n_images);
	for (size_t i = 0; i < shown.n; i++) {
		const struct emnist_answer *answer = &evaluation.answers[i];

		assert_memory_equal(answer, &shown.answers[i], sizeof(*answer));
		assert_string_equal(emnist_labels_text(evaluation.true_labels, answer->true_class),
				    emnist_labels_text(emnist_dataset_labels(dataset),
						       shown.classes[answer->image]));
	}
	emnist_evaluation_clear(&evaluation);
	emnist_view_free(view);
	emnist_model_free(model);
	emnist_dataset_free(dataset);
}

/* Five answers by hand: right 0.9, wrong 0.8, right 0.8, right 0.6, wrong 0.6 (the float). */
static void test_coverage(void **state)
{
	static const float rows[][2] = {
		{0.6F, 0.4F}, {0.9F, 0.1F}, {0.8F, 0.2F}, {0.2F, 0.8F}, {0.4F, 0.6F}};
	static const uint16_t classes[] = {0, 0, 1, 1, 0};
	static const struct {
		double asked;
		bool is_share;
		double min_probability;
		uint64_t n_answered, n_correct;
	} cases[] = {
		{0, false, 0, 5, 3},
		{0.5, false, 0.5, 5, 3},
		{0.7, false, 0.7, 3, 2},
		{(double)0.8F, false, (double)0.8F, 3, 2},
		{0.81, false, 0.81, 1, 1},
		{1, false, 1, 0, 0},
		{1, true, (double)0.6F, 5, 3},
		{0.8, true, (double)0.6F, 5, 3}, /* the fifth is as sure as the fourth */
		{0.6, true, (double)0.8F, 3, 2},
		{0.4, true, (double)0.8F, 3, 2},
		{0.2, true, (double)0.9F, 1, 1},
		{0, true, INFINITY, 0, 0},
		{2, true, (double)0.6F, 5, 3},
	};
	struct emnist_evaluation evaluation;
	struct emnist_labels *labels;

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65\n1 66", 9, &labels, NULL), EMNIST_OK);
	evaluation = tally_rows(labels, labels, rows[0], classes, 5, 5);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emnist_coverage coverage =
			cases[i].is_share
				? emnist_coverage_at_share(&evaluation, cases[i].asked)
				: emnist_coverage_at_probability(&evaluation, cases[i].asked);

		assert_true(coverage.min_probability == cases[i].min_probability);
		assert_int_equal(coverage.n_answered, cases[i].n_answered);
		assert_int_equal(coverage.n_correct, cases[i].n_correct);
	}
	emnist_evaluation_clear(&evaluation);
	emnist_labels_free(labels);
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
	assert_int_equal(emnist_coverage_at_share(&evaluation, 1).n_answered, 0);
	assert_int_equal(emnist_coverage_at_probability(&evaluation, 0).n_answered, 0);
	emnist_evaluation_clear(&evaluation);
	emnist_dataset_free(dataset);
	emnist_model_free(model);
}

/* Of the letters that a model of digits is shown none can be right, not even ignoring case. */
static void test_not_in_model(void **state)
{
	static const uint16_t classes[] = {0, 9, 10, 35, 36, 61}; /* 0, 9, A, Z, a, z */
	static const float rows[6 * 10] = {1};
	struct emnist_labels *truth, *predicted;
	struct emnist_evaluation evaluation;

	(void)state;
	assert_int_equal(emnist_labels_default(62, &truth, NULL), EMNIST_OK);
	assert_int_equal(emnist_labels_default(10, &predicted, NULL), EMNIST_OK);
	evaluation = tally_rows(truth, predicted, rows, classes, 6, 4);
	assert_int_equal(evaluation.n_images, 6);
	assert_int_equal(evaluation.n_not_in_model, 4);
	assert_int_equal(evaluation.n_correct, 1);
	emnist_evaluation_clear(&evaluation);
	evaluation = tally_rows(truth, truth, rows, classes, 0, 1);
	assert_int_equal(evaluation.n_not_in_model, 0);
	emnist_evaluation_clear(&evaluation);
	emnist_labels_free(truth);
	emnist_labels_free(predicted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_confusion),
		cmocka_unit_test(test_calibration),
		cmocka_unit_test(test_too_many_classes),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_view_of_confusion),
		cmocka_unit_test(test_answers_of_a_view),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_threads_change_nothing),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_no_images),
		cmocka_unit_test(test_not_in_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
