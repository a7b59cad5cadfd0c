/*
 * test_scans.c - the formats that scanners and phones write: every kind against
 * testdata/scans/expected.tsv, every page of files of several, every defect against
 * testdata/scans/malformed/expected.tsv (both by testdata/generate_scans.py, checked with Pillow),
 * and files that end too soon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <zlib.h>

#include "../emnist_dataset.h"
#include "../image/image.h"
#include "pictures.h"

#define SCANS     "testdata/scans/"
#define MALFORMED "testdata/scans/malformed/"

static struct emnist_limits defaults(void)
{
	return image_limits(&(const struct emnist_limits){0});
}

static uint8_t *read_file(const char *folder, const char *name, size_t *nbytes_ret)
{
	char path[256];
	uint8_t *bytes;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	bytes = read_whole(path, nbytes_ret);
	if (!bytes)
		fail_msg("cannot read %s", path);
	return bytes;
}

static enum emnist_status decode_file(const char *folder, const char *name, struct image *image,
				      struct emnist_error *error)
{
	const struct emnist_limits limits = defaults();
	size_t nbytes;
	uint8_t *bytes = read_file(folder, name, &nbytes);
	const enum emnist_status status = image_decode(bytes, nbytes, &limits, image, error);

	free(bytes);
	return status;
}

/* Of the samples as little-endian numbers. */
static unsigned long checksum(struct image *image)
{
	for (size_t i = 0; image->deep && i < image_n_samples(image); i++) {
		const unsigned sample = image_deep_samples(image)[i];

		image->pixels.data[2 * i] = (uint8_t)sample;
		image->pixels.data[2 * i + 1] = (uint8_t)(sample >> 8);
	}
	return crc32(0, image->pixels.data, (uInt)image->pixels.nbytes);
}

/* Size, channels, bits and checksum, as a table of the generator has them from field `first` on. */
static void assert_image(struct image *image, const struct row *row, size_t first)
{
	char seen[80], expected[80];

	assert_int_equal(image->pixels.nbytes, image_n_samples(image) * (image->deep ? 2 : 1));
	snprintf(seen, sizeof(seen), "%u x %u x %u of %d bits, %08lx", image->width, image->height,
		 image->channels, image->deep ? 16 : 8, checksum(image));
	snprintf(expected, sizeof(expected), "%.9s x %.9s x %.9s of %.9s bits, %.9s",
		 row->fields[first], row->fields[first + 1], row->fields[first + 2],
		 row->fields[first + 3], row->fields[first + 4]);
	if (strcmp(seen, expected) != 0)
		fail_msg("%s: %s instead of %s", row->fields[0], seen, expected);
}

/* By the file's name, which says how it was written. */
static bool is_lossy(const char *name)
{
	return strncmp(name, "lossy", 5) == 0 || strncmp(name, "jpeg", 4) == 0;
}

static void decodes_every_kind(void **state)
{
	FILE *table = fopen(SCANS "expected.tsv", "r");
	struct image image = {0};
	struct row row;
	unsigned n = 0;

	(void)state;
	assert_non_null(table);
	for (; next_row(table, &row); n++) {
		struct emnist_error error;

		assert_int_equal(row.n_fields, 6);
		if (decode_file(SCANS, row.fields[0], &image, &error))
			fail_msg("%s: %s", row.fields[0], error.message);
		assert_image(&image, &row, 1);
		assert_int_equal(image.lossy, is_lossy(row.fields[0]));
	}
	assert_true(n > 10);
	image_clear(&image);
	fclose(table);
}

/* --------------------------------------------------------------------- pages */

static void gives_every_page(void **state)
{
	const struct emnist_limits limits = defaults();
	FILE *table = fopen(SCANS "pages.tsv", "r");
	struct emnist_archive *archive = NULL;
	struct emnist_archive_file file;
	struct image image = {0};
	struct row row;
	char path[256] = "";

	(void)state;
	assert_non_null(table);
	while (next_row(table, &row)) {
		assert_int_equal(row.n_fields, 7);
		if (strcmp(row.fields[1], "1") == 0) {
			emnist_archive_close(archive);
			snprintf(path, sizeof(path), SCANS "%s", row.fields[0]);
			assert_int_equal(emnist_archive_open(path, NULL, &archive, NULL), 0);
		}
		assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
		assert_string_equal(file.name, row.fields[1]);
		assert_null(file.error);
		assert_int_equal(image_decode(file.bytes, file.nbytes, &limits, &image, NULL),
				 EMNIST_OK);
		assert_image(&image, &row, 2);
	}
	assert_int_equal(emnist_archive_next(archive, &file, NULL), EMNIST_OK);
	assert_null(file.name);
	emnist_archive_close(archive);
	image_clear(&image);
	fclose(table);
}

/* Opens the file and reads to the end of its pages; counts those that can be read, and keeps the
 * last error of one that cannot. */
