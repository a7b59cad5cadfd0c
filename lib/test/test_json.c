/*
 * test_json.c - JSON documents: what RapidJSON answers (testdata/generate_json.cc) is answered
 * here; values, tensors, limits, and the text of strings. Each document lies in memory of just its
 * size, so that a sanitizer sees a byte too far.
 */
#include "../emnist_serve.h"
#include "tables.h"

#include <inttypes.h>
#include <math.h>

#define QUOTE_NBYTES 256

static struct emnist_json *json;
static uint8_t *bytes; /* of the last document */

static enum emnist_status parse(const void *text, size_t nbytes,
				const struct emnist_json_options *options,
				struct emnist_error *error)
{
	free(bytes);
	bytes = malloc(nbytes ? nbytes : 1);
	assert_non_null(bytes);
	memcpy(bytes, text, nbytes);
	return emnist_json_parse(json, bytes, nbytes, options, error);
}

static struct emnist_json_value parse_good(const char *text)
{
	static const struct emnist_json_options options = {.allow_nonfinite = true};
	struct emnist_error error;

	if (parse(text, strlen(text), &options, &error))
		fail_msg("%s: %s at %" PRIu64, text, error.message, error.offset);
	return emnist_json_root(json);
}

/* A path of names and positions from the root: "a/0/b". */
static struct emnist_json_value find(const char *path)
{
	struct emnist_json_value value = emnist_json_root(json);
	char copy[64], *rest = copy, *step;

	snprintf(copy, sizeof(copy), "%s", path);
	while ((step = strsep(&rest, "/"))) {
		if (value.type == EMNIST_JSON_OBJECT) {
			value = emnist_json_member(json, value, step);
			continue;
		}
		value = emnist_json_first(json, value);
		for (int i = atoi(step); i > 0; i--)
			value = emnist_json_next(json, value);
	}
	return value;
}

static int set_up(void **state)
{
	(void)state;
	return emnist_json_create(&json, NULL) != EMNIST_OK;
}

static int tear_down(void **state)
{
	(void)state;
	emnist_json_free(json);
	free(bytes);
	bytes = NULL;
	return 0;
}

/* ----------------------------------------------------------- recorded answers */

/* Of the table's \xHH. */
static size_t unescape(char *text)
{
	char *to = text;
	unsigned code;

	for (const char *at = text; *at; at++)
		if (*at == '\\') {
			assert_int_equal(sscanf(at, "\\x%2x", &code), 1);
			*to++ = (char)code;
			at += 3;
		} else {
			*to++ = *at;
		}
	*to = '\0';
	return (size_t)(to - text);
}

static void test_recorded_answers(void **state)
{
	FILE *table = open_table("testdata/json/expected.tsv");
	char line[2048], *fields[3], answer[1024];
	struct emnist_error error;
	unsigned n = 0;

	(void)state;
	for (; next_line(table, line, sizeof(line), fields, 3); n++) {
		const struct emnist_json_options options = {
			.stop_when_done = strcmp(fields[1], "first") == 0,
			.allow_nonfinite = true,
		};
		const size_t nbytes = unescape(fields[0]);
		const size_t wanted = unescape(fields[2]);
		size_t length;

		if (parse(fields[0], nbytes, &options, &error)) {
			snprintf(answer, sizeof(answer), "%" PRIu64 ": %s", error.offset,
				 error.message);
			assert_int_equal(error.code, EMNIST_ERR_CORRUPT);
			assert_int_equal(emnist_json_root(json).type, EMNIST_JSON_NONE);
			assert_string_equal(answer, fields[2]);
			continue;
		}
		length = emnist_json_quote(json, emnist_json_root(json), answer, sizeof(answer));
		assert_int_equal(length, wanted);
		assert_memory_equal(answer, fields[2], wanted);
	}
	fclose(table);
	assert_true(n > 400);
}

