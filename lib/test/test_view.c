/*
 * test_view.c - views: sets of characters as they are written, what they leave of labels, and what
 * becomes of probabilities. All is known by hand but the random rows, which are summed here in
 * another way.
 */
#include "../emnist_dataset.h"
#include "../labels/labels.h"
#include "../labels/view.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DIGITS "0 1 2 3 4 5 6 7 8 9"
#define UPPER  "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"
#define LOWER  "a b c d e f g h i j k l m n o p q r s t u v w x y z"

/* A mapping file with what needs care: signs of the set's own, other scripts, sets of characters.
 */
#define ODD     "0 45\n1 44\n2 92\n3 233\n4 234\n5 201\n6 128512\n7 48 79 216\n8 67 99 8364\n9 99 49\n"
#define BYCLASS 62

static struct emnist_labels *labels_of(const char *mapping, size_t n_classes)
{
	struct emnist_labels *labels;
	struct emnist_error error;

	if (mapping ? emnist_labels_parse(mapping, strlen(mapping), &labels, &error)
		    : emnist_labels_default(n_classes, &labels, &error))
		fail_msg("%s", error.message);
	return labels;
}

static struct emnist_view *view_of(const struct emnist_labels *labels, const char *set,
				   bool merge_case)
{
	const struct emnist_view_options options = {.set = set, .merge_case = merge_case};
	struct emnist_error error;
	struct emnist_view *view;

	if (emnist_view_create(labels, &options, &view, &error))
		fail_msg("%s: %s", set, error.message);
	return view;
}

/* -------------------------------------------------------------------- labels */

static const struct {
	const char *mapping; /* NULL: the default labels for n_classes */
	size_t n_classes;
	const char *set;
	bool merge_case;
	const char *texts; /* of all classes, between blanks */
} views[] = {
	{NULL, 62, NULL, false, DIGITS " " UPPER " " LOWER},
	{NULL, 62, "alnum", false, DIGITS " " UPPER " " LOWER},
	{NULL, 62, "digits", false, DIGITS},
	{NULL, 62, "upper", false, UPPER},
	{NULL, 62, "lower", false, LOWER},
	{NULL, 62, "letters", false, UPPER " " LOWER},
	{NULL, 62, "lower,upper", false, UPPER " " LOWER},
	{NULL, 62, "0-9A-F", false, DIGITS " A B C D E F"},
	{NULL, 62, "A-F,digits", false, DIGITS " A B C D E F"},
	{NULL, 62, "zya10", false, "0 1 a y z"},
	{NULL, 62, "x-x", false, "x"},
	{NULL, 62, "=lowre,A", false, "A e l o r w"},
	{NULL, 62, NULL, true, DIGITS " " UPPER},
	{NULL, 62, "digits", true, DIGITS},
	{NULL, 62, "a-c", true, "A B C"},
	{NULL, 62, "Ab", true, "A B"},
	{NULL, 62, "upper,0", true, "0 " UPPER},
	{NULL, 47, NULL, true, DIGITS " " UPPER},
	{NULL, 47, "upper", false, UPPER},
	{NULL, 47, "c-e", false, "c d e"},
	{NULL, 47, "letters", false,
	 "A B Cc D E F G H Ii Jj Kk Ll Mm N Oo Pp Q R Ss T Uu Vv Ww Xx Yy Zz a b d e f g h n q r "
	 "t"},
	{NULL, 26, "upper", false, UPPER},
	{NULL, 26, "alnum", false,
	 "Aa Bb Cc Dd Ee Ff Gg Hh Ii Jj Kk Ll Mm Nn Oo Pp Qq Rr Ss Tt Uu Vv Ww Xx Yy Zz"},
	{NULL, 26, NULL, true, UPPER},
	{NULL, 10, "alnum", true, DIGITS},
	{ODD, 0, "\\-\\,\\\\", false, "- , \\"},
	{ODD, 0, "\\,-\\-", false, "- ,"},
	{ODD, 0, "\xc3\xa9-\xc3\xaa\xf0\x9f\x98\x80", false, "\xc3\xa9 \xc3\xaa \xf0\x9f\x98\x80"},
	{ODD, 0, "O", false, "O"},
	{ODD, 0, "c", false, "c c"},
	{ODD, 0, "digits", false, "0 1"},
	{ODD, 0, "1\xe2\x82\xac", false, "\xe2\x82\xac 1"},
	/* Only A-Z and a-z have cases here. 'c' joins two classes. */
	{ODD, 0, NULL, true,
	 "- , \\ \xc3\xa9 \xc3\xaa \xc3\x89 \xf0\x9f\x98\x80 0O\xc3\x98 1C\xe2\x82\xac"},
	{ODD, 0, "o", true, "O"},
	/* One after the other, all of these have to do with each other. */
	{"0 97 98\n1 49\n2 66 99\n3 67 100\n4 50\n", 0, NULL, true, "ABCD 1 2"},
	{"0 97 98\n1 49\n2 66 99\n3 67 100\n4 50\n", 0, "d,2", true, "D 2"},
	{"0 65\n1 50\n2 66\n3 97 98\n", 0, NULL, true, "AB 2"},
	{"0 67 100\n1 65\n2 65 99\n", 0, NULL, true, "ACD"},
	{"0 99\n", 0, NULL, true, "C"},
};

