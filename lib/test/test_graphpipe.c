/*
 * test_graphpipe.c - requests that graphpipe 1.0.4, its Python client, wrote, and responses.
 *
 * The requests are those that the fuzz target begins with.
 */
#include "../base/flatbuffer.h"
#include "../base/numbers.h"
#include "../emnist_serve.h"
#include "bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER "lib/fuzz/corpus/graphpipe/"
#define ROW    EMNIST_VECTOR_LENGTH

static struct emnist_labels *labels;
static struct emnist_serve_model model = {
	.name = "m",
	.version = "7",
	.input = "images",
	.output = "probabilities",
	.max_rows = 2,
};

static int set_up(void **state)
{
	(void)state;
	if (emnist_labels_default(62, &labels, NULL))
		return -1;
	model.labels = labels;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	emnist_labels_free(labels);
	return 0;
}

static struct buffer recorded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), FOLDER "%s", name);
	return read_bytes(path);
}

static const struct {
	const char *name;
	size_t n_rows;
	bool are_bytes;
} good_requests[] = {
	{"uint8-28x28", 2, true},  {"float32", 1, false}, {"float64-names", 1, false},
	{"rows-of-one", 2, false}, {"flat-784", 1, true}, {"no-rows", 0, false},
	{"config", 1, true},
};

/* All of the same two images: their bytes, or those divided by 255. */
static void requests_of_all_types_are_rows(void **state)
{
	static float pixels[2 * ROW], vectors[2 * ROW];

	(void)state;
	for (size_t i = 0; i < sizeof(good_requests) / sizeof(good_requests[0]); i++) {
		struct buffer body = recorded(good_requests[i].name);
		struct emnist_graphpipe_request request;
		struct emnist_error error;

		if (emnist_graphpipe_parse(&model, body.data, body.nbytes, &request, &error))
			fail_msg("%s: %s", good_requests[i].name, error.message);
		assert_false(request.is_metadata);
		assert_int_equal(request.n_rows, good_requests[i].n_rows);
		assert_int_equal(request.are_bytes, good_requests[i].are_bytes);
		emnist_graphpipe_copy(&request, i == 0 ? pixels : vectors);
		if (memcmp(vectors, pixels, i == 0 ? 0 : request.n_rows * ROW * sizeof(float)) != 0)
			fail_msg("%s: other values", good_requests[i].name);
		buffer_clear(&body);
	}
	assert_false(emnist_vector_is_blank(pixels));
	assert_true(pixels[300] >= 0 && pixels[300] <= 1);
}

/* Also one of a kind that nobody knows, as from the server that clients are made for. */
static void a_request_may_be_for_metadata(void **state)
{
	static const char *const names[] = {"metadata", "other-kind"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buffer body = recorded(names[i]);
		struct emnist_graphpipe_request request;

		assert_int_equal(
			emnist_graphpipe_parse(&model, body.data, body.nbytes, &request, NULL),
			EMNIST_OK);
		assert_true(request.is_metadata);
		buffer_clear(&body);
	}
}

