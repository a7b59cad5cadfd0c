/*
 * test_writer.c - datasets written: what is refused, what is left behind, how folders are called;
 * classes of several datasets as one; images that are the same.
 *
 * What the files hold is checked by cli/test/dataset.sh and lib/test/peers_export.py.
 */
#include "../dataset/duplicates.h"
#include "../dataset/writer.h"
#include "../emnist.h"
#include "../labels/labels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static uint8_t pixels[2 * EMNIST_VECTOR_LENGTH];
static const uint64_t numbers[] = {0, 1};

static struct emnist_labels *parse(const char *mapping)
{
	struct emnist_labels *labels;

	assert_int_equal(emnist_labels_parse(mapping, strlen(mapping), &labels, NULL), EMNIST_OK);
	return labels;
}

/* That a writer cannot be made, with this message. */
static void refused(const char *path, const char *mapping,
		    const struct emnist_writer_options *options, enum emnist_status status,
		    const char *message)
{
	struct emnist_labels *labels = parse(mapping);
	struct emnist_writer *writer = (struct emnist_writer *)1;
	struct emnist_error error;

	assert_int_equal(emnist_writer_create(path, labels, options, &writer, &error), status);
	assert_string_equal(error.message, message);
	assert_null(writer);
	emnist_labels_free(labels);
}

static void refusals(void **state)
{
	const struct emnist_writer_options no_form = {.form = (enum emnist_write_form)7};
	const struct emnist_writer_options flat = {.form = EMNIST_WRITE_FLAT};
	char mapping[1024] = "0 300", name[512];

	(void)state;
	refused("x", "0 65", &no_form, EMNIST_ERR_ARGUMENT, "unknown format: 7");
	refused("", "0 65", NULL, EMNIST_ERR_ARGUMENT, "no name to write to");
	refused("/tmp/", "0 65", NULL, EMNIST_ERR_ARGUMENT, "a folder; a file name is needed");
	refused("x", "256 65", NULL, EMNIST_ERR_UNSUPPORTED,
		"the class 256: idx files have labels up to 255");
	for (int c = 301; c < 350; c++) {
		snprintf(name, sizeof(name), " %d", c);
		strcat(mapping, name);
	}
	refused("/tmp/never", mapping, &flat, EMNIST_ERR_UNSUPPORTED,
		"class 0 has too many characters for the name of a folder");
}

static void nothing_half_is_left(void **state)
{
	static const enum emnist_write_form forms[] = {EMNIST_WRITE_IDX, EMNIST_WRITE_CSV,
						       EMNIST_WRITE_NPY, EMNIST_WRITE_NPZ,
						       EMNIST_WRITE_TAR};
	struct emnist_labels *labels = parse("0 65\n7 66");
	const uint16_t classes[] = {1, 0}, wrong[] = {0, 2};
	char folder[] = "/tmp/emnist-writer-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x", folder);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		const struct emnist_writer_options options = {.form = forms[i]};
		struct emnist_writer *writer;
		struct emnist_error error;

		assert_int_equal(emnist_writer_create(path, labels, &options, &writer, NULL), 0);
		assert_int_equal(emnist_writer_add(writer, 2, pixels, classes, numbers, NULL), 0);
		assert_int_equal(emnist_writer_add(writer, 2, pixels, wrong, numbers, &error),
				 EMNIST_ERR_ARGUMENT);
		assert_string_equal(error.message, "no class 2");
		emnist_writer_free(writer);
	}
	/* It is empty. */
	assert_int_equal(rmdir(folder), 0);
	emnist_labels_free(labels);
}

static void folders_are_named(void **state)
{
	static const struct {
		const char *mapping, *name;
	} cases[] = {
		{"0 48", "0"},           {"0 65", "A_caps"},
		{"0 97", "a_small"},     {"0 65 97", "A_both"},
		{"0 97 65", "A_both"},   {"0 65 98", "U+0041_U+0062"},
		{"0 233", "U+00E9"},     {"0 47", "U+002F"},
		{"0 128512", "U+1F600"}, {"0 48 79", "U+0030_U+004F"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct emnist_labels *labels = parse(cases[i].mapping);
		char name[WRITER_FOLDER_MAX];

		assert_true(writer_folder_name(labels, 0, name));
		assert_string_equal(name, cases[i].name);
		emnist_labels_free(labels);
	}
}

/* a and b as one: the mapping file that comes of it, and where classes of b go. */
static void joined(const char *a, const char *b, const char *wanted, uint16_t first_of_b)
{
	struct emnist_labels *const both[] = {parse(a), parse(b)};
	uint16_t map_a[8], map_b[8], *const maps[] = {map_a, map_b};
	struct emnist_labels *labels;
	size_t nbytes;
	char *text;

	assert_int_equal(emnist_labels_join((const struct emnist_labels *const *)both, 2, &labels,
					    maps, NULL),
			 EMNIST_OK);
	assert_true(labels_format(labels, &text, &nbytes));
	assert_int_equal(nbytes, strlen(wanted));
	assert_memory_equal(text, wanted, nbytes);
	assert_int_equal(map_b[0], first_of_b);
	free(text);
	emnist_labels_free(labels);
	emnist_labels_free(both[0]);
	emnist_labels_free(both[1]);
}

static void classes_are_joined(void **state)
{
	(void)state;
	joined("3 65\n5 66", "3 65\n5 66", "3 65\n5 66\n", 0);
	joined("0 48\n1 97", "0 65", "0 48\n10 65\n36 97\n", 1);
	joined("0 65\n1 66", "1 65 97\n2 66 98", "0 65\n1 65 97\n2 66\n3 66 98\n", 1);
	joined("0 233", "5 65", "0 65\n1 233\n", 0);
}

static bool never(const void *context, uint16_t a, uint16_t b)
{
	(void)context;
	(void)a;
	(void)b;
	return false;
}

/* More images than there are slots at first, each of them twice, in two parts; all differ from
 * their neighbors in one pixel only, so that many have the same packed length. */
static void images_are_told_apart(void **state)
{
	struct duplicates *duplicates = duplicates_new();
	struct duplicates_common common;
	struct duplicates_sight sight;
	const uint32_t n = 5000;

	(void)state;
	assert_non_null(duplicates);
	memset(pixels, 0, sizeof(pixels));
	for (uint32_t part = 0; part < 2; part++)
		for (uint32_t i = 0; i < n; i++) {
			pixels[0] = (uint8_t)(i & 255);
			pixels[783] = (uint8_t)(i >> 8);
			assert_true(duplicates_add(duplicates, part, (uint16_t)i, pixels, &sight));
			assert_false(sight.in_part);
		}
	pixels[0] = pixels[783] = 1;
	assert_true(duplicates_add(duplicates, 1, 9, pixels, &sight));
	assert_true(sight.in_part);
	assert_int_equal(sight.class, 257);
	common = duplicates_compare(duplicates, 0, 1, never, NULL);
	assert_int_equal(common.n_distinct, n);
	assert_int_equal(common.n_first, n);
	assert_int_equal(common.n_second, n + 1);
	assert_int_equal(common.n_conflicting, 0);
	duplicates_free(duplicates);
	duplicates_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals),
		cmocka_unit_test(nothing_half_is_left),
		cmocka_unit_test(folders_are_named),
		cmocka_unit_test(classes_are_joined),
		cmocka_unit_test(images_are_told_apart),
	};

	return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
