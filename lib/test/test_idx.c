/*
 * test_idx.c - datasets: the files of testdata/idx, found by their names and read.
 *
 * What is expected comes from testdata/generate_idx.py, which made the files: contents.tsv for the
 * good ones, malformed/expected.tsv for the others.
 */
#include "../io/gzip.h"
#include "contents.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define FOLDER "testdata/idx/"

static const char *const status_names[] = {
	[EMNIST_OK] = "ok",
	[EMNIST_ERR_ARGUMENT] = "argument",
	[EMNIST_ERR_MEMORY] = "memory",
	[EMNIST_ERR_IO] = "io",
	[EMNIST_ERR_FORMAT] = "format",
	[EMNIST_ERR_CORRUPT] = "corrupt",
	[EMNIST_ERR_UNSUPPORTED] = "unsupported",
	[EMNIST_ERR_LIMIT] = "limit",
	[EMNIST_ERR_STOPPED] = "stopped",
};

static uint32_t crc_of(const struct contents *contents)
{
	return (uint32_t)crc32(0, contents->pixels, (uInt)(contents->n * EMNIST_VECTOR_LENGTH));
}

/* Calls check with the fields of each line of a table, and returns the number of lines. */
static size_t each_line(const char *path, size_t n_fields, void (*check)(char **fields))
{
	FILE *file = fopen(path, "r");
	char line[512];
	size_t n = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char *fields[4], *rest = line;

		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		for (size_t i = 0; i < n_fields; i++)
			assert_non_null(fields[i] = strsep(&rest, "\t"));
		check(fields);
		n++;
	}
	fclose(file);
	return n;
}

/* fields: stem, images, CRC-32, texts. */
static void check_good(char **fields)
{
	static struct contents contents;
	char path[256], crc[16];

	snprintf(path, sizeof(path), FOLDER "%s", fields[0]);
	read_good(path, NULL, &contents);
	snprintf(crc, sizeof(crc), "%08x", (unsigned)crc_of(&contents));
	assert_int_equal(contents.n, atoi(fields[1]));
	assert_string_equal(crc, fields[2]);
	assert_string_equal(contents.texts, fields[3]);
}

static void test_good(void **state)
{
	(void)state;
	assert_int_equal(each_line(FOLDER "contents.tsv", 4, check_good), 9);
}

/* fields: stem, status, message. */
static void check_malformed(char **fields)
{
	static struct contents contents;
	struct emnist_error error = {0};
	enum emnist_status status;
	char path[256];

	snprintf(path, sizeof(path), FOLDER "malformed/%s", fields[0]);
	status = read_dataset(path, NULL, 7, &contents, &error);
	if (!status)
		fail_msg("%s was read", path);
	assert_string_equal(error.message, fields[2]);
	assert_string_equal(status_names[status], fields[1]);
	assert_int_equal(error.code, status);
}

static void test_malformed(void **state)
{
	(void)state;
	assert_int_equal(each_line(FOLDER "malformed/expected.tsv", 3, check_malformed), 50);
}

/* What was wrong with the last image must not be found out before the ones before it are given. */
static void test_truncated_is_noticed_when_it_is_reached(void **state)
{
	static uint8_t pixels[3 * EMNIST_VECTOR_LENGTH];
	struct emnist_dataset *dataset;
	struct emnist_error error;
	uint16_t classes[3];
	size_t n;

	(void)state;
	assert_int_equal(emnist_dataset_open(FOLDER "malformed/images-cut", NULL, &dataset, &error),
			 EMNIST_OK);
	assert_int_equal(emnist_dataset_read(dataset, 2, pixels, classes, &n, &error), EMNIST_OK);
	assert_int_equal(n, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(emnist_dataset_read(dataset, 2, pixels, classes, &n, &error),
				 EMNIST_ERR_CORRUPT);
		assert_int_equal(n, 0);
	}
	emnist_dataset_free(dataset);
}

/* One dataset, by every name that leads to it. */
static void test_names(void **state)
{
	static const char *const names[] = {
		"strokes-letters",
		"strokes-letters-images-idx3-ubyte",
		"strokes-letters-images-idx3-ubyte.gz",
	};
	static struct contents contents;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[256];

		snprintf(path, sizeof(path), FOLDER "%s", names[i]);
		read_good(path, NULL, &contents);
		assert_int_equal(contents.n, 30);
		assert_memory_equal(contents.texts, "Aa Bb Cc", 8);
	}
}

