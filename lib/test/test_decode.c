/*
 * test_decode.c - files to pixels: every kind against testdata/images/expected.tsv, every defect
 * against testdata/malformed/expected.tsv (both by testdata/generate_images.py, the first checked
 * with Pillow), limits, and files that end too soon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <zlib.h>

#include "../image/image.h"
#include "pictures.h"

#define IMAGES    "testdata/images/"
#define MALFORMED "testdata/malformed/"

static struct emnist_limits defaults(void)
{
	return image_limits(&(const struct emnist_limits){0});
}

static enum emnist_status decode_file(const char *folder, const char *name,
				      const struct emnist_limits *limits, struct image *image,
				      struct emnist_error *error)
{
	char path[256];
	size_t nbytes;
	uint8_t *bytes;
	enum emnist_status status;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	bytes = read_whole(path, &nbytes);
	if (!bytes)
		fail_msg("cannot read %s", path);
	status = image_decode(bytes, nbytes, limits, image, error);
	free(bytes);
	return status;
}

/* ------------------------------------------------------------------ pixels */

/* JPEG is lossy: of a drawing at quality 95, the mean of the differences stays below 2.5, but for
 * halved colors, whose edges are off by more. */
static void assert_near(const struct image *image, const char *reference)
{
	const struct emnist_limits limits = defaults();
	struct image near = {0};
	uint64_t sum = 0;

	assert_int_equal(decode_file(IMAGES, reference, &limits, &near, NULL), EMNIST_OK);
	assert_int_equal(near.pixels.nbytes, image->pixels.nbytes);
	for (size_t i = 0; i < near.pixels.nbytes; i++)
		sum += (uint64_t)abs(near.pixels.data[i] - image->pixels.data[i]);
	if ((double)sum / (double)near.pixels.nbytes > 2.5)
		fail_msg("differs from %s by %.2f on average", reference,
			 (double)sum / (double)near.pixels.nbytes);
	image_clear(&near);
}

static void decodes_every_kind(void **state)
{
	const struct emnist_limits limits = defaults();
	FILE *table = fopen(IMAGES "expected.tsv", "r");
	struct image image = {0};
	struct emnist_error error;
	struct row row;
	unsigned n = 0;

	(void)state;
	assert_non_null(table);
	for (; next_row(table, &row); n++) {
		char crc[9];

		assert_int_equal(row.n_fields, 5);
		if (decode_file(IMAGES, row.fields[0], &limits, &image, &error))
			fail_msg("%s: %s", row.fields[0], error.message);
		if (image.width != strtoul(row.fields[1], NULL, 10) ||
		    image.height != strtoul(row.fields[2], NULL, 10) ||
		    image.channels != strtoul(row.fields[3], NULL, 10))
			fail_msg("%s: %u x %u x %u", row.fields[0], image.width, image.height,
				 image.channels);
		assert_int_equal(image.pixels.nbytes,
				 (size_t)image.width * image.height * image.channels);
		if (strchr(row.fields[4], '.')) {
			assert_near(&image, row.fields[4]);
			continue;
		}
		snprintf(crc, sizeof(crc), "%08lx",
			 crc32(0, image.pixels.data, (uInt)image.pixels.nbytes));
		if (strcmp(crc, row.fields[4]) != 0)
			fail_msg("%s: other pixels than expected", row.fields[0]);
	}
	assert_true(n > 90);
	image_clear(&image);
	fclose(table);
}

/* ------------------------------------------------------------------ errors */

static const char *const status_names[] = {
	"EMNIST_OK",          "EMNIST_ERR_ARGUMENT", "EMNIST_ERR_MEMORY",      "EMNIST_ERR_IO",
	"EMNIST_ERR_FORMAT",  "EMNIST_ERR_CORRUPT",  "EMNIST_ERR_UNSUPPORTED", "EMNIST_ERR_LIMIT",
	"EMNIST_ERR_STOPPED",
};