/* What is not in the table, since RapidJSON takes numbers beyond double for infinite. */
static void test_numbers_beyond_double(void **state)
{
	static const struct {
		const char *text;
		const char *message; /* NULL: none */
	} documents[] = {
		{"1.7976931348623157e308", NULL},
		{"1.7976931348623159e308", "Number too big to be stored in double."},
		{"-1.7976931348623159e308", "Number too big to be stored in double."},
		{"11e308", "Number too big to be stored in double."},
		{"0e400", NULL},
		{"1e99999999999999999999", "Number too big to be stored in double."},
		{"1e-99999999999999999999", NULL},
		{"0.00000000000000000000000000001e330", NULL},
	};
	struct emnist_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
		const char *text = documents[i].text, *message = documents[i].message;
		const enum emnist_status status = parse(text, strlen(text), NULL, &error);

		assert_int_equal(status, message ? EMNIST_ERR_CORRUPT : EMNIST_OK);
		if (message)
			assert_string_equal(error.message, message);
		else
			assert_true(emnist_json_number(json, emnist_json_root(json)) ==
				    strtod(text, NULL));
	}
}

/* Each beginning of a document is refused, at its end or before. */
static void test_cut_off(void **state)
{
	static const char text[] =
		"{\"a\\u00e9\\ud83d\\ude00\": [[0.0, 1.5e-3, -2], [NaN, -Infinity, 7]], \"b\\n\": "
		"{\"c\": null, \"d\": [true, false, {}, [], \"\\\\\\\"\"]}, \"e\": [0.1, 0.2, 0.3,"
		"0.4, 0.5, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0.123456789012345678, 1, 22, 333, 4444]}";
	const struct emnist_json_options options = {.allow_nonfinite = true};
	struct emnist_error error;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		assert_int_equal(parse(text, n, &options, &error), EMNIST_ERR_CORRUPT);
		assert_true(error.offset <= n);
	}
	parse_good(text);
	assert_int_equal(emnist_json_count(json, emnist_json_root(json)), 3);
}

/* --------------------------------------------------------------------- values */

static void test_walk(void **state)
{
	struct emnist_json_value root, value;
	int64_t integer;
	size_t n;

	(void)state;
	root = parse_good(" {\"a\":[1,\"x\",[],{}, -7.5 ,null] , \"b\" : {\"c\":true},\"a\":2,"
			  "\"\\u0064\\n\":\"y\\u0000z\",\"e\":[[1,2],3]} ");
	assert_int_equal(root.type, EMNIST_JSON_OBJECT);
	assert_int_equal(emnist_json_count(json, root), 5);
	assert_int_equal(emnist_json_count(json, find("a")), 6);
	assert_int_equal(find("a/1").type, EMNIST_JSON_STRING);
	assert_int_equal(find("a/3").type, EMNIST_JSON_OBJECT);
	assert_true(emnist_json_number(json, find("a/4")) == -7.5);
	assert_int_equal(find("a/5").type, EMNIST_JSON_NULL);
	assert_int_equal(find("a/6").type, EMNIST_JSON_NONE);
	assert_int_equal(find("b/c").type, EMNIST_JSON_TRUE);
	assert_int_equal(find("b/d").type, EMNIST_JSON_NONE);
	assert_int_equal(find("x/y").type, EMNIST_JSON_NONE);
	assert_true(emnist_json_integer(json, find("e/1"), &integer));
	assert_int_equal(integer, 3);
	assert_int_equal(emnist_json_first(json, find("a/2")).type, EMNIST_JSON_NONE);
	assert_int_equal(emnist_json_next(json, root).type, EMNIST_JSON_NONE);

	/* The source of a value, and names on the way. */
	assert_memory_equal(emnist_json_source(json, find("a/4"), &n), "-7.5", 4);
	assert_int_equal(n, 4);
	assert_memory_equal(emnist_json_source(json, find("e"), &n), "[[1,2],3]", 9);
	assert_int_equal(n, 9);
	value = emnist_json_next(json, emnist_json_first(json, root));
	assert_memory_equal(emnist_json_name(json, value, &n), "b", 1);
	assert_int_equal(n, 1);
	assert_null(emnist_json_name(json, root, &n));
	value = emnist_json_next(json, emnist_json_next(json, value));
	assert_memory_equal(emnist_json_name(json, value, &n), "d\n", 2);
	assert_int_equal(n, 2);

	/* Its string, which has a zero inside. */
	assert_memory_equal(emnist_json_string(json, value, &n), "y\0z", 3);
	assert_int_equal(n, 3);
	assert_false(emnist_json_equals(json, value, "y"));
	assert_true(emnist_json_equals(json, find("a/1"), "x"));
	assert_false(emnist_json_equals(json, find("a/1"), "xx"));
	assert_false(emnist_json_equals(json, find("a/1"), ""));
	assert_int_equal(find("d\n").type, EMNIST_JSON_STRING);
}

