/*
 * test_pen_strokes.c - pen strokes in JSON Lines: what is read, drawn, selected by donor, learned
 * from, and what is said of damaged lines.
 */
#include "../draw/ink.h"
#include "../emnist_train.h"
#include "bytes.h"
#include "contents.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_OF_OURS "testdata/formats/pen-strokes.jsonl"

static char folder[] = "/tmp/emnist-test-strokes-XXXXXX";
static char path[64];
static struct contents contents;

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/strokes.jsonl", folder);
	return 0;
}

static int remove_folder(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	return system(command);
}

static struct emnist_dataset *open_good(const char *name,
					const struct emnist_dataset_options *options)
{
	struct emnist_dataset *dataset;
	struct emnist_error error;

	if (emnist_dataset_open(name, options, &dataset, &error))
		fail_msg("%s", error.message);
	return dataset;
}

/* ------------------------------------------------------------------- reading */

static void test_good_file(void **state)
{
	(void)state;
	read_good(FILE_OF_OURS, NULL, &contents);
	assert_string_equal(contents.texts, "A L 7 i 0 a T 7");
	assert_string_equal(contents.description, "pen strokes, labels are characters");
	read_good("testdata/formats/pen-strokes", NULL, &contents);
	assert_int_equal(contents.n, 8);
}