static void refuses_every_defect(void **state)
{
	const struct emnist_limits limits = defaults();
	FILE *table = fopen(MALFORMED "expected.tsv", "r");
	struct image image = {0};
	struct row row;
	unsigned n = 0;

	(void)state;
	assert_non_null(table);
	for (; next_row(table, &row); n++) {
		struct emnist_error error = {0};
		const enum emnist_status status =
			decode_file(MALFORMED, row.fields[0], &limits, &image, &error);

		assert_int_equal(row.n_fields, 3);
		if (strcmp(status_names[status], row.fields[1]) != 0 ||
		    strcmp(error.message, row.fields[2]) != 0)
			fail_msg("%s: %s, \"%s\"", row.fields[0], status_names[status],
				 error.message);
		assert_int_equal(error.code, status);
	}
	assert_true(n > 100);
	image_clear(&image);
	fclose(table);
}

/* Each file, cut after each of many lengths, its end followed by memory that faults. */
static void refuses_every_cut(const char *name, size_t n_dispensable)
{
	const struct emnist_limits limits = defaults();
	struct image image = {0};
	struct guarded guarded;
	char path[256];
	size_t nbytes;
	uint8_t *bytes;

	snprintf(path, sizeof(path), IMAGES "%s", name);
	bytes = read_whole(path, &nbytes);
	assert_non_null(bytes);
	assert_true(guarded_make(&guarded, nbytes));
	for (size_t n = 0; n + n_dispensable < nbytes; n += nbytes / 200 + 1)
		if (!image_decode(guarded_copy(&guarded, bytes, n), n, &limits, &image, NULL))
			fail_msg("%s: accepted with %zu of %zu bytes", name, n, nbytes);
	if (image_decode(guarded_copy(&guarded, bytes, nbytes), nbytes, &limits, &image, NULL))
		fail_msg("%s: refused", name);
	image_clear(&image);
	guarded_free(&guarded);
	free(bytes);
}

static void refuses_what_is_cut_short(void **state)
{
	FILE *table = fopen(IMAGES "expected.tsv", "r");
	struct row row;

	(void)state;
	assert_non_null(table);
	while (next_row(table, &row)) {
		size_t n_dispensable = 0;

		if (strcmp(row.fields[0], "grey8-trailing-bytes.png") == 0)
			n_dispensable = strlen("more, which is none of the image");
		if (strstr(row.fields[0], ".bmp"))
			n_dispensable = 3; /* padding of the last row */
		if (strstr(row.fields[0], ".gif"))
			n_dispensable = 1; /* the trailer */
		if (strcmp(row.fields[0], "animated.gif") == 0)
			continue; /* the second frame may be missing */
		if (strstr(row.fields[0], "-plain.p"))
			n_dispensable = 3; /* the last number is shorter, but a number */
		refuses_every_cut(row.fields[0], n_dispensable);
	}
	fclose(table);
}

/* ------------------------------------------------------------------ limits */

static void huge_headers_cost_no_memory(void **state)
{
	static const char *const names[] = {
		"png-60000x60000.png",
		"png-20000x20000.png",
		"png-8000x8000-in-900-bytes.png",
		"png-2-31-pixels-wide.png",
		"jpeg-60000x60000.jpg",
		"gif-60000x60000.gif",
		"bmp-lying-height.bmp",
		"tga-lying-width.tga",
		"pnm-lying-height.pgm",
	};
	const struct emnist_limits limits = defaults();
	struct rusage before, after;
	struct image image = {0};

	(void)state;
	assert_int_not_equal(decode_file(MALFORMED, "text.png", &limits, &image, NULL), 0);
	getrusage(RUSAGE_SELF, &before);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_not_equal(decode_file(MALFORMED, names[i], &limits, &image, NULL), 0);
		assert_int_equal(image.pixels.capacity, 0);
	}
	getrusage(RUSAGE_SELF, &after);
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 2048); /* KiB */
	image_clear(&image);
}

