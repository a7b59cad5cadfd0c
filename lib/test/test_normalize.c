/*
 * test_normalize.c - images of all kinds to vectors like EMNIST's: whatever their size, polarity,
 * place and light, with the lines of forms or none, and blank where nothing is drawn.
 */
#include "../preprocess/lanes.h"
#include "../preprocess/normalize.h"
#include "../preprocess/normalize_light.h"
#include "letters.h"

static bool is_blank(const float *vector)
{
	for (size_t i = 0; i < N; i++)
		if (vector[i] != 0)
			return false;
	return true;
}

/* --------------------------------------------------------------- normalize */

/* As measured on EMNIST: see the constants of normalize_place.c. */
static void ink_is_placed_as_in_emnist(void **state)
{
	struct edges edges;
	float vector[N + LANES] = {0}, most = 0;
	size_t left = 28, right = 0, top = 28, bottom = 0;

	(void)state;
	reference_d(vector);
	for (size_t i = 0; i < N; i++) {
		most = vector[i] > most ? vector[i] : most;
		if (vector[i] < 0.5f)
			continue;
		left = i % 28 < left ? i % 28 : left;
		right = i % 28 > right ? i % 28 : right;
		top = i / 28 < top ? i / 28 : top;
		bottom = i / 28 > bottom ? i / 28 : bottom;
	}
	assert_true(most == 1);
	assert_in_range(bottom - top + 1, 21, 24);
	assert_in_range(right - left + 1, 11, 18);
	assert_in_range(top + bottom, 26, 28); /* 27 is the middle */
	assert_in_range(left + right, 26, 28);
	/* 0.67 in the plane, and what pixels add to it as edges are measured here. */
	edges = normalize_measure_edges(vector, 28, 28);
	assert_true(fabs(normalize_edge_sigma(&edges) - 0.787) < 0.05);
}

/* 98 x 55 pixels of black on white: no step has anything to do but the last, which has the known
 * answer of a box under a Gaussian, stretched and rounded to the nearest 255th. Python's:
 *
 *	from math import erf, floor, pi, sqrt
 *	s = 22.25 / 98
 *	# edges of 2 x (98 + 55) pixels; at the corner below on the right both are one pixel's
 *	sharp = s / sqrt(2 * pi) * (2 * 153 - 1) / (2 * 153 - 2 + sqrt(2))
 *	a = 1 / sqrt(2 * (0.6**2 + 1 / 12 - sharp**2))
 *	p = lambda n: [erf((n * s / 2 - x + 13.5) * a) + erf((n * s / 2 + x - 13.5) * a)
 *	               for x in range(14)]
 *	rows, columns = p(55), p(98)
 *	for r in rows[6:]:
 *		print(*(floor(255 * r * c / rows[13] / columns[13] + 0.5) for c in columns[1:]))
 *
 * None of these is nearer than 0.12 to the middle between two. */
static void boxes_are_blurred_stretched_and_rounded(void **state)
{
	static const uint8_t expected[8][13] = {
		{0, 2, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7},
		{2, 25, 74, 88, 89, 89, 89, 89, 89, 89, 89, 89, 89},
		{4, 63, 184, 220, 222, 222, 222, 222, 222, 222, 222, 222, 222},
		{5, 72, 210, 252, 254, 254, 254, 254, 254, 254, 254, 254, 254},
		{5, 73, 211, 253, 255, 255, 255, 255, 255, 255, 255, 255, 255},
		{5, 73, 211, 253, 255, 255, 255, 255, 255, 255, 255, 255, 255},
		{5, 73, 211, 253, 255, 255, 255, 255, 255, 255, 255, 255, 255},
		{5, 73, 211, 253, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	};
	struct image image = {0};
	float vector[N];

	(void)state;
	picture_make(&image, 128, 128, 1);
	for (size_t i = 0; i < image.pixels.nbytes; i++)
		image.pixels.data[i] = i % 128 - 15 < 98 && i / 128 - 36 < 55 ? 0 : 255;
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	for (size_t i = 0; i < N; i++) {
		const size_t x = i % 28 < 14 ? i % 28 : 27 - i % 28;
		const size_t y = i / 28 < 14 ? i / 28 : 27 - i / 28;
		const uint8_t value = x < 1 || y < 6 ? 0 : expected[y - 6][x - 1];

		assert_true(vector[i] == (float)value / 255);
	}
	image_clear(&image);
}

static void polarity_does_not_matter(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 0, 255);
	assert_like_d(&image, 0.002f);
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 90, 230);
	assert_like_d(&image, 0.01f);
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 200, 150);
	assert_like_d(&image, 0.01f);
	/* Looked at again, and again. */
	draw(&image, 900, 900, LETTER(letter_d), 600, 150, 120, 0, 255);
	assert_like_d(&image, 0.015f);
	image_clear(&image);
}