static void test_donors(void **state)
{
	static const struct {
		struct emnist_dataset_options options;
		const char *texts;
	} cases[] = {
		{{.donors = "ann"}, "A L"},
		{{.donors = "cy,bob"}, "7 i 0 a"},
		{{.without_donors = "ann,cy"}, "7 i T 7"},
		{{.donors = "ann,bob", .without_donors = "bob"}, "A L"},
		{{.donors = ""}, "T"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_good(FILE_OF_OURS, &cases[i].options, &contents);
		assert_string_equal(contents.texts, cases[i].texts);
	}
}

static void check_fails(const char *text, const struct emnist_dataset_options *options,
			enum emnist_status wanted, const char *message)
{
	struct emnist_error error = {0};
	enum emnist_status status;

	write_bytes(path, text, strlen(text));
	status = read_dataset(path, options, 7, &contents, &error);
	assert_string_equal(error.message, message);
	assert_int_equal(status, wanted);
}

#define GOOD      "{\"label\":\"A\",\"donor\":\"x\",\"strokes\":[[0,0,5,9]]}\n"
#define OF(value) "{\"label\":\"A\",\"strokes\":" value "}\n"

static void test_bad_lines(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{GOOD "\n[\"strokes\"]\n", "line 3: not an object"},
		{GOOD GOOD "{\"strokes\":[[0,0]]}\n", "line 3: 'label' is not a string"},
		{GOOD "{\"label\":\"\",\"strokes\":[[0,0]]}\n",
		 "line 2: the label is empty, or has a zero"},
		{GOOD "{\"label\":\"\\u0000\",\"strokes\":[[0,0]]}\n",
		 "line 2: the label is empty, or has a zero"},
		{GOOD "{\"label\":5,\"strokes\":[[0,0]]}\n", "line 2: 'label' is not a string"},
		{GOOD "{\"label\":\"A\"}\n", "line 2: 'strokes' is not an array of strokes"},
		{OF("[]"), "line 1: 'strokes' is not an array of strokes"},
		{OF("{\"a\":[0,0]}"), "line 1: 'strokes' is not an array of strokes"},
		{OF("[[]]"), "line 1: a stroke is not pairs of x and y"},
		{OF("[[0,0],[1,2,3]]"), "line 1: a stroke is not pairs of x and y"},
		{OF("[[0,0],[1,\"2\"]]"), "line 1: a stroke is not an array of numbers"},
		{OF("[[0,0],[[1,2]]]"), "line 1: a stroke is not an array of numbers"},
		{OF("[0,0]"), "line 1: a stroke is not an array of numbers"},
		{OF("[[0,1e60]]"), "line 1: a number is too large"},
		{GOOD "{\"label\":\"A\" \"strokes\":[[0,0]]}\n",
		 "line 2, byte 14: Missing a comma or '}' after an object member."},
		{GOOD "{\"label\":\"A\",\"strokes\":[[0,0]",
		 "line 2, byte 30: Missing a comma or ']' after an array element."},
		{OF("[[0,NaN]]"), "line 1, byte 28: Invalid value."},
		{OF("[[0,0]],\"x\":[[[[[[[[0]]]]]]]]"),
		 "line 1, byte 43: Too many arrays and objects in each other."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_fails(cases[i].text, NULL,
			    strstr(cases[i].message, "Too many") ? EMNIST_ERR_LIMIT
								 : EMNIST_ERR_CORRUPT,
			    cases[i].message);
}

static void test_bad_donors(void **state)
{
	const struct emnist_dataset_options none = {.donors = "x,y"};
	const struct emnist_dataset_options other = {.without_donors = "X"};
	const struct emnist_dataset_options all = {.without_donors = "x"};

	(void)state;
	check_fails(GOOD, &none, EMNIST_ERR_ARGUMENT, "no donor 'y'");
	check_fails(GOOD, &other, EMNIST_ERR_ARGUMENT, "no donor 'X'");
	check_fails(GOOD GOOD, &all, EMNIST_ERR_ARGUMENT, "no characters are left");
	check_fails(GOOD "{\"label\":\"A\",\"donor\":5,\"strokes\":[[0,0]]}\n", &all,
		    EMNIST_ERR_CORRUPT, "line 2: 'donor' is not a name");
}

/* One more than is allowed, and as many. */
static void test_limits(void **state)
{
	struct buffer text = {0};

	(void)state;
	for (size_t n = 16385; n >= 16384; n--) {
		text.nbytes = 0;
		assert_true(buffer_printf(&text, "{\"label\":\"A\",\"strokes\":[["));
		for (size_t i = 0; i < n; i++)
			assert_true(buffer_printf(&text, "%s%zu,0", i ? "," : "", i));
		assert_true(buffer_printf(&text, "]]}"));
		if (n > 16384)
			check_fails((char *)text.data, NULL, EMNIST_ERR_LIMIT,
				    "line 1: more than 16384 points");
	}
	write_bytes(path, text.data, text.nbytes);
	read_good(path, NULL, &contents);
	assert_int_equal(contents.n, 1);
	text.nbytes = 0;
	assert_true(buffer_printf(&text, "%s{\"label\":\"A\",\"strokes\":%*s[[0,0]]}", GOOD,
				  1 << 21, ""));
	check_fails((char *)text.data, NULL, EMNIST_ERR_LIMIT, "line 2: more than 1048576 bytes");
	buffer_clear(&text);
}

/* ------------------------------------------------------------------- drawing */

static unsigned ink_of(const uint8_t *pixels, size_t top, size_t bottom, size_t left, size_t right)
{
	unsigned sum = 0;

	for (size_t y = top; y < bottom; y++)
		for (size_t x = left; x < right; x++)
			sum += pixels[y * EMNIST_SIDE + x];
	return sum;
}

/* Strokes lie where their points do, are as wide as the pen, and the pen is lifted between them. */
static void test_ink_is_where_the_pen_was(void **state)
{
	static const uint16_t ell[] = {3, 0, 0, 0, 65535, 40000, 65535, 0};
	static const uint16_t two[] = {2, 0, 0, 0, 65535, 2, 65535, 0, 65535, 65535, 0};
	static const uint16_t dot[] = {1, 0, 0, 0};
	uint8_t pixels[EMNIST_VECTOR_LENGTH];
	unsigned all;

	(void)state;
	ink_draw(ell, 0, pixels);
	all = ink_of(pixels, 0, 28, 0, 28);
	assert_true(ink_of(pixels, 2, 20, 0, 12) > all / 2);
	assert_true(ink_of(pixels, 20, 26, 5, 24) > all / 3);
	assert_int_equal(ink_of(pixels, 2, 18, 14, 28), 0);
	assert_true(pixels[12 * EMNIST_SIDE + 8] > 240);
	ink_draw(two, 0, pixels);
	assert_int_equal(ink_of(pixels, 0, 28, 11, 17), 0);
	assert_true(ink_of(pixels, 3, 25, 2, 9) > 10000);
	assert_true(ink_of(pixels, 3, 25, 19, 26) > 10000);
	ink_draw(dot, 0, pixels);
	assert_true(pixels[14 * EMNIST_SIDE + 14] > 240);
}

static void test_every_drawing_is_another(void **state)
{
	enum { N = 50 };
	static uint8_t drawings[N][EMNIST_VECTOR_LENGTH];
	uint8_t again[EMNIST_VECTOR_LENGTH];
	unsigned least = UINT32_MAX, most = 0;
	struct emnist_dataset *dataset = open_good(FILE_OF_OURS, NULL);

	(void)state;
	read_good(FILE_OF_OURS, NULL, &contents);
	assert_true(emnist_dataset_is_drawn(dataset));
	for (uint64_t d = 0; d < N; d++) {
		const uint8_t *pixels = drawings[d];
		unsigned ink;

		emnist_dataset_draw(dataset, 4, d, drawings[d]);
		emnist_dataset_draw(dataset, 4, d, again);
		assert_memory_equal(again, pixels, sizeof(again));
		for (uint64_t e = 0; e < d; e++)
			assert_memory_not_equal(drawings[e], pixels, EMNIST_VECTOR_LENGTH);
		ink = ink_of(pixels, 0, 28, 0, 28);
		least = ink < least ? ink : least;
		most = ink > most ? ink : most;
		assert_int_equal(ink_of(pixels, 0, 1, 0, 28), 0);
		assert_int_equal(ink_of(pixels, 0, 28, 27, 28), 0);
	}
	assert_memory_equal(drawings[0], contents.pixels + 4 * EMNIST_VECTOR_LENGTH,
			    EMNIST_VECTOR_LENGTH);
	assert_true(most > 2 * least);
	emnist_dataset_free(dataset);
}

static void test_drawings_follow_the_options(void **state)
{
	static const uint32_t indices[] = {6, 2};
	const struct emnist_dataset_options some = {.indices = indices, .n_indices = 2};
	const struct emnist_dataset_options turned = {.transpose = EMNIST_TRANSPOSE_YES};
	uint8_t wanted[EMNIST_VECTOR_LENGTH], pixels[EMNIST_VECTOR_LENGTH];
	struct emnist_dataset *all = open_good(FILE_OF_OURS, NULL);
	struct emnist_dataset *chosen = open_good(FILE_OF_OURS, &some);
	struct emnist_dataset *transposed = open_good(FILE_OF_OURS, &turned);

	(void)state;
	emnist_dataset_draw(all, 2, 9, wanted);
	emnist_dataset_draw(chosen, 1, 9, pixels);
	assert_memory_equal(pixels, wanted, sizeof(pixels));
	emnist_dataset_draw(transposed, 2, 9, pixels);
	for (size_t y = 0; y < EMNIST_SIDE; y++)
		for (size_t x = 0; x < EMNIST_SIDE; x++)
			assert_int_equal(pixels[x * EMNIST_SIDE + y], wanted[y * EMNIST_SIDE + x]);
	emnist_dataset_free(all);
	emnist_dataset_free(chosen);
	emnist_dataset_free(transposed);
	all = open_good("testdata/formats/strokes-byclass.csv", NULL);
	assert_false(emnist_dataset_is_drawn(all));
	emnist_dataset_free(all);
}

/* ------------------------------------------------------------------- learning */

/* The images of variant k, which begin behind 16 bytes. */
static struct buffer variant(unsigned k, const struct emnist_train_options *options)
{
	struct emnist_dataset *datasets[] = {
		open_good("testdata/formats/strokes-byclass.csv", NULL),
		open_good(FILE_OF_OURS, NULL)};
	struct emnist_error error;
	char name[128];

	if (emnist_train_write_variants(datasets, 2, options, folder, &error))
		fail_msg("%s", error.message);
	emnist_dataset_free(datasets[0]);
	emnist_dataset_free(datasets[1]);
	snprintf(name, sizeof(name), "%s/variant%u-images-idx3-ubyte", folder, k);
	return read_bytes(name);
}

/* Pen strokes are drawn anew in each variant; images of other datasets are as they are, if nothing
 * else is distorted. */
static void test_variants_are_drawn_anew(void **state)
{
	const struct emnist_train_options options = {.rotate = 1e-9,
						     .scale = -1,
						     .shear = -1,
						     .shift = -1,
						     .n_variants = 2,
						     .leave_out = true};
	struct emnist_train_options none = options;
	struct buffer first = variant(0, &options), second = variant(1, &options);
	const size_t start = 16, end = first.nbytes;
	size_t n_stored, n_differ = 0;
	struct buffer again, undistorted[2];

	(void)state;
	n_stored = (end - start) / EMNIST_VECTOR_LENGTH - 8;
	assert_memory_equal(first.data + start, second.data + start,
			    n_stored * EMNIST_VECTOR_LENGTH);
	for (size_t i = n_stored; i < n_stored + 8; i++)
		n_differ += memcmp(first.data + start + i * EMNIST_VECTOR_LENGTH,
				   second.data + start + i * EMNIST_VECTOR_LENGTH,
				   EMNIST_VECTOR_LENGTH) != 0;
	assert_int_equal(n_differ, 8);
	again = variant(1, &options);
	assert_memory_equal(again.data, second.data, end);
	none.rotate = -1;
	undistorted[0] = variant(0, &none);
	undistorted[1] = variant(1, &none);
	assert_memory_equal(undistorted[0].data, undistorted[1].data, end);
	buffer_clear(&first);
	buffer_clear(&second);
	buffer_clear(&again);
	buffer_clear(&undistorted[0]);
	buffer_clear(&undistorted[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_file),
		cmocka_unit_test(test_donors),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_bad_donors),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_ink_is_where_the_pen_was),
		cmocka_unit_test(test_every_drawing_is_another),
		cmocka_unit_test(test_drawings_follow_the_options),
		cmocka_unit_test(test_variants_are_drawn_anew),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
