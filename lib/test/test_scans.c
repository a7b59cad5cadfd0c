/*
 * test_scans.c - the formats that scanners and phones write: every kind against
 * testdata/scans/expected.tsv, every page of files of several, every defect against
 * testdata/scans/malformed/expected.tsv (both by testdata/generate_scans.py, checked with Pillow),
 * and files that end too soon.
 */
#include <sys/resource.h>
#include <zlib.h>

#include "../emnist_dataset.h"
#include "decoding.h"

#define SCANS     "testdata/scans/"
#define MALFORMED "testdata/scans/malformed/"

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

static void check_kind(struct image *image, const struct row *row)
{
	assert_image(image, row, 1);
	assert_int_equal(image->lossy, is_lossy(row->fields[0]));
}

static void decodes_every_kind(void **state)
{
	(void)state;
	check_folder(SCANS, 6, 11, check_kind);
}

/* --------------------------------------------------------------------- pages */

static void gives_every_page(void **state)
{
	const struct emnist_limits limits = default_limits();
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
			emnist_archive_free(archive);
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
	emnist_archive_free(archive);
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
	emnist_archive_free(archive);
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
			    "not a valid TIFF: a page does not record where its pixels are");
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
	assert_string_equal(error.message, "its pages overlap; the rest is not read");
	assert_in_range(n, 1, (2 * nbytes + (1 << 20)) / (170 * 210));
}

/* ------------------------------------------------------------------ errors */

static void refuses_every_defect(void **state)
{
	struct rusage before, after;

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	check_refusals(MALFORMED, 11);
	getrusage(RUSAGE_SELF, &after);
	/* KiB: whatever they claim to be, it costs little. */
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 16384);
}

static void refuses_what_is_cut_short(void **state)
{
	FILE *table = open_expected(SCANS);
	struct row row;

	(void)state;
	while (next_row(table, &row))
		refuses_every_cut(SCANS, row.fields[0],
				  strncmp(row.fields[0], "trailing-bytes", 14) == 0 ? strlen("more")
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