static void size_does_not_matter(void **state)
{
	static const float sizes[] = {24, 40, 100, 333, 1000, 2500};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		const uint32_t side = (uint32_t)(sizes[i] * 1.5f);
		struct image image = {0};

		draw(&image, side, side, LETTER(letter_d), sizes[i] / 4, sizes[i] / 4, sizes[i],
		     255, 0);
		assert_like_d(&image, sizes[i] < 50 ? 0.04f : 0.015f);
		image_clear(&image);
	}
}

static void place_and_margins_do_not_matter(void **state)
{
	static const struct {
		uint32_t width, height;
		float left, top;
	} cases[] = {
		{250, 230, 40, 20},     {1500, 300, 1200, 60}, {300, 1500, 20, 1290},
		{3000, 2000, 2700, 40}, {220, 1000, 5, 400},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct image image = {0};

		draw(&image, cases[i].width, cases[i].height, LETTER(letter_d), cases[i].left,
		     cases[i].top, 200, 255, 0);
		assert_like_d(&image, 0.015f);
		image_clear(&image);
	}
}

/* Each pixel the mean of those within reach, along rows or columns. */
static void smear(struct image *image, bool upright, size_t reach)
{
	const size_t step = upright ? image->width : 1, stride = upright ? 1 : image->width;
	const size_t n = upright ? image->height : image->width;
	const size_t n_lines = upright ? image->width : image->height;
	uint8_t from[512];

	for (size_t l = 0; l < n_lines; l++) {
		uint8_t *line = image->pixels.data + l * stride;

		for (size_t i = 0; i < n; i++)
			from[i] = line[i * step];
		for (size_t i = reach; i + reach < n; i++) {
			size_t sum = 0;

			for (size_t k = i - reach; k <= i + reach; k++)
				sum += from[k];
			line[i * step] = (uint8_t)(sum / (2 * reach + 1));
		}
	}
}

/* Blurred by 9.5 pixels, a third of a stroke: what is not sharpened differs by 0.049. */
static void out_of_focus_is_sharpened(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
	for (unsigned pass = 0; pass < 3; pass++) {
		smear(&image, false, 9);
		smear(&image, true, 9);
	}
	assert_like_d(&image, 0.044f);
	image_clear(&image);
}

/* The ink touches all four sides. */
static void tight_crops_are_read(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 130, 210, LETTER(letter_d), -35, 5, 200, 255, 0);
	assert_like_d(&image, 0.015f);
	draw(&image, 130, 210, LETTER(letter_d), -35, 5, 200, 0, 255);
	assert_like_d(&image, 0.015f);
	image_clear(&image);
}

/* Light that falls from 245 at one corner to 95 at the opposite one, where the paper is darker than
 * the ink is in the light. */
static void uneven_light_is_evened(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 130);
	for (size_t i = 0; i < image.pixels.nbytes; i++) {
		const double x = (double)(i % 400) / 400, y = (double)(i / 400) / 400;

		image.pixels.data[i] =
			(uint8_t)(image.pixels.data[i] * (245 - 75 * x - 75 * y) / 255);
	}
	assert_like_d(&image, 0.02f);
	image_clear(&image);
}

/* Corners a third as bright as the middle, as a lens leaves them, under dark and under light ink:
 * the border is all darker than most of the page, and is paper. */
