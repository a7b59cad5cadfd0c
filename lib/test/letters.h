/*
 * letters.h - drawn letters, and the vectors that they become, for the tests of preprocessing.
 */
#ifndef TEST_LETTERS_H
#define TEST_LETTERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../preprocess/preprocess.h"
#include "pictures.h"

#define N EMNIST_VECTOR_LENGTH

/* A "d", whose stem makes it as high as it is, and an "i", whose dot is apart. */
static const struct point letter_d[] = {
	{.75f, .05f, true},  {.75f, .95f, false}, {.72f, .60f, false},
	{.50f, .50f, false}, {.28f, .60f, false}, {.25f, .75f, false},
	{.32f, .90f, false}, {.52f, .93f, false}, {.74f, .85f, false},
};
static const struct point letter_i[] = {
	{.5f, .3f, true},
	{.5f, .95f, false},
	{.5f, .08f, true},
};

static inline void picture_make(struct image *image, uint32_t width, uint32_t height,
				unsigned channels)
{
	assert_int_equal(image_resize(image, width, height, channels, NULL), EMNIST_OK);
}

/* A letter with strokes of 15 % of its size. */
static inline void draw(struct image *image, uint32_t width, uint32_t height,
			const struct point *points, size_t n_points, float left, float top,
			float size, uint8_t paper, uint8_t ink)
{
	picture_make(image, width, height, 1);
	draw_strokes(image->pixels.data, width, height, points, n_points, left, top, size,
		     size * 0.15f, paper, ink);
}

#define LETTER(letter) (letter), sizeof(letter) / sizeof(*(letter))

/* Every vector must be what the header says; a second run must give the same. */
static inline void preprocess(const struct image *image, enum emnist_preprocess mode, float *vector)
{
	struct preprocessor preprocessor = {0};
	float again[N];

	assert_int_equal(preprocess_image(&preprocessor, image, mode, vector, NULL), EMNIST_OK);
	assert_int_equal(preprocess_image(&preprocessor, image, mode, again, NULL), EMNIST_OK);
	assert_memory_equal(vector, again, sizeof(again));
	for (size_t i = 0; i < N; i++)
		assert_true(vector[i] >= 0 && vector[i] <= 1);
	preprocessor_clear(&preprocessor);
}

static inline float mean_difference(const float *a, const float *b)
{
	float sum = 0;

	for (size_t i = 0; i < N; i++)
		sum += fabsf(a[i] - b[i]);
	return sum / N;
}

/* What all drawings of the letter d should come to: 400 x 400, black on white. */
static inline void reference_d(float *vector)
{
	struct image image = {0};

	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	image_clear(&image);
}

static inline void assert_like_d(const struct image *image, float tolerance)
{
	float expected[N], vector[N];

	reference_d(expected);
	preprocess(image, EMNIST_PREPROCESS_AUTO, vector);
	if (mean_difference(expected, vector) > tolerance)
		fail_msg("%u x %u x %u: differs by %.4f", image->width, image->height,
			 image->channels, (double)mean_difference(expected, vector));
}

#endif
