/*
 * test_frames.c - what forms and people draw around a character and beside it is left out, in dark
 * ink and in light ink, wherever it lies; and what a character is made of stays.
 *
 * What is right is what the character alone comes to.
 */
#include "letters.h"

#define SIDE 400

static void invert(struct image *image)
{
	for (size_t i = 0; i < image->pixels.nbytes; i++)
		image->pixels.data[i] = (uint8_t)(255 - image->pixels.data[i]);
}

static void fill(struct image *image, size_t left, size_t top, size_t right, size_t bottom,
		 uint8_t value)
{
	for (size_t y = top; y < bottom; y++)
		memset(image->pixels.data + y * image->width + left, value, right - left);
}

/* The edges of a box, so many pixels thick, inside of its sides. */
static void box(struct image *image, size_t left, size_t top, size_t right, size_t bottom,
		size_t thick, uint8_t value)
{
	fill(image, left, top, right, top + thick, value);
	fill(image, left, bottom - thick, right, bottom, value);
	fill(image, left, top, left + thick, bottom, value);
	fill(image, right - thick, top, right, bottom, value);
}

/* A ring about (x, y) from the inner radius to the outer one. */
static void ring(struct image *image, double x, double y, double inner, double outer, uint8_t value)
{
	for (size_t i = 0; i < image->pixels.nbytes; i++) {
		const double distance = hypot((double)(i % image->width) + 0.5 - x,
					      (double)(i / image->width) + 0.5 - y);

		if (distance >= inner && distance < outer)
			image->pixels.data[i] = value;
	}
}

static void draw_d(struct image *image)
{
	draw(image, SIDE, SIDE, LETTER(letter_d), 120, 120, 160, 255, 0);
}

/* As it is and as its negative: like the letter, and the same to the last step of 255. */
static void assert_both(struct image *image, const char *what, float tolerance)
{
	float alone[N], vectors[2][N];
	struct image letter = {0};

	draw_d(&letter);
	preprocess(&letter, EMNIST_PREPROCESS_AUTO, alone);
	image_clear(&letter);
	for (int negative = 0; negative < 2; negative++) {
		preprocess(image, EMNIST_PREPROCESS_AUTO, vectors[negative]);
		if (mean_difference(alone, vectors[negative]) > tolerance)
			fail_msg("%s%s: differs by %.4f", what, negative ? ", negative" : "",
				 (double)mean_difference(alone, vectors[negative]));
		invert(image);
	}
	for (size_t i = 0; i < N; i++)
		assert_true(fabsf(vectors[0][i] - vectors[1][i]) < 1.5f / 255);
}

/* ------------------------------------------------------------------ around */

static void frames_are_no_ink(void **state)
{
	static const struct {
		size_t inset, thick;
		uint8_t value;
	} frames[] = {{1, 4, 0},   {10, 4, 0},   {40, 6, 0},   {70, 3, 0},
		      {30, 20, 0}, {40, 6, 100}, {40, 6, 180}, {25, 10, 150}};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(frames) / sizeof(*frames); k++) {
		const size_t near = frames[k].inset, far = SIDE - near;

		draw_d(&image);
		box(&image, near, near, far, far, frames[k].thick, frames[k].value);
		assert_both(&image, "frame", 0.01f);
	}
	draw_d(&image);
	box(&image, 20, 20, 380, 380, 4, 0);
	box(&image, 40, 40, 360, 360, 4, 0);
	assert_both(&image, "two frames", 0.01f);
	draw_d(&image);
	box(&image, 10, 60, 390, 340, 5, 0);
	assert_both(&image, "wide frame", 0.01f);
	image_clear(&image);
}

