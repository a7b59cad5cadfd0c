/*
 * test_scores.c - the statistics of an evaluation, and of two.
 *
 * What is expected, testdata/eval, was computed with statsmodels, scikit-learn and SciPy by
 * testdata/generate_eval.py.
 */
#include "../draw/heat.h"
#include "../draw/heatmap.h"
#include "../eval/compare.h"
#include "../eval/tally.h"
#include "../image/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"

#define FOLDER    "testdata/eval/"
#define N_IMAGES  40 /* of strokes-byclass-test */
#define N_CLASSES 62

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.12g, not %.12g", value, expected);
}

/* The next line that is no comment; false at the end. */
static bool next_line(FILE *file, char *line, int size)
{
	do
		if (!fgets(line, size, file))
			return false;
	while (line[0] == '#');
	return true;
}

static void test_intervals(void **state)
{
	FILE *file = fopen(FOLDER "intervals.tsv", "r");
	unsigned long part, whole;
	double low, high;
	char line[256];
	int n = 0;

	(void)state;
	assert_non_null(file);
	for (; next_line(file, line, sizeof(line)); n++) {
		struct emnist_interval interval;

		assert_int_equal(sscanf(line, "%lu %lu %lf %lf", &part, &whole, &low, &high), 4);
		interval = emnist_interval_of_share(part, whole);
		assert_near(interval.low, low, 1e-11);
		assert_near(interval.high, high, 1e-11);
	}
	fclose(file);
	assert_int_equal(n, 13);
	/* Not nearly, though rounding would leave 3e-17 of 7, and 1 - 1e-16 of 10. */
	for (uint64_t all = 1; all <= 300; all++) {
		assert_true(emnist_interval_of_share(0, all).low == 0);
		assert_true(emnist_interval_of_share(all, all).high == 1);
	}
}

static void test_comparisons(void **state)
{
	FILE *file = fopen(FOLDER "comparisons.tsv", "r");
	unsigned long counts[4];
	double wanted[5];
	char line[256];
	int n = 0;

	(void)state;
	assert_non_null(file);
	for (; next_line(file, line, sizeof(line)); n++) {
		struct emnist_comparison c;

		assert_int_equal(sscanf(line, "%lu %lu %lu %lu %lf %lf %lf %lf %lf", &counts[0],
					&counts[1], &counts[2], &counts[3], &wanted[0], &wanted[1],
					&wanted[2], &wanted[3], &wanted[4]),
				 9);
		c = compare_counts(counts[0], counts[1], counts[2], counts[3]);
		assert_int_equal(c.n_first, counts[1]);
		assert_near(c.difference, wanted[0], 1e-11);
		assert_near(c.interval.low, wanted[1], 1e-11);
		assert_near(c.interval.high, wanted[2], 1e-11);
		assert_near(c.p_value, wanted[3], 2e-9 * wanted[3]);
		assert_near(c.chi_squared, wanted[4], 1e-8);
	}
	fclose(file);
	assert_int_equal(n, 14);
}

/* Up to a hundred million images, and no number is strange. */
static void test_comparisons_of_all_sizes(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 100000000; n = n * 3 + 1) {
		const struct emnist_comparison even = compare_counts(n, n, n, n);
		const struct emnist_comparison near = compare_counts(n, n, n + 1, n);
		const struct emnist_comparison far = compare_counts(0, n, 0, 0);

		assert_true(even.p_value == 1 && even.difference == 0);
		assert_true(near.p_value > 0.9 && near.p_value <= 1);
		assert_true(far.p_value >= 0 && far.p_value <= 1);
		assert_true(far.interval.low >= -1 && far.interval.high <= 1.0000001);
		assert_true(far.difference == 1);
	}
}

/* ------------------------------------------------------------------- scores */