static void test_explicit_files(void **state)
{
	static const struct emnist_dataset_options options = {
		.labels_path = FOLDER "strokes-balanced-train-labels-idx1-ubyte",
		.mapping_path = FOLDER "strokes-balanced-train-mapping.txt",
	};
	static struct contents contents;
	struct emnist_dataset_options missing = options;
	struct emnist_error error;

	(void)state;
	read_good(FOLDER "strokes-byclass-test-images-idx3-ubyte", &options, &contents);
	assert_memory_equal(contents.texts + 20, "A B Cc D", 8);
	assert_int_equal(read_dataset(FOLDER "t10k", &missing, 7, &contents, &error),
			 EMNIST_ERR_CORRUPT);
	assert_string_equal(
		error.message,
		"10 images, but 40 labels in 'strokes-balanced-train-labels-idx1-ubyte'");
	missing.labels_path = NULL;
	missing.mapping_path = FOLDER "none.txt";
	assert_int_equal(read_dataset(FOLDER "t10k", &missing, 7, &contents, &error),
			 EMNIST_ERR_IO);
	assert_string_equal(error.message, "'none.txt': No such file or directory");
	missing.labels_path = FOLDER "none";
	missing.mapping_path = NULL;
	assert_int_equal(read_dataset(FOLDER "t10k", &missing, 7, &contents, &error),
			 EMNIST_ERR_IO);
	assert_string_equal(error.message, "'none': No such file or directory");
}

static void test_no_such_dataset(void **state)
{
	static struct contents contents;
	struct emnist_error error;

	(void)state;
	assert_int_equal(read_dataset(FOLDER "none", NULL, 7, &contents, &error), EMNIST_ERR_IO);
	assert_string_equal(error.message, "no such file, folder or dataset");
	assert_int_equal(read_dataset(FOLDER "nearest.onnx", NULL, 7, &contents, &error),
			 EMNIST_ERR_FORMAT);
	assert_string_equal(
		error.message,
		"not a dataset: neither idx, MATLAB, NumPy, CSV, pen strokes, a zip or tar "
		"archive of these, nor a list of image files");
}

