/*
 * test_reader.c - the reader as its header promises it: four ways in, reuse after failures, and a
 * vector's way out as PNG and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* The end of a PNG is the end of its file, whoever may still have it open; so is what is behind it
 * of no interest. */
static void a_png_tells_where_it_ends(void **state)
{
	float expected[EMNIST_VECTOR_LENGTH], vector[EMNIST_VECTOR_LENGTH];
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
	char path[] = "/tmp/test_reader-XXXXXX", fifo[64];
	size_t nbytes;
	uint8_t *bytes = read_whole("testdata/samples/small-e-tiny.png", &nbytes);
	int writer;

	(void)state;
	assert_non_null(bytes);
	assert_non_null(mkdtemp(path));
	snprintf(fifo, sizeof(fifo), "%s/fifo", path);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	writer = open(fifo, O_RDWR);
	assert_int_equal(emnist_read_bytes(reader, bytes, nbytes, expected, NULL), EMNIST_OK);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(write(writer, bytes, nbytes), nbytes);
		alarm(20); /* rather than to wait for ever */
		assert_int_equal(emnist_read_file(reader, fifo, vector, NULL), EMNIST_OK);
		alarm(0);
		assert_memory_equal(expected, vector, sizeof(vector));
	}
	close(writer);
	unlink(fifo);
	rmdir(path);
	free(bytes);
	emnist_reader_free(reader);
}

/* Writes bytes, and then n_more bytes of nothing, to path. */
static void write_file(const char *path, const uint8_t *bytes, size_t nbytes, size_t n_more)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, nbytes, file), nbytes);
	while (n_more-- > 0)
		assert_int_not_equal(fputc(0, file), EOF);
	assert_int_equal(fclose(file), 0);
}

/* Whatever their length, files are read to where they end: where one read takes all that there is
 * room for, and where the beginning or the end of a PNG is missing. */
static void files_of_any_length(void **state)
{
	static const size_t n_more[] = {0, 1, 12, 65000, 65536, 200000, 1200000};
	float expected[EMNIST_VECTOR_LENGTH], vector[EMNIST_VECTOR_LENGTH];
	char path[] = "/tmp/test_reader-XXXXXX";
	const int fd = mkstemp(path);
	size_t nbytes;
	uint8_t *bytes = read_whole("testdata/samples/small-e-tiny.png", &nbytes);

	(void)state;
	assert_non_null(bytes);
	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(n_more) / sizeof(*n_more); i++) {
		struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
		const size_t exactly = n_more[i] == 65536 ? n_more[i] - nbytes : n_more[i];

		assert_int_equal(emnist_read_bytes(reader, bytes, nbytes, expected, NULL),
				 EMNIST_OK);
		write_file(path, bytes, nbytes, exactly);
		assert_int_equal(emnist_read_file(reader, path, vector, NULL), EMNIST_OK);
		assert_memory_equal(expected, vector, sizeof(vector));
		write_file(path, bytes + 1, nbytes - 1, 0);
		assert_int_not_equal(emnist_read_file(reader, path, vector, NULL), EMNIST_OK);
		write_file(path, bytes, nbytes - 13, 0);
		assert_int_equal(emnist_read_file(reader, path, vector, NULL), EMNIST_ERR_CORRUPT);
		emnist_reader_free(reader);
	}
	close(fd);
	unlink(path);
	free(bytes);
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

/* ----------------------------------------------------------------- pixels */

enum { SIDE = 40 };

/* A slanted dark stroke on paper that is not quite even, in samples of 8 or 16 bits. */
static unsigned drawn(size_t x, size_t y, unsigned channel)
{
	return (x + y / 3 > 18 && x + y / 3 < 25 && y > 6 && y < 34 ? 40 : 230) + channel +
	       (unsigned)(x % 3);
}

