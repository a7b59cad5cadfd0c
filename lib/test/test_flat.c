/*
 * test_flat.c - what is taken for flat paper, and what is not; and that a picture and its negative
 * come to the same.
 */
#include "letters.h"

#include "../preprocess/normalize.h"

#define WIDTH  128
#define HEIGHT 100

/* Ink in two bars, T-like, on paper; both of 255. */
static void draw_bars(float *values, float paper, float ink)
{
	for (size_t y = 0; y < HEIGHT; y++)
		for (size_t x = 0; x < WIDTH; x++) {
			const bool bar = (y >= 20 && y < 32 && x >= 30 && x < 98) ||
					 (x >= 58 && x < 70 && y >= 20 && y < 80);

			values[y * WIDTH + x] = bar ? ink : paper;
		}
}

/* Adds values of a known sequence that are even in +-most. */
static void add_noise(float *values, float most)
{
	uint32_t state = 1;

	for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
		state = state * 1664525u + 1013904223u;
		values[i] += most * ((float)(state >> 8) / (1 << 23) - 1);
	}
}

static void flat_paper_is_seen(void **state)
{
	float values[WIDTH * HEIGHT];
	struct flat_paper flat;

	(void)state;
	draw_bars(values, 240, 60);
	assert_true(normalize_find_flat(values, WIDTH, HEIGHT, &flat));
	assert_true(flat.level == 240 && flat.noise == 0 && !flat.ink_is_bright);
	draw_bars(values, 15, 195);
	assert_true(normalize_find_flat(values, WIDTH, HEIGHT, &flat));
	assert_true(flat.level == 15 && flat.noise == 0 && flat.ink_is_bright);
	/* An even distribution of +-3 has a standard deviation of 1.73. */
	draw_bars(values, 200, 100);
	add_noise(values, 3);
	assert_true(normalize_find_flat(values, WIDTH, HEIGHT, &flat));
	assert_true(fabsf(flat.level - 200) < 1 && fabsf(flat.noise - 1.73f) < 0.4f);
}

static void ink_is_how_far_paper_departs(void **state)
{
	const struct flat_paper dark = {.level = 200, .ink_is_bright = false};
	const struct flat_paper bright = {.level = 50, .ink_is_bright = true};
	const float values[] = {200, 30, 210, 50, 255};
	float ink[5];

	(void)state;
	normalize_subtract_flat(&dark, values, ink, 5);
	assert_true(ink[0] == 0 && ink[1] == 170 && ink[2] == 0 && ink[3] == 150 && ink[4] == 0);
	normalize_subtract_flat(&bright, values, ink, 5);
	assert_true(ink[0] == 150 && ink[1] == 0 && ink[2] == 160 && ink[3] == 0 && ink[4] == 205);
}

/* What is done to bars on paper of 240, in ink of 60. */
static float fading(size_t x, size_t y)
{
	(void)y;
	return 0.2f * (float)x;
}

static float shadow(size_t x, size_t y)
{
	return x + y > 150 ? 50 : 0;
}

static float vignette(size_t x, size_t y)
{
	const float dx = (float)x / WIDTH - 0.5f, dy = (float)y / HEIGHT - 0.5f;

	return 160 * (dx * dx + dy * dy);
}

static float highlight(size_t x, size_t y)
{
	return x > 10 && x < 110 && y > 40 && y < 60 ? 25 : 0;
}

static float table(size_t x, size_t y)
{
	return x < 8 || y < 8 || x >= WIDTH - 8 || y >= HEIGHT - 8 ? 200 : 0;
}

/* Around the upper bar, as blur leaves it. */
static float soft(size_t x, size_t y)
{
	const bool bar = y >= 20 && y < 32 && x >= 30 && x < 98;

	return !bar && y >= 15 && y < 37 && x >= 25 && x < 103 ? 80 : 0;
}

/* So much of it that it may be the paper. */
static float stripes(size_t x, size_t y)
{
	(void)y;
	return x % 20 < 9 ? 0 : x % 20 < 15 ? 180 : 130;
}

static float hole(size_t x, size_t y)
{
	return x > 80 && x < 120 && y > 60 && y < 90 ? -100 : 0;
}

static float noise(size_t x, size_t y)
{
	return (float)((x * 7919 + y * 104729) % 29);
}

static void other_paper_is_not_flat(void **state)
{
	static float (*const done[])(size_t, size_t) = {fading, shadow, vignette, highlight,
							table,  noise,  soft,     stripes};
	float values[WIDTH * HEIGHT], half[23 * 23] = {0};
	struct flat_paper flat;

	(void)state;
	for (size_t k = 0; k < sizeof(done) / sizeof(*done); k++) {
		draw_bars(values, 240, 60);
		for (size_t i = 0; i < WIDTH * HEIGHT; i++)
			values[i] = fmaxf(values[i] - done[k](i % WIDTH, i / WIDTH), 0);
		if (normalize_find_flat(values, WIDTH, HEIGHT, &flat))
			fail_msg("%zu is taken for flat", k);
	}
	/* Brighter and darker things. */
	draw_bars(values, 120, 20);
	for (size_t i = 0; i < WIDTH * HEIGHT; i++)
		values[i] -= hole(i % WIDTH, i / WIDTH);
	assert_false(normalize_find_flat(values, WIDTH, HEIGHT, &flat));
	/* Nothing but paper, ink that is faint, and a picture too small to tell. */
	draw_bars(values, 240, 240);
	assert_false(normalize_find_flat(values, WIDTH, HEIGHT, &flat));
	draw_bars(values, 240, 205);
	assert_false(normalize_find_flat(values, WIDTH, HEIGHT, &flat));
	half[5 * 23 + 5] = 255;
	assert_false(normalize_find_flat(half, 23, 23, &flat));
}

/* Not to a hair, but to the bit. */
static void negatives_are_the_same(void **state)
{
	float vector[N], negative[N];
	struct image image = {0};

	(void)state;
	for (unsigned side = 28; side <= 600; side += 52) {
		const float size = 0.7f * (float)side, start = 0.15f * (float)side;

		draw(&image, side, side, LETTER(letter_d), start, start, size, side % 3 ? 255 : 230,
		     side % 3 ? 0 : 41);
		preprocess(&image, EMNIST_PREPROCESS_NORMALIZE, vector);
		for (size_t i = 0; i < image.pixels.nbytes; i++)
			image.pixels.data[i] = (uint8_t)(255 - image.pixels.data[i]);
		preprocess(&image, EMNIST_PREPROCESS_NORMALIZE, negative);
		if (memcmp(vector, negative, sizeof(vector)) != 0)
			fail_msg("%u pixels: differ by %g", side,
				 (double)mean_difference(vector, negative));
	}
	image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flat_paper_is_seen),
		cmocka_unit_test(ink_is_how_far_paper_departs),
		cmocka_unit_test(other_paper_is_not_flat),
		cmocka_unit_test(negatives_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
