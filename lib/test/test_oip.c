/*
 * test_oip.c - requests of the Open Inference Protocol.
 */
#include "oip_bodies.h"

static void check_values(const struct emnist_oip_request *request, size_t n_rows)
{
	assert_int_equal(request->n_rows, n_rows);
	assert_non_null(request->vectors);
	assert_null(request->images);
	assert_false(request->are_bytes);
	for (size_t i = 0; i < n_rows * ROW; i++)
		assert_true(request->vectors[i] == value_at(i));
}

static void shapes_of_rows_are_read(void **state)
{
	static const struct {
		const char *text;
		size_t n_rows;
	} requests[] = {
		{INPUT("[1,784]", "FP32", "\"data\":[@]"), 1},
		{INPUT("[784]", "FP32", "\"data\":[@]"), 1},
		{INPUT("[28,28]", "FP32", "\"data\":[@]"), 1},
		{INPUT("[1,28,28]", "FP64", "\"data\":[@]"), 1},
		{INPUT("[2,784]", "FP32", "\"data\":[@,@]"), 2},
		{INPUT("[2,784]", "FP32", "\"data\":[[@],[@]]"), 2},
		{INPUT("[2,784]", "FP32", "\"data\":[[[@]],[[@]]]"), 2},
		{INPUT("[2,1,28,28]", "FP32", "\"data\":[[@],[@]]"), 2},
		{INPUT("[3,28,28,1]", "FP64", "\"data\":[@,@,@]"), 3},
		{INPUT("[2,1,784]", "FP32", "\"data\":[@,@]"), 2},
		{INPUT("[0,784]", "FP32", "\"data\":[]"), 0},
		{INPUT("[1,1,1,1,1,1,28,28]", "FP32", "\"data\":[@]"), 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct emnist_oip_request request;

		write_body(requests[i].text);
		request = parse_well(EMNIST_OIP_NO_HEAD);
		check_values(&request, requests[i].n_rows);
	}
}

static void bytes_are_scaled(void **state)
{
	struct emnist_oip_request request;

	(void)state;
	write_body(INPUT("[2,28,28]", "UINT8", "\"data\":[#,#]"));
	request = parse_well(EMNIST_OIP_NO_HEAD);
	assert_int_equal(request.n_rows, 2);
	assert_true(request.are_bytes);
	for (size_t i = 0; i < 2 * ROW; i++)
		assert_true(request.vectors[i] == (float)(i % 256) / 255);
}

/* The JSON of a request whose data follows, with so many blanks at its end. */
static size_t write_head(const char *shape, const char *datatype, size_t nbytes, size_t n_blanks)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "{\"inputs\":[{\"name\":\"images\",\"shape\":%s,\"datatype\":\"%s\","
		 "\"parameters\":{\"binary_data_size\":%zu}}]}%*s",
		 shape, datatype, nbytes, (int)n_blanks, "");
	write_body(text);
	return body.n;
}

static void put_little(uint64_t bits, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++)
		add(&(uint8_t){(uint8_t)(bits >> 8 * i)}, 1);
}

static void put_value(size_t i, const char *datatype)
{
	const float value = value_at(i);
	const double wide = (double)value;
	uint32_t bits;
	uint64_t wide_bits;

	memcpy(&bits, &value, sizeof(bits));
	memcpy(&wide_bits, &wide, sizeof(wide_bits));
	if (strcmp(datatype, "FP32") == 0)
		put_little(bits, 4);
	else
		put_little(wide_bits, 8);
}

static void binary_rows_need_no_alignment(void **state)
{
	static const struct {
		const char *name;
		size_t nbytes;
	} types[] = {{"FP32", 4}, {"FP64", 8}};

	(void)state;
	for (size_t k = 0; k < 2 * 9; k++) {
		const size_t nbytes = 2 * ROW * types[k % 2].nbytes;
		const size_t head = write_head("[2,784]", types[k % 2].name, nbytes, k / 2);
		struct emnist_oip_request request;

		for (size_t i = 0; i < 2 * ROW; i++)
			put_value(i, types[k % 2].name);
		request = parse_well(head);
		check_values(&request, 2);
	}
}

