/*
 * test_color.c - color and transparency: which of brightness, colors and alpha draws the character.
 */
#include "letters.h"

/* ------------------------------------------------------------ transparency */

/* Ink of any one color on nothing. */
static void alpha_draws(void **state)
{
	static const uint8_t colors[][3] = {{0, 0, 0}, {255, 255, 255}, {200, 30, 90}};
	struct image ink = {0};

	(void)state;
	draw(&ink, 400, 400, LETTER(letter_d), 100, 100, 200, 0, 255);
	for (size_t k = 0; k < sizeof(colors) / sizeof(*colors); k++) {
		struct image image = {0};

		picture_make(&image, 400, 400, 4);
		for (size_t i = 0; i < ink.pixels.nbytes; i++) {
			memcpy(image.pixels.data + 4 * i, colors[k], 3);
			image.pixels.data[4 * i + 3] = ink.pixels.data[i];
		}
		assert_like_d(&image, 0.002f);
		image_clear(&image);
	}
	image_clear(&ink);
}

/* A color that differs by 16 levels is still one: by color, this ink would be all but invisible. */
static void alpha_draws_in_nearly_one_color(void **state)
{
	struct image ink = {0}, image = {0};

	(void)state;
	draw(&ink, 400, 400, LETTER(letter_d), 100, 100, 200, 0, 255);
	picture_make(&image, 400, 400, 4);
	for (size_t i = 0; i < ink.pixels.nbytes; i++) {
		memset(image.pixels.data + 4 * i, (int)(239 + i % 17), 3);
		image.pixels.data[4 * i + 3] = ink.pixels.data[i];
	}
	assert_like_d(&image, 0.002f);
	image_clear(&ink);
	image_clear(&image);
}

/* Black or faint ink on a white card with nothing around it: here color draws, not alpha. */
static void opaque_parts_draw_by_color(void **state)
{
	static const uint8_t inks[] = {0, 238};
	struct image grey = {0}, image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(inks); k++) {
		draw(&grey, 400, 400, LETTER(letter_d), 100, 100, 200, 255, inks[k]);
		picture_make(&image, 400, 400, 2);
		for (size_t i = 0; i < grey.pixels.nbytes; i++) {
			const size_t x = i % 400, y = i / 400;
			const bool on_card = x > 20 && x < 380 && y > 20 && y < 380;

			image.pixels.data[2 * i] = grey.pixels.data[i];
			image.pixels.data[2 * i + 1] = on_card ? 255 : 0;
		}
		assert_like_d(&image, inks[k] ? 0.01f : 0.002f);
	}
	image_clear(&grey);
	image_clear(&image);
}

/* Alpha that is everywhere says nothing, even where all colors are nearly the same. */
static void faint_ink_that_is_opaque_draws_by_color(void **state)
{
	static const uint8_t alphas[] = {255, 190};
	struct image grey = {0}, image = {0};

	(void)state;
	draw(&grey, 400, 400, LETTER(letter_d), 100, 100, 200, 200, 185);
	picture_make(&image, 400, 400, 2);
	for (size_t k = 0; k < sizeof(alphas); k++) {
		for (size_t i = 0; i < grey.pixels.nbytes; i++) {
			image.pixels.data[2 * i] = grey.pixels.data[i];
			image.pixels.data[2 * i + 1] = alphas[k];
		}
		assert_like_d(&image, 0.02f);
	}
	image_clear(&grey);
	image_clear(&image);
}

/* ------------------------------------------------------------------- color */

/* The letter d in one color on another, with as many channels; size: of the letter, of 400. */
static void draw_in(struct image *image, unsigned channels, const uint8_t paper[3],
		    const uint8_t ink[3], float size)
{
	struct image cover = {0};

	draw(&cover, 400, 400, LETTER(letter_d), 200 - size / 2, 200 - size / 2, size, 0, 255);
	picture_make(image, 400, 400, channels);
	for (size_t i = 0; i < cover.pixels.nbytes; i++) {
		uint8_t *pixel = image->pixels.data + i * channels;
		const int share = cover.pixels.data[i];

		for (int c = 0; c < 3; c++)
			pixel[c] = (uint8_t)((paper[c] * (255 - share) + ink[c] * share) / 255);
		if (channels == 4)
			pixel[3] = 255;
	}
	image_clear(&cover);
}