static void dark_corners_are_paper(void **state)
{
	struct image image = {0};

	(void)state;
	for (unsigned light = 0; light < 2; light++) {
		draw(&image, 400, 400, LETTER(letter_d), 160, 160, 80, light ? 120 : 240,
		     light ? 250 : 40);
		for (size_t i = 0; i < image.pixels.nbytes; i++) {
			const double x = (double)(i % 400) / 200 - 1,
				     y = (double)(i / 400) / 200 - 1;

			image.pixels.data[i] =
				(uint8_t)(image.pixels.data[i] * (1 - 0.35 * (x * x + y * y)));
		}
		assert_like_d(&image, 0.02f);
	}
	image_clear(&image);
}

/* Soft shadows over four fifths of the page and of its border, and over half of it. */
static void shadows_are_paper(void **state)
{
	static const struct {
		double begins, softness;
	} shadows[] = {{110, 20}, {260, 15}};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(shadows) / sizeof(*shadows); k++) {
		draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 245, 30);
		for (size_t i = 0; i < image.pixels.nbytes; i++) {
			const double x = (double)(i % 400) + 0.3 * (double)(i / 400);
			const double across = (x - shadows[k].begins) / shadows[k].softness;

			image.pixels.data[i] =
				(uint8_t)(image.pixels.data[i] * (0.75 - 0.25 * tanh(across)));
		}
		assert_like_d(&image, 0.03f);
	}
	image_clear(&image);
}

/* Half a page in shadow, and a bar of ink all along the bright half: light that falls to one side
 * only does not rise behind the bar, and is that of the page. */
static void light_behind_a_shadow_only_falls(void **state)
{
	struct light_samples samples;
	float page[48 * 48], row[48];
	struct shadow shadow;

	(void)state;
	for (size_t i = 0; i < 48 * 48; i++) {
		const size_t x = i % 48;

		page[i] = x >= 8 && x < 12 ? 20 : x < 24 ? 200 : 100;
	}
	light_sample(page, 48, 48, &samples);
	assert_true(shadow_fit(&shadow, &samples, 0.75f) < 1);
	for (size_t k = 1; k < LIGHT_N_STRIPS; k++)
		assert_true(shadow.values[k] <= shadow.values[k - 1]);
	shadow_on_row(&shadow, 0, row, 48);
	assert_true(fabsf(row[5] - 200) < 1);
	assert_true(fabsf(row[42] - 100) < 1);
}

/* A thin, faint T, across whose stem the shadow's edge lies, is read as without the shadow. */
static void thin_ink_stands_out_of_shadows(void **state)
{
	float clear[N], shaded[N];
	struct image image = {0};

	(void)state;
	picture_make(&image, 400, 400, 1);
	memset(image.pixels.data, 245, image.pixels.nbytes);
	for (size_t i = 0; i < 400 * 400; i++) {
		const size_t x = i % 400, y = i / 400;

		if ((y >= 100 && y < 109 && x >= 120 && x < 280) ||
		    (x >= 196 && x < 205 && y >= 100 && y < 300))
			image.pixels.data[i] = 190;
	}
	preprocess(&image, EMNIST_PREPROCESS_AUTO, clear);
	for (size_t i = 0; i < 400 * 400; i++) {
		const double across = ((double)(i / 400) + 0.2 * (double)(i % 400) - 260) / 15;

		image.pixels.data[i] =
			(uint8_t)(image.pixels.data[i] * (0.87 - 0.13 * tanh(across)));
	}
	preprocess(&image, EMNIST_PREPROCESS_AUTO, shaded);
	if (mean_difference(clear, shaded) > 0.03F)
		fail_msg("differs by %.4f", (double)mean_difference(clear, shaded));
	image_clear(&image);
}

/* Half of the page and of its border in a deep shadow, whose edge runs through a thin, faint d: its
 * two levels are not those of ink and paper. Under light ink too. */