static void limits_are_exact(void **state)
{
	/* rgb8.png is 23 x 31, exif-6.jpg is stored as 44 x 60. */
	static const struct {
		const char *name;
		struct emnist_limits limits;
		const char *message; /* NULL: it is read */
	} cases[] = {
		{"rgb8.png", {.width = 23, .height = 31, .n_pixels = 713}, NULL},
		{"rgb8.png", {.width = 22}, "image is 23 pixels wide, the limit is 22"},
		{"rgb8.png", {.height = 30}, "image is 31 pixels high, the limit is 30"},
		{"rgb8.png", {.n_pixels = 712}, "image has 713 pixels, the limit is 712"},
		{"rgb8.png", {.file_nbytes = 90}, "file is larger than the limit of 90 bytes"},
		{"rgb24.bmp", {.width = 22}, "image is 23 pixels wide, the limit is 22"},
		{"rgb24.tga", {.height = 30}, "image is 31 pixels high, the limit is 30"},
		{"rgb8.ppm", {.n_pixels = 712}, "image has 713 pixels, the limit is 712"},
		{"still.gif", {.width = 59}, "image is 60 pixels wide, the limit is 59"},
		{"baseline.jpg", {.width = 60, .height = 44}, NULL},
		{"baseline.jpg", {.height = 43}, "image is 44 pixels high, the limit is 43"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct emnist_limits limits = image_limits(&cases[i].limits);
		struct emnist_error error = {0};
		struct image image = {0};
		const enum emnist_status status =
			decode_file(IMAGES, cases[i].name, &limits, &image, &error);

		assert_int_equal(status, cases[i].message ? EMNIST_ERR_LIMIT : EMNIST_OK);
		assert_string_equal(error.message, cases[i].message ? cases[i].message : "");
		image_clear(&image);
	}
}

static void default_limits_are_documented(void **state)
{
	const struct emnist_limits limits = defaults();

	(void)state;
	assert_int_equal(limits.file_nbytes, 256u << 20);
	assert_int_equal(limits.width, 32768);
	assert_int_equal(limits.height, 32768);
	assert_int_equal(limits.n_pixels, 1u << 26);
}

/* -------------------------------------------------------------------- EXIF */

static void exif_is_read_within_its_bounds(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t nbytes;
		unsigned orientation;
	} cases[] = {
#define TIFF(text) text, sizeof(text) - 1
		{"little-endian", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"), 6},
		{"big-endian", TIFF("MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0"), 6},
		{"9", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x09\0\0\0"), 1},
		{"0", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\0\0\0\0"), 1},
		{"a long", TIFF("II*\0\x08\0\0\0\1\0\x12\1\4\0\1\0\0\0\6\0\0\0"), 1},
		{"no orientation", TIFF("II*\0\x08\0\0\0\1\0\x13\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"directory behind the end", TIFF("II*\0\xff\xff\xff\xff\1\0\x12\1\3\0\1\0"), 1},
		{"more entries than there are",
		 TIFF("II*\0\x08\0\0\0\xff\xff\x13\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"entry cut", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0"), 1},
		{"other byte order", TIFF("IM*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"not 42", TIFF("II+\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"directory cut", TIFF("II*\0\x09\0\0\0\1\0"), 1},
		{"empty", TIFF(""), 1},
#undef TIFF
	};
	struct guarded guarded;

	(void)state;
	assert_true(guarded_make(&guarded, 64));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const uint8_t *tiff =
			guarded_copy(&guarded, (const uint8_t *)cases[i].bytes, cases[i].nbytes);

		if (exif_orientation(tiff, cases[i].nbytes) != cases[i].orientation)
			fail_msg("%s", cases[i].name);
	}
	guarded_free(&guarded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(huge_headers_cost_no_memory), /* first: it looks at the peak */
		cmocka_unit_test(decodes_every_kind),
		cmocka_unit_test(refuses_every_defect),
		cmocka_unit_test(refuses_what_is_cut_short),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(default_limits_are_documented),
		cmocka_unit_test(exif_is_read_within_its_bounds),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