/* What is not of the type that a function is for. */
static void test_other_types(void **state)
{
	const struct emnist_json_value none = {0};
	struct emnist_json_tensor tensor;
	int64_t integer = 5;
	size_t n;

	(void)state;
	parse_good("{\"a\": \"1\", \"b\": 1.0, \"c\": [2]}");
	assert_true(emnist_json_number(json, find("a")) == 0);
	assert_false(emnist_json_integer(json, find("a"), &integer));
	assert_false(emnist_json_integer(json, find("b"), &integer));
	assert_false(emnist_json_integer(json, none, &integer));
	assert_int_equal(integer, 5);
	assert_null(emnist_json_string(json, find("b"), &n));
	assert_null(emnist_json_source(json, none, &n));
	assert_int_equal(n, 0);
	assert_int_equal(emnist_json_count(json, find("b")), 0);
	assert_int_equal(emnist_json_first(json, none).type, EMNIST_JSON_NONE);
	assert_int_equal(emnist_json_next(json, none).type, EMNIST_JSON_NONE);
	assert_int_equal(emnist_json_member(json, find("c"), "x").type, EMNIST_JSON_NONE);
	assert_int_equal(emnist_json_quote(json, none, NULL, 0), 0);
	assert_false(emnist_json_tensor(json, none, &tensor));
	assert_int_equal(tensor.misfit, EMNIST_JSON_NOT_NUMBER);
	assert_string_equal(emnist_json_type_name(EMNIST_JSON_NONE), "None");
	assert_string_equal(emnist_json_type_name(find("c").type), "Array");
	assert_string_equal(emnist_json_type_name((enum emnist_json_type)99), "None");
}

static void test_integers(void **state)
{
	static const struct {
		const char *text;
		bool is_integer;
		int64_t integer;
	} numbers[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"784", true, 784},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"1e2", false, 0},
		{"1.0", false, 0},
		{"NaN", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int64_t integer = 0;

		assert_int_equal(emnist_json_integer(json, parse_good(numbers[i].text), &integer),
				 numbers[i].is_integer);
		assert_int_equal(integer, numbers[i].integer);
	}
}

/* -------------------------------------------------------------------- tensors */