static void binary_bytes_are_scaled(void **state)
{
	const size_t head = write_head("[1,784]", "UINT8", ROW, 1);
	struct emnist_oip_request request;

	(void)state;
	for (size_t i = 0; i < ROW; i++)
		put_little(i % 256, 1);
	request = parse_well(head);
	assert_true(request.are_bytes);
	for (size_t i = 0; i < ROW; i++)
		assert_true(request.vectors[i] == (float)(i % 256) / 255);
}

static void a_body_may_be_nothing_but_rows(void **state)
{
	struct emnist_oip_request request;

	(void)state;
	body.n = 0;
	for (size_t i = 0; i < 3 * ROW; i++)
		put_value(i, "FP32");
	request = parse_well(0);
	check_values(&request, 3);
}

static void check_image(const struct emnist_oip_image *image, const char *bytes)
{
	assert_int_equal(image->nbytes, strlen(bytes));
	assert_memory_equal(image->bytes, bytes, image->nbytes);
}

static void image_files_are_elements(void **state)
{
	static const char *const texts[] = {
		INPUT("[4]", "BYTES", "\"data\":[\"Zm9v\",\"\",\"Zm\\/8\",\"Zm8\\u003d\"]"),
		INPUT("[4,1]", "BYTES", "\"data\":[[\"Zm9v\"],[\"\"],[[\"Zm/8\"]],\"Zm8=\"]"),
	};
	struct emnist_oip_request request;
	size_t head;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_body(texts[i]);
		request = parse_well(EMNIST_OIP_NO_HEAD);
		assert_int_equal(request.n_rows, 4);
		assert_null(request.vectors);
		check_image(&request.images[0], "foo");
		check_image(&request.images[1], "");
		check_image(&request.images[2], "fo\xfc");
		check_image(&request.images[3], "fo");
	}
	head = write_head("[2]", "BYTES", 4 + 5 + 4, 3);
	put_little(5, 4);
	add("image", 5);
	put_little(0, 4);
	request = parse_well(head);
	assert_int_equal(request.n_rows, 2);
	check_image(&request.images[0], "image");
	check_image(&request.images[1], "");
}