static void test_folder(void **state)
{
	struct emnist_dataset_options options = {.split = "byclass-test"};
	static struct contents contents, by_file;
	struct emnist_error error;

	(void)state;
	read_good(FOLDER "strokes-byclass-test", NULL, &by_file);
	read_good("testdata/idx", &options, &contents);
	assert_memory_equal(&contents, &by_file, sizeof(contents));
	options.split = "byclass";
	read_good(FOLDER, &options, &contents);
	assert_memory_equal(&contents, &by_file, sizeof(contents));
	options.split = "byclass-test";
	read_good(FOLDER "strokes", &options, &contents);
	assert_memory_equal(&contents, &by_file, sizeof(contents));
	assert_int_equal(read_dataset("testdata/idx", NULL, 7, &contents, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message,
			    "choose a split: strokes-balanced-train, strokes-byclass-test, "
			    "strokes-digits-test, strokes-letters, strokes-sets-test, "
			    "strokes-sets-train, t10k, train, unnamed");
	options.split = "test";
	assert_int_equal(read_dataset("testdata/idx", &options, 7, &contents, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "choose a split: strokes-byclass-test, "
					   "strokes-digits-test, strokes-sets-test, t10k");
	options.split = "est";
	assert_int_equal(read_dataset("testdata/idx", &options, 7, &contents, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_int_equal(read_dataset("testdata/samples/none", &options, 7, &contents, &error),
			 EMNIST_ERR_IO);
}

static void test_transpose(void **state)
{
	static struct contents upright, turned;
	struct emnist_dataset_options options = {.transpose = EMNIST_TRANSPOSE_NO};

	(void)state;
	read_good(FOLDER "strokes-digits-test", NULL, &upright);
	read_good(FOLDER "strokes-digits-test", &options, &turned);
	for (size_t i = 0; i < upright.n * EMNIST_VECTOR_LENGTH; i++) {
		size_t x = i % 28, y = i / 28 % 28, image = i / EMNIST_VECTOR_LENGTH;

		assert_int_equal(upright.pixels[i], turned.pixels[image * 784 + x * 28 + y]);
	}
	assert_true(crc_of(&upright) != crc_of(&turned));
	read_good(FOLDER "t10k", &options, &turned);
	assert_int_equal(crc_of(&turned), crc_of(&upright));
	options.transpose = EMNIST_TRANSPOSE_YES;
	read_good(FOLDER "t10k", &options, &turned);
	assert_true(crc_of(&turned) != crc_of(&upright));
	options.transpose = 3;
	assert_int_equal(read_dataset(FOLDER "t10k", &options, 7, &turned, NULL),
			 EMNIST_ERR_ARGUMENT);
}

static void test_indices(void **state)
{
	static const uint32_t indices[] = {39, 0, 12, 12, 0, 11, 39, 38};
	static struct contents all, some;
	struct emnist_dataset_options options = {.indices = indices, .n_indices = 8};

	(void)state;
	read_good(FOLDER "strokes-byclass-test", NULL, &all);
	for (size_t n_step = 1; n_step <= 9; n_step++) {
		assert_int_equal(
			read_dataset(FOLDER "strokes-byclass-test", &options, n_step, &some, NULL),
			EMNIST_OK);
		assert_int_equal(some.n, 8);
		assert_string_equal(some.texts, "y 0 C C 0 B y w");
		for (size_t i = 0; i < some.n; i++)
			assert_memory_equal(some.pixels + i * EMNIST_VECTOR_LENGTH,
					    all.pixels + indices[i] * EMNIST_VECTOR_LENGTH,
					    EMNIST_VECTOR_LENGTH);
	}
	options.n_indices = 0;
	read_good(FOLDER "strokes-byclass-test", &options, &some);
	assert_int_equal(some.n, 0);
}

static void test_indices_out_of_range(void **state)
{
	static const uint32_t indices[] = {0, 10};
	static struct contents contents;
	struct emnist_dataset_options options = {.indices = indices, .n_indices = 2};
	struct emnist_error error;

	(void)state;
	assert_int_equal(read_dataset(FOLDER "t10k", &options, 7, &contents, &error),
			 EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "no image 10: the dataset has 10");
}

/* A damaged file stays damaged for those who only want some of its images. */
static void test_indices_of_a_damaged_file(void **state)
{
	static const uint32_t indices[] = {2, 0};
	static struct contents contents;
	struct emnist_dataset_options options = {.indices = indices, .n_indices = 2};
	struct emnist_error error;

	(void)state;
	assert_int_equal(
		read_dataset(FOLDER "malformed/images-cut", &options, 1, &contents, &error),
		EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message,
			    "'images-cut-images-idx3-ubyte': the file ends after 2 of 3 images");
	options.indices++;
	options.n_indices--;
	read_good(FOLDER "malformed/images-cut", &options, &contents);
	assert_int_equal(contents.n, 1);
}

/* ---------------------------------------------------------------------- gzip */

/* A temporary file with these bytes. */
static void make_file(char path[static 32], const void *bytes, size_t nbytes)
{
	int fd;

	strcpy(path, "/tmp/emnist-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, nbytes), nbytes);
	close(fd);
}

/* Appends one gzip member. */
static size_t pack(const void *bytes, size_t nbytes, unsigned char *out, size_t n_out)
{
	z_stream stream = {0};

	assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
			 Z_OK);
	stream.next_in = (void *)(uintptr_t)bytes;
	stream.avail_in = (uInt)nbytes;
	stream.next_out = out;
	stream.avail_out = (uInt)n_out;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	n_out = stream.total_out;
	deflateEnd(&stream);
	return n_out;
}

/* Reads all in steps; the bytes must be those expected. */
static void assert_unpacks(const char *path, const unsigned char *expected, size_t nbytes,
			   size_t n_step)
{
	struct gzip *gzip;
	unsigned char *bytes = malloc(nbytes + n_step);
	size_t n_all = 0;
	size_t n;

	assert_non_null(bytes);
	assert_int_equal(gzip_open(path, &gzip, NULL), EMNIST_OK);
	do {
		assert_int_equal(gzip_read(gzip, bytes + n_all, n_step, &n, NULL), EMNIST_OK);
		n_all += n;
	} while (n == n_step && n_all <= nbytes);
	assert_int_equal(n_all, nbytes);
	assert_memory_equal(bytes, expected, nbytes);
	assert_int_equal(gzip_read(gzip, bytes, 1, &n, NULL), EMNIST_OK);
	assert_int_equal(n, 0);
	gzip_close(gzip);
	free(bytes);
}

/* 300,000 bytes that do not pack well, so that input is read more than once. */
static unsigned char *some_bytes(size_t *nbytes_ret)
{
	unsigned char *bytes = malloc(*nbytes_ret = 300000);
	uint32_t random = 1;

	assert_non_null(bytes);
	for (size_t i = 0; i < *nbytes_ret; i++) {
		random = random * 1664525 + 1013904223;
		bytes[i] = (unsigned char)(random >> 25);
	}
	return bytes;
}

static void test_gzip_members(void **state)
{
	static unsigned char packed[400000];
	size_t nbytes, n_packed = 0;
	unsigned char *bytes = some_bytes(&nbytes);
	const size_t cuts[] = {0, 100000, 100000, 100001, nbytes};
	char path[32];

	(void)state;
	/* One member of many bytes, an empty one, one of a single byte, one of the rest. */
	for (size_t i = 0; i + 1 < sizeof(cuts) / sizeof(cuts[0]); i++)
		n_packed += pack(bytes + cuts[i], cuts[i + 1] - cuts[i], packed + n_packed,
				 sizeof(packed) - n_packed);
	make_file(path, packed, n_packed);
	assert_unpacks(path, bytes, nbytes, 300000);
	assert_unpacks(path, bytes, nbytes, 100000);
	assert_unpacks(path, bytes, nbytes, 4096);
	unlink(path);
	make_file(path, bytes, nbytes);
	assert_unpacks(path, bytes, nbytes, 300000);
	assert_unpacks(path, bytes, nbytes, 777);
	unlink(path);
	free(bytes);
}

/* Wherever a packed file ends too soon, reading to its end fails. */
static void test_gzip_cut_anywhere(void **state)
{
	static const char text[] = "twice the same words, twice the same words";
	unsigned char packed[256], bytes[256];
	size_t n_packed = pack(text, sizeof(text), packed, sizeof(packed));
	size_t n_first = n_packed;

	(void)state;
	n_packed += pack(text, sizeof(text), packed + n_packed, sizeof(packed) - n_packed);
	for (size_t cut = 2; cut <= n_packed; cut++) {
		struct gzip *gzip;
		struct emnist_error error;
		bool whole = cut == n_packed || cut == n_first;
		char path[32];
		size_t n;

		make_file(path, packed, cut);
		assert_int_equal(gzip_open(path, &gzip, &error), EMNIST_OK);
		assert_int_equal(gzip_read(gzip, bytes, sizeof(bytes), &n, &error),
				 whole ? EMNIST_OK : EMNIST_ERR_CORRUPT);
		if (!whole) {
			assert_string_equal(error.message,
					    cut == n_first + 1
						    ? "damaged gzip data: other data follow it"
						    : "damaged gzip data: cut short");
			assert_int_equal(gzip_read(gzip, bytes, 1, &n, NULL), EMNIST_ERR_CORRUPT);
		}
		gzip_close(gzip);
		unlink(path);
	}
}

static void test_plain_short_files(void **state)
{
	char path[32];

	(void)state;
	/* The last is half of gzip's magic number. */
	for (size_t n = 0; n < 4; n++) {
		make_file(path, "\x1f\x1f\x8b", n);
		assert_unpacks(path, (const unsigned char *)"\x1f\x1f\x8b", n, 2);
		unlink(path);
	}
}

/* The official files, where they are: their counts are NIST's, the CRC-32 of the first ten upright
 * images comes from NumPy:
 *	a = np.frombuffer(gzip.open(path).read(), np.uint8, 7840, 16).reshape(10, 28, 28)
 *	zlib.crc32(a.transpose(0, 2, 1).tobytes()) */
static void test_emnist(void **state)
{
	static uint8_t pixels[10 * EMNIST_VECTOR_LENGTH];
	const char *folder = getenv("EMNIST_DATA");
	struct emnist_dataset *dataset;
	struct emnist_error error;
	uint16_t classes[10];
	char path[512];
	size_t n;

	(void)state;
	if (!folder || !*folder)
		skip();
	snprintf(path, sizeof(path), "%s/emnist/emnist-byclass-test", folder);
	if (emnist_dataset_open(path, NULL, &dataset, &error))
		fail_msg("%s", error.message);
	assert_int_equal(emnist_dataset_count(dataset), 116323);
	assert_int_equal(emnist_labels_count(emnist_dataset_labels(dataset)), 62);
	assert_int_equal(emnist_dataset_read(dataset, 10, pixels, classes, &n, &error), EMNIST_OK);
	assert_int_equal(crc32(0, pixels, sizeof(pixels)), 0x037a8ffe);
	emnist_dataset_free(dataset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_truncated_is_noticed_when_it_is_reached),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_explicit_files),
		cmocka_unit_test(test_no_such_dataset),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_transpose),
		cmocka_unit_test(test_indices),
		cmocka_unit_test(test_indices_out_of_range),
		cmocka_unit_test(test_indices_of_a_damaged_file),
		cmocka_unit_test(test_gzip_members),
		cmocka_unit_test(test_gzip_cut_anywhere),
		cmocka_unit_test(test_plain_short_files),
		cmocka_unit_test(test_emnist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