static void halves_in_shadow_keep_their_sides(void **state)
{
	static const struct {
		uint8_t paper, ink;
		double x, y, softness; /* of the shadow's edge */
		bool boxed;
	} pages[] = {
		{180, 120, 0, 1, 0.1, false},      {180, 120, 0.6, 0.8, 0.25, false},
		{245, 150, -1, 0, 0.2, false},     {130, 200, 0, 1, 0.1, false},
		{110, 180, 0.8, -0.6, 0.2, false}, {204, 143, 0, 1, 0.38, true},
		{178, 115, 0.2, 0.98, 0.18, true}, {178, 115, 0.7, 0.7, 0.3, true},
	};
	struct image image = {0};

	(void)state;
	picture_make(&image, 400, 400, 1);
	for (size_t k = 0; k < sizeof(pages) / sizeof(*pages); k++) {
		draw_strokes(image.pixels.data, 400, 400, LETTER(letter_d), 100, 100, 200, 14,
			     pages[k].paper, pages[k].ink);
		for (size_t i = 0; pages[k].boxed && i < 400; i++)
			for (size_t j = 0; j < 7; j++) {
				const size_t places[4] = {(25 + j) * 400 + i, (370 + j) * 400 + i,
							  i * 400 + 25 + j, i * 400 + 370 + j};

				for (size_t l = 0; l < 4; l++)
					image.pixels.data[places[l]] = pages[k].ink;
			}
		for (size_t i = 0; i < image.pixels.nbytes; i++) {
			const double x = (double)(i % 400) / 200 - 1;
			const double y = (double)(i / 400) / 200 - 1;
			const double across = x * pages[k].x + y * pages[k].y + 0.1;

			image.pixels.data[i] =
				(uint8_t)(image.pixels.data[i] *
					  (0.77 - 0.23 * tanh(across / pages[k].softness)));
		}
		assert_like_d(&image, 0.06f);
	}
	image_clear(&image);
}

/* A dark line of the picture, from border to border, `thick` pixels, at `at` and sloping. */
static void rule(struct image *image, bool upright, size_t at, double slope, size_t thick)
{
	const size_t width = image->width, height = image->height;

	for (size_t i = 0; i < (upright ? height : width); i++)
		for (size_t k = 0; k < thick; k++) {
			const size_t across = at + k + (size_t)(slope * (double)i);

			if (across < (upright ? width : height))
				image->pixels
					.data[upright ? i * width + across : across * width + i] =
					0;
		}
}

static void ruled_lines_are_no_ink(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
	rule(&image, false, 330, 0.03, 6);
	assert_like_d(&image, 0.01f); /* below */
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
	rule(&image, true, 50, 0.02, 8);
	rule(&image, true, 350, 0.02, 8);
	rule(&image, false, 40, 0, 8);
	rule(&image, false, 360, 0, 8);
	assert_like_d(&image, 0.01f); /* a box */
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
	rule(&image, false, 270, 0, 6);
	assert_like_d(&image, 0.02f); /* across the letter */
	/* A rule that is pale on more than half of its way. */
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
	for (size_t i = 0; i < 400; i++)
		for (size_t k = 0; k < 5; k++)
			image.pixels.data[(352 + k + i / 100) * 400 + i] = i < 170 ? 40 : 150;
	assert_like_d(&image, 0.01f);
	image_clear(&image);
}

/* Dashes three pixels apart are one line, which is left out where it crosses the letter, too. */
static void dashed_lines_are_no_ink(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 128, 128, LETTER(letter_d), 34, 28, 60, 255, 0);
	for (size_t y = 60; y < 63; y++)
		for (size_t x = 0; x < 128; x++)
			if (x % 15 < 12)
				image.pixels.data[y * 128 + x] = 0;
	assert_like_d(&image, 0.02f);
	image_clear(&image);
}

/* The top and left edges of a box, which lean outward and leave the picture before they end. */
static void corners_of_boxes_are_no_ink(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
	for (size_t i = 20; i < 400; i++)
		for (size_t k = 0; k < 8; k++) {
			const double across = 22 + (double)k - 0.08 * (double)i;

			if (across < 0)
				continue;
			image.pixels.data[(size_t)across * 400 + i] = 0;
			image.pixels.data[i * 400 + (size_t)across] = 0;
		}
	assert_like_d(&image, 0.01f);
	image_clear(&image);
}

