/*
 * test_range.c - samples of 16 bits, and images that use a small part of their range: what is drawn
 * counts, not in how many levels.
 */
#include "../image/range.h"
#include "letters.h"

/* The letter d in shades of gray, with white and black. */
static void draw_d(struct image *image)
{
	draw(image, 400, 400, LETTER(letter_d), 100, 100, 200, 255, 0);
}

/* The image with each of its values v as `least + v * step`, plus `more` of what a level has. */
static void make_deep(struct image *image, uint32_t least, uint32_t step, uint32_t more)
{
	struct image deep = {0};

	assert_int_equal(
		image_resize_deep(&deep, image->width, image->height, image->channels, NULL),
		EMNIST_OK);
	for (size_t i = 0; i < image_n_samples(image); i++) {
		const uint32_t value = image->pixels.data[i];

		image_deep_samples(&deep)[i] =
			(uint16_t)(least + value * step + (value > 0 && value < 255 ? more : 0));
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

/* Values of 0..255 as 8 to 16 bits in samples of 16, with and without a black level: what was drawn
 * comes back, and so does its vector. */
static void few_bits_are_stretched(void **state)
{
	static const struct {
		uint32_t least, step;
	} cases[] = {{0, 1}, {0, 4}, {0, 16}, {64, 4}, {1000, 1}, {40000, 50}};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct image image = {0}, bytes = {0};

		draw_d(&image);
		draw_d(&bytes);
		make_deep(&image, cases[k].least, cases[k].step, 0);
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
		make_deep(&image, 0, 257, more[k]);
		assert_vectors_equal(&image, &bytes, EMNIST_PREPROCESS_AUTO);
		assert_vectors_equal(&image, &bytes, EMNIST_PREPROCESS_RAW);
		image_clear(&image);
		draw_d(&image);
		make_deep(&image, 0, 1, 0);
		memset(bytes.pixels.data, 0, bytes.pixels.nbytes);
		for (size_t i = 0; i < bytes.pixels.nbytes; i++)
			bytes.pixels.data[i] = image_deep_samples(&image)[i] > 128;
		assert_vectors_equal(&image, &bytes, EMNIST_PREPROCESS_RAW);
		image_clear(&image);
		image_clear(&bytes);
	}
}

/* What is see-through has any color, and none of it counts; alpha itself is not stretched. */
static void hidden_colors_have_no_range(void **state)
{
	struct image image = {0}, bytes = {0};
	struct range range;

	(void)state;
	assert_int_equal(image_resize_deep(&image, 3, 1, 2, NULL), EMNIST_OK);
	memcpy(image.pixels.data, ((uint16_t[]){1000, 65535, 65535, 0, 1100, 32896}), 12);
	range = range_of(&image);
	assert_int_equal(range.least, 1000);
	assert_int_equal(range.most, 1100);
	assert_int_equal(range_to_bytes(&image, range, &bytes, NULL), EMNIST_OK);
	assert_memory_equal(bytes.pixels.data, ((uint8_t[]){0, 255, 255, 0, 255, 128}), 6);
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

/* A page with nothing on it, in any shade, has no range to stretch. */
static void an_even_page_stays(void **state)
{
	(void)state;
	for (uint32_t value = 0; value < 65536; value += 13107) {
		struct image image = {0};
		struct range range;

		assert_int_equal(image_resize_deep(&image, 30, 40, 1, NULL), EMNIST_OK);
		for (size_t i = 0; i < 1200; i++)
			image_deep_samples(&image)[i] = (uint16_t)value;
		range = range_of(&image);
		assert_int_equal(range.least, 0);
		assert_int_equal(range.most, 65535);
		image_clear(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_bits_are_stretched),
		cmocka_unit_test(a_full_range_is_cut),
		cmocka_unit_test(hidden_colors_have_no_range),
		cmocka_unit_test(pnm_keeps_its_bits),
		cmocka_unit_test(an_even_page_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
