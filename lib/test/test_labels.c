/*
 * test_labels.c - labels: EMNIST's own sets, mapping files, and what matches what.
 *
 * What a malformed mapping file is told is in testdata/idx/malformed, see test_idx.c.
 */
#include "../emnist_train.h"
#include "../labels/labels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct emnist_labels *labels_of(size_t n_classes)
{
	struct emnist_labels *labels;

	assert_int_equal(emnist_labels_default(n_classes, &labels, NULL), EMNIST_OK);
	assert_int_equal(emnist_labels_count(labels), n_classes);
	return labels;
}

static struct emnist_labels *parsed(const char *text)
{
	struct emnist_labels *labels;
	struct emnist_error error;

	if (emnist_labels_parse(text, strlen(text), &labels, &error))
		fail_msg("%s", error.message);
	return labels;
}

/* The texts of all entries, in order, between blanks. */
static void assert_texts(const struct emnist_labels *labels, const char *expected)
{
	char texts[1024] = "";

	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		strcat(texts, i ? " " : "");
		strcat(texts, emnist_labels_text(labels, i));
	}
	assert_string_equal(texts, expected);
}

/* Written out by hand from the paper: Cohen et al., "EMNIST", 2017, figure 2 and section II.C. */
static const char *const balanced_texts =
	"0 1 2 3 4 5 6 7 8 9 A B Cc D E F G H Ii Jj Kk Ll Mm N Oo Pp Q R Ss T Uu Vv Ww Xx Yy Zz "
	"a b d e f g h n q r t";
static const char *const letters_texts =
	"Aa Bb Cc Dd Ee Ff Gg Hh Ii Jj Kk Ll Mm Nn Oo Pp Qq Rr Ss Tt Uu Vv Ww Xx Yy Zz";

static void test_default_sets(void **state)
{
	static const struct {
		size_t n_classes;
		uint32_t first_index;
		const char *texts;
	} sets[] = {
		{62, 0,
		 "0 1 2 3 4 5 6 7 8 9 A B C D E F G H I J K L M N O P Q R S T U V W X Y Z "
		 "a b c d e f g h i j k l m n o p q r s t u v w x y z"},
		{47, 0, balanced_texts},
		{26, 1, letters_texts},
		{10, 0, "0 1 2 3 4 5 6 7 8 9"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct emnist_labels *labels = labels_of(sets[i].n_classes);

		assert_texts(labels, sets[i].texts);
		for (size_t j = 0; j < sets[i].n_classes; j++) {
			uint32_t index = sets[i].first_index + (uint32_t)j;

			assert_int_equal(labels_index(labels, j), index);
			assert_int_equal(emnist_labels_find(labels, index), j);
		}
		assert_true(emnist_labels_find(labels, 62) == SIZE_MAX);
		emnist_labels_free(labels);
	}
}

static void test_default_of_other_counts(void **state)
{
	static const size_t counts[] = {0, 1, 11, 27, 52, 61, 63, SIZE_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct emnist_labels *labels = (void *)&labels;
		struct emnist_error error;

		assert_int_equal(emnist_labels_default(counts[i], &labels, &error),
				 EMNIST_ERR_ARGUMENT);
		assert_int_equal(error.code, EMNIST_ERR_ARGUMENT);
		assert_null(labels);
	}
}

static void test_parse(void **state)
{
	struct emnist_labels *labels =
		parsed("\r\n3 65 97\r\n \t\r\n7\t48 \n\n4294967295  8364 233 128512 126");

	(void)state;
	assert_texts(labels, "Aa 0 \xe2\x82\xac\xc3\xa9\xf0\x9f\x98\x80~");
	assert_int_equal(labels_index(labels, 0), 3);
	assert_int_equal(emnist_labels_find(labels, 7), 1);
	assert_int_equal(emnist_labels_find(labels, UINT32_MAX), 2);
	assert_true(emnist_labels_find(labels, 4) == SIZE_MAX);
	assert_true(emnist_labels_find(labels, 0) == SIZE_MAX);
	emnist_labels_free(labels);
}

static void test_byte_order_mark(void **state)
{
	static const struct {
		const char *text;
		size_t nbytes;
		const char *message;
	} wide[] = {
		{"\xff\xfe"
		 "0\0 \0",
		 6, "UTF-16 text; save it as UTF-8"},
		{"\xfe\xff\0"
		 "0\0 ",
		 6, "UTF-16 text; save it as UTF-8"},
		{"0\0 \0", 4, "UTF-16 text; save it as UTF-8"},
		{"\0"
		 "0\0 ",
		 4, "UTF-16 text; save it as UTF-8"},
		{"\xff\xfe\0\0"
		 "0\0\0",
		 8, "UTF-32 text; save it as UTF-8"},
		{"\0\0\xfe\xff\0\0\0"
		 "0",
		 8, "UTF-32 text; save it as UTF-8"},
	};
	struct emnist_labels *labels = parsed("\xef\xbb\xbf"
					      "3 65\r\n");
	struct emnist_error error;

	(void)state;
	assert_texts(labels, "A");
	emnist_labels_free(labels);
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		assert_int_equal(emnist_labels_parse(wide[i].text, wide[i].nbytes, &labels, &error),
				 EMNIST_ERR_UNSUPPORTED);
		assert_string_equal(error.message, wide[i].message);
	}
	assert_int_equal(emnist_labels_parse("\xef\xbb\xbf", 3, &labels, &error),
			 EMNIST_ERR_FORMAT);
	assert_string_equal(error.message, "no entries");
}

