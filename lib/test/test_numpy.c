/*
 * test_numpy.c - datasets as arrays of NumPy's: that NumPy's own files (testdata/generate_numpy.py)
 * give the images and classes that they were made of, which arrays belong together, and what is
 * said of damaged ones.
 */
#include "../dataset/numpy_names.h"
#include "bytes.h"
#include "contents.h"

#include <stdlib.h>
#include <unistd.h>

#define FOLDER   "testdata/formats/numpy/"
#define ORIGINAL "testdata/idx/strokes-byclass-test"

static struct contents contents, original;

static void check_fails(const char *path, const struct emnist_dataset_options *options,
			enum emnist_status wanted, const char *message)
{
	struct emnist_error error = {0};
	const enum emnist_status status = read_dataset(path, options, 7, &contents, &error);

	assert_string_equal(error.message, message);
	assert_int_equal(status, wanted);
}

/* That the split of the file has the images from `first` on, as they are stored. */
static void check_same(const char *path, const char *split, size_t first, size_t n,
		       const char *description)
{
	const struct emnist_dataset_options options = {.split = split,
						       .transpose = EMNIST_TRANSPOSE_NO};
	uint32_t indices[MAX_IMAGES];
	const struct emnist_dataset_options some = {.indices = indices, .n_indices = n};

	for (size_t i = 0; i < n; i++)
		indices[i] = (uint32_t)(first + i);
	read_good(ORIGINAL, &some, &original);
	read_good(path, &options, &contents);
	assert_int_equal(contents.n, n);
	for (size_t i = 0; strstr(description, "0 to 1 stretched") && i < sizeof(original.pixels);
	     i++)
		original.pixels[i] = original.pixels[i] > 127 ? 255 : 0;
	assert_memory_equal(contents.pixels, original.pixels, sizeof(contents.pixels));
	assert_string_equal(contents.texts, original.texts);
	assert_string_equal(contents.description, description);
}

/* ------------------------------------------------------------------- good files */

static void test_types(void **state)
{
	FILE *file = fopen(FOLDER "types.tsv", "r");
	char line[256], split[64], description[128];
	unsigned n = 0;

	(void)state;
	assert_non_null(file);
	for (; fgets(line, sizeof(line), file); n++) {
		assert_int_equal(sscanf(line, "%63[^\t]\t%127[^\n]", split, description), 2);
		check_same(FOLDER "types.npz", split, 30, 10, description);
	}
	fclose(file);
	assert_true(n > 30);
}

static void test_splits(void **state)
{
	const struct emnist_dataset_options other = {.split = "val"};

	(void)state;
	check_same(FOLDER "keras.npz", "test", 0, 40, "NumPy, x_test and y_test");
	check_same(FOLDER "keras.npz", "train", 0, 7, "NumPy, x_train and y_train");
	check_same(FOLDER "positional.npz", NULL, 30, 10, "NumPy, arr_0 and arr_1");
	check_same(FOLDER "positional", NULL, 30, 10, "NumPy, arr_0 and arr_1");
	check_same(FOLDER "folder", "test", 0, 40,
		   "NumPy, " FOLDER "folder/test-images and " FOLDER "folder/test-labels");
	check_same(FOLDER "folder/test-images.npy", NULL, 0, 40, "NumPy");
	check_same(FOLDER "folder/x_train.npy.gz", "train", 0, 7, "NumPy");
	check_fails(FOLDER "keras.npz", NULL, EMNIST_ERR_ARGUMENT, "choose a split: test, train");
	check_fails(FOLDER "folder", NULL, EMNIST_ERR_ARGUMENT, "choose a split: test, train");
	check_fails(FOLDER "keras.npz", &other, EMNIST_ERR_ARGUMENT,
		    "no split 'val': only test, train");
	check_fails(FOLDER "positional.npz", &other, EMNIST_ERR_ARGUMENT,
		    "no split 'val': only positional");
}

static void test_refused(void **state)
{
	(void)state;
	check_fails(FOLDER "objects.npz", NULL, EMNIST_ERR_UNSUPPORTED,
		    "'y.npy': an array of Python objects (pickled) is not supported");
	check_fails(FOLDER "unpaired.npz", NULL, EMNIST_ERR_FORMAT,
		    "no two of its arrays are named as images and labels, such as x and y or "
		    "x_test and y_test: 'left', 'right'");
	check_fails(FOLDER "folder/y_train.npy", NULL, EMNIST_ERR_UNSUPPORTED,
		    "an array (7,): images are (n, 28, 28) or (n, 784)");
}

/* ------------------------------------------------------------------------ names */

static bool is_wanted(const void *wanted, const char *path)
{
	return strcmp(wanted, path) == 0;
}