/* Noise makes ink of its own all over the page, beside the lines and at the border too. */
static void boxes_with_noise_are_no_ink(void **state)
{
	struct image image = {0};
	uint32_t random = 1;

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 200, 120);
	for (size_t i = 0; i < 400; i++)
		for (size_t k = 0; k < 9; k++) {
			image.pixels.data[(14 + k) * 400 + i] = 120;
			image.pixels.data[i * 400 + 377 + k] = 120;
		}
	for (size_t i = 0; i < image.pixels.nbytes; i++) {
		int sum = 0;

		for (int k = 0; k < 4; k++) {
			random = random * 1664525 + 1013904223;
			sum += (int)(random >> 24);
		}
		image.pixels.data[i] = (uint8_t)(image.pixels.data[i] + (sum - 510) / 6);
	}
	assert_like_d(&image, 0.03f);
	image_clear(&image);
}

/* A box out of focus: its edges are nearly as wide as the strokes. */
static void blurred_boxes_are_no_ink(void **state)
{
	struct image image = {0};
	float clear[N], boxed[N];

	(void)state;
	picture_make(&image, 400, 400, 1);
	for (int box = 0; box < 2; box++) {
		draw_strokes(image.pixels.data, 400, 400, LETTER(letter_d), 100, 100, 200, 14, 255,
			     0);
		for (size_t i = 0; box && i < 400; i++)
			for (size_t k = 0; k < 7; k++) {
				image.pixels.data[(25 + k + i / 40) * 400 + i] = 0;
				image.pixels.data[(365 + k - i / 40) * 400 + i] = 0;
				image.pixels.data[i * 400 + 25 + k] = 0;
				image.pixels.data[i * 400 + 365 + k] = 0;
			}
		for (unsigned pass = 0; pass < 3; pass++) {
			smear(&image, false, 10);
			smear(&image, true, 10);
		}
		preprocess(&image, EMNIST_PREPROCESS_AUTO, box ? boxed : clear);
	}
	if (mean_difference(clear, boxed) > 0.04f)
		fail_msg("differs by %.4f", (double)mean_difference(clear, boxed));
	image_clear(&image);
}

/* The vector of the letter d, drawn with a pen. */
static void draw_by_pen(float pen, float *vector)
{
	struct image image = {0};

	picture_make(&image, 400, 400, 1);
	draw_strokes(image.pixels.data, 400, 400, LETTER(letter_d), 100, 100, 200, pen, 255, 0);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	image_clear(&image);
}

/* The stem of a d goes from border to border, with paper on both sides, but it is as wide as the
 * pen. */
static void stems_are_no_lines(void **state)
{
	struct image image = {0};
	float expected[N], vector[N];

	(void)state;
	draw_by_pen(10, expected);
	picture_make(&image, 300, 190, 1);
	draw_strokes(image.pixels.data, 300, 190, LETTER(letter_d), 50, -5, 200, 10, 255, 0);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	if (mean_difference(expected, vector) > 0.02f)
		fail_msg("differs by %.4f", (double)mean_difference(expected, vector));
	image_clear(&image);
}

/* The letter runs into the line along the border at its left, and is away from the right. In a
 * tight crop, which the letter E fills, such a line is its stem. */
static void lines_along_the_border_are_no_ink(void **state)
{
	struct image image = {0};
	float cropped[N], whole[N];

	(void)state;
	for (int side = 0; side < 2; side++) {
		draw(&image, 300, 300, LETTER(letter_d), side ? 125 : -32, 50, 200, 255, 0);
		rule(&image, true, side ? 291 : 0, 0, 9);
		assert_like_d(&image, 0.03f);
	}
	picture_make(&image, 130, 200, 1);
	for (size_t i = 0; i < image.pixels.nbytes; i++) {
		const size_t x = i % 130, y = i / 130;

		image.pixels.data[i] =
			x < 12 || y < 12 || y >= 188 || (y >= 94 && y < 106) ? 0 : 255;
	}
	preprocess(&image, EMNIST_PREPROCESS_AUTO, cropped);
	for (size_t y = 0; y < 200; y++)
		memset(image.pixels.data + y * 130, 255, 12);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, whole);
	assert_true(mean_difference(cropped, whole) > 0.05f);
	image_clear(&image);
}