/* What is wrong with each, in JSON that nothing follows. */
static const struct {
	const char *text;
	enum emnist_status status;
	const char *message;
} bad_requests[] = {
	{"", EMNIST_ERR_CORRUPT, "invalid JSON at offset 0: The document is empty."},
	{"{\"inputs\":[", EMNIST_ERR_CORRUPT, "invalid JSON at offset 11: Invalid value."},
	{"{\"inputs\":[NaN]}", EMNIST_ERR_CORRUPT, "invalid JSON at offset 11: Invalid value."},
	{"[]", EMNIST_ERR_CORRUPT, "the request is not a JSON object"},
	{"{}", EMNIST_ERR_CORRUPT, "the request has no array 'inputs'"},
	{"{\"inputs\":{}}", EMNIST_ERR_CORRUPT, "the request has no array 'inputs'"},
	{"{\"inputs\":[]}", EMNIST_ERR_CORRUPT, "0 inputs: the model has one"},
	{"{\"inputs\":[{},{}]}", EMNIST_ERR_CORRUPT, "2 inputs: the model has one"},
	{"{\"inputs\":[1]}", EMNIST_ERR_CORRUPT, "an input has no name"},
	{"{\"inputs\":[{\"name\":1}]}", EMNIST_ERR_CORRUPT, "an input has no name"},
	{"{\"inputs\":[{\"name\":\"x\\ny\"}]}", EMNIST_ERR_CORRUPT,
	 "unexpected inference input 'x?y': the input of model 'm' is 'images'"},
	{"{\"inputs\":[{\"name\":\"images\"}]}", EMNIST_ERR_CORRUPT,
	 "input 'images' has no datatype"},
	{INPUT("[1,784]", "INT64", "\"data\":[@]"), EMNIST_ERR_UNSUPPORTED,
	 "input 'images': datatype 'INT64' is not supported (supported: FP32, FP64, UINT8, BYTES)"},
	{"{\"inputs\":[{\"name\":\"images\",\"datatype\":\"FP32\"}]}", EMNIST_ERR_CORRUPT,
	 "input 'images' has no shape, or one of more than 8 dimensions"},
	{INPUT("[1,1,1,1,1,1,1,1,784]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "input 'images' has no shape, or one of more than 8 dimensions"},
	{INPUT("[1,784.0]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "input 'images': its shape is not all integers"},
	{INPUT("[1,785]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "unexpected shape for input 'images': expected [-1,784], got [1,785]"},
	{INPUT("[]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "unexpected shape for input 'images': expected [-1,784], got []"},
	{INPUT("[14,56]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "unexpected shape for input 'images': expected [-1,784], got [14,56]"},
	{INPUT("[-1,784]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "unexpected shape for input 'images': expected [-1,784], got [-1,784]"},
	{INPUT("[1,-28,-28]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "unexpected shape for input 'images': expected [-1,784], got [1,-28,-28]"},
	{INPUT("[1,4294967296,4294967296,784]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "unexpected shape for input 'images': expected [-1,784], got "
	 "[1,4294967296,4294967296,784]"},
	{INPUT("[2,2]", "BYTES", "\"data\":[\"\",\"\",\"\",\"\"]"), EMNIST_ERR_CORRUPT,
	 "unexpected shape for input 'images': expected [-1] of BYTES, got [2,2]"},
	{INPUT("[2001,784]", "FP32", "\"data\":[@]"), EMNIST_ERR_LIMIT,
	 "2001 images in a request; the limit is 2000"},
	{INPUT("[1,784]", "FP32", "\"data\":null"), EMNIST_ERR_CORRUPT,
	 "input 'images' has no array of data"},
	{INPUT("[1,784]", "FP32", "\"data\":1"), EMNIST_ERR_CORRUPT,
	 "input 'images' has no array of data"},
	{INPUT("[1,784]", "FP32", "\"data\":[]"), EMNIST_ERR_CORRUPT,
	 "input 'images': its shape does not match its data of 0 values"},
	{INPUT("[2,784]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "input 'images': its shape does not match its data of 784 values"},
	{INPUT("[0,784]", "FP32", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "input 'images': its shape does not match its data of 784 values"},
	{INPUT("[1,784]", "FP32", "\"data\":[[@],[1]]"), EMNIST_ERR_CORRUPT,
	 "input 'images': its data is not numbers in arrays of equal lengths"},
	{INPUT("[1,784]", "FP32", "\"data\":[\"a\"]"), EMNIST_ERR_CORRUPT,
	 "input 'images': its data is not numbers in arrays of equal lengths"},
	{INPUT("[1,784]", "UINT8", "\"data\":[@]"), EMNIST_ERR_CORRUPT,
	 "input 'images': value 1 is not in the range of UINT8"},
	{INPUT("[1]", "BYTES", "\"data\":[]"), EMNIST_ERR_CORRUPT,
	 "input 'images': its shape does not match its data of 0 elements"},
	{INPUT("[1]", "BYTES", "\"data\":[1]"), EMNIST_ERR_CORRUPT,
	 "input 'images': element 0 is not an image file in base64"},
	{INPUT("[2]", "BYTES", "\"data\":[\"\",\"?\"]"), EMNIST_ERR_CORRUPT,
	 "input 'images': element 1 is not an image file in base64"},
	{INPUT("[1,784]", "FP32", "\"parameters\":{\"binary_data_size\":-1}"), EMNIST_ERR_CORRUPT,
	 "'binary_data_size' is not a number of bytes"},
	{INPUT("[1,784]", "FP32", "\"data\":[@],\"parameters\":{\"binary_data_size\":0}"),
	 EMNIST_ERR_CORRUPT, "input 'images' has both data and binary data"},
	{INPUT("[1,784]", "FP32", "\"parameters\":{\"binary_data_size\":3136}"), EMNIST_ERR_CORRUPT,
	 "0 bytes of binary data follow the JSON, which has 3136"},
	{INPUT("[1,784]", "FP32", "\"parameters\":{\"binary_data_size\":0}"), EMNIST_ERR_CORRUPT,
	 "input 'images': its shape does not match its data of 0 bytes"},
	{INPUT("[1,784]", "FP32", "\"parameters\":{\"shared_memory_region\":\"r\"}"),
	 EMNIST_ERR_UNSUPPORTED, "shared memory is not supported"},
	{OUTPUTS("{}"), EMNIST_ERR_CORRUPT, "'outputs' is not an array"},
	{OUTPUTS("[{}]"), EMNIST_ERR_CORRUPT, "an output has no name"},
	{OUTPUTS("[{\"name\":\"zz\"}]"), EMNIST_ERR_CORRUPT,
	 "unexpected inference output 'zz': the output of model 'm' is 'scores'"},
	{OUTPUTS("[{\"name\":\"scores\"},{\"name\":\"scores\"}]"), EMNIST_ERR_CORRUPT,
	 "2 outputs: the model has one"},
	{ONE_OUTPUT(",\"parameters\":{\"classification\":0}"), EMNIST_ERR_CORRUPT,
	 "'classification' is not a number of classes"},
	{ONE_OUTPUT(",\"parameters\":{\"classification\":\"3\"}"), EMNIST_ERR_CORRUPT,
	 "'classification' is not a number of classes"},
	{ONE_OUTPUT(",\"parameters\":{\"shared_memory_region\":\"r\"}"), EMNIST_ERR_UNSUPPORTED,
	 "shared memory is not supported"},
	{"{\"id\":1}", EMNIST_ERR_CORRUPT, "'id' is not a string"},
	{"{\"id\":\"\xff\"}", EMNIST_ERR_CORRUPT, "'id' is not UTF-8"},
};

static void bad_requests_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_requests) / sizeof(bad_requests[0]); i++) {
		struct emnist_oip_request request;
		struct emnist_error error = {.message = "nothing is wrong"};
		enum emnist_status status;

		write_body(bad_requests[i].text);
		status = parse(EMNIST_OIP_NO_HEAD, &request, &error);
		if (status != bad_requests[i].status ||
		    strcmp(error.message, bad_requests[i].message) != 0)
			fail_msg("%s: %d, %s", bad_requests[i].text, status, error.message);
		assert_int_equal(error.code, status);
		assert_int_equal(request.n_rows, 0);
	}
}

static void check_refused(size_t head_nbytes, const char *message)
{
	struct emnist_oip_request request;
	struct emnist_error error = {.message = "nothing is wrong"};

	assert_int_equal(parse(head_nbytes, &request, &error), EMNIST_ERR_CORRUPT);
	assert_string_equal(error.message, message);
}

static void bad_binary_data_is_refused(void **state)
{
	size_t head;

	(void)state;
	write_body("{}");
	check_refused(3, "the length of the JSON, 3, is more than that of the body, 2");
	body.n = ROW * 4 - 1;
	memset(body.bytes, 0, body.n);
	check_refused(0, "the body has less than one row of 784 floats");
	body.n++;
	parse_well(0);
	add("", 1);
	check_refused(0, "input 'images': its shape does not match its data of 3137 bytes");
	body.n = 0;
	check_refused(0, "the body has less than one row of 784 floats");
	write_body(INPUT("[1,784]", "FP32", "\"data\":[@]"));
	head = body.n;
	add(" ", 1);
	check_refused(head, "1 bytes of binary data follow the JSON, which has 0");
	head = write_head("[1,784]", "FP32", 3135, 0);
	body.n += 3135;
	check_refused(head, "input 'images': its shape does not match its data of 3135 bytes");
	head = write_head("[2]", "BYTES", 10, 0);
	put_little(3, 4);
	add("one", 3);
	add("abc", 3);
	check_refused(head, "input 'images': its data of 10 bytes is not 2 elements of BYTES");
	head = write_head("[2]", "BYTES", 12, 0);
	put_little(5, 4);
	put_little(0, 8);
	check_refused(head, "input 'images': its data of 12 bytes is not 2 elements of BYTES");
	head = write_head("[1]", "BYTES", 5, 0);
	put_little(0, 5);
	check_refused(head, "input 'images': its data of 5 bytes is not 1 elements of BYTES");
	head = write_head("[2000]", "BYTES", 7999, 0);
	body.n += 7999;
	check_refused(head, "input 'images': its shape does not match its data of 7999 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_of_rows_are_read),
		cmocka_unit_test(bytes_are_scaled),
		cmocka_unit_test(binary_rows_need_no_alignment),
		cmocka_unit_test(binary_bytes_are_scaled),
		cmocka_unit_test(a_body_may_be_nothing_but_rows),
		cmocka_unit_test(image_files_are_elements),
		cmocka_unit_test(bad_requests_are_refused),
		cmocka_unit_test(bad_binary_data_is_refused),
	};

	return cmocka_run_group_tests_name("oip", tests, set_up, tear_down);
}