/* The given probabilities of the last rows, on a dataset, with answers. */
static void tally_file(const char *stem, struct emnist_evaluation *evaluation)
{
	static float probabilities[N_IMAGES * N_CLASSES];
	static uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	struct emnist_labels *labels;
	struct emnist_dataset *dataset;
	uint16_t classes[N_IMAGES];
	uint32_t images[N_IMAGES];
	struct tally tally;
	char path[256];
	size_t n;

	read_floats("testdata/idx/probabilities.f32", probabilities, N_IMAGES * N_CLASSES);
	snprintf(path, sizeof(path), "testdata/idx/%s", stem);
	assert_int_equal(emnist_dataset_open(path, NULL, &dataset, NULL), EMNIST_OK);
	assert_int_equal(emnist_dataset_read(dataset, N_IMAGES, pixels, classes, &n, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_labels_default(N_CLASSES, &labels, NULL), EMNIST_OK);
	assert_int_equal(tally_init(&tally, emnist_dataset_labels(dataset), labels, NULL),
			 EMNIST_OK);
	for (uint32_t i = 0; i < n; i++)
		images[i] = i;
	assert_true(
		tally_add(&tally, probabilities + (N_IMAGES - n) * N_CLASSES, classes, images, n));
	tally_finish(&tally, evaluation);
	tally_clear(&tally);
	/* Any that have as many classes do for characters in common. */
	evaluation->predicted_labels = labels;
	assert_int_equal(emnist_labels_default(emnist_labels_count(emnist_dataset_labels(dataset)),
					       &evaluation->true_labels, NULL),
			 EMNIST_OK);
	emnist_dataset_free(dataset);
}

static double next_number(char **at)
{
	char *end;
	double value = strtod(*at, &end);

	assert_ptr_not_equal(end, *at);
	*at = end;
	return value;
}

static void test_scores(void **state)
{
	FILE *file = fopen(FOLDER "scores.tsv", "r");
	char line[2048], stem[64];
	int n = 0;

	(void)state;
	assert_non_null(file);
	for (; next_line(file, line, sizeof(line)); n++) {
		struct emnist_evaluation e;
		struct emnist_macro_scores macro;
		char *at = line + strcspn(line, "\t");

		assert_int_equal(sscanf(line, "%63s", stem), 1);
		tally_file(stem, &e);
		for (size_t k = 0; k < EMNIST_EVAL_RANKS; k++)
			assert_int_equal(e.n_within[k], (uint64_t)next_number(&at));
		assert_int_equal(e.n_within[0], e.n_correct);
		macro = emnist_evaluation_macro(&e);
		assert_int_equal(macro.n_classes, (uint64_t)next_number(&at));
		assert_near(macro.recall, next_number(&at), 1e-9);
		assert_near(macro.precision, next_number(&at), 1e-9);
		assert_near(macro.f1, next_number(&at), 1e-9);
		for (size_t b = 0; b < EMNIST_EVAL_BINS; b++) {
			assert_int_equal(e.bins[b].n_images, (uint64_t)next_number(&at));
			assert_int_equal(e.bins[b].n_correct, (uint64_t)next_number(&at));
			assert_near(e.bins[b].confidence, next_number(&at), 1e-8);
		}
		emnist_evaluation_clear(&e);
	}
	fclose(file);
	assert_int_equal(n, 3);
}

/* Two classes of the dataset that share the letter B: what is taken for it counts for both. */
static void test_classes_that_overlap(void **state)
{
	static uint64_t confusion[] = {3, 2, 1, 0, 4, 5}; /* rows AB, BC; columns A, B, C */
	struct emnist_evaluation e = {.n_true = 2, .n_predicted = 3, .confusion = confusion};
	struct emnist_class_scores scores;

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65 66\n1 66 67", 15, &e.true_labels, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_labels_parse("0 65\n1 66\n2 67", 14, &e.predicted_labels, NULL),
			 EMNIST_OK);
	scores = emnist_evaluation_class(&e, 0);
	assert_int_equal(scores.n_images, 6);
	assert_int_equal(scores.n_correct, 5);
	assert_int_equal(scores.n_predicted, 3 + 6);
	assert_near(scores.f1, 2.0 * 5 / (6 + 9), 1e-15);
	scores = emnist_evaluation_class(&e, 1);
	assert_int_equal(scores.n_correct, 9);
	assert_int_equal(scores.n_predicted, 6 + 6);
	emnist_labels_free(e.true_labels);
	emnist_labels_free(e.predicted_labels);
}