static void circles_are_no_ink(void **state)
{
	static const double widths[] = {3, 6, 14};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(widths) / sizeof(*widths); k++) {
		draw_d(&image);
		ring(&image, 200, 200, 125, 125 + widths[k], 0);
		assert_both(&image, "circle", 0.01f);
		/* Which a hand has not quite closed. */
		fill(&image, 200, 60, 225, 100, 255);
		assert_both(&image, "open circle", 0.01f);
		/* Which is larger than the picture. */
		draw_d(&image);
		ring(&image, 200, 200, 210, 210 + widths[k], 0);
		assert_both(&image, "cut circle", 0.01f);
		/* Of which less than half is seen. */
		draw_d(&image);
		ring(&image, 270, 200, 240, 240 + widths[k], 0);
		assert_both(&image, "arc", 0.01f);
	}
	image_clear(&image);
}

/* The stem of the d goes from one side of the frame to the other. */
static void frames_that_are_touched_are_no_ink(void **state)
{
	struct image image = {0};
	float alone[N], vector[N];

	(void)state;
	draw_d(&image);
	fill(&image, 0, 0, SIDE, 124, 255);
	fill(&image, 228, 270, 252, 300, 0);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, alone);
	box(&image, 110, 119, 290, 305, 5, 0);
	for (int negative = 0; negative < 2; negative++) {
		preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
		if (mean_difference(alone, vector) > 0.03f)
			fail_msg("%d: differs by %.4f", negative,
				 (double)mean_difference(alone, vector));
		invert(&image);
	}
	image_clear(&image);
}

/* A cell of 60 pixels cut out of a form, with the lines, of 2, on the sides whose bits are set; at
 * the border and a little inside of it. */
static void cells_are_no_ink(void **state)
{
	static const unsigned sides[] = {1, 4, 1 | 4, 1 | 2 | 4, 1 | 2 | 4 | 8};
	struct image image = {0}, alone = {0};
	float expected[N], vector[N];

	(void)state;
	draw(&alone, 60, 60, LETTER(letter_d), 14, 14, 32, 255, 0);
	preprocess(&alone, EMNIST_PREPROCESS_AUTO, expected);
	for (size_t k = 0; k < sizeof(sides) / sizeof(*sides); k++)
		for (size_t inset = 0; inset <= 2; inset++) {
			const size_t far = 60 - inset;

			draw(&image, 60, 60, LETTER(letter_d), 14, 14, 32, 255, 0);
			if (sides[k] & 1)
				fill(&image, inset, inset, inset + 2, far, 0);
			if (sides[k] & 2)
				fill(&image, far - 2, inset, far, far, 0);
			if (sides[k] & 4)
				fill(&image, inset, inset, far, inset + 2, 0);
			if (sides[k] & 8)
				fill(&image, inset, far - 2, far, far, 0);
			for (int negative = 0; negative < 2; negative++) {
				preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
				if (mean_difference(expected, vector) > 0.01f)
					fail_msg("sides %u, %zu inside, %d: differs by %.4f",
						 sides[k], inset, negative,
						 (double)mean_difference(expected, vector));
				invert(&image);
			}
		}
	image_clear(&image);
	image_clear(&alone);
}

/* ------------------------------------------------------------------ beside */

static void underlines_are_no_ink(void **state)
{
	struct image image = {0};

	(void)state;
	for (size_t y = 296; y <= 316; y += 10)
		for (size_t thick = 3; thick <= 10; thick += 7) {
			draw_d(&image);
			fill(&image, 140, y, 270, y + thick, 0);
			assert_both(&image, "underline", 0.01f);
			fill(&image, 80, y, 320, y + thick, 0);
			assert_both(&image, "long underline", 0.01f);
		}
	draw_d(&image);
	fill(&image, 140, 296, 270, 301, 0);
	fill(&image, 140, 311, 270, 316, 0);
	assert_both(&image, "two underlines", 0.01f);
	image_clear(&image);
}