static void test_names(void **state)
{
	static const struct {
		const char *images, *labels, *split;
	} cases[] = {
		{"images.npy", "labels.npy", ""},
		{"a-x/x.npy", "a-x/y.npy", ""},
		{"x_test.npy", "y_test.npy", "test"},
		{"X_test.npy", "y_test.npy.gz", "test"},
		{"d/X.test.npy.gz", "d/Y.test.npy", "test"},
		{"train_images.npy", "train_labels.npy", "train"},
		{"kmnist-train-imgs.npy", "kmnist-train-labels.npy", "kmnist-train"},
		{"a_data_b.npy", "a_target_b.npy", "a_b"},
		{"arr_0.npy", "arr_1.npy", ""},
		{"letters.npy", "letters-labels.npy", "letters"},
		{"x_test.npy", "x_test_labels.npy", "x_test"},
		{"box.npy", "boy.npy", NULL},
		{"x/letters.npy", "y/letters.npy", NULL},
		{"labels.npy", "labels.npy", NULL},
	};
	struct numpy_names names;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const bool found =
			numpy_find_labels(cases[i].images, is_wanted, cases[i].labels, &names);

		assert_int_equal(found, cases[i].split != NULL);
		if (!found)
			continue;
		assert_string_equal(names.labels, cases[i].labels);
		assert_string_equal(names.split, cases[i].split);
	}
	assert_false(numpy_find_labels("x_test.npy", is_wanted, "", &names));
	assert_string_equal(names.labels, "y_test.npy");
}

/* ---------------------------------------------------------------- damaged files */

static char scratch[64], images_path[96], labels_path[96];

static int make_scratch(void **state)
{
	(void)state;
	snprintf(scratch, sizeof(scratch), "/tmp/emnist-numpy.XXXXXX");
	if (!mkdtemp(scratch))
		return -1;
	snprintf(images_path, sizeof(images_path), "%s/x.npy", scratch);
	snprintf(labels_path, sizeof(labels_path), "%s/y.npy", scratch);
	return 0;
}

static int remove_scratch(void **state)
{
	(void)state;
	unlink(images_path);
	unlink(labels_path);
	return rmdir(scratch);
}

/* Files that were made with NumPy for the fuzzer: the length of the labels in two bytes, these, and
 * the images. */
static void test_corpus(void **state)
{
	static const struct {
		const char *name;
		enum emnist_status status;
		const char *message;
	} cases[] = {
		{"character-beyond-unicode", EMNIST_ERR_CORRUPT,
		 "'y.npy': label 1: U+FFFFFFFF is not a visible character"},
		{"characters-blank", EMNIST_ERR_CORRUPT,
		 "'y.npy': label 1: U+0020 is not a visible character"},
		{"characters-long", EMNIST_ERR_UNSUPPORTED,
		 "'y.npy': labels of up to 2 characters: only single characters are supported"},
		{"code", EMNIST_ERR_CORRUPT,
		 "damaged .npy file: its header is not as NumPy writes it"},
		{"colored", EMNIST_ERR_UNSUPPORTED,
		 "an array (2, 28, 28, 3): images are (n, 28, 28) or (n, 784)"},
		{"complex", EMNIST_ERR_UNSUPPORTED, "elements of type '<c16' are not supported"},
		{"dates", EMNIST_ERR_UNSUPPORTED, "elements of type '<M8[ns]' are not supported"},
		{"header-long", EMNIST_ERR_LIMIT,
		 "an .npy header of 10061 bytes: the limit is 10000"},
		{"label-fraction", EMNIST_ERR_CORRUPT,
		 "'y.npy': label 1: 0.5 is not a class number"},
		{"label-negative", EMNIST_ERR_CORRUPT,
		 "'y.npy': label 1: -1 is not a class number"},
		{"labels-empty", EMNIST_ERR_FORMAT, "'y.npy': not an .npy file"},
		{"labels-of-rows", EMNIST_ERR_UNSUPPORTED,
		 "'y.npy': an array (2, 10): labels are (n), one for each image"},
		{"labels-scalar", EMNIST_ERR_UNSUPPORTED,
		 "'y.npy': an array (): labels are (n), one for each image"},
		{"labels-trailing", EMNIST_ERR_CORRUPT,
		 "'y.npy': damaged .npy file: data after the end of the array"},
		{"length-huge", EMNIST_ERR_LIMIT,
		 "an .npy header of 4294967295 bytes: the limit is 10000"},
		{"mixed-fractions", EMNIST_ERR_CORRUPT,
		 "image 1, row 9, column 5: 0.5 is a fraction, among whole numbers above 1"},
		{"objects", EMNIST_ERR_UNSUPPORTED,
		 "an array of Python objects (pickled) is not supported"},
		{"pixel-256", EMNIST_ERR_CORRUPT,
		 "image 1, row 9, column 5: 256 is not a whole number from 0 to 255"},
		{"records", EMNIST_ERR_UNSUPPORTED,
		 "an array of records with named fields is not supported"},
		{"shape-beyond-limit", EMNIST_ERR_LIMIT, "67108865 images: the limit is 67108864"},
		{"shape-huge", EMNIST_ERR_CORRUPT,
		 "damaged .npy file: it ends after 100 of 52613349376 elements"},
		{"shape-overflow", EMNIST_ERR_CORRUPT,
		 "damaged .npy file: no array is as large as its shape says"},
		{"three-labels", EMNIST_ERR_CORRUPT, "'y.npy': 3 labels, but 2 images"},
		{"trailing", EMNIST_ERR_CORRUPT,
		 "damaged .npy file: data after the end of the array"},
		{"version-4", EMNIST_ERR_UNSUPPORTED,
		 "an .npy file of version 4.0: only 1.0, 2.0 and 3.0 are supported"},
	};
	static struct bytes bytes;
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n_labels;

		snprintf(path, sizeof(path), "lib/fuzz/corpus/numpy/%s", cases[i].name);
		load_bytes(path, &bytes);
		n_labels = (size_t)(unsigned char)bytes.data[0] << 8 | (unsigned char)bytes.data[1];
		write_bytes(labels_path, bytes.data + 2, n_labels);
		write_bytes(images_path, bytes.data + 2 + n_labels, bytes.n - 2 - n_labels);
		check_fails(images_path, NULL, cases[i].status, cases[i].message);
	}
}