static void test_labels(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		struct emnist_labels *labels = labels_of(views[i].mapping, views[i].n_classes);
		struct emnist_view *view = view_of(labels, views[i].set, views[i].merge_case);
		const struct emnist_labels *seen = emnist_view_labels(view);
		char texts[1024] = "";

		emnist_labels_free(labels);
		for (size_t j = 0; j < emnist_labels_count(seen); j++) {
			strcat(texts, j ? " " : "");
			strcat(texts, emnist_labels_text(seen, j));
		}
		assert_string_equal(texts, views[i].texts);
		emnist_view_free(view);
	}
}

/* What is shown as upper case is both, and a file's indices are kept. */
static void test_merged_letters_are_both(void **state)
{
	struct emnist_labels *byclass = labels_of(NULL, BYCLASS);
	struct emnist_view *view = view_of(byclass, "c", true);
	const struct emnist_labels *seen = emnist_view_labels(view);

	(void)state;
	assert_true(emnist_labels_match(seen, 0, byclass, 10 + 2, false));
	assert_true(emnist_labels_match(seen, 0, byclass, 36 + 2, false));
	assert_int_equal(labels_index(seen, 0), 10 + 2);
	assert_int_equal(view_class_of(view, 36 + 2), 0);
	assert_true(view_class_of(view, 0) == VIEW_NONE);
	emnist_view_free(view);
	emnist_labels_free(byclass);
}

/* ------------------------------------------------------------------- refusals */

static const struct {
	const char *set;
	bool merge_case;
	uint64_t offset; /* or EMNIST_NO_OFFSET */
	const char *message;
} refusals[] = {
	{"", false, 0, "a character is missing at the end"},
	{"digits,", false, 7, "a character is missing at the end"},
	{",digits", false, 0, "a character is missing before ','"},
	{"0,,1", false, 2, "a character is missing before ','"},
	{"0-", false, 2, "a character is missing at the end"},
	{"0-,1", false, 2, "a character is missing before ','"},
	{"-9", false, 0, "'-' stands between two characters; write \\- for the character"},
	{"0-2-4", false, 3, "'-' stands between two characters; write \\- for the character"},
	{"0--", false, 2, "'-' stands between two characters; write \\- for the character"},
	{"9-0", false, 3, "a range runs backwards, from '9' to '0'"},
	{"\\d", false, 1, "a backslash must be followed by '-', ',' or a backslash"},
	{"0\\", false, 2, "a backslash must be followed by '-', ',' or a backslash"},
	{"a b", false, 1, "U+0020 is not a visible character"},
	{"\x1b[m", false, 0, "U+001B is not a visible character"},
	{"\xc2\x85", false, 0, "U+0085 is not a visible character"},
	{"a\xff", false, 1, "not UTF-8"},
	{"\x80", false, 0, "not UTF-8"},
	{"\xc3", false, 0, "not UTF-8"},
	{"\xc3(", false, 0, "not UTF-8"},
	{"\xc1\xa1", false, 0, "not UTF-8"},
	{"\xe0\x81\xa1", false, 0, "not UTF-8"},
	{"\xed\xa0\x80", false, 0, "not UTF-8"},
	{"\xf4\x90\x80\x80", false, 0, "not UTF-8"},
	{"\xf8\x88\x80\x80\x80", false, 0, "not UTF-8"},
	{"digit", false, 0,
	 "there is no set 'digit'; did you mean 'digits'? (sets: digits, upper, lower, letters, "
	 "alnum; for the letters themselves: '=digit')"},
	{"0-9,hex", false, 4,
	 "there is no set 'hex' (sets: digits, upper, lower, letters, alnum; for the letters "
	 "themselves: '=hex')"},
	{"Lower", false, 0,
	 "there is no set 'Lower'; did you mean 'lower'? (sets: digits, upper, lower, letters, "
	 "alnum; for the letters themselves: '=Lower')"},
	{"=digit", false, EMNIST_NO_OFFSET,
	 "'i' is listed twice; named sets are digits, upper, lower, letters, alnum"},
	{"=ab", false, EMNIST_NO_OFFSET, "no class for '='"},
	{"0-9,5", false, EMNIST_NO_OFFSET,
	 "'5' is listed twice; named sets are digits, upper, lower, letters, alnum"},
	{"Q-T,upper", false, EMNIST_NO_OFFSET,
	 "'Q' is listed twice; named sets are digits, upper, lower, letters, alnum"},
	{"\xc3\xa9", false, EMNIST_NO_OFFSET, "no class for '\xc3\xa9'"},
	{"a-\xf4\x8f\xbf\xbf", false, EMNIST_NO_OFFSET, "no class for '{'"},
	{"!-z", true, EMNIST_NO_OFFSET, "no class for '!'"},
	{"~-\xc2\xa1", false, EMNIST_NO_OFFSET, "no class for '~'"},
};

