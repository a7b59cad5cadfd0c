/*
 * decoding.h - image files decoded: those of a folder against its table, whole, damaged and cut
 * short.
 */
#ifndef TEST_DECODING_H
#define TEST_DECODING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../image/image.h"
#include "pictures.h"

static inline struct emnist_limits default_limits(void)
{
	return image_limits(&(const struct emnist_limits){0});
}

/* Freed with free(). */
static inline uint8_t *read_file(const char *folder, const char *name, size_t *nbytes_ret)
{
	char path[256];
	uint8_t *bytes;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	bytes = read_whole(path, nbytes_ret);
	if (!bytes)
		fail_msg("cannot read %s", path);
	return bytes;
}

static inline enum emnist_status decode_within(const struct emnist_limits *limits,
					       const char *folder, const char *name,
					       struct image *image, struct emnist_error *error)
{
	size_t nbytes;
	uint8_t *bytes = read_file(folder, name, &nbytes);
	const enum emnist_status status = image_decode(bytes, nbytes, limits, image, error);

	free(bytes);
	return status;
}

/* Within the limits that are the default. */
static inline enum emnist_status decode_file(const char *folder, const char *name,
					     struct image *image, struct emnist_error *error)
{
	const struct emnist_limits limits = default_limits();

	return decode_within(&limits, folder, name, image, error);
}

/* Of the folder's expected.tsv; closed with fclose(). */
static inline FILE *open_expected(const char *folder)
{
	char path[256];
	FILE *table;

	snprintf(path, sizeof(path), "%sexpected.tsv", folder);
	table = fopen(path, "r");
	if (!table)
		fail_msg("cannot read %s", path);
	return table;
}

/* Decodes each file of the folder's table, which has rows of n_fields fields and at least n_least
 * of them, and has it checked. */
static inline void check_folder(const char *folder, size_t n_fields, size_t n_least,
				void (*check)(struct image *image, const struct row *row))
{
	FILE *table = open_expected(folder);
	struct image image = {0};
	struct row row;
	size_t n = 0;

	for (; next_row(table, &row); n++) {
		struct emnist_error error;

		assert_int_equal(row.n_fields, n_fields);
		if (decode_file(folder, row.fields[0], &image, &error))
			fail_msg("%s: %s", row.fields[0], error.message);
		check(&image, &row);
	}
	assert_true(n >= n_least);
	image_clear(&image);
	fclose(table);
}

/* Whether the message is the one of the table, which may end in "...". */
static inline bool is_message(const char *message, const char *expected)
{
	const char *dots = strstr(expected, "...");

	return dots ? strncmp(message, expected, (size_t)(dots - expected)) == 0
		    : strcmp(message, expected) == 0;
}

/* Each file of the folder's table of files, statuses and messages fails so; n_least or more. */
static inline void check_refusals(const char *folder, size_t n_least)
{
	FILE *table = open_expected(folder);
	struct image image = {0};
	struct row row;
	size_t n = 0;

	for (; next_row(table, &row); n++) {
		struct emnist_error error = {0};
		const enum emnist_status status =
			decode_file(folder, row.fields[0], &image, &error);

		assert_int_equal(row.n_fields, 3);
		assert_int_equal(error.code, status);
		if (strcmp(status_name(status), row.fields[1]) != 0 ||
		    !is_message(error.message, row.fields[2]))
			fail_msg("%s: %s, \"%s\"", row.fields[0], status_name(status),
				 error.message);
	}
	assert_true(n >= n_least);
	image_clear(&image);
	fclose(table);
}

/* The file, cut after each of many lengths, its end followed by memory that faults. n_dispensable:
 * bytes at its end that may be missing. */
static inline void refuses_every_cut(const char *folder, const char *name, size_t n_dispensable)
{
	const struct emnist_limits limits = default_limits();
	struct image image = {0};
	struct guarded guarded;
	size_t nbytes;
	uint8_t *bytes = read_file(folder, name, &nbytes);

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

#endif
