/*
 * test_range.c - samples of 16 bits, and images that use a small part of their range: what is drawn
 * counts, not in how many levels.
 */
#include "../preprocess/range.h"
#include "letters.h"

/* The letter d in shades of grey, with white and black. */
static void draw_d(struct image *image)
{
	draw(image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
}

/* The image with each of its values v as v * step, plus `more` of what a level has. */
static void make_deep(struct image *image, uint32_t step, uint32_t more)
{
	struct image deep = {0};

	assert_int_equal(
		image_resize_deep(&deep, image->width, image->height, image->channels, NULL),
		EMNIST_OK);
	for (size_t i = 0; i < image_n_samples(image); i++) {
		const uint32_t value = image->pixels.data[i];

		image_deep_samples(&deep)[i] =
			(uint16_t)(value * step + (value > 0 && value < 255 ? more : 0));
	}
	image_clear(image);
	*image = deep;
}

static void assert_vectors_equal(const struct image *image, const struct image *other,
				 enum emnist_preprocess mode)
{
	float vector[N], expected[N];

	preprocess(image, mode, vector);
	preprocess(other, mode, expected);
	assert_memory_equal(vector, expected, sizeof(vector));
}

/* Values of 0..255 as 8 to 14 bits in samples of 16: what was drawn comes back, and so does its
 * vector. */
static void few_bits_are_stretched(void **state)
{
	static const uint32_t steps[] = {1, 4, 16, 50, 64};

	(void)state;
	for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
		struct image image = {0}, bytes = {0};

		draw_d(&image);
		draw_d(&bytes);
		make_deep(&image, steps[k], 0);
		assert_vectors_equal(&image, &bytes, EMNIST_PREPROCESS_AUTO);
		image_clear(&image);
		image_clear(&bytes);
	}
}

/* round(sample / 257) is what the range of 16 bits comes to, and with raw any range. */
static void a_full_range_is_cut(void **state)
{
	static const uint32_t more[] = {0, 128, (uint32_t)-128};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct image image = {0}, bytes = {0};

		draw_d(&image);
		draw_d(&bytes);
		make_deep(&image, 257, more[k]);
		assert_vectors_equal(&image, &bytes, EMNIST_PREPROCESS_AUTO);
		assert_vectors_equal(&image, &bytes, EMNIST_PREPROCESS_RAW);
		image_clear(&image);
		draw_d(&image);
		make_deep(&image, 1, 0);
		for (size_t i = 0; i < bytes.pixels.nbytes; i++)
			bytes.pixels.data[i] = image_deep_samples(&image)[i] > 128;
		assert_vectors_equal(&image, &bytes, EMNIST_PREPROCESS_RAW);
		image_clear(&image);
		image_clear(&bytes);
	}
}

/* What is see-through has any color, and none of it counts; alpha itself is not stretched. */
static void hidden_colors_do_not_count(void **state)
{
	struct image image = {0}, bytes = {0};

	(void)state;
	assert_int_equal(image_resize_deep(&image, 3, 1, 2, NULL), EMNIST_OK);
	memcpy(image.pixels.data, ((uint16_t[]){1000, 65535, 65535, 0, 1100, 32896}), 12);
	assert_int_equal(range_most(&image), 1100);
	assert_int_equal(range_to_bytes(&image, &(struct range){0, 1100}, &bytes, NULL), EMNIST_OK);
	assert_memory_equal(bytes.pixels.data, ((uint8_t[]){232, 255, 255, 0, 255, 128}), 6);
	image_clear(&image);
	image_clear(&bytes);
}

/* Samples are decoded whole: round(value / maximum * 65535), computed by hand. */
static void pnm_keeps_its_bits(void **state)
{
	static const char *const files[] = {
		"P5 3 1 1023\n\0\0\1\0\3\377",
		"P2 3 1 1023\n0 256 1023",
	};
	static const size_t lengths[] = {18, 23};
	const struct emnist_limits limits = image_limits(&(const struct emnist_limits){0});

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct image image = {0};

		assert_int_equal(image_decode(files[k], lengths[k], &limits, &image, NULL),
				 EMNIST_OK);
		assert_true(image.deep);
		assert_memory_equal(image.pixels.data, ((uint16_t[]){0, 16400, 65535}), 6);
		image_clear(&image);
	}
}

