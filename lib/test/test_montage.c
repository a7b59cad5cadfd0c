/*
 * test_montage.c - contact sheets: what stands where, how text is spelled and cut, and limits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../draw/montage.h"
#include "../image/image.h"

/* Of a sheet at scale 2, in its pixels, as montage.c has them. */
#define MARGIN 6
#define SIDE   56
#define TEXT_Y (MARGIN + SIDE + 2)
#define LINE   13
#define BOARD  236
#define INK    24

static uint8_t picture[EMNIST_VECTOR_LENGTH];

/* A picture whose every pixel differs from its neighbors. */
static int make_picture(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(picture); i++)
		picture[i] = (uint8_t)(i * 37 + i / EMNIST_SIDE);
	return 0;
}

static struct montage *make(const struct montage_options *options)
{
	struct montage *montage;

	assert_int_equal(montage_create(options, &montage, NULL), EMNIST_OK);
	return montage;
}

static void add(struct montage *montage, const char *label)
{
	assert_int_equal(montage_add(montage, picture, label, NULL), EMNIST_OK);
}

/* The sheet, encoded and decoded; the montage is freed. */
static struct image sheet_of(struct montage *montage)
{
	const struct emnist_limits limits = image_limits(&(struct emnist_limits){0});
	struct image image = {0};
	struct emnist_error error;
	size_t nbytes;
	void *png;

	if (montage_encode(montage, &png, &nbytes, &error) ||
	    image_decode(png, nbytes, &limits, &image, &error))
		fail_msg("%s", error.message);
	assert_int_equal(image.channels, 1);
	free(png);
	montage_free(montage);
	return image;
}

static uint8_t at(const struct image *image, size_t x, size_t y)
{
	assert_true(x < image->width && y < image->height);
	return image->pixels.data[y * image->width + x];
}

static void pictures_are_where_they_belong(void **state)
{
	struct montage *montage = make(&(struct montage_options){.n_columns = 2});
	struct image image;

	(void)state;
	for (int i = 0; i < 3; i++)
		add(montage, NULL);
	assert_int_equal(montage_count(montage), 3);
	image = sheet_of(montage);
	assert_int_equal(image.width, 2 * (SIDE + MARGIN) + MARGIN);
	assert_int_equal(image.height, 2 * (SIDE + MARGIN) + MARGIN);
	for (size_t y = 0; y < image.height; y++)
		for (size_t x = 0; x < image.width; x++) {
			const size_t step = SIDE + MARGIN;
			const size_t column = x / step, row = y / step;
			const size_t px = x % step, py = y % step;
			uint8_t wanted = BOARD;

			if (px >= MARGIN && py >= MARGIN && row * 2 + column < 3)
				wanted = (uint8_t)(255 - picture[(py - MARGIN) / 2 * EMNIST_SIDE +
								 (px - MARGIN) / 2]);
			assert_int_equal(at(&image, x, y), wanted);
		}
	image_clear(&image);
}

static void a_dark_sheet_shows_pixels_as_they_are(void **state)
{
	const struct montage_options options = {.dark = true, .scale = 1};
	struct montage *montage = make(&options);
	struct image image;

	(void)state;
	add(montage, NULL);
	image = sheet_of(montage);
	assert_int_equal(image.width, EMNIST_SIDE + 2 * MARGIN);
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		assert_int_equal(at(&image, MARGIN + i % EMNIST_SIDE, MARGIN + i / EMNIST_SIDE),
				 picture[i]);
	assert_true(at(&image, 0, 0) < 64);
	image_clear(&image);
}

/* "Ag" as the font has it; the sheet's text is drawn dot by dot. */
static const char *const glyphs[LINE] = {
	"            ", "            ", "  #         ", " # #        ", "#   #       ",
	"#   #  ###  ", "#   # #   # ", "##### #   # ", "#   # #   # ", "#   #  #### ",
	"#   #     # ", "      #   # ", "       ###  ",
};

static void text_is_drawn_beneath(void **state)
{
	struct montage *montage = make(NULL);
	struct image image;

	(void)state;
	add(montage, "\nAg");
	image = sheet_of(montage);
	assert_int_equal(image.height, TEXT_Y + 2 * LINE + MARGIN);
	for (size_t y = TEXT_Y; y < TEXT_Y + 2 * LINE; y++)
		for (size_t x = 0; x < SIDE; x++) {
			const bool second = y >= TEXT_Y + LINE;
			const char *row = glyphs[second ? y - TEXT_Y - LINE : 0];

			assert_int_equal(at(&image, MARGIN + x, y),
					 second && x < 12 && row[x] == '#' ? INK : BOARD);
		}
	image_clear(&image);
}

static void a_title_is_above_all(void **state)
{
	struct montage_options options = {.title = "Ag and more than there is room for"};
	struct montage *montage = make(&options);
	struct image image;

	(void)state;
	add(montage, NULL);
	image = sheet_of(montage);
	assert_int_equal(image.width, SIDE + 2 * MARGIN);
	assert_int_equal(image.height, SIDE + 3 * MARGIN + LINE);
	for (size_t y = 0; y < LINE; y++) {
		for (size_t x = 0; x < 12; x++)
			assert_int_equal(at(&image, MARGIN + x, MARGIN + y),
					 glyphs[y][x] == '#' ? INK : BOARD);
		for (size_t x = image.width - MARGIN; x < image.width; x++)
			assert_int_equal(at(&image, x, MARGIN + y), BOARD);
	}
	image_clear(&image);
}

