/*
 * test_count.c - how many characters stand side by side.
 */
#include "letters.h"

#define MAX_POINTS 64

/* The height of letters in pixels, and the width of strokes as a share of it. */
#define SIZE 80
#define PEN  0.1f

/* A 2 and a T: 0.7 and 0.8 wide, with the pen, and all of the height. */
static const struct point letter_2[] = {
	{.05f, .25f, true}, {.2f, .05f, false},  {.5f, .05f, false},
	{.65f, .3f, false}, {.05f, .95f, false}, {.65f, .95f, false},
};
static const struct point letter_t[] = {
	{.05f, .05f, true},
	{.75f, .05f, false},
	{.4f, .05f, true},
	{.4f, .95f, false},
};

/* Letters of two pieces; the second begins where x is 1, and is moved to where it is to be. */
static const struct point pieces_of_h[] = {
	{.05f, .05f, true},  {.05f, .95f, false}, {1.05f, .5f, true},
	{1.55f, .5f, false}, {1.55f, .05f, true}, {1.55f, .95f, false},
};
static const struct point pieces_of_k[] = {
	{.05f, .05f, true},  {.05f, .95f, false}, {1.5f, .05f, true},
	{1.05f, .5f, false}, {1.5f, .95f, false},
};
static const struct point pieces_of_n[] = {
	{.05f, .05f, true},  {.05f, .95f, false}, {1.05f, .05f, true},
	{1.5f, .95f, false}, {1.5f, .05f, false},
};
static const struct point pieces_of_u[] = {
	{.05f, .05f, true},  {.05f, .95f, false},  {.2f, .95f, false},
	{1.15f, .05f, true}, {1.15f, .95f, false}, {1.05f, .95f, false},
};
static const struct point pieces_of_m[] = {
	{.05f, .95f, true}, {.05f, .05f, false},  {.35f, .6f, false},
	{1.05f, .6f, true}, {1.35f, .05f, false}, {1.35f, .95f, false},
};

/* Adds the strokes `at` farther to the right, and those of a second piece `second` farther than
 * those of the first. */
static size_t add(struct point *points, size_t n, const struct point *letter, size_t n_letter,
		  float at, float second)
{
	for (size_t i = 0; i < n_letter; i++) {
		points[n + i] = letter[i];
		points[n + i].x += at + (letter[i].x >= 1 ? second - 1 : 0);
	}
	return n + n_letter;
}

static size_t count(const struct image *image)
{
	struct preprocessor preprocessor = {0};
	float vector[N];
	size_t n;

	assert_int_equal(
		preprocess_image(&preprocessor, image, EMNIST_PREPROCESS_AUTO, vector, NULL),
		EMNIST_OK);
	n = preprocessor.n_characters;
	preprocessor_clear(&preprocessor);
	return n;
}

static size_t count_drawn(const struct point *points, size_t n, float width, uint8_t paper,
			  uint8_t ink, unsigned channels)
{
	const uint32_t columns = (uint32_t)(width * SIZE) + 40, rows = SIZE + 40;
	struct image image = {0}, colored = {0};
	size_t counted;

	picture_make(&image, columns, rows, 1);
	draw_strokes(image.pixels.data, columns, rows, points, n, 20, 20, SIZE, PEN * SIZE, paper,
		     ink);
	picture_make(&colored, columns, rows, channels);
	/* In color, red ink whose luma is near the paper's. */
	for (size_t i = 0; i < colored.pixels.nbytes; i++) {
		const uint8_t grey = image.pixels.data[i / channels];

		colored.pixels.data[i] = channels == 1 ? grey
					 : i % 3 == 0  ? 255
					 : i % 3 == 1  ? 180
						       : grey;
	}
	counted = count(&colored);
	image_clear(&image);
	image_clear(&colored);
	return counted;
}

/* Up to five, with gaps of 5 to 40 % of their height, or 10 where four or more share the pixels
 * that are looked at. */
static void characters_are_counted(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 5; n++)
		for (unsigned gap = n < 4 ? 5 : 10; gap <= 40; gap += 5) {
			struct point points[MAX_POINTS];
			size_t n_points = 0;
			float at = 0;

			for (size_t k = 0; k < n; k++) {
				n_points = k % 2 ? add(points, n_points, LETTER(letter_t), at, 0)
						 : add(points, n_points, LETTER(letter_2), at, 0);
				at += (k % 2 ? .8f : .7f) + (float)gap / 100;
			}
			assert_int_equal(count_drawn(points, n_points, at, 240, 20, 1), n);
			assert_int_equal(count_drawn(points, n_points, at, 20, 240, 1), n);
			assert_int_equal(count_drawn(points, n_points, at, 240, 0, 3), n);
		}
}

