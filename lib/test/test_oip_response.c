/*
 * test_oip_response.c - responses of the Open Inference Protocol.
 */
#include "../base/numbers.h"
#include "oip_bodies.h"

static struct emnist_serve_response respond(float (*probability)(size_t i), size_t n_rows)
{
	struct emnist_serve_response response;
	struct emnist_error error;

	assert_int_equal(emnist_oip_begin(oip, &response, &error), EMNIST_OK);
	assert_int_equal((uintptr_t)response.probabilities % sizeof(float), 0);
	for (size_t i = 0; i < n_rows * N_CLASSES; i++)
		response.probabilities[i] = probability(i);
	assert_int_equal(emnist_oip_end(oip, &response, &error), EMNIST_OK);
	return response;
}

static float tenths(size_t i)
{
	return (float)((i * 3) % 10) / 16;
}

static void check_text(const char *request, const char *wanted)
{
	struct emnist_serve_response response;

	write_body(request);
	response = respond(tenths, parse_well(EMNIST_OIP_NO_HEAD).n_rows);
	assert_int_equal(response.head_nbytes, 0);
	assert_int_equal(response.nbytes, strlen(wanted));
	assert_memory_equal(response.bytes, wanted, response.nbytes);
	free(response.bytes);
}

static void text_is_the_response(void **state)
{
	(void)state;
	check_text(
		INPUT("[2,784]", "FP32", "\"data\":[@,@]"),
		"{\"model_name\":\"m\",\"model_version\":\"7\",\"outputs\":[{\"name\":\"scores\","
		"\"datatype\":\"FP32\",\"shape\":[2,10],\"data\":[0.0, 0.1875, 0.375, 0.5625, "
		"0.125, 0.3125, 0.5, 0.0625, 0.25, 0.4375, 0.0, 0.1875, 0.375, 0.5625, 0.125, "
		"0.3125, 0.5, 0.0625, 0.25, 0.4375]}]}");
	check_text(
		INPUT("[0,784]", "FP32", "\"data\":[]"),
		"{\"model_name\":\"m\",\"model_version\":\"7\",\"outputs\":[{\"name\":\"scores\","
		"\"datatype\":\"FP32\",\"shape\":[0,10],\"data\":[]}]}");
	check_text("{\"id\":\"a\\u00e9\xc3\xa9\\\"\",\"parameters\":{\"priority\":1},\"inputs\":"
		   "[{\"name\":\"images\",\"shape\":[0,784],\"datatype\":\"FP32\",\"data\":[]}],"
		   "\"outputs\":[]}",
		   "{\"model_name\":\"m\",\"model_version\":\"7\",\"id\":\"a\\u00e9\xc3\xa9\\\"\","
		   "\"outputs\":[{\"name\":\"scores\",\"datatype\":\"FP32\",\"shape\":[0,10],"
		   "\"data\":[]}]}");
	check_text(
		ONE_OUTPUT(",\"parameters\":{\"classification\":3}"),
		"{\"model_name\":\"m\",\"model_version\":\"7\",\"outputs\":[{\"name\":\"scores\","
		"\"datatype\":\"BYTES\",\"shape\":[1,3],\"data\":[\"0.562500:3:3\","
		"\"0.500000:6:6\",\"0.437500:9:9\"]}]}");
	check_text(
		"{\"outputs\":[{\"name\":\"scores\",\"parameters\":{\"classification\":1}}],"
		"\"inputs\":[{\"name\":\"images\",\"shape\":[2,784],\"datatype\":\"FP32\","
		"\"data\":[@,@]}]}",
		"{\"model_name\":\"m\",\"model_version\":\"7\",\"outputs\":[{\"name\":\"scores\","
		"\"datatype\":\"BYTES\",\"shape\":[2,1],\"data\":[\"0.562500:3:3\","
		"\"0.562500:3:3\"]}]}");
}

static void no_response_has_the_id_of_another(void **state)
{
	struct emnist_serve_response response;

	(void)state;
	write_body("{\"id\":\"other\",\"inputs\":[{\"name\":\"images\",\"shape\":[0,784],"
		   "\"datatype\":\"FP32\",\"data\":[]}]}");
	parse_well(EMNIST_OIP_NO_HEAD);
	body.n = ROW * sizeof(float);
	memset(body.bytes, 0, body.n);
	parse_well(0);
	response = respond(tenths, 1);
	assert_null(memmem(response.bytes, response.nbytes, "\"id\"", 4));
	free(response.bytes);
}

/* Whether the answer is asked for in binary, and what it then is. */
static void check_binary(const char *request, const char *head, size_t data_nbytes)
{
	struct emnist_serve_response response;
	const size_t length = strlen(head);
	size_t n_rows;

	write_body(request);
	n_rows = parse_well(EMNIST_OIP_NO_HEAD).n_rows;
	response = respond(tenths, n_rows);
	assert_int_equal(response.nbytes, response.head_nbytes + data_nbytes);
	assert_in_range(response.head_nbytes, length, length + 3);
	assert_memory_equal(response.bytes, head, length);
	for (size_t i = length; i < response.head_nbytes; i++)
		assert_int_equal(((char *)response.bytes)[i], ' ');
	if (data_nbytes == n_rows * N_CLASSES * sizeof(float)) {
		assert_int_equal(response.head_nbytes % sizeof(float), 0);
		for (size_t i = 0; i < n_rows * N_CLASSES; i++) {
			double got;

			number_decode(NUMBER_FLOAT,
				      (const uint8_t *)response.bytes + response.head_nbytes +
					      i * sizeof(float),
				      1, &got);
			assert_true(got == (double)tenths(i));
		}
	}
	free(response.bytes);
}