static void text_of_scale_four_is_twice_as_large(void **state)
{
	struct montage *montage = make(&(struct montage_options){.scale = 4});
	struct image image;

	(void)state;
	add(montage, "Ag");
	image = sheet_of(montage);
	for (size_t y = 0; y < 2 * LINE; y++)
		for (size_t x = 0; x < 24; x++)
			assert_int_equal(at(&image, 2 * MARGIN + x, 2 * MARGIN + 4 * 28 + 4 + y),
					 glyphs[y / 2][x / 2] == '#' ? INK : BOARD);
	image_clear(&image);
}

/* Two labels of which the sheets are the same. */
static void assert_same(const char *label, const char *other)
{
	struct montage *montages[] = {make(NULL), make(NULL)};
	struct image images[2];

	add(montages[0], label);
	add(montages[1], other);
	images[0] = sheet_of(montages[0]);
	images[1] = sheet_of(montages[1]);
	assert_int_equal(images[0].width, images[1].width);
	assert_int_equal(images[0].height, images[1].height);
	assert_memory_equal(images[0].pixels.data, images[1].pixels.data, images[0].pixels.nbytes);
	image_clear(&images[0]);
	image_clear(&images[1]);
}

static void what_the_font_lacks_is_spelled(void **state)
{
	(void)state;
	assert_same("\xe2\x82\xac", "U+20AC");              /* the euro sign */
	assert_same("a\xf0\x9f\x98\x80z", "aU+1F600z");     /* beyond 16 bits */
	assert_same("\x01\t", "U+0001U+0009");              /* controls */
	assert_same("\xff|\x80|\xc3", "\\xff|\\x80|\\xc3"); /* not UTF-8, and cut short */
	assert_same("\xc0\xaf", "\\xc0\\xaf");              /* not the shortest form */
	assert_same("\xed\xa0\x80", "\\xed\\xa0\\x80");     /* half of a pair */
	assert_same("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void latin_is_shown(void **state)
{
	struct montage *montage = make(NULL);
	struct image image;

	(void)state;
	add(montage, "\xc3\x84"); /* A with two dots */
	image = sheet_of(montage);
	assert_int_equal(at(&image, MARGIN + 1, TEXT_Y + 1), INK);
	assert_int_equal(at(&image, MARGIN + 3, TEXT_Y + 1), INK);
	assert_int_equal(at(&image, MARGIN + 2, TEXT_Y + 1), BOARD);
	image_clear(&image);
}

static void what_is_too_long_is_cut(void **state)
{
	(void)state;
	assert_same("12345678901234567890123456789012", "12345678901234567890123456789012");
	assert_same("123456789012345678901234567890123",
		    "1234567890123456789012345678901\xe2\x80\xa6");
	assert_same("1234567890123456789012345678901\xe2\x82\xac",
		    "1234567890123456789012345678901\xe2\x80\xa6");
	assert_same("1\n2\n3\n4\n5", "1\n2\n3\n4");
	assert_same("1\n", "1");
	assert_same("", NULL);
}

static void refusals(void **state)
{
	struct montage_options options = {.scale = 17};
	struct montage *montage;
	struct emnist_error error;
	size_t nbytes;
	void *png;

	(void)state;
	assert_int_equal(montage_create(&options, &montage, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "scale 17: must be 1 to 16");
	assert_null(montage);
	options = (struct montage_options){.n_columns = 65537};
	assert_int_equal(montage_create(&options, &montage, &error), EMNIST_ERR_ARGUMENT);
	montage = make(NULL);
	assert_int_equal(montage_encode(montage, &png, &nbytes, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "no pictures");
	assert_null(png);
	montage_free(montage);
	montage_free(NULL);
}

static void sheets_are_bounded(void **state)
{
	struct montage *montage = make(&(struct montage_options){.n_columns = 1, .scale = 16});
	struct emnist_error error;
	size_t nbytes;
	void *png;

	(void)state;
	for (int i = 0; i < 80; i++)
		add(montage, NULL);
	assert_int_equal(montage_encode(montage, &png, &nbytes, &error), EMNIST_ERR_LIMIT);
	assert_string_equal(error.message, "the sheet has 544 x 39728 pixels: the limit is 32768 a "
					   "side, and 67108864 in all");
	for (int i = 80; i < 65536; i++)
		add(montage, NULL);
	assert_int_equal(montage_add(montage, picture, NULL, &error), EMNIST_ERR_LIMIT);
	assert_string_equal(error.message, "more than 65536 pictures on one sheet");
	montage_free(montage);
}

static void the_sheet_is_wider_than_high(void **state)
{
	(void)state;
	for (size_t n = 30; n < 1000; n += 111) {
		struct montage *montage = make(NULL);
		struct image image;
		double ratio;

		for (size_t i = 0; i < n; i++)
			add(montage, "A");
		image = sheet_of(montage);
		ratio = (double)image.width / (double)image.height;
		assert_true(ratio > 1.1 && ratio < 1.7);
		image_clear(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_are_where_they_belong),
		cmocka_unit_test(a_dark_sheet_shows_pixels_as_they_are),
		cmocka_unit_test(text_is_drawn_beneath),
		cmocka_unit_test(a_title_is_above_all),
		cmocka_unit_test(text_of_scale_four_is_twice_as_large),
		cmocka_unit_test(what_the_font_lacks_is_spelled),
		cmocka_unit_test(latin_is_shown),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(refusals),
		cmocka_unit_test(sheets_are_bounded),
		cmocka_unit_test(the_sheet_is_wider_than_high),
	};

	return cmocka_run_group_tests_name("montage", tests, make_picture, NULL);
}