/* A stem that stands apart from the rest by up to 10 % of the height, and halves by 3 %. */
static void pieces_are_of_one_character(void **state)
{
	static const struct {
		const struct point *points;
		size_t n;
		float apart;
	} letters[] = {
		{LETTER(pieces_of_h), .1f},  {LETTER(pieces_of_k), .1f},
		{LETTER(pieces_of_n), .1f},  {LETTER(pieces_of_u), .03f},
		{LETTER(pieces_of_m), .03f},
	};

	(void)state;
	for (size_t k = 0; k < sizeof(letters) / sizeof(*letters); k++)
		for (float gap = 0; gap <= letters[k].apart; gap += .01f) {
			struct point points[MAX_POINTS];
			/* The width of the first piece: up to where the second begins. */
			float width = 0;
			size_t n;

			for (size_t i = 0; i < letters[k].n; i++)
				if (letters[k].points[i].x < 1)
					width = fmaxf(width, letters[k].points[i].x + PEN / 2);
			n = add(points, 0, letters[k].points, letters[k].n, 0, width + gap);
			assert_int_equal(count_drawn(points, n, 1.5f, 240, 20, 1), 1);
		}
}

/* What lies one above the other, or is small, is none: i, and digits with a comma between. */
static void dots_and_marks_do_not_count(void **state)
{
	static const struct point comma[] = {{.05f, .85f, true}, {.05f, .95f, false}};
	struct point points[MAX_POINTS];
	size_t n = 0;

	(void)state;
	assert_int_equal(count_drawn(LETTER(letter_i), 1, 240, 20, 1), 1);
	n = add(points, n, LETTER(letter_2), 0, 0);
	n = add(points, n, LETTER(comma), .9f, 0);
	assert_int_equal(count_drawn(points, n, 1.2f, 240, 20, 1), 1);
	n = add(points, n, LETTER(letter_2), 1.2f, 0);
	assert_int_equal(count_drawn(points, n, 2, 240, 20, 1), 2);
}

/* A 7 and a 2 in a tight crop are two, a 2 with some of a T beside it is one. */
static void cut_neighbors_do_not_count(void **state)
{
	static const struct point letter_7[] = {
		{.05f, .05f, true}, {.3f, .05f, false}, {.05f, .95f, false}};
	struct image image = {0};
	struct point points[MAX_POINTS];
	size_t n = add(points, 0, LETTER(letter_7), 0, 0);

	(void)state;
	n = add(points, n, LETTER(letter_2), .55f, 0);
	picture_make(&image, 99, 140, 1);
	draw_strokes(image.pixels.data, 99, 140, points, n, 0, 20, SIZE, PEN * SIZE, 240, 20);
	assert_int_equal(count(&image), 2);
	n = add(points, 0, LETTER(letter_2), 0, 0);
	n = add(points, n, LETTER(letter_t), .77f, 0);
	picture_make(&image, 134, 140, 1);
	draw_strokes(image.pixels.data, 134, 140, points, n, 40, 20, SIZE, PEN * SIZE, 240, 20);
	assert_int_equal(count(&image), 1);
	image_clear(&image);
}

/* The number is of the image that was read last. */
static void the_next_image_starts_anew(void **state)
{
	struct preprocessor preprocessor = {0};
	struct image image = {0};
	struct point points[MAX_POINTS];
	float vector[N];
	size_t n = add(points, 0, LETTER(letter_2), 0, 0);

	(void)state;
	n = add(points, n, LETTER(letter_2), 1, 0);
	picture_make(&image, 200, 120, 1);
	draw_strokes(image.pixels.data, 200, 120, points, n, 20, 20, SIZE, PEN * SIZE, 255, 0);
	preprocess_image(&preprocessor, &image, EMNIST_PREPROCESS_AUTO, vector, NULL);
	assert_int_equal(preprocessor.n_characters, 2);
	preprocess_image(&preprocessor, &image, EMNIST_PREPROCESS_RAW, vector, NULL);
	assert_int_equal(preprocessor.n_characters, 1);
	preprocess_image(&preprocessor, &image, EMNIST_PREPROCESS_AUTO, vector, NULL);
	memset(image.pixels.data, 255, image.pixels.nbytes);
	preprocess_image(&preprocessor, &image, EMNIST_PREPROCESS_AUTO, vector, NULL);
	assert_int_equal(preprocessor.n_characters, 1);
	image_clear(&image);
	preprocessor_clear(&preprocessor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_are_counted),
		cmocka_unit_test(pieces_are_of_one_character),
		cmocka_unit_test(dots_and_marks_do_not_count),
		cmocka_unit_test(cut_neighbors_do_not_count),
		cmocka_unit_test(the_next_image_starts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