static void test_confusions(void **state)
{
	static uint64_t confusion[] = {9, 2, 0, 7, 8, 2, 1, 2, 9};
	static const struct emnist_confusion wanted[] = {
		{1, 0, 7}, {0, 1, 2}, {1, 2, 2}, {2, 1, 2}, {2, 0, 1}};
	struct emnist_evaluation e = {.n_true = 3, .n_predicted = 3, .confusion = confusion};
	struct emnist_confusion found[8];

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65\n1 66\n2 67", 14, &e.true_labels, NULL),
			 EMNIST_OK);
	e.predicted_labels = e.true_labels;
	for (size_t n_max = 0; n_max <= 8; n_max++) {
		const size_t n = n_max < 5 ? n_max : 5;

		assert_int_equal(emnist_evaluation_confusions(&e, n_max, found), n);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(found[i].true_class, wanted[i].true_class);
			assert_int_equal(found[i].predicted_class, wanted[i].predicted_class);
			assert_int_equal(found[i].n_images, wanted[i].n_images);
		}
	}
	emnist_labels_free(e.true_labels);
}

/* ------------------------------------------------------------------ answers */

/* By hand: a right one, two wrong ones, a tie that is lost to the
 * class before, and a truth that the model does not know. */
static void test_answers(void **state)
{
	static const float rows[][3] = {{0.2F, 0.5F, 0.3F},
					{0.5F, 0.3F, 0.2F},
					{0.1F, 0.2F, 0.7F},
					{0.4F, 0.4F, 0.2F},
					{0.7F, 0.2F, 0.1F}};
	static const uint16_t classes[] = {1, 1, 0, 1, 2};
	static const uint32_t images[] = {4, 5, 7, 9, 10};
	static const uint16_t ranks[] = {0, 1, 2, 1, EMNIST_NO_RANK};
	static const float truths[] = {0.8F, 0.5F, 0.1F, 0.6F, 0};
	struct emnist_labels *truth, *predicted;
	struct emnist_evaluation e;
	struct tally tally;

	(void)state;
	/* The truths: A, B or C, D; what is predicted: A, B, C. */
	assert_int_equal(emnist_labels_parse("0 65\n1 66 67\n2 68", 17, &truth, NULL), EMNIST_OK);
	assert_int_equal(emnist_labels_parse("0 65\n1 66\n2 67", 14, &predicted, NULL), EMNIST_OK);
	assert_int_equal(tally_init(&tally, truth, predicted, NULL), EMNIST_OK);
	assert_true(tally_add(&tally, rows[0], classes, images, 2));
	assert_true(tally_add(&tally, rows[2], classes + 2, images + 2, 3));
	tally_finish(&tally, &e);
	tally_clear(&tally);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(e.answers[i].image, images[i]);
		assert_int_equal(e.answers[i].true_class, classes[i]);
		assert_int_equal(e.answers[i].rank, ranks[i]);
		assert_near((double)e.answers[i].true_probability, (double)truths[i], 1e-7);
	}
	assert_int_equal(e.answers[2].predicted_class, 2);
	assert_true(e.answers[2].probability == 0.7F);
	assert_int_equal(e.n_within[0], 1);
	assert_int_equal(e.n_within[1], 3);
	assert_int_equal(e.n_within[9], 4);
	emnist_evaluation_clear(&e);
	emnist_labels_free(truth);
	emnist_labels_free(predicted);
}

static struct emnist_answer answers_of[2][4] = {
	{{.image = 0}, {.image = 2, .rank = 1}, {.image = 3}, {.image = 4}},
	{{.image = 0}, {.image = 2}, {.image = 3, .rank = EMNIST_NO_RANK}, {.image = 4}},
};