static void test_message_has_line_and_offset(void **state)
{
	static const char text[] = "0 65\r\n\r\n1 x\r\n";
	struct emnist_labels *labels = (void *)&labels;
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_labels_parse(text, strlen(text), &labels, &error),
			 EMNIST_ERR_FORMAT);
	assert_null(labels);
	assert_string_equal(error.message, "line 3: expected a code point: 'x'");
	assert_int_equal(error.offset, 10);
	assert_int_equal(emnist_labels_parse(NULL, 0, &labels, &error), EMNIST_ERR_FORMAT);
	assert_string_equal(error.message, "no entries");
}

/* n lines "INDEX 65". */
static char *many_lines(size_t n)
{
	char *text = malloc(n * 16);
	size_t nbytes = 0;

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		nbytes += (size_t)sprintf(text + nbytes, "%zu 65\n", i);
	return text;
}

static void test_limits(void **state)
{
	char *text = many_lines(LABELS_MAX_COUNT + 1);
	struct emnist_labels *labels;
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_labels_parse(text, strlen(text), &labels, &error),
			 EMNIST_ERR_LIMIT);
	assert_string_equal(error.message, "line 65536: more than 65535 entries");
	*strrchr(text, '6') = '\0';
	*strrchr(text, '\n') = '\0';
	labels = parsed(text);
	assert_int_equal(emnist_labels_count(labels), LABELS_MAX_COUNT);
	emnist_labels_free(labels);
	free(text);
}

/* An entry of so many characters. */
static enum emnist_status parse_characters(unsigned n, struct emnist_labels **labels,
					   struct emnist_error *error)
{
	char text[1024] = "0";

	for (unsigned i = 0; i < n; i++)
		sprintf(text + strlen(text), " %u", 1000 + i);
	return emnist_labels_parse(text, strlen(text), labels, error);
}

static void test_characters_of_an_entry(void **state)
{
	struct emnist_labels *labels;
	struct emnist_error error;

	(void)state;
	assert_int_equal(parse_characters(64, &labels, &error), EMNIST_OK);
	emnist_labels_free(labels);
	assert_int_equal(parse_characters(65, &labels, &error), EMNIST_ERR_LIMIT);
}

/* The text of a mapping with one character an entry. */
static void mapping_of(const char *characters, char text[static 1024])
{
	size_t nbytes = 0;

	for (size_t i = 0; characters[i]; i++)
		nbytes += (size_t)sprintf(text + nbytes, "%zu %d\r\n", i, characters[i]);
}