static void negate(struct image *image)
{
	for (size_t i = 0; i < image->pixels.nbytes; i++)
		image->pixels.data[i] = (uint8_t)(255 - image->pixels.data[i]);
}

/* What is beyond the sheet, dark or bright, at one side and at two, with the letter running into
 * it, or clear of it. */
static void bands_are_no_ink(void **state)
{
	/* Their widths at the left, the right and above, and the picture's side. */
	static const uint32_t bands[][4] = {
		{55, 0, 0, 400},
		{55, 0, 25, 400},
		{55, 0, 25, 270},
		{30, 25, 0, 240},
	};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(bands) / sizeof(*bands); k++)
		for (int touches = 0; touches < 2; touches++)
			for (int bright = 0; bright < 2; bright++) {
				const uint32_t *band = bands[k], side = band[3];

				draw(&image, side, side, LETTER(letter_d), touches ? 15 : 40,
				     (float)side / 2 - 80, 180, 255, 0);
				rule(&image, true, 0, 0, band[0]);
				rule(&image, true, side - band[1], 0, band[1]);
				rule(&image, false, 0, 0, band[2]);
				if (bright)
					negate(&image);
				assert_like_d(&image, 0.04f);
			}
	image_clear(&image);
}

/* An H and a T that fill their picture are made of nothing but lines that cross the border. */
static void tight_letters_are_no_lines(void **state)
{
	static const uint32_t side = 300, pen = 15;
	struct image tight = {0}, loose = {0};
	float expected[N], vector[N];

	(void)state;
	for (int letter = 0; letter < 2; letter++) {
		picture_make(&tight, side, side, 1);
		picture_make(&loose, 2 * side, 2 * side, 1);
		memset(loose.pixels.data, 255, loose.pixels.nbytes);
		for (uint32_t y = 0; y < side; y++)
			for (uint32_t x = 0; x < side; x++) {
				const bool middle_x = x / pen == side / pen / 2;
				const bool middle_y = y / pen == side / pen / 2;
				const bool ink = letter ? y < pen || middle_x
							: x < pen || x >= side - pen || middle_y;
				const uint8_t value = ink ? 0 : 255;

				tight.pixels.data[y * side + x] = value;
				loose.pixels.data[(y + side / 2) * 2 * side + x + side / 2] = value;
			}
		preprocess(&tight, EMNIST_PREPROCESS_AUTO, vector);
		preprocess(&loose, EMNIST_PREPROCESS_AUTO, expected);
		/* Strokes that are widened have no room outside the picture. */
		assert_true(mean_difference(expected, vector) < 0.06f);
	}
	image_clear(&tight);
	image_clear(&loose);
}

/* The share of the vector that is ink. */
static float weight_of_pen(float pen)
{
	float vector[N], sum = 0;

	draw_by_pen(pen, vector);
	for (size_t i = 0; i < N; i++)
		sum += vector[i];
	return sum / N;
}

/* The mean width of strokes: twice their area by the length of their outline, which is the sum of
 * all changes. */
static float width_of_pen(float pen)
{
	float vector[N], area = 0, outline = 0;

	draw_by_pen(pen, vector);
	for (size_t i = 0; i < 27 * 28; i++) {
		if (i % 28 == 27)
			continue;
		area += vector[i];
		outline += hypotf(vector[i + 1] - vector[i], vector[i + 28] - vector[i]);
	}
	return 2 * area / outline;
}

/* All thin pens come to the same; that of EMNIST's width to more. */
static void thin_pens_are_widened(void **state)
{
	const float at_2 = weight_of_pen(4), at_4 = weight_of_pen(8), at_7 = weight_of_pen(14);

	(void)state;
	assert_true(fabsf(at_2 - at_4) < 0.1f * at_4);
	assert_true(fabsf(at_7 - at_4) < 0.1f * at_4);
	assert_true(weight_of_pen(36) > 1.3f * at_4);
	/* 2.2 pixels, which come to some more as they are measured here. */
	for (float pen = 4; pen <= 20; pen += 4)
		assert_true(fabsf(width_of_pen(pen) - 2.67f) < 0.15f);
}