static void test_refusals(void **state)
{
	struct emnist_labels *labels = labels_of(NULL, BYCLASS);

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct emnist_view_options options = {.set = refusals[i].set,
							    .merge_case = refusals[i].merge_case};
		struct emnist_error error;
		struct emnist_view *view = (void *)labels;

		assert_int_equal(emnist_view_create(labels, &options, &view, &error),
				 EMNIST_ERR_ARGUMENT);
		assert_null(view);
		assert_string_equal(error.message, refusals[i].message);
		assert_true(error.offset == refusals[i].offset);
	}
	emnist_labels_free(labels);
}

/* A name is no promise that the model has all of it; but something must be left. */
static void test_nothing_left(void **state)
{
	const struct emnist_view_options options = {.set = "letters"};
	struct emnist_labels *digits = labels_of(NULL, 10);
	struct emnist_error error;
	struct emnist_view *view;

	(void)state;
	assert_int_equal(emnist_view_create(digits, &options, &view, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "the set contains no class");
	emnist_labels_free(digits);
}

static void test_long_set(void **state)
{
	const size_t n = (size_t)1 << 20;
	struct emnist_labels *labels = labels_of(NULL, BYCLASS);
	struct emnist_view_options options = {0};
	struct emnist_error error;
	struct emnist_view *view;
	char *set = malloc(n + 2);

	(void)state;
	assert_non_null(set);
	memset(set, 'A', n + 1);
	set[n + 1] = '\0';
	options.set = set;
	assert_int_equal(emnist_view_create(labels, &options, &view, &error), EMNIST_ERR_LIMIT);
	set[n] = '\0';
	assert_int_equal(emnist_view_create(labels, &options, &view, &error), EMNIST_ERR_ARGUMENT);
	assert_memory_equal(error.message, "'A' is listed twice", 19);
	free(set);
	emnist_labels_free(labels);
}

/* Others need not have what is asked for by itself. */
static void test_others(void **state)
{
	struct emnist_labels *labels = labels_of(NULL, BYCLASS), *letters = labels_of(NULL, 26);
	struct emnist_view *view = view_of(labels, "0-9C-E", false), *others;

	(void)state;
	assert_int_equal(view_of_others(view, letters, &others, NULL), EMNIST_OK);
	assert_int_equal(emnist_labels_count(emnist_view_labels(others)), 3);
	assert_string_equal(emnist_labels_text(emnist_view_labels(others), 0), "C");
	assert_true(view_class_of(others, 0) == VIEW_NONE);
	assert_int_equal(view_class_of(others, 4), 2);
	emnist_view_free(others);
	emnist_view_free(view);
	emnist_labels_free(labels);
	emnist_labels_free(letters);
}

/* -------------------------------------------------------------- probabilities */

static void assert_floats(const float *values, const float *expected, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabsf(values[i] - expected[i]) <= 1e-6F))
			fail_msg("value %zu is %.9g, not %.9g", i, (double)values[i],
				 (double)expected[i]);
}

/* Classes A, b, B, 1. */
static const char few[] = "0 65\n1 98\n2 66\n3 49\n";

static void apply(const char *set, bool merge_case, const float *rows, size_t n_rows, size_t n_seen,
		  const float *expected)
{
	struct emnist_labels *labels = labels_of(few, 0);
	struct emnist_view *view = view_of(labels, set, merge_case);
	/* Of exactly its size: what is read or written beyond shows under a sanitizer. */
	float *probabilities = malloc(4 * n_rows * sizeof(float));

	assert_non_null(probabilities);
	memcpy(probabilities, rows, 4 * n_rows * sizeof(float));
	assert_int_equal(emnist_labels_count(emnist_view_labels(view)), n_seen);
	emnist_view_apply(view, probabilities, n_rows);
	assert_floats(probabilities, expected, n_rows * n_seen);
	free(probabilities);
	emnist_view_free(view);
	emnist_labels_free(labels);
}