static const struct {
	const char *text;
	enum emnist_json_misfit misfit;
	size_t rank, shape[EMNIST_JSON_MAX_RANK];
	const char *source; /* of what does not fit, at the level; n_elements if it is an array */
	size_t level, n_elements;
} tensors[] = {
	{"5", EMNIST_JSON_FITS, 0, {0}, NULL, 0, 0},
	{"[]", EMNIST_JSON_FITS, 1, {0}, NULL, 0, 0},
	{"[1.5]", EMNIST_JSON_FITS, 1, {1}, NULL, 0, 0},
	{"[1,2,3]", EMNIST_JSON_FITS, 1, {3}, NULL, 0, 0},
	{"[[],[]]", EMNIST_JSON_FITS, 2, {2, 0}, NULL, 0, 0},
	{"[[1,2],[3,4],[5,6]]", EMNIST_JSON_FITS, 2, {3, 2}, NULL, 0, 0},
	{"[[[1],[2]],[[3],[4]]]", EMNIST_JSON_FITS, 3, {2, 2, 1}, NULL, 0, 0},
	{"[[[[[[[[1]]]]]]]]", EMNIST_JSON_FITS, 8, {1, 1, 1, 1, 1, 1, 1, 1}, NULL, 0, 0},
	{"[[[[[[[[[1]]]]]]]]]", EMNIST_JSON_MAX_LEVELS, 8, {1, 1, 1, 1, 1, 1, 1, 1}, "[1]", 8, 1},
	{"\"a\"", EMNIST_JSON_NOT_NUMBER, 0, {0}, "\"a\"", 0, 0},
	{"{\"b64\": \"\"}", EMNIST_JSON_NOT_NUMBER, 0, {0}, "{\"b64\": \"\"}", 0, 1},
	{"[1,\"a\",null]", EMNIST_JSON_NOT_NUMBER, 1, {3}, "\"a\"", 1, 0},
	{"[[1,2],[3,true]]", EMNIST_JSON_NOT_NUMBER, 2, {2, 2}, "true", 2, 0},
	{"[1,{}]", EMNIST_JSON_NOT_NUMBER, 1, {2}, "{}", 1, 0},
	{"[[1,2],[3]]", EMNIST_JSON_UNEQUAL, 2, {2, 2}, "[3]", 1, 1},
	{"[[1],[2,3]]", EMNIST_JSON_UNEQUAL, 2, {2, 1}, "[2,3]", 1, 2},
	{"[[],[1]]", EMNIST_JSON_UNEQUAL, 2, {2, 0}, "[1]", 1, 1},
	{"[[[1],[2]],[[3]]]", EMNIST_JSON_UNEQUAL, 3, {2, 2, 1}, "[[3]]", 1, 1},
	{"[1,[2]]", EMNIST_JSON_TOO_DEEP, 1, {2}, "[2]", 1, 1},
	{"[[1,2],[[3],[4]]]", EMNIST_JSON_TOO_DEEP, 2, {2, 2}, "[3]", 2, 1},
	{"[[1],2]", EMNIST_JSON_TOO_SHALLOW, 2, {2, 1}, "2", 1, 0},
	{"[[1,2],{}]", EMNIST_JSON_TOO_SHALLOW, 2, {2, 2}, "{}", 1, 0},
};

static void test_tensors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tensors) / sizeof(*tensors); i++) {
		const bool fits = tensors[i].misfit == EMNIST_JSON_FITS;
		struct emnist_json_tensor tensor;
		const char *source;
		size_t n = 1;

		parse_good(tensors[i].text);
		assert_int_equal(emnist_json_tensor(json, emnist_json_root(json), &tensor), fits);
		assert_int_equal(tensor.misfit, tensors[i].misfit);
		assert_int_equal(tensor.rank, tensors[i].rank);
		assert_memory_equal(tensor.shape, tensors[i].shape, sizeof(tensor.shape));
		assert_int_equal(tensor.values != NULL, fits && tensor.rank > 0);
		for (size_t k = 0; k < tensor.rank; k++)
			n *= tensor.shape[k];
		assert_int_equal(tensor.n_values, fits ? n : 0);
		assert_int_equal(tensor.level, tensors[i].level);
		assert_int_equal(tensor.n_elements, tensors[i].n_elements);
		source = emnist_json_source(json, tensor.value, &n);
		assert_int_equal(source != NULL, !fits);
		if (source)
			assert_memory_equal(source, tensors[i].source, strlen(tensors[i].source));
	}
}

/* Values lie in the order of the document, without those of arrays that have something else. */
static void test_values(void **state)
{
	static const float expected[] = {1, 2, 3, 4, 5, 6};
	struct emnist_json_tensor whole, part;

	(void)state;
	parse_good(
		"{\"x\": [7,8,\"no\",9], \"rows\": [[1, 2], [3, 4], [5, 6]], \"y\": [1e39, -1e39,"
		"1e-60, NaN]}");
	assert_true(emnist_json_tensor(json, find("rows"), &whole));
	assert_memory_equal(whole.values, expected, sizeof(expected));
	assert_true(emnist_json_tensor(json, find("rows/2"), &part));
	assert_ptr_equal(part.values, whole.values + 4);
	assert_true(emnist_json_tensor(json, find("y"), &part));
	assert_true(isinf(part.values[0]) && isinf(part.values[1]) && part.values[1] < 0);
	assert_true(part.values[2] == 0 && isnan(part.values[3]));
}

