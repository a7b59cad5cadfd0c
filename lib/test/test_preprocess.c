/*
 * test_preprocess.c - which images become vectors as they are: EMNIST's own, and those that shall
 * only be scaled; and that any image becomes a vector.
 */
#include "../emnist_dataset.h"
#include "letters.h"

/* -------------------------------------------------------------- untouched */

/* A vector of EMNIST's kind as an image of 1 to 4 channels. */
static void emnist_like(struct image *image, unsigned channels)
{
	struct image grey = {0};

	draw(&grey, 28, 28, LETTER(letter_d), 3, 3, 22, 0, 255);
	picture_make(image, 28, 28, channels);
	for (size_t i = 0; i < N; i++)
		for (unsigned c = 0; c < channels; c++)
			image->pixels.data[i * channels + c] =
				channels % 2 == 0 && c == channels - 1 ? 255 : grey.pixels.data[i];
	image_clear(&grey);
}

static void emnist_passes_untouched(void **state)
{
	float vector[N];

	(void)state;
	for (unsigned channels = 1; channels <= 4; channels++) {
		struct image image = {0};

		emnist_like(&image, channels);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
		for (size_t i = 0; i < N; i++)
			assert_true(vector[i] == (float)image.pixels.data[i * channels] / 255);
		image_clear(&image);
	}
}

/* Whether auto mode leaves the image as it is. */
static bool passes(const struct image *image)
{
	float vector[N];

	preprocess(image, EMNIST_PREPROCESS_AUTO, vector);
	for (size_t i = 0; i < N; i++)
		if (vector[i] != (float)image->pixels.data[i * image->channels] / 255)
			return false;
	return true;
}

static void others_do_not_pass(void **state)
{
	struct image image = {0};

	(void)state;
	draw(&image, 28, 28, LETTER(letter_d), 3, 3, 22, 255, 0);
	assert_false(passes(&image)); /* a scan of the same size */
	draw(&image, 28, 28, LETTER(letter_d), 3, 3, 22, 40, 200);
	assert_false(passes(&image)); /* a border that is not black */
	draw(&image, 29, 28, LETTER(letter_d), 3, 3, 22, 0, 255);
	image.width = 28;
	image.height = 29;
	assert_false(passes(&image)); /* another size */
	emnist_like(&image, 3);
	image.pixels.data[3 * 400] ^= 1;
	assert_false(passes(&image)); /* color */
	emnist_like(&image, 4);
	image.pixels.data[4 * 400 + 3] = 254;
	assert_false(passes(&image)); /* transparency */
	image_clear(&image);
}

/* Up to 27 of the 108 pixels of the border may have ink, be it ever so faint. */
static void border_tells(void **state)
{
	static const size_t n_ink[] = {27, 28, 54};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		emnist_like(&image, 1);
		for (size_t i = 0; i < 28 * 28; i++)
			if (i < 28 || i >= 27 * 28 || i % 28 == 0 || i % 28 == 27)
				image.pixels.data[i] = 0;
		for (size_t i = 0; i < n_ink[k]; i++)
			image.pixels.data[i < 28 ? i : 27 * 28 + i - 28] = 1;
		assert_true(passes(&image) == (k == 0));
	}
	image_clear(&image);
}

static void black_passes(void **state)
{
	struct image image = {0};

	(void)state;
	picture_make(&image, 28, 28, 1);
	memset(image.pixels.data, 0, N);
	assert_true(passes(&image));
	image_clear(&image);
}

/* The first part of EMNIST's training images: each passes, and its negative does not. */
static void training_images_pass(void **state)
{
	const char *data = getenv("EMNIST_DATA");
	struct emnist_dataset *dataset;
	struct image image = {0};
	uint8_t pixels[N];
	uint16_t class;
	char path[4096];
	size_t n, n_images = 0;

	(void)state;
	if (!data || !*data)
		skip();
	snprintf(path, sizeof(path), "%s/emnist/train/part1-62-images-idx3-ubyte.gz", data);
	assert_int_equal(emnist_dataset_open(path, NULL, &dataset, NULL), EMNIST_OK);
	picture_make(&image, 28, 28, 1);
	for (; !emnist_dataset_read(dataset, 1, pixels, &class, &n, NULL) && n; n_images++) {
		memcpy(image.pixels.data, pixels, N);
		assert_true(passes(&image));
		for (size_t i = 0; i < N; i++)
			image.pixels.data[i] = (uint8_t)(255 - pixels[i]);
		assert_false(passes(&image));
	}
	assert_int_equal(n_images, 15820);
	emnist_dataset_free(dataset);
	image_clear(&image);
}

/* --------------------------------------------------------------------- raw */