static void test_apply(void **state)
{
	static const float rows[] = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0, 0, 0.5F, 0, 0.25F, 0.75F, 0};
	static const float merged[] = {0.1F, 0.5F, 0.4F, 0.5F, 0, 0.5F, 0, 1, 0};
	static const float letters[] = {1.F / 6, 2.F / 6, 3.F / 6, 1, 0, 0, 0, 0.25F, 0.75F};
	static const float b1[] = {1.F / 3, 2.F / 3, 0, 1, 1, 0};
	static const float b1_merged[] = {5.F / 9, 4.F / 9, 0, 1, 1, 0};
	/* The last row says nothing of A and 1. */
	static const float a1[] = {0.2F, 0.8F, 0.5F, 0.5F, 0.5F, 0.5F};

	(void)state;
	apply(NULL, false, rows, 3, 4, rows);
	apply("1bBA", false, rows, 3, 4, rows);
	apply(NULL, true, rows, 3, 3, merged);
	apply("letters", false, rows, 3, 3, letters);
	apply("b1", false, rows, 3, 2, b1);
	apply("b1", true, rows, 3, 2, b1_merged);
	apply("A1", false, rows, 3, 2, a1);
	apply("A1", false, rows, 0, 2, a1);
}

/* As small as floats get, shares are what they are; and nothing exceeds 1. */
static void test_tiny_and_large(void **state)
{
	static const float tiny[] = {3e-45F, 0, 9e-45F, 1, 1e-38F, 0, 3e-38F, 1};
	static const float shares[] = {0.25F, 0.75F, 0.25F, 0.75F};
	static const float zero[] = {0, 0, 0, 1}, thirds[] = {1.F / 3, 1.F / 3, 1.F / 3};
	/* A model that ends in sigmoids. */
	static const float sigmoids[] = {0.9F, 0.8F, 0.7F, 0.1F}, capped[] = {0.9F, 1, 0.1F};
	static const float halves[] = {0.375F, 0.625F}; /* 0.9 and 0.8 + 0.7 of 2.4 */

	(void)state;
	apply("AB", false, tiny, 2, 2, shares);
	apply("letters", false, zero, 1, 3, thirds);
	apply(NULL, true, sigmoids, 1, 3, capped);
	apply("AB", true, sigmoids, 1, 2, halves);
	apply(NULL, true, zero, 1, 3, (const float[]){0, 0, 1});
}

#define N_ROWS 50

/* In place, row after row, against sums that find their classes by the character. */
static void test_random_rows(void **state)
{
	static float rows[N_ROWS * BYCLASS], expected[N_ROWS * 16];
	static const char hexadecimal[] = "0123456789ABCDEF";
	struct emnist_labels *labels = labels_of(NULL, BYCLASS);
	struct emnist_view *view = view_of(labels, "a-f,digits", true);
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < N_ROWS * BYCLASS; i++) {
		random = random * 1664525 + 1013904223;
		rows[i] = (float)(random >> 8) / (1 << 24) / BYCLASS;
	}
	for (size_t i = 0; i < N_ROWS; i++) {
		const float *row = rows + i * BYCLASS;
		double total = 0;

		for (size_t j = 0; j < 16; j++)
			total += (double)row[j] + (j < 10 ? 0 : (double)row[j + 26]);
		for (size_t j = 0; j < 16; j++)
			expected[i * 16 + j] =
				(float)(((double)row[j] + (j < 10 ? 0 : (double)row[j + 26])) /
					total);
	}
	emnist_view_apply(view, rows, N_ROWS);
	assert_floats(rows, expected, N_ROWS * 16);
	for (size_t j = 0; j < 16; j++)
		assert_int_equal(*emnist_labels_text(emnist_view_labels(view), j), hexadecimal[j]);
	emnist_view_free(view);
	emnist_labels_free(labels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),      cmocka_unit_test(test_merged_letters_are_both),
		cmocka_unit_test(test_refusals),    cmocka_unit_test(test_nothing_left),
		cmocka_unit_test(test_long_set),    cmocka_unit_test(test_others),
		cmocka_unit_test(test_apply),       cmocka_unit_test(test_tiny_and_large),
		cmocka_unit_test(test_random_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