/* Light from the left, darker by that share on the right, and squares of 16 pixels that are up to 8
 * brighter or darker, as JPEG and noise leave them. */
static void light_unevenly(struct image *image, float share)
{
	for (size_t i = 0; i < image->pixels.nbytes; i++) {
		const size_t x = i / image->channels % 400, y = i / image->channels / 400;
		const uint32_t square = (uint32_t)(25 * (y / 16) + x / 16) * 2654435761u;
		const float value = (float)image->pixels.data[i] * (1 - share * (float)x / 400) +
				    (float)(square >> 28) - 8;

		if (image->channels == 3 || i % 4 < 3)
			image->pixels.data[i] = (uint8_t)fminf(fmaxf(value, 0), 255);
	}
}

/* Red on green, green on red, orange on green, violet on blue, red on grey, and two that only blue
 * tells apart: in grey, they differ by 1 to 10 levels. White on yellow by 45, of 210 in blue, which
 * uneven light hides. */
static void colors_of_one_brightness_are_told_apart(void **state)
{
	static const uint8_t pairs[][2][3] = {
		{{70, 125, 65}, {200, 50, 45}},    {{200, 60, 70}, {60, 150, 60}},
		{{110, 190, 90}, {230, 140, 40}},  {{60, 110, 190}, {150, 60, 170}},
		{{112, 110, 108}, {210, 60, 50}},  {{100, 140, 40}, {100, 110, 200}},
		{{250, 215, 40}, {250, 250, 248}},
	};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(pairs) / sizeof(*pairs); k++)
		for (unsigned channels = 3; channels <= 4; channels++) {
			draw_in(&image, channels, pairs[k][0], pairs[k][1], 200);
			assert_like_d(&image, 0.005f);
			light_unevenly(&image, 0.1f);
			assert_like_d(&image, 0.02f);
			draw_in(&image, channels, pairs[k][0], pairs[k][1], 100);
			light_unevenly(&image, 0.45f);
			assert_like_d(&image, 0.03f);
		}
	image_clear(&image);
}

/* A pencil on white paper, a part of which is highlighted in yellow: blue shows that best, grey the
 * letter. */
static void what_grey_shows_is_read_in_grey(void **state)
{
	static const uint8_t paper[] = {240, 240, 235}, ink[] = {192, 192, 188};
	struct image image = {0};

	(void)state;
	draw_in(&image, 3, paper, ink, 200);
	for (size_t y = 220; y < 330; y++)
		for (size_t x = 60; x < 340; x++)
			image.pixels.data[3 * (400 * y + x) + 2] /= 8;
	assert_like_d(&image, 0.03f);
	image_clear(&image);
}

/* Colored paper whose color is uneven, but less than ink would be. */
static void blank_colored_pages_are_blank(void **state)
{
	static const uint8_t paper[] = {190, 160, 220}, stain[] = {215, 150, 200};
	struct image image = {0};
	float vector[N];

	(void)state;
	draw_in(&image, 3, paper, stain, 200);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	for (size_t i = 0; i < N; i++)
		assert_true(vector[i] == 0);
	image_clear(&image);
}

/* A cream sheet on a violet table fills the picture, and shows but a spot: what the grey shows with
 * all its contrast is not sought in blue, which has less. */
static void what_grey_shows_is_not_sought_in_colors(void **state)
{
	static const uint8_t sheet[] = {209, 209, 196}, table[] = {29, 7, 41};
	struct image image = {0}, grey = {0};
	float vector[N], expected[N];

	(void)state;
	picture_make(&image, 137, 347, 3);
	for (size_t i = 0; i < 137 * 347; i++) {
		const size_t x = i % 137, y = i / 137;
		const bool on_sheet = x >= 6 && x < 132 && y >= 9 && y < 343;
		const bool spot = x >= 58 && x < 97 && y >= 275 && y < 314;

		memcpy(image.pixels.data + 3 * i, on_sheet && !spot ? sheet : table, 3);
	}
	preprocess(&image, EMNIST_PREPROCESS_AUTO, vector);
	picture_make(&grey, 137, 347, 1);
	grey_from_image(&image, grey.pixels.data);
	preprocess(&grey, EMNIST_PREPROCESS_AUTO, expected);
	assert_true(mean_difference(vector, expected) < 0.001f);
	image_clear(&grey);
	image_clear(&image);
}