/* Of ink of 30 pixels, too, which is enlarged for that. */
static void thin_pens_are_widened_in_small_pictures(void **state)
{
	struct image image = {0};
	float expected[N], vector[N];

	(void)state;
	draw_by_pen(14, expected);
	picture_make(&image, 50, 50, 1);
	draw_strokes(image.pixels.data, 50, 50, LETTER(letter_d), 9, 9, 32, 1.5f, 255, 0);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	if (mean_difference(expected, vector) > 0.03f)
		fail_msg("differs by %.4f", (double)mean_difference(expected, vector));
	image_clear(&image);
}

/* Specks of no particular shape at the side of faint ink. */
static void specks_are_dropped_beside_faint_ink(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 200, 175);
	for (size_t k = 0; k < 2; k++)
		for (size_t y = 0; y < 30; y++)
			memset(image.pixels.data + (150 + 70 * k + y) * 400 + (k ? 350 : 30), 175,
			       6 + y);
	assert_like_d(&image, 0.02f);
	image_clear(&image);
}

static void dots_are_kept_and_specks_dropped(void **state)
{
	struct image image = {0};
	float clean[N], dusty[N];
	float dot = 0, gap = 1;

	(void)state;
	draw(&image, 300, 300, LETTER(letter_i), 50, 50, 200, 250, 20);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, clean);
	for (size_t y = 3; y < 7; y++)
		dot = fmaxf(dot, clean[y * 28 + 14]);
	for (size_t y = 6; y < 10; y++)
		gap = fminf(gap, clean[y * 28 + 14]);
	assert_true(dot > 0.8f);
	assert_true(gap < 0.4f);

	for (size_t k = 0; k < 4; k++) /* dust of 3 x 3 far from the ink */
		for (size_t y = 0; y < 3; y++)
			memset(image.pixels.data + (20 + 80 * k + y) * 300 + 20 + 70 * (k % 2), 0,
			       3);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, dusty);
	assert_true(mean_difference(clean, dusty) < 0.002f);
	image_clear(&image);
}

/* The vector of a stem with a dot of that side above it, or with none. */
static void dotted_stem(uint32_t side, float *vector)
{
	struct image image = {0};

	picture_make(&image, 128, 128, 1);
	memset(image.pixels.data, 255, image.pixels.nbytes);
	for (size_t y = 40; y < 100; y++)
		memset(image.pixels.data + y * 128 + 57, 0, 15);
	for (size_t y = 24; y < 24 + side; y++)
		memset(image.pixels.data + y * 128 + 62, 0, side);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	image_clear(&image);
}

/* A dot is a part of the letter from a fiftieth of its area on, which is 18 pixels here. */
static void small_dots_are_kept(void **state)
{
	float without[N], with[N];

	(void)state;
	dotted_stem(0, without);
	dotted_stem(4, with); /* 1.8 % */
	assert_true(mean_difference(without, with) < 0.002f);
	dotted_stem(5, with); /* 2.8 % */
	assert_true(mean_difference(without, with) > 0.02f);
}

/* ------------------------------------------------------------------- blank */

static void blank_pages_are_blank(void **state)
{
	static const uint32_t sides[][2] = {{1, 1},     {1, 2},    {28, 28}, {29, 31},
					    {500, 300}, {1, 3000}, {3000, 1}};

	(void)state;
	for (size_t k = 0; k < sizeof(sides) / sizeof(*sides); k++)
		for (unsigned value = 0; value <= 255; value += 51) {
			struct image image = {0};
			float vector[N];

			picture_make(&image, sides[k][0], sides[k][1], 1);
			memset(image.pixels.data, (int)value, image.pixels.nbytes);
			preprocess(&image, EMNIST_PREPROCESS_NORMALIZE, vector);
			assert_true(is_blank(vector));
			image_clear(&image);
		}
}

/* A page of noise, so many levels either way, in light that falls off by `slope`. */
static bool noise_is_blank(unsigned levels, unsigned slope)
{
	struct image image = {0};
	uint32_t random = 1;
	float vector[N];

	picture_make(&image, 100, 100, 1); /* small, so that no averaging makes it less */
	for (size_t i = 0; i < image.pixels.nbytes; i++) {
		random = random * 1664525 + 1013904223;
		image.pixels.data[i] = (uint8_t)(190 - slope * (i % 100) / 100 +
						 (random >> 24) % (2 * levels + 1));
	}
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	image_clear(&image);
	return is_blank(vector);
}