/* ------------------------------------------------------------------ few levels */

/* round(255 * value / most), of round(value / divisor): what NumPy would make of it. */
static void stretch(const uint8_t *values, unsigned divisor, uint8_t *dim, uint8_t *stretched)
{
	unsigned most = 0;

	for (size_t i = 0; i < N; i++) {
		dim[i] = (uint8_t)((2 * values[i] + divisor) / (2 * divisor));
		most = dim[i] > most ? dim[i] : most;
	}
	for (size_t i = 0; i < N; i++)
		stretched[i] = (uint8_t)((2 * 255 * dim[i] + most) / (2 * most));
}

/* An image as EMNIST has it, but dim, is taken as it is when it is stretched; one that nearly
 * reaches 255 is taken as it is. */
static void dim_images_are_stretched(void **state)
{
	static const unsigned divisors[] = {2, 4, 15, 16, 64, 128};

	(void)state;
	for (size_t k = 0; k < sizeof(divisors) / sizeof(*divisors); k++) {
		struct image image = {0};
		uint8_t dim[N], stretched[N];
		float vector[N];

		draw(&image, 28, 28, LETTER(letter_d), 3, 3, 22, 0, 255);
		stretch(image.pixels.data, divisors[k], dim, stretched);
		memcpy(image.pixels.data, dim, N);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
		for (size_t i = 0; i < N; i++)
			assert_true(vector[i] == (float)stretched[i] / 255);
		image_clear(&image);
		draw(&image, 28, 28, LETTER(letter_d), 3, 3, 22, 0, 217);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
		for (size_t i = 0; i < N; i++)
			assert_true(vector[i] == (float)image.pixels.data[i] / 255);
		image_clear(&image);
	}
}

/* A mask of 0 and 1, or of 0 to 16, is what it is in 0 to 255, whichever of them is the ink, in
 * bytes and in samples of 16 bits, in grey and in color. */
static void few_levels_are_stretched(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 16; k++) {
		const unsigned step = k & 1 ? 255 : 15, channels = k & 8 ? 3 : 1;
		struct image image = {0}, full = {0};

		draw(&full, 100, 100, LETTER(letter_d), 20, 20, 60, k & 2 ? 255 : 0,
		     k & 2 ? 0 : 255);
		picture_make(&image, 100, 100, channels);
		for (size_t i = 0; i < full.pixels.nbytes; i++) {
			const unsigned level = (2 * full.pixels.data[i] + step) / (2 * step);

			full.pixels.data[i] = (uint8_t)((2 * 255 * level * step + 255) / 510);
			memset(image.pixels.data + i * channels, (int)level, channels);
		}
		if (k & 4)
			make_deep(&image, 1, 0);
		assert_vectors_equal(&image, &full, EMNIST_PREPROCESS_AUTO);
		image_clear(&image);
		image_clear(&full);
	}
}

/* ----------------------------------------------------------------- empty pages */

static bool is_blank(const struct image *image)
{
	float vector[N];

	preprocess(image, EMNIST_PREPROCESS_AUTO, vector);
	return emnist_vector_is_blank(vector);
}

static void an_even_page_is_blank(void **state)
{
	(void)state;
	for (uint32_t value = 0; value < 65536; value += 13107) {
		struct image image = {0};

		assert_int_equal(image_resize_deep(&image, 30, 40, 1, NULL), EMNIST_OK);
		for (size_t i = 0; i < 1200; i++)
			image_deep_samples(&image)[i] = (uint16_t)value;
		assert_true(is_blank(&image));
		picture_make(&image, 28, 28, 1);
		memset(image.pixels.data, (int)value >> 8, N);
		assert_true(is_blank(&image));
		image_clear(&image);
	}
}

/* Of a normal distribution, nearly: the sum of twelve of a uniform one. */
static double noise(uint32_t *state)
{
	double sum = -6;

	for (int i = 0; i < 12; i++) {
		*state = *state * 1664525 + 1013904223;
		sum += (double)*state / 4294967296.0;
	}
	return sum;
}

/* Pages, dark and light, with noise of up to five levels; light ones also with 64 times as much in
 * samples of 16 bits that end at 14. */