static void binary_is_the_response(void **state)
{
	static const char all[] =
		"{\"model_name\":\"m\",\"model_version\":\"7\",\"outputs\":[{\"name\":\"scores\","
		"\"datatype\":\"FP32\",\"shape\":[1,10],\"parameters\":{\"binary_data_size\":40}}]"
		"}";
	static const char classes[] =
		"{\"model_name\":\"m\",\"model_version\":\"7\",\"outputs\":[{\"name\":\"scores\","
		"\"datatype\":\"BYTES\",\"shape\":[1,2],\"parameters\":{\"binary_data_size\":32}}]"
		"}";

	(void)state;
	check_binary(ONE_OUTPUT(",\"parameters\":{\"binary_data\":true}"), all, 40);
	check_binary(
		"{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"images\","
		"\"shape\":[1,784],\"datatype\":\"FP32\",\"data\":[@]}]}",
		all, 40);
	check_binary(ONE_OUTPUT(",\"parameters\":{\"binary_data\":true,\"classification\":2}"),
		     classes, 32);
}

static void an_outputs_own_word_wins(void **state)
{
	struct emnist_serve_response response;

	(void)state;
	write_body(
		"{\"parameters\":{\"binary_data_output\":true},\"outputs\":[{\"name\":\"scores\","
		"\"parameters\":{\"binary_data\":false}}],\"inputs\":[{\"name\":\"images\","
		"\"shape\":[1,784],\"datatype\":\"FP32\",\"data\":[@]}]}");
	parse_well(EMNIST_OIP_NO_HEAD);
	response = respond(tenths, 1);
	assert_int_equal(response.head_nbytes, 0);
	free(response.bytes);
}

static uint32_t random_bits;

/* Of all sizes from 0 to 1. */
static float spread(size_t i)
{
	(void)i;
	random_bits = random_bits * 1664525 + 1013904223;
	return (float)(random_bits >> 8) * 0x1p-24F / (float)(1U << random_bits % 24);
}

static size_t write_request_for_classes(size_t n_rows)
{
	char text[512];
	size_t head;

	snprintf(text, sizeof(text),
		 "{\"outputs\":[{\"name\":\"scores\",\"parameters\":{\"classification\":99,"
		 "\"binary_data\":true}}],\"inputs\":[{\"name\":\"images\",\"shape\":[%zu,784],"
		 "\"datatype\":\"UINT8\",\"parameters\":{\"binary_data_size\":%zu}}]}",
		 n_rows, n_rows * ROW);
	write_body(text);
	head = body.n;
	memset(body.bytes + head, 0, n_rows * ROW);
	body.n += n_rows * ROW;
	return head;
}

static void check_class(const uint8_t **at, float probability, uint32_t class)
{
	char wanted[64];
	const size_t n = (size_t)snprintf(wanted, sizeof(wanted), "%f:%u:%s", (double)probability,
					  class, emnist_labels_text(labels, class));

	assert_int_equal((*at)[0] | (*at)[1] << 8 | (*at)[2] << 16 | (*at)[3] << 24, n);
	assert_memory_equal(*at + 4, wanted, n);
	*at += 4 + n;
}

static void classes_are_as_printf_writes_them(void **state)
{
	static float probabilities[2000 * N_CLASSES];
	struct emnist_serve_response response;
	struct emnist_error error;
	uint32_t top[N_CLASSES];
	const uint8_t *at;

	(void)state;
	assert_int_equal(parse_well(write_request_for_classes(2000)).n_rows, 2000);
	for (size_t i = 0; i < 2000 * N_CLASSES; i++)
		probabilities[i] = i < 2 * N_CLASSES ? (float)i / 128 : spread(i);
	probabilities[0] = 1;
	assert_int_equal(emnist_oip_begin(oip, &response, &error), EMNIST_OK);
	memcpy(response.probabilities, probabilities, sizeof(probabilities));
	assert_int_equal(emnist_oip_end(oip, &response, &error), EMNIST_OK);
	at = (const uint8_t *)response.bytes + response.head_nbytes;
	for (size_t row = 0; row < 2000; row++) {
		const float *values = probabilities + row * N_CLASSES;

		emnist_top_k(values, N_CLASSES, N_CLASSES, top);
		for (size_t i = 0; i < N_CLASSES; i++)
			check_class(&at, values[top[i]], top[i]);
	}
	assert_ptr_equal(at, (const uint8_t *)response.bytes + response.nbytes);
	free(response.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_the_response),
		cmocka_unit_test(no_response_has_the_id_of_another),
		cmocka_unit_test(binary_is_the_response),
		cmocka_unit_test(an_outputs_own_word_wins),
		cmocka_unit_test(classes_are_as_printf_writes_them),
	};

	return cmocka_run_group_tests_name("oip_response", tests, set_up, tear_down);
}