static void noisy_pages_are_blank(void **state)
{
	(void)state;
	for (unsigned slope = 0; slope <= 80; slope += 40) {
		assert_true(noise_is_blank(8, slope));
		assert_true(noise_is_blank(30, slope));
	}
}

/* On an empty page, soft and oblique; what the paper's light does not follow is as faint ink. */
static void edges_of_shadows_are_blank(void **state)
{
	struct image image = {0};
	float vector[N];

	(void)state;
	picture_make(&image, 120, 120, 1);
	for (int slope = 1; slope <= 5; slope += 4) {
		for (size_t i = 0; i < image.pixels.nbytes; i++) {
			const double x = (double)(i % 120) - 55, y = (double)(i / 120);

			image.pixels.data[i] =
				(uint8_t)(100.5 + 25 / (1 + exp((y * slope / 10 - x) / 4)));
		}
		preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
		assert_true(is_blank(vector));
	}
	image_clear(&image);
}

/* Ink that is 5 levels darker than the paper is none; at 8 it is where the paper is clean, at 10 in
 * light that falls off. So is brighter ink. */
static void faint_ink_is_told_from_paper(void **state)
{
	struct image image = {0};
	float vector[N];

	(void)state;
	draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 230, 225);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	assert_true(is_blank(vector));
	for (int bright = 0; bright < 2; bright++)
		for (unsigned slope = 0; slope < 9; slope += 4) {
			draw(&image, 400, 400, LETTER(letter_d), 100, 100, 200, 230,
			     slope ? 220 : 222);
			for (size_t i = 0; i < image.pixels.nbytes; i++)
				image.pixels.data[i] =
					(uint8_t)(image.pixels.data[i] - slope * (i % 400) / 400);
			if (bright)
				negate(&image);
			assert_like_d(&image, 0.03f);
		}
	image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ink_is_placed_as_in_emnist),
		cmocka_unit_test(boxes_are_blurred_stretched_and_rounded),
		cmocka_unit_test(polarity_does_not_matter),
		cmocka_unit_test(size_does_not_matter),
		cmocka_unit_test(place_and_margins_do_not_matter),
		cmocka_unit_test(out_of_focus_is_sharpened),
		cmocka_unit_test(tight_crops_are_read),
		cmocka_unit_test(uneven_light_is_evened),
		cmocka_unit_test(dark_corners_are_paper),
		cmocka_unit_test(shadows_are_paper),
		cmocka_unit_test(light_behind_a_shadow_only_falls),
		cmocka_unit_test(thin_ink_stands_out_of_shadows),
		cmocka_unit_test(halves_in_shadow_keep_their_sides),
		cmocka_unit_test(ruled_lines_are_no_ink),
		cmocka_unit_test(dashed_lines_are_no_ink),
		cmocka_unit_test(corners_of_boxes_are_no_ink),
		cmocka_unit_test(boxes_with_noise_are_no_ink),
		cmocka_unit_test(blurred_boxes_are_no_ink),
		cmocka_unit_test(stems_are_no_lines),
		cmocka_unit_test(lines_along_the_border_are_no_ink),
		cmocka_unit_test(bands_are_no_ink),
		cmocka_unit_test(tight_letters_are_no_lines),
		cmocka_unit_test(thin_pens_are_widened),
		cmocka_unit_test(thin_pens_are_widened_in_small_pictures),
		cmocka_unit_test(specks_are_dropped_beside_faint_ink),
		cmocka_unit_test(dots_are_kept_and_specks_dropped),
		cmocka_unit_test(small_dots_are_kept),
		cmocka_unit_test(blank_pages_are_blank),
		cmocka_unit_test(noisy_pages_are_blank),
		cmocka_unit_test(edges_of_shadows_are_blank),
		cmocka_unit_test(faint_ink_is_told_from_paper),
	};

	return cmocka_run_group_tests_name("normalize", tests, NULL, NULL);
}