/* Each way to write a number, at each place of an array, is what strtod() reads. */
static void test_ways_to_write(void **state)
{
	static const char *const ways[] = {
		"0",
		"0.0",
		"-0",
		"-0.0",
		"1",
		"-1",
		"10",
		"255",
		"0.5",
		"1e5",
		"1E+5",
		"2e-07",
		"-1.5e-7",
		"0.00392156862745098",
		"0.011764705882352941",
		"0.00392157",
		"12345678",
		"123456789",
		"1234567890123456789",
		"12345678901234567890",
		"123456789012345678901234567890",
		"0.1234567890123456789",
		"0.12345678901234567890123456789",
		"1234567.1234567",
		"12345678.12345678",
		"1234567890.123456789",
		"12345678901.123456789",
		"0.00000000000000000000000001",
		"1e0005",
		"1e38",
		"3.4028236e38",
		"1e-45",
		"16777217",
		"0e10",
		"1.0",
		"123456789012345678901234.5",
		"100000000000000000000000000000000000000000000e-40",
	};
	static const char *const commas[] = {",", ", ", " ,", "\n,\t", ",  "};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways) * 5; i++) {
		const char *way = ways[i / 5], *comma = commas[i % 5];
		struct emnist_json_tensor tensor;
		size_t n = 0;

		text[n++] = '[';
		for (size_t k = 0; k < 30; k++)
			n += (size_t)sprintf(text + n, "%s%s", way, comma);
		sprintf(text + n, "%s]", way);
		parse_good(text);
		assert_true(emnist_json_tensor(json, emnist_json_root(json), &tensor));
		assert_int_equal(tensor.n_values, 31);
		for (size_t k = 0; k < 31; k++) {
			const float value = (float)strtod(way, NULL);

			assert_memory_equal(tensor.values + k, &value, sizeof(value));
		}
	}
}

/* --------------------------------------------------------------------- limits */

#define MANY ((size_t)4 << 20)

static void test_depth(void **state)
{
	const struct emnist_json_options options = {.max_depth = 3};
	char *text = malloc(2 * MANY);
	struct emnist_json_value value;
	struct emnist_error error;
	size_t depth = 0;

	(void)state;
	assert_non_null(text);
	memset(text, '[', MANY);
	memset(text + MANY, ']', MANY);
	assert_int_equal(parse(text, 2 * MANY, NULL, &error), EMNIST_OK);
	for (value = emnist_json_root(json); value.type; value = emnist_json_first(json, value))
		depth++;
	assert_int_equal(depth, MANY);
	assert_int_equal(parse(text, MANY, NULL, &error), EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message, "More arrays and objects than can be closed.");
	for (size_t i = 0; i + 4 < MANY; i += 5)
		memcpy(text + i, "{\"\":", 4);
	assert_int_equal(parse(text, MANY, NULL, &error), EMNIST_ERR_CORRUPT);
	free(text);

	assert_int_equal(parse("[[{}]]", 6, &options, &error), EMNIST_OK);
	assert_int_equal(parse("[[{\"a\":[]}]]", 12, &options, &error), EMNIST_ERR_LIMIT);
	assert_int_equal(error.offset, 7);
	assert_int_equal(emnist_json_parse(json, bytes, ((size_t)1 << 30) + 1, NULL, &error),
			 EMNIST_ERR_LIMIT);
}

/* An array around each pixel of each image fits; memory for many more arrays is not taken. */
static void test_images(void **state)
{
	const struct emnist_json_options options = {.max_images = 2};
	const size_t most = 2 * 1024 + 4096, n = 16384;
	char *text = malloc(3 * n + 1);
	struct emnist_error error;

	(void)state;
	assert_non_null(text);
	text[0] = '[';
	for (size_t i = 0; i < n; i++)
		memcpy(text + 1 + 3 * i, "[],", 3);
	text[3 * n] = ']';
	assert_int_equal(parse(text, 3 * n + 1, NULL, &error), EMNIST_OK);
	assert_int_equal(parse(text, 3 * n + 1, &options, &error), EMNIST_ERR_LIMIT);
	assert_int_equal(error.offset, 3 * (most - 1) + 1);
	free(text);
}