/* As PNM, which has no alpha: 1 or 3 channels. */
static size_t write_pnm(uint8_t *to, unsigned channels, unsigned depth)
{
	size_t at = (size_t)sprintf((char *)to, "P%c %d %d %d\n", channels == 1 ? '5' : '6', SIDE,
				    SIDE, depth == 16 ? 65535 : 255);

	for (size_t i = 0; i < SIDE * SIDE * channels; i++) {
		const size_t pixel = i / channels;
		const unsigned value = drawn(pixel % SIDE, pixel / SIDE, (unsigned)(i % channels)) *
				       (depth == 16 ? 257 : 1);

		if (depth == 16)
			to[at++] = (uint8_t)(value >> 8);
		to[at++] = (uint8_t)value;
	}
	return at;
}

/* The same as pixels in memory, rows from the top or, with a negative stride, from the bottom. */
static struct emnist_pixels place_pixels(uint8_t *room, unsigned channels, unsigned depth,
					 ptrdiff_t stride)
{
	const size_t nbytes = depth / 8;
	uint8_t *top = stride < 0 ? room + (SIDE - 1) * -stride : room;

	memset(room, 0xa5, SIDE * SIDE * 8 * 2);
	for (size_t y = 0; y < SIDE; y++)
		for (size_t i = 0; i < SIDE * channels; i++) {
			const uint16_t value =
				(uint16_t)(drawn(i / channels, y, (unsigned)(i % channels)) *
					   (depth == 16 ? 257u : 1u));
			const uint8_t byte = (uint8_t)value;
			const ptrdiff_t row =
				stride ? stride : (ptrdiff_t)(SIDE * channels * nbytes);

			memcpy(top + row * (ptrdiff_t)y + i * nbytes,
			       depth == 16 ? (const void *)&value : &byte, nbytes);
		}
	return (struct emnist_pixels){.samples = top,
				      .width = SIDE,
				      .height = SIDE,
				      .channels = channels,
				      .depth = depth,
				      .stride = stride};
}

static void pixels_are_an_image(void **state)
{
	static const ptrdiff_t strides[] = {0, 401, -401};
	static uint8_t file[SIDE * SIDE * 8], room[SIDE * SIDE * 8 * 2];

	(void)state;
	for (int mode = EMNIST_PREPROCESS_AUTO; mode <= EMNIST_PREPROCESS_NORMALIZE; mode++)
		for (unsigned i = 0; i < 12; i++) {
			const unsigned channels = i % 2 ? 3 : 1, depth = i / 2 % 2 ? 16 : 8;
			struct emnist_reader *reader = make_reader((enum emnist_preprocess)mode);
			float expected[EMNIST_VECTOR_LENGTH], vector[EMNIST_VECTOR_LENGTH];
			struct emnist_pixels pixels =
				place_pixels(room, channels, depth, strides[i / 4]);

			assert_int_equal(emnist_read_bytes(reader, file,
							   write_pnm(file, channels, depth),
							   expected, NULL),
					 EMNIST_OK);
			assert_int_equal(emnist_read_pixels(reader, &pixels, vector, NULL),
					 EMNIST_OK);
			assert_memory_equal(vector, expected, sizeof(vector));
			assert_false(emnist_vector_is_blank(vector));
			emnist_reader_free(reader);
		}
}

/* Two channels are grey and alpha, four end in alpha: black ink on nothing is as black ink on
 * white, and so is an image whose every pixel is transparent, with a warning. */
static void pixels_have_alpha(void **state)
{
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
	static uint8_t samples[SIDE * SIDE * 4];
	float expected[EMNIST_VECTOR_LENGTH], vector[EMNIST_VECTOR_LENGTH];
	struct emnist_pixels pixels = {
		.samples = samples, .width = SIDE, .height = SIDE, .channels = 1};

	(void)state;
	for (size_t i = 0; i < SIDE * SIDE; i++)
		samples[i] = drawn(i % SIDE, i / SIDE, 0) < 128 ? 0 : 255;
	assert_int_equal(emnist_read_pixels(reader, &pixels, expected, NULL), EMNIST_OK);
	for (pixels.channels = 2; pixels.channels <= 4; pixels.channels += 2)
		for (int transparent = 0; transparent < 2; transparent++) {
			for (size_t i = 0; i < SIDE * SIDE; i++) {
				const bool ink = drawn(i % SIDE, i / SIDE, 0) < 128;
				uint8_t *pixel = samples + i * pixels.channels;

				memset(pixel, transparent && !ink ? 255 : 0, pixels.channels);
				pixel[pixels.channels - 1] = !transparent && ink ? 255 : 0;
			}
			assert_int_equal(emnist_read_pixels(reader, &pixels, vector, NULL),
					 EMNIST_OK);
			assert_memory_equal(vector, expected, sizeof(vector));
			assert_int_equal(emnist_reader_warning(reader) != NULL, transparent);
		}
	emnist_reader_free(reader);
}