static void combs_are_no_ink(void **state)
{
	struct image image = {0};

	(void)state;
	for (size_t bottom = 320; bottom <= SIDE; bottom += 40) {
		draw_d(&image);
		fill(&image, 40, bottom - 60, 46, bottom, 0);
		fill(&image, 354, bottom - 60, 360, bottom, 0);
		assert_both(&image, "ticks", 0.01f);
		fill(&image, 40, bottom - 6, 360, bottom, 0);
		assert_both(&image, "comb", 0.01f);
	}
	draw_d(&image);
	fill(&image, 80, 80, 86, 320, 0);
	fill(&image, 80, 80, 100, 86, 0);
	fill(&image, 80, 314, 100, 320, 0);
	fill(&image, 314, 80, 320, 320, 0);
	fill(&image, 300, 80, 320, 86, 0);
	fill(&image, 300, 314, 320, 320, 0);
	assert_both(&image, "brackets", 0.01f);
	image_clear(&image);
}

static void punched_holes_are_no_ink(void **state)
{
	static const double places[][2] = {{50, 60}, {50, 200}, {50, 340}, {350, 100}};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(places) / sizeof(*places); k++) {
		draw_d(&image);
		ring(&image, places[k][0], places[k][1], 0, 28, 40);
		assert_both(&image, "hole", 0.01f);
		draw_d(&image);
		ring(&image, places[k][0], places[k][1], 24, 28, 40);
		assert_both(&image, "ring", 0.01f);
	}
	image_clear(&image);
}

/* Every 30 pixels, through the letter too. */
static void graph_paper_is_no_ink(void **state)
{
	static const uint8_t values[] = {210, 170, 130};
	struct image image = {0}, letter = {0};

	(void)state;
	draw_d(&letter);
	for (size_t k = 0; k < sizeof(values); k++) {
		draw_d(&image);
		for (size_t at = 17; at < SIDE; at += 30) {
			fill(&image, at, 0, at + 3, SIDE, values[k]);
			fill(&image, 0, at, SIDE, at + 3, values[k]);
		}
		for (size_t i = 0; i < image.pixels.nbytes; i++)
			if (letter.pixels.data[i] < image.pixels.data[i])
				image.pixels.data[i] = letter.pixels.data[i];
		assert_both(&image, "graph paper", 0.015f);
	}
	image_clear(&image);
	image_clear(&letter);
}

/* --------------------------------------------------------------- what stays */

/* Characters of up to five strokes, upright boxes that lie apart from each other as in print that
 * has broken; each must be seen. */
static const struct {
	const char *name;
	size_t strokes[5][4];
} broken[] = {
	{"E",
	 {{100, 100, 130, 300}, {138, 100, 240, 130}, {138, 185, 220, 215}, {138, 270, 240, 300}}},
	{"F", {{100, 100, 130, 300}, {138, 100, 240, 130}, {138, 185, 220, 215}}},
	{"L", {{100, 100, 130, 300}, {100, 306, 240, 336}}},
	{"T", {{100, 100, 260, 130}, {165, 138, 195, 300}}},
	{"I", {{130, 100, 270, 130}, {185, 136, 215, 264}, {130, 270, 270, 300}}},
	{"1", {{185, 100, 215, 280}, {140, 286, 260, 310}}},
	{"H", {{100, 100, 130, 300}, {140, 185, 240, 215}, {250, 100, 280, 300}}},
	{"i", {{185, 170, 215, 300}, {185, 100, 215, 130}}},
	{"i, its dot far above", {{185, 200, 215, 300}, {185, 100, 215, 130}}},
	{"i, more dot than stem", {{150, 100, 250, 160}, {190, 195, 210, 290}}},
	{"i, its dot a dash", {{185, 180, 215, 300}, {165, 120, 235, 140}}},
	{"5, its bar above",
	 {{130, 100, 260, 125},
	  {130, 140, 155, 210},
	  {130, 205, 260, 230},
	  {235, 225, 260, 310},
	  {130, 300, 260, 325}}},
	{"K",
	 {{100, 100, 130, 300}, {140, 185, 200, 215}, {195, 100, 225, 190}, {195, 210, 225, 300}}},
};

/* Whether ink is seen where the middle of a stroke comes to lie, when all of them are in the box.
 */