/* Of a file whose colors a decoder may leave out, the vector is what its colors come to, where
 * these are all that shows the ink; where grey shows it, it is nearly so. */
static void files_are_read_as_their_colors_are(void **state)
{
	static const struct {
		const char *path;
		bool needs_colors;
	} files[] = {
		{"testdata/images/red-on-green.jpg", true},
		{"testdata/images/red-on-green.png", true},
		{"testdata/drawings/ballpoint/capital-e.jpg", false},
		{"testdata/samples/digit-3-photo.jpg", false},
		{"testdata/drawings/chalk/capital-e.png", false},
	};
	const struct emnist_limits limits = image_limits(&(const struct emnist_limits){0});
	struct emnist_reader *reader;
	struct image image = {0};

	(void)state;
	assert_int_equal(emnist_reader_create(NULL, &reader, NULL), EMNIST_OK);
	for (size_t k = 0; k < sizeof(files) / sizeof(*files); k++) {
		float vector[N], expected[N];
		size_t nbytes;
		uint8_t *bytes = read_whole(files[k].path, &nbytes);

		assert_non_null(bytes);
		assert_int_equal(emnist_read_bytes(reader, bytes, nbytes, vector, NULL), EMNIST_OK);
		assert_int_equal(image_decode(bytes, nbytes, &limits, &image, NULL), EMNIST_OK);
		assert_int_equal(image.channels, 3);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, expected);
		assert_false(emnist_vector_is_blank(vector));
		assert_true(mean_difference(vector, expected) <=
			    (files[k].needs_colors ? 0 : 0.005f));
		image.colors = IMAGE_COLORS_NOT_NEEDED;
		assert_int_equal(image_decode(bytes, nbytes, &limits, &image, NULL), EMNIST_OK);
		assert_int_equal(image.channels, 1);
		assert_int_equal(image.colors, IMAGE_COLORS_LEFT_OUT);
		image.colors = IMAGE_COLORS_WANTED;
		free(bytes);
	}
	image_clear(&image);
	emnist_reader_free(reader);
}

/* Half of all pixels 40 brighter than the others, and a channel more, is 20 by itself. */
static void grey_deviates(void **state)
{
	static const uint8_t dark[] = {80, 80, 80}, bright[] = {120, 120, 120};
	static const uint8_t red[] = {200, 0, 0}, green[] = {0, 102, 0};
	struct image image = {0};

	(void)state;
	for (unsigned channels = 3; channels <= 4; channels++) {
		picture_make(&image, 300, 200, channels);
		memset(image.pixels.data, 255, image.pixels.nbytes);
		assert_true(grey_deviation(&image) == 0);
		for (size_t i = 0; i < 300 * 200; i++)
			memcpy(image.pixels.data + i * channels, i % 300 < 150 ? dark : bright, 3);
		assert_true(fabsf(grey_deviation(&image) - 20) < 0.01f);
		for (size_t i = 0; i < 300 * 200; i++)
			memcpy(image.pixels.data + i * channels, i % 300 < 150 ? red : green, 3);
		assert_true(grey_deviation(&image) < 0.51f);
	}
	for (size_t i = 0; i < 300 * 200; i++) {
		memcpy(image.pixels.data + 4 * i, dark, 3);
		image.pixels.data[4 * i + 3] = i % 300 < 150 ? 255 : 0;
	}
	assert_true(fabsf(grey_deviation(&image) - 87.5f) < 0.01f);
	image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alpha_draws),
		cmocka_unit_test(alpha_draws_in_nearly_one_color),
		cmocka_unit_test(opaque_parts_draw_by_color),
		cmocka_unit_test(faint_ink_that_is_opaque_draws_by_color),
		cmocka_unit_test(colors_of_one_brightness_are_told_apart),
		cmocka_unit_test(what_grey_shows_is_read_in_grey),
		cmocka_unit_test(blank_colored_pages_are_blank),
		cmocka_unit_test(what_grey_shows_is_not_sought_in_colors),
		cmocka_unit_test(files_are_read_as_their_colors_are),
		cmocka_unit_test(grey_deviates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