static void test_no_labels(void **state)
{
	static struct bytes bytes;

	(void)state;
	load_bytes(FOLDER "folder/test-images.npy", &bytes);
	write_bytes(images_path, bytes.data, bytes.n);
	unlink(labels_path);
	check_fails(images_path, NULL, EMNIST_ERR_IO,
		    "no labels 'y.npy': No such file or directory");
}

static void test_cut_anywhere(void **state)
{
	static struct bytes images, labels;
	struct emnist_error error;

	(void)state;
	load_bytes(FOLDER "folder/test-images.npy", &images);
	load_bytes(FOLDER "folder/test-labels.npy", &labels);
	write_bytes(labels_path, labels.data, labels.n);
	for (size_t n = 6; n < images.n; n += n < 200 ? 1 : 997) {
		write_bytes(images_path, images.data, n);
		if (!read_dataset(images_path, NULL, 7, &contents, &error))
			fail_msg("read although cut after %zu bytes", n);
	}
	write_bytes(images_path, images.data, images.n);
	for (size_t n = 0; n < labels.n; n++) {
		write_bytes(labels_path, labels.data, n);
		if (!read_dataset(images_path, NULL, 7, &contents, &error))
			fail_msg("read although the labels are cut after %zu bytes", n);
	}
}

/* Arrays are upright unless the images look otherwise. */
static void test_orientation(void **state)
{
	const struct emnist_dataset_options as_is = {.transpose = EMNIST_TRANSPOSE_NO};
	static struct bytes images, labels;
	struct emnist_dataset *dataset;
	struct emnist_error error;
	char *pixels;

	(void)state;
	load_bytes(FOLDER "folder/test-images.npy", &images);
	load_bytes(FOLDER "folder/test-labels.npy", &labels);
	write_bytes(labels_path, labels.data, labels.n);
	pixels = images.data + images.n - 40 * EMNIST_VECTOR_LENGTH;
	read_good(ORIGINAL, NULL, &original);
	for (size_t i = 0; i < 40 * EMNIST_VECTOR_LENGTH; i++) {
		const size_t p = i % EMNIST_VECTOR_LENGTH;

		pixels[i - p + p % 28 * 28 + p / 28] = (char)original.pixels[i];
	}
	write_bytes(images_path, images.data, images.n);
	read_good(images_path, NULL, &contents);
	assert_memory_equal(contents.pixels, original.pixels, sizeof(contents.pixels));
	assert_int_equal(emnist_dataset_open(images_path, NULL, &dataset, &error), EMNIST_OK);
	assert_string_equal(
		emnist_dataset_assumed(dataset, EMNIST_ASSUMED_TRANSPOSE),
		"assuming transposed images, since the built-in model is more confident that way");
	emnist_dataset_free(dataset);
	read_good(images_path, &as_is, &contents);
	assert_memory_equal(contents.pixels, pixels, 40 * EMNIST_VECTOR_LENGTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),        cmocka_unit_test(test_splits),
		cmocka_unit_test(test_refused),      cmocka_unit_test(test_names),
		cmocka_unit_test(test_corpus),       cmocka_unit_test(test_no_labels),
		cmocka_unit_test(test_cut_anywhere), cmocka_unit_test(test_orientation),
	};

	return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