static void other_requests_are_refused(void **state)
{
	static const struct {
		const char *name;
		enum emnist_status status;
		const char *message;
	} requests[] = {
		{"int64", EMNIST_ERR_UNSUPPORTED,
		 "tensors of type 8 are not supported (supported: Uint8, Float32, Float64)"},
		{"strings", EMNIST_ERR_UNSUPPORTED,
		 "tensors of type 12 are not supported (supported: Uint8, Float32, Float64)"},
		{"wrong-width", EMNIST_ERR_CORRUPT,
		 "unexpected shape of the input: expected [-1,784], got [3,5]"},
		{"two-inputs", EMNIST_ERR_CORRUPT, "2 inputs: the model has one"},
		{"no-inputs", EMNIST_ERR_CORRUPT, "0 inputs: the model has one"},
		{"other-input-name", EMNIST_ERR_CORRUPT,
		 "unexpected name 'pictures': the model has one input and one output, here "
		 "'images'"},
		{"other-output-name", EMNIST_ERR_CORRUPT,
		 "unexpected name 'labels': the model has one input and one output, here "
		 "'probabilities'"},
		{"two-names", EMNIST_ERR_CORRUPT,
		 "unexpected name 'images': the model has one input and one output, here 'images'"},
		{"three-rows", EMNIST_ERR_LIMIT, "3 images in a request; the limit is 2"},
		{"short-data", EMNIST_ERR_CORRUPT,
		 "the shape of the input does not match its data of 783 bytes"},
		{"missing-row", EMNIST_ERR_CORRUPT,
		 "the shape of the input does not match its data of 784 bytes"},
		{"data-beyond-end", EMNIST_ERR_CORRUPT, "the body is not a GraphPipe request"},
		{"data-unaligned", EMNIST_ERR_CORRUPT, "the body is not a GraphPipe request"},
		{"json", EMNIST_ERR_CORRUPT, "the body is not a GraphPipe request"},
		{"empty", EMNIST_ERR_CORRUPT, "the body is not a GraphPipe request"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct buffer body = recorded(requests[i].name);
		struct emnist_graphpipe_request request;
		struct emnist_error error = {.message = "nothing is wrong"};

		if (emnist_graphpipe_parse(&model, body.data, body.nbytes, &request, &error) !=
			    requests[i].status ||
		    strcmp(error.message, requests[i].message) != 0)
			fail_msg("%s: %s", requests[i].name, error.message);
		buffer_clear(&body);
	}
}

/* The last 8 bytes are a text that nothing depends on. Each beginning lies in memory of its own
 * size, so that a read beyond shows. */
static void no_beginning_is_a_request(void **state)
{
	struct buffer body = recorded("uint8-28x28");

	(void)state;
	for (size_t n = 0; n < body.nbytes - 8; n++) {
		struct emnist_graphpipe_request request;
		uint8_t *part = malloc(n + 1);

		assert_non_null(part);
		memcpy(part + 1, body.data, n);
		if (emnist_graphpipe_parse(&model, part + 1, n, &request, NULL) == EMNIST_OK)
			fail_msg("the first %zu bytes are taken for a request", n);
		free(part);
	}
	buffer_clear(&body);
}

static void unaligned_parts_are_refused(void **state)
{
	struct buffer body = recorded("uint8-28x28");
	uint8_t *bytes = malloc(body.nbytes + 8);
	struct emnist_graphpipe_request request;

	(void)state;
	assert_non_null(bytes);
	/* The same request two bytes further on, which the first offset says. */
	memcpy(bytes + 2, body.data, body.nbytes);
	memcpy(bytes, body.data, 4);
	bytes[0] = (uint8_t)(bytes[0] + 2);
	assert_int_equal(emnist_graphpipe_parse(&model, bytes, body.nbytes + 2, &request, NULL),
			 EMNIST_ERR_CORRUPT);
	/* Four bytes further on, vectors of 8 bytes an element are not aligned. */
	memcpy(bytes + 4, body.data, body.nbytes);
	memcpy(bytes, body.data, 4);
	bytes[0] = (uint8_t)(bytes[0] + 4);
	assert_int_equal(emnist_graphpipe_parse(&model, bytes, body.nbytes + 4, &request, NULL),
			 EMNIST_ERR_CORRUPT);
	memcpy(bytes + 8, body.data, body.nbytes);
	memcpy(bytes, body.data, 4);
	bytes[0] = (uint8_t)(bytes[0] + 8);
	assert_int_equal(emnist_graphpipe_parse(&model, bytes, body.nbytes + 8, &request, NULL),
			 EMNIST_OK);
	free(bytes);
	buffer_clear(&body);
}

/* -------------------------------------------------------------------- responses */

static void probabilities_are_the_response(void **state)
{
	(void)state;
	for (size_t n_rows = 0; n_rows < 4; n_rows++) {
		struct emnist_serve_response response;
		struct flatbuffer buffer = {0};
		struct flat_table tensor;
		struct flat_vector tensors, shape, data;

		assert_int_equal(emnist_graphpipe_begin(&model, n_rows, &response, NULL),
				 EMNIST_OK);
		for (size_t i = 0; i < n_rows * 62; i++)
			response.probabilities[i] = (float)i / 256;
		emnist_graphpipe_end(&response);
		buffer.bytes = response.bytes;
		buffer.nbytes = response.nbytes;
		tensors = flat_vector(&buffer, flat_root(&buffer), 0, 4);
		assert_int_equal(tensors.n, 1);
		tensor = flat_element(&buffer, tensors, 0);
		assert_int_equal(flat_number(&buffer, tensor, 0, 1, 0), EMNIST_GRAPHPIPE_FLOAT32);
		shape = flat_vector(&buffer, tensor, 1, 8);
		assert_int_equal(shape.n, 2);
		assert_int_equal(flat_element_number(&buffer, shape, 0, 8), n_rows);
		assert_int_equal(flat_element_number(&buffer, shape, 1, 8), 62);
		data = flat_vector(&buffer, tensor, 2, 1);
		assert_int_equal(data.n, n_rows * 62 * 4);
		assert_int_equal(data.at % 4, 0);
		for (size_t i = 0; i < n_rows * 62; i++) {
			double got;

			number_decode(NUMBER_FLOAT, buffer.bytes + data.at + 4 * i, 1, &got);
			assert_true(got == (double)i / 256);
		}
		assert_int_equal(flat_vector(&buffer, flat_root(&buffer), 1, 4).n, 0);
		assert_false(buffer.failed);
		free(response.bytes);
	}
}

static void check_string(struct flatbuffer *buffer, struct flat_table table, size_t slot,
			 const char *wanted)
{
	const struct flat_vector string = flat_vector(buffer, table, slot, 1);

	assert_int_equal(string.n, strlen(wanted));
	/* With the zero byte that other readers rely on. */
	assert_memory_equal(buffer->bytes + string.at, wanted, strlen(wanted) + 1);
}

static void check_tensor(struct flatbuffer *buffer, struct flat_table root, size_t slot,
			 const char *name, size_t width)
{
	const struct flat_vector tensors = flat_vector(buffer, root, slot, 4);
	const struct flat_table tensor = flat_element(buffer, tensors, 0);
	const struct flat_vector shape = flat_vector(buffer, tensor, 2, 8);

	assert_int_equal(tensors.n, 1);
	check_string(buffer, tensor, 0, name);
	assert_int_equal(shape.n, 2);
	assert_true((int64_t)flat_element_number(buffer, shape, 0, 8) == -1);
	assert_int_equal(flat_element_number(buffer, shape, 1, 8), width);
	assert_int_equal(flat_number(buffer, tensor, 3, 1, 0), EMNIST_GRAPHPIPE_FLOAT32);
}

static void metadata_is_the_models(void **state)
{
	struct emnist_serve_response response;
	struct flatbuffer buffer = {0};
	struct flat_table root;

	(void)state;
	assert_int_equal(emnist_graphpipe_metadata(&model, &response, NULL), EMNIST_OK);
	buffer.bytes = response.bytes;
	buffer.nbytes = response.nbytes;
	root = flat_root(&buffer);
	check_string(&buffer, root, 0, "m");
	check_string(&buffer, root, 1, "7");
	check_string(&buffer, root, 2, EMNIST_GRAPHPIPE_SERVER);
	check_string(&buffer, root, 3, EMNIST_GRAPHPIPE_DESCRIPTION);
	check_tensor(&buffer, root, 4, "images", ROW);
	check_tensor(&buffer, root, 5, "probabilities", 62);
	assert_false(buffer.failed);
	free(response.bytes);
}

static void too_large_a_response_is_refused(void **state)
{
	struct emnist_serve_response response;
	struct emnist_error error;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(emnist_graphpipe_begin(&model, i ? 1 << 24 : SIZE_MAX / 16,
							&response, &error),
				 EMNIST_ERR_LIMIT);
		assert_string_equal(error.message, "the response is too large");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_of_all_types_are_rows),
		cmocka_unit_test(a_request_may_be_for_metadata),
		cmocka_unit_test(other_requests_are_refused),
		cmocka_unit_test(no_beginning_is_a_request),
		cmocka_unit_test(unaligned_parts_are_refused),
		cmocka_unit_test(probabilities_are_the_response),
		cmocka_unit_test(metadata_is_the_models),
		cmocka_unit_test(too_large_a_response_is_refused),
	};

	return cmocka_run_group_tests_name("graphpipe", tests, set_up, tear_down);
}
