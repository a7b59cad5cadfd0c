/*
 * test_reader.c - the reader as its header promises it: three ways in, reuse after failures, and a
 * vector's way out as PNG and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>

#include "../emnist.h"
#include "pictures.h"

#define SAMPLE "testdata/samples/digit-2-scan.png"

static struct emnist_reader *make_reader(enum emnist_preprocess mode)
{
	const struct emnist_reader_options options = {.preprocess = mode};
	struct emnist_reader *reader;

	assert_int_equal(emnist_reader_create(&options, &reader, NULL), EMNIST_OK);
	return reader;
}

static void three_ways_agree(void **state)
{
	float by_name[EMNIST_VECTOR_LENGTH], by_fd[EMNIST_VECTOR_LENGTH];
	float by_bytes[EMNIST_VECTOR_LENGTH];
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
	size_t nbytes;
	uint8_t *bytes = read_whole(SAMPLE, &nbytes);
	const int fd = open(SAMPLE, O_RDONLY);

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(emnist_read_file(reader, SAMPLE, by_name, NULL), EMNIST_OK);
	assert_int_equal(emnist_read_fd(reader, fd, by_fd, NULL), EMNIST_OK);
	assert_int_equal(emnist_read_bytes(reader, bytes, nbytes, by_bytes, NULL), EMNIST_OK);
	assert_memory_equal(by_name, by_fd, sizeof(by_name));
	assert_memory_equal(by_name, by_bytes, sizeof(by_name));
	assert_int_equal(close(fd), 0); /* it was left open */
	free(bytes);
	emnist_reader_free(reader);
}

static void reads_from_a_pipe(void **state)
{
	float expected[EMNIST_VECTOR_LENGTH], vector[EMNIST_VECTOR_LENGTH];
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
	size_t nbytes;
	uint8_t *bytes = read_whole("testdata/samples/small-e-tiny.png", &nbytes);
	int ends[2];

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(emnist_read_bytes(reader, bytes, nbytes, expected, NULL), EMNIST_OK);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, nbytes), nbytes);
	close(ends[1]);
	assert_int_equal(emnist_read_fd(reader, ends[0], vector, NULL), EMNIST_OK);
	assert_memory_equal(expected, vector, sizeof(vector));
	close(ends[0]);
	free(bytes);
	emnist_reader_free(reader);
}

static void failures_are_told(void **state)
{
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
	float vector[EMNIST_VECTOR_LENGTH];
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_read_file(reader, "testdata/no-such-file", vector, &error),
			 EMNIST_ERR_IO);
	assert_int_equal(error.sys_errno, ENOENT);
	assert_string_equal(error.message, "No such file or directory");
	assert_int_equal(emnist_read_file(reader, "testdata", vector, &error), EMNIST_ERR_IO);
	assert_int_equal(error.sys_errno, EISDIR);
	assert_int_equal(emnist_read_fd(reader, -1, vector, &error), EMNIST_ERR_IO);
	assert_int_equal(error.sys_errno, EBADF);
	assert_int_equal(emnist_read_bytes(reader, NULL, 0, vector, &error), EMNIST_ERR_FORMAT);
	assert_string_equal(error.message, "file is empty");
	assert_int_equal(
		emnist_read_file(reader, "testdata/malformed/png-cut-in-idat.png", vector, &error),
		EMNIST_ERR_CORRUPT);
	assert_true(error.offset > 33 && error.offset < 1000); /* where the file ends */
	assert_int_equal(emnist_read_bytes(reader, "P5", 2, vector, NULL), EMNIST_ERR_FORMAT);
	emnist_reader_free(reader);
}

static void options_are_checked(void **state)
{
	struct emnist_reader_options options = {.preprocess = (enum emnist_preprocess)7};
	struct emnist_reader *reader;
	struct emnist_error error;
	float vector[EMNIST_VECTOR_LENGTH];

	(void)state;
	assert_int_equal(emnist_reader_create(&options, &reader, &error), EMNIST_ERR_ARGUMENT);
	assert_null(reader);
	options = (struct emnist_reader_options){.limits = {.file_nbytes = 100}};
	assert_int_equal(emnist_reader_create(&options, &reader, &error), EMNIST_OK);
	assert_int_equal(emnist_read_file(reader, SAMPLE, vector, &error), EMNIST_ERR_LIMIT);
	emnist_reader_free(reader);
	assert_int_equal(emnist_reader_create(NULL, &reader, NULL), EMNIST_OK);
	emnist_reader_free(reader);
	emnist_reader_free(NULL);
}

/* A reader that has failed in every way reads on as if nothing had been. */
static void reads_on_after_failures(void **state)
{
	FILE *table = fopen("testdata/malformed/expected.tsv", "r");
	float expected[EMNIST_VECTOR_LENGTH], vector[EMNIST_VECTOR_LENGTH];
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
	struct row row;

	(void)state;
	assert_non_null(table);
	assert_int_equal(emnist_read_file(reader, SAMPLE, expected, NULL), EMNIST_OK);
	while (next_row(table, &row)) {
		char path[256];

		snprintf(path, sizeof(path), "testdata/malformed/%s", row.fields[0]);
		assert_int_not_equal(emnist_read_file(reader, path, vector, NULL), EMNIST_OK);
		assert_int_equal(emnist_read_file(reader, SAMPLE, vector, NULL), EMNIST_OK);
		assert_memory_equal(expected, vector, sizeof(vector));
	}
	fclose(table);
	emnist_reader_free(reader);
}

/* ------------------------------------------------------------ vector to PNG */

/* Each of the 256 values, three times. */
static void png_gives_the_vector_back(void **state)
{
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_RAW);
	float vector[EMNIST_VECTOR_LENGTH], back[EMNIST_VECTOR_LENGTH];
	void *png;
	size_t nbytes;

	(void)state;
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)(i % 256) / 255;
	assert_int_equal(emnist_vector_to_png(vector, &png, &nbytes, NULL), EMNIST_OK);
	assert_int_equal(emnist_read_bytes(reader, png, nbytes, back, NULL), EMNIST_OK);
	assert_memory_equal(vector, back, sizeof(vector));
	free(png);
	emnist_reader_free(reader);
}

static void png_holds_any_value(void **state)
{
	static const struct {
		float value;
		float back;
	} cases[] = {
		{NAN, 0}, {-1, 0},      {-INFINITY, 0},       {INFINITY, 1},
		{2, 1},   {0.0019f, 0}, {0.002f, 1 / 255.0f}, {0.9981f, 1},
	};
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_RAW);
	float vector[EMNIST_VECTOR_LENGTH] = {0}, back[EMNIST_VECTOR_LENGTH];
	void *png;
	size_t nbytes;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		vector[i] = cases[i].value;
	assert_int_equal(emnist_vector_to_png(vector, &png, &nbytes, NULL), EMNIST_OK);
	assert_int_equal(emnist_read_bytes(reader, png, nbytes, back, NULL), EMNIST_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(back[i] == cases[i].back);
	free(png);
	emnist_reader_free(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_ways_agree),
		cmocka_unit_test(reads_from_a_pipe),
		cmocka_unit_test(failures_are_told),
		cmocka_unit_test(options_are_checked),
		cmocka_unit_test(reads_on_after_failures),
		cmocka_unit_test(png_gives_the_vector_back),
		cmocka_unit_test(png_holds_any_value),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