static bool is_seen(const float *vector, const size_t stroke[4], const double all[4])
{
	const double scale = 22.25 / fmax(all[2] - all[0], all[3] - all[1]);
	const double x = ((double)(stroke[0] + stroke[2]) - all[0] - all[2]) / 2 * scale + 14;
	const double y = ((double)(stroke[1] + stroke[3]) - all[1] - all[3]) / 2 * scale + 14;

	return vector[(size_t)y * 28 + (size_t)x] > 0.5f;
}

static void strokes_stay(void **state)
{
	struct image image = {0};
	float vector[N];

	(void)state;
	for (size_t k = 0; k < sizeof(broken) / sizeof(*broken); k++) {
		double all[4] = {SIDE, SIDE, 0, 0};

		picture_make(&image, SIDE, SIDE, 1);
		memset(image.pixels.data, 255, image.pixels.nbytes);
		for (size_t l = 0; l < 5 && broken[k].strokes[l][2] > 0; l++) {
			const size_t *stroke = broken[k].strokes[l];

			fill(&image, stroke[0], stroke[1], stroke[2], stroke[3], 0);
			all[0] = fmin(all[0], (double)stroke[0]);
			all[1] = fmin(all[1], (double)stroke[1]);
			all[2] = fmax(all[2], (double)stroke[2]);
			all[3] = fmax(all[3], (double)stroke[3]);
		}
		for (int negative = 0; negative < 2; negative++) {
			preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
			for (size_t l = 0; l < 5 && broken[k].strokes[l][2] > 0; l++)
				if (!is_seen(vector, broken[k].strokes[l], all))
					fail_msg("%s: no stroke %zu", broken[k].name, l);
			invert(&image);
		}
	}
	image_clear(&image);
}

/* The ring of an O, a 0 with a dot, a Q whose tail lies within it, apart. */
static void rings_stay(void **state)
{
	struct image image = {0};
	float plain[N], vector[N];

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		picture_make(&image, SIDE, SIDE, 1);
		memset(image.pixels.data, 255, image.pixels.nbytes);
		ring(&image, 200, 200, 80, 100, 0);
		if (kind == 1)
			ring(&image, 200, 200, 0, 20, 0);
		if (kind == 2)
			fill(&image, 225, 225, 245, 245, 0);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, kind ? vector : plain);
		for (size_t i = 0; kind && i < N; i++)
			assert_true(vector[i] > plain[i] - 0.1f);
	}
	image_clear(&image);
}

/* A 0 that has broken into an upper and a lower half. */
static void halves_stay(void **state)
{
	struct image image = {0};
	float vector[N];

	(void)state;
	picture_make(&image, SIDE, SIDE, 1);
	memset(image.pixels.data, 255, image.pixels.nbytes);
	ring(&image, 200, 200, 90, 100, 0);
	fill(&image, 80, 170, 320, 210, 255);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	assert_true(vector[3 * 28 + 14] > 0.5f);
	assert_true(vector[24 * 28 + 14] > 0.5f);
	image_clear(&image);
}

/* A part that is looked at again shows less of the frame, or none. */
static void frames_stay_out_when_looked_at_again(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 1600, 1600, LETTER(letter_d), 700, 700, 200, 255, 0);
	ring(&image, 800, 800, 150, 160, 0);
	box(&image, 500, 300, 1300, 1100, 20, 0);
	assert_like_d(&image, 0.015f);
	invert(&image);
	assert_like_d(&image, 0.015f);
	image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_no_ink),
		cmocka_unit_test(circles_are_no_ink),
		cmocka_unit_test(frames_that_are_touched_are_no_ink),
		cmocka_unit_test(cells_are_no_ink),
		cmocka_unit_test(underlines_are_no_ink),
		cmocka_unit_test(combs_are_no_ink),
		cmocka_unit_test(punched_holes_are_no_ink),
		cmocka_unit_test(graph_paper_is_no_ink),
		cmocka_unit_test(strokes_stay),
		cmocka_unit_test(rings_stay),
		cmocka_unit_test(halves_stay),
		cmocka_unit_test(frames_stay_out_when_looked_at_again),
	};

	return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