static void test_merged_letters_get_both_cases(void **state)
{
	char merged[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt";
	char text[1024];
	struct emnist_labels *labels;

	(void)state;
	mapping_of(merged, text);
	labels = parsed(text);
	assert_texts(labels, balanced_texts);
	emnist_labels_free(labels);

	/* In another order the classes are the same. */
	merged[0] = 'C';
	merged[12] = '0';
	mapping_of(merged, text);
	labels = parsed(text);
	assert_string_equal(emnist_labels_text(labels, 0), "Cc");
	assert_string_equal(emnist_labels_text(labels, 12), "0");
	emnist_labels_free(labels);
}

static void test_other_sets_stay_as_they_are(void **state)
{
	/* 46 of the classes; 47 with one other; 47 with one twice. */
	static const char *const sets[] = {
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqr",
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcefghnqrt",
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZaadefghnqrt",
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct emnist_labels *labels;

		mapping_of(sets[i], text);
		labels = parsed(text);
		assert_string_equal(emnist_labels_text(labels, 12), "C");
		emnist_labels_free(labels);
	}
}

static void test_match(void **state)
{
	struct emnist_labels *byclass = labels_of(62), *letters = labels_of(26);
	struct emnist_labels *accents = parsed("0 233\n1 201\n2 48 66");
	const size_t upper_a = 10, lower_a = 36, lower_b = 37;

	(void)state;
	assert_true(emnist_labels_match(byclass, upper_a, byclass, upper_a, false));
	assert_false(emnist_labels_match(byclass, upper_a, byclass, lower_a, false));
	assert_true(emnist_labels_match(byclass, upper_a, byclass, lower_a, true));
	assert_false(emnist_labels_match(byclass, upper_a, byclass, lower_b, true));
	assert_true(emnist_labels_match(letters, 0, byclass, lower_a, false));
	assert_true(emnist_labels_match(byclass, lower_a, letters, 0, false));
	assert_false(emnist_labels_match(letters, 0, byclass, lower_b, true));
	assert_false(emnist_labels_match(accents, 0, accents, 1, true));
	assert_true(emnist_labels_match(accents, 2, byclass, 0, false));
	assert_false(emnist_labels_match(accents, 2, byclass, lower_b, false));
	assert_true(emnist_labels_match(accents, 2, byclass, lower_b, true));
	emnist_labels_free(byclass);
	emnist_labels_free(letters);
	emnist_labels_free(accents);
}

static void test_copy_and_format(void **state)
{
	static const char text[] = "3 65 97\n7 8364\n9 48\n";
	struct emnist_labels *labels = parsed(text);
	struct emnist_labels *copy = labels_copy(labels);
	char *formatted;
	size_t nbytes;

	(void)state;
	emnist_labels_free(labels);
	assert_non_null(copy);
	assert_texts(copy, "Aa \xe2\x82\xac 0");
	assert_true(labels_format(copy, &formatted, &nbytes));
	assert_int_equal(nbytes, strlen(text));
	assert_memory_equal(formatted, text, nbytes);
	free(formatted);
	emnist_labels_free(copy);

	/* The 47 classes come back as they are. */
	labels = labels_of(47);
	assert_true(labels_format(labels, &formatted, &nbytes));
	assert_int_equal(emnist_labels_parse(formatted, nbytes, &copy, NULL), EMNIST_OK);
	assert_texts(copy, balanced_texts);
	free(formatted);
	emnist_labels_free(labels);
	emnist_labels_free(copy);
}

static void test_read(void **state)
{
	struct emnist_labels *labels;
	struct emnist_error error;

	(void)state;
	assert_int_equal(
		emnist_labels_read("testdata/idx/strokes-letters-mapping.txt", &labels, &error),
		EMNIST_OK);
	assert_texts(labels, letters_texts);
	assert_int_equal(labels_index(labels, 0), 1);
	emnist_labels_free(labels);
	assert_int_equal(emnist_labels_read("testdata/idx/none", &labels, &error), EMNIST_ERR_IO);
	assert_null(labels);
	emnist_labels_free(NULL);
}

/* The frequencies of the digits in an idx file of these labels. */
static enum emnist_status frequencies_of(const char *values, size_t n, double frequencies[10],
					 struct emnist_error *error)
{
	const unsigned char header[] = {0, 0, 8, 1, 0, 0, 0, (unsigned char)n};
	struct emnist_labels *digits = labels_of(10);
	char path[] = "/tmp/test_labels.XXXXXX";
	enum emnist_status status;
	FILE *file = fdopen(mkstemp(path), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(header, 1, sizeof(header), file), sizeof(header));
	assert_int_equal(fwrite(values, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	status = emnist_labels_frequencies(digits, path, frequencies, error);
	unlink(path);
	emnist_labels_free(digits);
	return status;
}

static void test_frequencies(void **state)
{
	double frequencies[10];
	struct emnist_error error;

	(void)state;
	assert_int_equal(frequencies_of("\x03\x00\x03\x09", 4, frequencies, &error), EMNIST_OK);
	for (size_t i = 0; i < 10; i++)
		assert_true(frequencies[i] == (i == 3 ? 0.5 : i == 0 || i == 9 ? 0.25 : 0));
	assert_int_equal(frequencies_of("", 0, frequencies, &error), EMNIST_OK);
	for (size_t i = 0; i < 10; i++)
		assert_true(frequencies[i] == 0);
	/* A failure leaves them untouched. */
	frequencies[0] = 7;
	assert_int_equal(frequencies_of("\x00\x0a", 2, frequencies, &error), EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message, "label 10 of image 1 is not one of the 10 classes");
	assert_true(frequencies[0] == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_sets),
		cmocka_unit_test(test_default_of_other_counts),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_byte_order_mark),
		cmocka_unit_test(test_message_has_line_and_offset),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_characters_of_an_entry),
		cmocka_unit_test(test_merged_letters_get_both_cases),
		cmocka_unit_test(test_other_sets_stay_as_they_are),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_copy_and_format),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_frequencies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