static size_t count_pages(const char *path, const struct emnist_archive_options *options,
			  struct emnist_error *error)
{
	struct emnist_archive_file file = {.name = ""};
	struct emnist_archive *archive;
	size_t n = 0;

	if (emnist_archive_open(path, options, &archive, error))
		return 0;
	while (!emnist_archive_next(archive, &file, error) && file.name) {
		if (file.error)
			*error = *file.error;
		n += !file.error;
	}
	emnist_archive_close(archive);
	return n;
}

static void damaged_pages_are_told(void **state)
{
	const struct emnist_archive_options few = {.n_files = 3},
					    short_files = {.file_nbytes = 900};
	struct emnist_error error = {0};

	(void)state;
	assert_int_equal(count_pages(SCANS "pages-damaged.tif", NULL, &error), 2);
	assert_string_equal(error.message,
			    "not a valid TIFF: a page does not say where its pixels are");
	assert_int_equal(count_pages(SCANS "pages.tif", &few, &error), 0);
	assert_string_equal(error.message, "4 pages, the limit is 3");
	assert_int_equal(count_pages(SCANS "pages.tif", &short_files, &error), 0);
	assert_string_equal(error.message, "file is larger than the limit of 900 bytes");
	assert_int_equal(count_pages(SCANS "gray8.tif", NULL, &error), 1);
}

/* Else a file of a few kilobytes could hold a million pages of a megabyte. */
static void pages_cannot_share_much(void **state)
{
	struct emnist_error error = {0};
	size_t n, nbytes;

	(void)state;
	free(read_file(SCANS, "pages-that-share.tif", &nbytes));
	n = count_pages(SCANS "pages-that-share.tif", NULL, &error);
	assert_int_equal(error.code, EMNIST_ERR_LIMIT);
	assert_string_equal(error.message,
			    "its pages overlap, and those that are left are not read");
	assert_in_range(n, 1, (2 * nbytes + (1 << 20)) / (170 * 210));
}

/* ------------------------------------------------------------------ errors */

static const char *const status_names[] = {
	"EMNIST_OK",          "EMNIST_ERR_ARGUMENT", "EMNIST_ERR_MEMORY",      "EMNIST_ERR_IO",
	"EMNIST_ERR_FORMAT",  "EMNIST_ERR_CORRUPT",  "EMNIST_ERR_UNSUPPORTED", "EMNIST_ERR_LIMIT",
	"EMNIST_ERR_STOPPED", "EMNIST_ERR_ARCHIVE",  "EMNIST_ERR_PAGES",
};

/* The message may end in "...". */
static bool is_expected(const char *message, const char *expected)
{
	const char *dots = strstr(expected, "...");

	return dots ? strncmp(message, expected, (size_t)(dots - expected)) == 0
		    : strcmp(message, expected) == 0;
}

static void refuses_every_defect(void **state)
{
	FILE *table = fopen(MALFORMED "expected.tsv", "r");
	struct rusage before, after;
	struct image image = {0};
	struct row row;
	unsigned n = 0;

	(void)state;
	assert_non_null(table);
	getrusage(RUSAGE_SELF, &before);
	for (; next_row(table, &row); n++) {
		struct emnist_error error = {0};
		const enum emnist_status status =
			decode_file(MALFORMED, row.fields[0], &image, &error);

		assert_int_equal(row.n_fields, 3);
		assert_int_equal(error.code, status);
		if (strcmp(status_names[status], row.fields[1]) != 0 ||
		    !is_expected(error.message, row.fields[2]))
			fail_msg("%s: %s, \"%s\"", row.fields[0], status_names[status],
				 error.message);
	}
	getrusage(RUSAGE_SELF, &after);
	assert_true(n > 10);
	/* KiB: whatever they claim to be, it costs little. */
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 16384);
	image_clear(&image);
	fclose(table);
}

/* Cut after each of many lengths, the end followed by memory that faults. */
static void refuses_every_cut(const char *name, size_t n_dispensable)
{
	const struct emnist_limits limits = defaults();
	struct image image = {0};
	struct guarded guarded;
	size_t nbytes;
	uint8_t *bytes = read_file(SCANS, name, &nbytes);

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
	FILE *table = fopen(SCANS "expected.tsv", "r");
	struct row row;

	(void)state;
	assert_non_null(table);
	while (next_row(table, &row))
		refuses_every_cut(row.fields[0], strncmp(row.fields[0], "trailing-bytes", 14) == 0
							 ? strlen("more")
							 : 0);
	fclose(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_every_kind),
		cmocka_unit_test(gives_every_page),
		cmocka_unit_test(damaged_pages_are_told),
		cmocka_unit_test(pages_cannot_share_much),
		cmocka_unit_test(refuses_every_defect),
		cmocka_unit_test(refuses_what_is_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