static void pixels_are_checked(void **state)
{
	static const uint8_t samples[16 * 16];
	static const struct {
		struct emnist_pixels pixels;
		enum emnist_status status;
	} cases[] = {
		{{.width = 1, .height = 1, .channels = 1}, EMNIST_ERR_ARGUMENT},
		{{.samples = samples, .height = 1, .channels = 1}, EMNIST_ERR_ARGUMENT},
		{{.samples = samples, .width = 1, .channels = 1}, EMNIST_ERR_ARGUMENT},
		{{.samples = samples, .width = 1, .height = 1}, EMNIST_ERR_ARGUMENT},
		{{.samples = samples, .width = 1, .height = 1, .channels = 5}, EMNIST_ERR_ARGUMENT},
		{{.samples = samples, .width = 1, .height = 1, .channels = 1, .depth = 1},
		 EMNIST_ERR_ARGUMENT},
		{{.samples = samples, .width = 17, .height = 1, .channels = 1}, EMNIST_ERR_LIMIT},
		{{.samples = samples, .width = 1, .height = 17, .channels = 1}, EMNIST_ERR_LIMIT},
		{{.samples = samples, .width = 16, .height = 16, .channels = 1}, EMNIST_ERR_LIMIT},
		{{.samples = samples, .width = 8, .height = 16, .channels = 1}, EMNIST_OK},
	};
	const struct emnist_reader_options options = {
		.limits = {.width = 16, .height = 16, .n_pixels = 255}};
	struct emnist_reader *reader;
	float vector[EMNIST_VECTOR_LENGTH];
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_reader_create(&options, &reader, NULL), EMNIST_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(emnist_read_pixels(reader, &cases[i].pixels, vector, &error),
				 cases[i].status);
	emnist_reader_free(reader);
}

/* ------------------------------------------------------------ vector to PNG */

/* Each of the 256 values, three times. */
/* What is doubtful is said of the image that was read last alone. */
static void warnings_are_of_the_last_image(void **state)
{
	struct emnist_reader *reader = make_reader(EMNIST_PREPROCESS_AUTO);
	const char *const doubtful = "testdata/uncommon/rgba8-transparent.png";
	float vector[EMNIST_VECTOR_LENGTH];

	(void)state;
	assert_null(emnist_reader_warning(reader));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(emnist_read_file(reader, doubtful, vector, NULL), EMNIST_OK);
		assert_string_equal(emnist_reader_warning(reader),
				    "every pixel is transparent; read as if all were opaque");
		assert_int_equal(i ? emnist_read_file(reader, SAMPLE, vector, NULL)
				   : emnist_read_bytes(reader, "BM", 2, vector, NULL),
				 i ? EMNIST_OK : EMNIST_ERR_CORRUPT);
		assert_null(emnist_reader_warning(reader));
	}
	emnist_reader_free(reader);
}

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
		cmocka_unit_test(a_png_tells_where_it_ends),
		cmocka_unit_test(files_of_any_length),
		cmocka_unit_test(failures_are_told),
		cmocka_unit_test(options_are_checked),
		cmocka_unit_test(reads_on_after_failures),
		cmocka_unit_test(warnings_are_of_the_last_image),
		cmocka_unit_test(pixels_are_an_image),
		cmocka_unit_test(pixels_have_alpha),
		cmocka_unit_test(pixels_are_checked),
		cmocka_unit_test(png_gives_the_vector_back),
		cmocka_unit_test(png_holds_any_value),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
