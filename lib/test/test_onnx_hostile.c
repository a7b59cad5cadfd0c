/*
 * test_onnx_hostile.c - ONNX files that were made to cost more than they are: each is refused for
 * what it is, soon, and at any limit of memory.
 */
#include <time.h>

#include "../format/onnx.h"
#include "tables.h"

/* Unpacking stops at any budget without a leak or a fault. */
static void test_budget(void **state)
{
	struct buffer file = read_bytes("testdata/models/plain.onnx");
	enum emnist_status status = EMNIST_ERR_LIMIT;
	size_t budget;

	(void)state;
	for (budget = 0; status == EMNIST_ERR_LIMIT; budget++) {
		Onnx__ModelProto *model = NULL;
		struct emnist_error error;

		status = onnx_unpack_within(file.data, file.nbytes, budget, &model, &error);
		if (status == EMNIST_ERR_LIMIT)
			assert_string_equal(error.message,
					    "the ONNX file has too many parts for its size");
		else
			onnx_unpacked_free(model, file.data, file.nbytes);
	}
	assert_int_equal(status, EMNIST_OK);
	assert_true(budget > file.nbytes / 2);
	buffer_clear(&file);
}

static double seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Parses n copies of a part, of nbytes bytes each, after the header of a model. */
static void check_bomb(const char *part, size_t nbytes, size_t n, enum emnist_status expected,
		       const char *message)
{
	static const char header[] = "\x08\x08";
	const double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	unsigned char *bytes = malloc(2 + n * nbytes);
	struct emnist_model *model;
	struct emnist_error error;

	assert_non_null(bytes);
	memcpy(bytes, header, 2);
	for (size_t i = 0; i < n; i++)
		memcpy(bytes + 2 + i * nbytes, part, nbytes);
	assert_int_equal(emnist_model_parse(bytes, 2 + n * nbytes, NULL, &model, &error), expected);
	assert_string_equal(error.message, message);
	assert_true(seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start < 5);
	free(bytes);
}

static void test_bombs(void **state)
{
	static const char spent[] = "the ONNX file has too many parts for its size";

	(void)state;
	/* A million graphs of one empty node, each to be merged with all before it. */
	check_bomb("\x3a\x02\x0a\x00", 4, 1000000, EMNIST_ERR_LIMIT, spent);
	/* A million opsets, metadata entries, and graphs without a thing in them. */
	check_bomb("\x42\x00", 2, 1000000, EMNIST_ERR_LIMIT, spent);
	check_bomb("\x72\x00", 2, 1000000, EMNIST_ERR_LIMIT, spent);
	check_bomb("\x3a\x00", 2, 100000, EMNIST_ERR_CORRUPT, "the model lists no operator set");
}

/* One graph of n empty nodes and an opset. */
static void check_nodes(size_t n, enum emnist_status expected, const char *message)
{
	static const unsigned char opset[] = {0x42, 0x02, 0x10, 0x11};
	unsigned char *bytes = malloc(16 + 2 * n), *p = bytes;
	struct emnist_model *model;
	struct emnist_error error;

	assert_non_null(bytes);
	memcpy(p, opset, sizeof(opset));
	p += sizeof(opset);
	*p++ = 0x3a;
	for (size_t left = 2 * n; left >= 0x80 || (*p++ = (unsigned char)left, false); left >>= 7)
		*p++ = (unsigned char)(left | 0x80);
	for (size_t i = 0; i < n; i++, p += 2)
		memcpy(p, "\x0a", 2);
	assert_int_equal(emnist_model_parse(bytes, (size_t)(p - bytes), NULL, &model, &error),
			 expected);
	assert_string_equal(error.message, message);
	free(bytes);
}

static void test_too_many_nodes(void **state)
{
	(void)state;
	check_nodes(65536, EMNIST_ERR_UNSUPPORTED, "the model has 0 inputs; only one is supported");
	check_nodes(65537, EMNIST_ERR_LIMIT, "65537 operators and 0 tensors: the limit is 65536");
}

/* A graph of n Identity nodes in a row, from tensor a0000 on. */
static void check_row(size_t n, enum emnist_status expected, const char *message)
{
	char *text;
	size_t nbytes, graph_nbytes = 26 * n + 2 * 9;
	FILE *stream = open_memstream(&text, &nbytes);
	struct emnist_model *model;
	struct emnist_error error;

	assert_non_null(stream);
	fprintf(stream, "\x42\x02\x10\x11:%c%c%c", (int)(graph_nbytes & 0x7f) | 0x80,
		(int)(graph_nbytes >> 7 & 0x7f) | 0x80, (int)(graph_nbytes >> 14));
	for (size_t i = 0; i < n; i++)
		fprintf(stream,
			"\n\x18\n\x05"
			"a%04zu"
			"\x12\x05"
			"a%04zu"
			"\"\x08Identity",
			i, i + 1);
	fprintf(stream,
		"Z\x07\n\x05"
		"a0000"
		"b\x07\n\x05"
		"a%04zu",
		n);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(emnist_model_parse(text, nbytes, NULL, &model, &error), expected);
	assert_string_equal(error.message, message);
	free(text);
}

static void test_too_many_in_a_row(void **state)
{
	(void)state;
	check_row(4096, EMNIST_ERR_UNSUPPORTED, "input 'a0000' has no shape");
	check_row(4097, EMNIST_ERR_LIMIT, "more than 4096 operators in a row are not supported");
}

/* A graph of one node, which is n copies of a part of nbytes bytes. */
static void check_parts(const char *part, size_t nbytes, size_t n, enum emnist_status expected,
			const char *message)
{
	static const unsigned char opset[] = {0x42, 0x02, 0x10, 0x11};
	const size_t node_nbytes = n * nbytes, graph_nbytes = 3 + node_nbytes;
	unsigned char bytes[1024], *p = bytes;
	struct emnist_model *model;
	struct emnist_error error;

	assert_in_range(node_nbytes, 0x80, sizeof(bytes) - 16);
	memcpy(p, opset, sizeof(opset));
	p += sizeof(opset);
	*p++ = 0x3a;
	*p++ = (unsigned char)(graph_nbytes | 0x80);
	*p++ = (unsigned char)(graph_nbytes >> 7);
	*p++ = 0x0a;
	*p++ = (unsigned char)(node_nbytes | 0x80);
	*p++ = (unsigned char)(node_nbytes >> 7);
	for (size_t i = 0; i < n; i++, p += nbytes)
		memcpy(p, part, nbytes);
	assert_int_equal(emnist_model_parse(bytes, (size_t)(p - bytes), NULL, &model, &error),
			 expected);
	assert_string_equal(error.message, message);
}

/* Each would be searched for each input of each step of a chain. */
static void test_too_many_parts(void **state)
{
	static const char accepted[] = "the model has 0 inputs; only one is supported";

	(void)state;
	check_parts("\x0a\x01w", 3, 64, EMNIST_ERR_UNSUPPORTED, accepted);
	check_parts("\x0a\x01w", 3, 65, EMNIST_ERR_LIMIT,
		    "operator  (node '') has 65 inputs and 0 attributes: the limit is 64");
	check_parts("\x2a\x00", 2, 64, EMNIST_ERR_UNSUPPORTED, accepted);
	check_parts("\x2a\x00", 2, 65, EMNIST_ERR_LIMIT,
		    "operator  (node '') has 0 inputs and 65 attributes: the limit is 64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_too_many_nodes),
		cmocka_unit_test(test_too_many_parts),
		cmocka_unit_test(test_too_many_in_a_row),
	};

	return cmocka_run_group_tests_name("onnx_hostile", tests, NULL, NULL);
}