static void test_options(void **state)
{
	struct emnist_error error;

	(void)state;
	assert_int_equal(parse("[NaN]", 5, NULL, &error), EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message, "Invalid value.");
	assert_int_equal(parse("-Inf", 4, NULL, &error), EMNIST_ERR_CORRUPT);
	assert_int_equal(parse("[1] 2", 5, NULL, &error), EMNIST_ERR_CORRUPT);
	assert_int_equal(parse("[1] \n", 5, NULL, NULL), EMNIST_OK);
	assert_int_equal(parse("[1", 2, NULL, NULL), EMNIST_ERR_CORRUPT);
	assert_int_equal(emnist_json_root(json).type, EMNIST_JSON_NONE);
	emnist_json_free(NULL);
}

/* ----------------------------------------------------------------------- text */

static void test_quote(void **state)
{
	static const struct {
		const char *text;
		size_t room;
		const char *quote;
	} quotes[] = {
		{"[1,2,3]", 4, "[1, "},
		{"[1,2,3]", 0, ""},
		{"[1, NaN, 2]", 99, "[1, "},
		{"[1, 2, -Infinity]", 99, "[1, 2, "},
		{"{\"a\":1}", 3, "{\n "},
		{"\"a\\u00e9b\"", 2, "\"a"},
		{"\"a\\u00e9b\"", 3, "\"a"},
		{"\"a\\u00e9b\"", 4, "\"a\xc3\xa9"},
		{"\"\\ud83d\\ude00\"", 4, "\""},
		{"\"\\ud83d\\ude00\"", 5, "\"\xf0\x9f\x98\x80"},
		{"\"\\n\\n\"", 2, "\"\\"},
		{"0.1", 99, "0.1"},
		{"0.30000000000000004", 99, "0.30000000000000004"},
		{"123456789012345678901234567890", 99, "1.2345678901234568e29"},
		{"5e-324", 99, "5e-324"},
		{"1.7976931348623157e308", 99, "1.7976931348623157e308"},
		{"123456789012345678900", 99, "123456789012345680000.0"},
		{"0.000001", 99, "0.000001"},
		{"0.0000001", 99, "1e-7"},
	};
	char text[QUOTE_NBYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		const size_t n =
			emnist_json_quote(json, parse_good(quotes[i].text), text, quotes[i].room);

		assert_int_equal(n, strlen(quotes[i].quote));
		assert_memory_equal(text, quotes[i].quote, n);
	}
}

/* Each byte at each place of a string, of which eight are looked at together. */
static void test_each_byte(void **state)
{
	struct emnist_error error;
	char text[32];
	size_t n;

	(void)state;
	for (unsigned byte = 0; byte < 256; byte++)
		for (size_t i = 1; i < sizeof(text) - 1; i++) {
			const bool is_good = byte >= 0x20 && byte != '"' && byte != '\\';

			memset(text, 'n', sizeof(text));
			text[0] = text[sizeof(text) - 1] = '"';
			text[i] = (char)byte;
			if (byte == '\\' && i < sizeof(text) - 2)
				continue; /* an escape of its own */
			assert_int_equal(parse(text, sizeof(text), NULL, &error) == EMNIST_OK,
					 is_good);
			if (is_good)
				assert_memory_equal(
					emnist_json_string(json, emnist_json_root(json), &n),
					text + 1, sizeof(text) - 2);
			else if (byte < 0x20)
				assert_int_equal(error.offset, i);
		}
}

static void test_put_string(void **state)
{
	static const char bytes_in[] = "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9\xff\0z";
	static const char expected[] =
		"\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\xc3\xa9\xff\\u0000z\"";
	char text[6 * sizeof(bytes_in) + 2];
	size_t n = emnist_json_put_string(text, bytes_in, sizeof(bytes_in) - 1);

	(void)state;
	assert_int_equal(n, sizeof(expected) - 1);
	assert_memory_equal(text, expected, n);
	assert_int_equal(emnist_json_put_string(text, NULL, 0), 2);
	n = emnist_json_put_string(text, "\0\0\0\0", 4);
	assert_int_equal(n, 6 * 4 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_answers),
		cmocka_unit_test(test_numbers_beyond_double),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_tensors),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_ways_to_write),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_each_byte),
		cmocka_unit_test(test_put_string),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