static void test_compare(void **state)
{
	struct emnist_evaluation a = {.n_images = 4, .answers = answers_of[0]};
	struct emnist_evaluation b = {.n_images = 4, .answers = answers_of[1]};
	struct emnist_comparison c;
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_compare(&a, &b, &c, &error), EMNIST_OK);
	assert_int_equal(c.n_both, 2);
	assert_int_equal(c.n_first, 1);
	assert_int_equal(c.n_second, 1);
	assert_int_equal(c.n_neither, 0);
	assert_true(c.p_value == 1);
	answers_of[1][3].image = 5;
	assert_int_equal(emnist_compare(&a, &b, &c, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "the models do not answer the same images");
	b.n_images = 3;
	assert_int_equal(emnist_compare(&a, &b, &c, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "one model answers 4 images, the other 3");
	b = (struct emnist_evaluation){.n_images = 4};
	assert_int_equal(emnist_compare(&a, &b, &c, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "the answers were not kept");
}

/* --------------------------------------------------------------- heat maps */

static void test_heat(void **state)
{
	uint8_t rgb[3], darker[3];

	(void)state;
	assert_true(heat_level(0, 5) == 0 && heat_level(0, 0) == 0);
	assert_true(heat_level(5, 5) == 1);
	assert_near(heat_level(1, 10), 0.7, 1e-12);
	assert_near(heat_level(1, 100), 0.4, 1e-12);
	assert_near(heat_level(1, 1000), 0.1, 1e-12);
	assert_near(heat_level(1, 100000), 0.1, 1e-12);
	/* Both ends of devon.txt, and its middle. */
	heat_color(0, rgb);
	assert_memory_equal(rgb, ((uint8_t[]){255, 255, 255}), 3);
	heat_color(1, rgb);
	assert_memory_equal(rgb, ((uint8_t[]){44, 26, 76}), 3);
	heat_color(0.5, rgb);
	assert_memory_equal(rgb, ((uint8_t[]){126, 143, 221}), 3);
	for (int i = 0; i < 100; i++) {
		heat_color(i / 100.0, rgb);
		heat_color((i + 1) / 100.0, darker);
		assert_true(darker[0] + 2 * darker[1] + darker[2] < rgb[0] + 2 * rgb[1] + rgb[2]);
	}
}

/* A cell's color is where the layout says: the third of three rows, at the diagonal's end. */
static void test_confusion_picture(void **state)
{
	static uint64_t confusion[] = {9, 0, 1, 0, 10, 0, 0, 0, 0};
	const struct emnist_limits limits = image_limits(&(struct emnist_limits){0});
	struct emnist_evaluation e = {.n_true = 3, .n_predicted = 3, .confusion = confusion};
	struct image image = {0};
	struct emnist_error error;
	size_t n_dark = 0, nbytes;
	void *png;

	(void)state;
	assert_int_equal(emnist_labels_parse("0 65\n1 66\n2 67", 14, &e.true_labels, NULL),
			 EMNIST_OK);
	e.predicted_labels = e.true_labels;
	if (heatmap_encode(&e, &png, &nbytes, &error) ||
	    image_decode(png, nbytes, &limits, &image, &error))
		fail_msg("%s", error.message);
	assert_int_equal(image.channels, 3);
	for (size_t i = 0; i < (size_t)image.width * image.height; i++)
		n_dark += memcmp(image.pixels.data + i * 3, ((uint8_t[]){44, 26, 76}), 3) == 0;
	/* The one full cell, and the end of the legend. */
	assert_int_equal(n_dark, 31 * 31 + 2 * 12);
	free(png);
	image_clear(&image);
	emnist_labels_free(e.true_labels);
}

static void test_confusion_picture_is_bounded(void **state)
{
	struct emnist_evaluation e = {.n_true = 300, .n_predicted = 300};
	struct emnist_error error;
	char text[300 * 8];
	size_t n = 0, nbytes;
	void *png;

	(void)state;
	for (int i = 0; i < 300; i++)
		n += (size_t)sprintf(text + n, "%d 65\n", i);
	assert_int_equal(emnist_labels_parse(text, n, &e.true_labels, NULL), EMNIST_OK);
	e.predicted_labels = e.true_labels;
	assert_int_equal(heatmap_encode(&e, &png, &nbytes, &error), EMNIST_ERR_LIMIT);
	assert_null(png);
	emnist_labels_free(e.true_labels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_comparisons_of_all_sizes),
		cmocka_unit_test(test_scores),
		cmocka_unit_test(test_classes_that_overlap),
		cmocka_unit_test(test_confusions),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_heat),
		cmocka_unit_test(test_confusion_picture),
		cmocka_unit_test(test_confusion_picture_is_bounded),
	};

	return cmocka_run_group_tests_name("scores", tests, NULL, NULL);
}