static void noise_is_blank(void **state)
{
	static const uint32_t sides[] = {28, 64, 128, 300};
	static const double pages[] = {0, 20, 128, 235, 250, 255};
	uint32_t seed = 1;

	(void)state;
	for (unsigned k = 0; k < 4 * 6 * 6 * 2; k++) {
		const uint32_t side = sides[k % 4];
		const double page = pages[k / 4 % 6];
		const double sigma = k / 24 % 6 ? (double)(k / 24 % 6) : 0.2;
		const bool deep = k >= 144;
		struct image image = {0};

		if (deep && page < 128)
			continue;
		picture_make(&image, side, side, 1);
		if (deep)
			make_deep(&image, 0, 0);
		for (size_t i = 0; i < image_n_samples(&image); i++) {
			const double value =
				fmin(fmax(page + sigma * noise(&seed), 0), 255) * (deep ? 64 : 1);

			if (deep)
				image_deep_samples(&image)[i] = (uint16_t)lrint(value);
			else
				image.pixels.data[i] = (uint8_t)lrint(value);
		}
		if (!is_blank(&image))
			fail_msg("%u pixels a side, page %g, noise %g%s: not blank", side, page,
				 sigma, deep ? ", deep" : "");
		image_clear(&image);
	}
}

/* A picture of a dark sensor: samples of 16 bits around a small level, cut off at black. */
static void add_dark_noise(struct image *image, double sigma, uint32_t *seed)
{
	for (size_t i = 0; i < image_n_samples(image); i++) {
		uint16_t *sample = &image_deep_samples(image)[i];

		*sample = (uint16_t)lrint(fmax(*sample + sigma * noise(seed), 0));
	}
}

/* However strong it is: it may cover half of the frame. */
static void dark_noise_is_blank(void **state)
{
	static const uint32_t sides[] = {28, 28, 28, 40, 64, 150};
	static const double levels[] = {2, 40, 200, 1000}, sigmas[] = {0.1, 0.3, 1, 3};
	uint32_t seed = 1;

	(void)state;
	for (unsigned k = 0; k < 6 * 4 * 4; k++) {
		const double level = levels[k / 6 % 4], sigma = level * sigmas[k / 24];
		const uint32_t side = sides[k % 6];
		struct image image = {0};

		assert_int_equal(image_resize_deep(&image, side, side, 1, NULL), EMNIST_OK);
		for (size_t i = 0; i < image_n_samples(&image); i++)
			image_deep_samples(&image)[i] = (uint16_t)level;
		add_dark_noise(&image, sigma, &seed);
		if (!is_blank(&image))
			fail_msg("%u pixels a side, level %g, noise %g: not blank", side, level,
				 sigma);
		image_clear(&image);
	}
}

static void ink_is_seen_in_dark_noise(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (uint32_t side = 28; side <= 112; side += 28) {
		struct image image = {0};
		const float size = (float)side * 0.7f;

		draw(&image, side, side, LETTER(letter_d), (float)side * 0.15f, (float)side * 0.15f,
		     size, 10, 70);
		make_deep(&image, 20, 0); /* 200 and 1400 */
		add_dark_noise(&image, 200, &seed);
		assert_false(is_blank(&image));
		image_clear(&image);
	}
}

/* Ink of six levels more than five times the noise is none of it. */
static void faint_ink_is_seen_in_noise(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int sigma = 1; sigma <= 5; sigma++) {
		struct image image = {0};

		draw(&image, 64, 64, LETTER(letter_d), 12, 12, 40, 235,
		     (uint8_t)(235 - 6 - 5 * sigma));
		for (size_t i = 0; i < image.pixels.nbytes; i++)
			image.pixels.data[i] =
				(uint8_t)lrint(image.pixels.data[i] + sigma * noise(&seed));
		assert_false(is_blank(&image));
		image_clear(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_bits_are_stretched),
		cmocka_unit_test(a_full_range_is_cut),
		cmocka_unit_test(hidden_colors_do_not_count),
		cmocka_unit_test(pnm_keeps_its_bits),
		cmocka_unit_test(dim_images_are_stretched),
		cmocka_unit_test(few_levels_are_stretched),
		cmocka_unit_test(an_even_page_is_blank),
		cmocka_unit_test(noise_is_blank),
		cmocka_unit_test(dark_noise_is_blank),
		cmocka_unit_test(ink_is_seen_in_dark_noise),
		cmocka_unit_test(faint_ink_is_seen_in_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