static void raw_keeps_28x28(void **state)
{
	struct image image = {0};
	float vector[N];

	(void)state;
	draw(&image, 28, 28, LETTER(letter_d), 3, 3, 22, 255, 0);
	preprocess(&image, EMNIST_PREPROCESS_RAW, vector);
	for (size_t i = 0; i < N; i++)
		assert_true(vector[i] == (float)image.pixels.data[i] / 255);
	image_clear(&image);
}

static void raw_averages_down(void **state)
{
	struct image image = {0};
	float vector[N];

	(void)state;
	picture_make(&image, 56, 84, 1); /* cells of 2 x 3 */
	for (size_t i = 0; i < image.pixels.nbytes; i++)
		image.pixels.data[i] = (uint8_t)(i * 37 % 251);
	preprocess(&image, EMNIST_PREPROCESS_RAW, vector);
	for (size_t y = 0; y < 28; y++)
		for (size_t x = 0; x < 28; x++) {
			unsigned sum = 0;

			for (size_t k = 0; k < 6; k++)
				sum += image.pixels.data[(3 * y + k / 2) * 56 + 2 * x + k % 2];
			assert_true(fabsf(vector[y * 28 + x] - (float)sum / 6 / 255) < 1e-5f);
		}
	image_clear(&image);
}

static void raw_interpolates_up(void **state)
{
	struct image image = {0};
	float vector[N];

	(void)state;
	picture_make(&image, 2, 1, 1);
	image.pixels.data[0] = 0;
	image.pixels.data[1] = 255;
	preprocess(&image, EMNIST_PREPROCESS_RAW, vector);
	for (size_t x = 0; x < 28; x++) {
		/* The centers of the two lie at 7 and 21. */
		const float at = ((float)x + 0.5f - 7) / 14;
		const float expected = at < 0 ? 0 : at > 1 ? 1 : at;

		assert_true(fabsf(vector[x] - expected) < 1e-5f);
		assert_true(vector[27 * 28 + x] == vector[x]);
	}
	image_clear(&image);
}

/* Luma as Pillow's convert("L") has it, alpha over white. The expected bytes are from
 * Image.new("RGBA", (28, 28), "white") with alpha_composite(...), then convert("L"). */
static void raw_knows_color_and_alpha(void **state)
{
	static const struct {
		uint8_t pixel[4];
		unsigned channels;
		uint8_t expected;
	} cases[] = {
		{{255, 0, 0}, 3, 76},    {{0, 255, 0}, 3, 150},     {{0, 0, 255}, 3, 29},
		{{12, 200, 99}, 3, 132}, {{77, 77, 77}, 3, 77},     {{10, 0}, 2, 255},
		{{10, 255}, 2, 10},      {{0, 128}, 2, 127},        {{50, 101}, 2, 174},
		{{0, 0, 0, 0}, 4, 255},  {{255, 0, 0, 255}, 4, 76}, {{0, 0, 0, 51}, 4, 204},
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct image image = {0};
		float vector[N];

		picture_make(&image, 28, 28, cases[k].channels);
		for (size_t i = 0; i < N; i++)
			memcpy(image.pixels.data + i * cases[k].channels, cases[k].pixel,
			       cases[k].channels);
		preprocess(&image, EMNIST_PREPROCESS_RAW, vector);
		assert_int_equal(lrintf(vector[400] * 255), cases[k].expected);
		image_clear(&image);
	}
}

/* Whatever the pixels, whatever the shape: values in [0,1], which preprocess() asserts. */
static void any_noise_gives_a_vector(void **state)
{
	uint32_t random = 7;

	(void)state;
	for (uint32_t k = 0; k < 300; k++) {
		struct image image = {0};
		float vector[N];

		picture_make(&image, 1 + k * 7 % 61, 1 + k * 13 % 67, 1 + k % 4);
		for (size_t i = 0; i < image.pixels.nbytes; i++) {
			random = random * 1664525 + 1013904223;
			image.pixels.data[i] = (uint8_t)(random >> 24);
		}
		for (int mode = 0; mode <= EMNIST_PREPROCESS_NORMALIZE; mode++)
			preprocess(&image, (enum emnist_preprocess)mode, vector);
		image_clear(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(emnist_passes_untouched),
		cmocka_unit_test(others_do_not_pass),
		cmocka_unit_test(border_tells),
		cmocka_unit_test(black_passes),
		cmocka_unit_test(training_images_pass),
		cmocka_unit_test(raw_keeps_28x28),
		cmocka_unit_test(raw_averages_down),
		cmocka_unit_test(raw_interpolates_up),
		cmocka_unit_test(raw_knows_color_and_alpha),
		cmocka_unit_test(any_noise_gives_a_vector),
	};

	return cmocka_run_group_tests_name("preprocess", tests, NULL, NULL);
}
