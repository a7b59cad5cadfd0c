/* test_protocols.c - the bodies that `emnist load` sends, and what it reads in answers. */
#include "../../cli/load/pixel_text.h"
#include "../../cli/load/protocol.h"
#include "../base/flatbuffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Two images: the first has a pixel of 255 at its start, the second one of 51 at its end. */
static uint8_t pixels[2 * EMNIST_VECTOR_LENGTH];
static size_t png_offsets[] = {0, 4, 7};
static char pngs[] = "\x89PNGsix";
static struct load_images images = {.n = 2, .pixels = pixels, .png_offsets = png_offsets};

static struct request_body put(const struct protocol *protocol, size_t n, struct text *text)
{
	const struct batch batch = {&images, 0, n};
	struct request_body body = {.text = text};

	pixels[0] = 255;
	pixels[2 * EMNIST_VECTOR_LENGTH - 1] = 51;
	images.pngs = (struct text){.bytes = pngs, .nbytes = sizeof(pngs) - 1};
	protocol->put(&body, &batch, "the \"input\"");
	assert_false(text->failed);
	return body;
}

/* ---------------------------------------------------------------------- requests */

static void test_pixels(void **state)
{
	/* As Python prints 0 / 255, 1 / 255... */
	static const uint8_t some[] = {0, 1, 2, 51, 128, 254, 255};
	static const char wanted[] = "0.0, 0.00392156862745098, 0.00784313725490196, 0.2, "
				     "0.5019607843137255, 0.996078431372549, 1.0";
	struct text text = {0};

	(void)state;
	pixel_text_put(&text, some, sizeof(some));
	assert_int_equal(text.nbytes, strlen(wanted));
	assert_memory_equal(text.bytes, wanted, text.nbytes);
	text_release(&text);
}

/* Every value reads back as the double that it is, and the list is as long as it should be. */
static void test_all_pixels(void **state)
{
	uint8_t all[1000];
	struct text text = {0};
	char *at;

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	pixel_text_put(&text, all, sizeof(all));
	text_putc(&text, '\0');
	at = text.bytes;
	for (size_t i = 0; i < sizeof(all); i++) {
		assert_true(strtod(at, &at) == all[i] / 255.0);
		if (i + 1 < sizeof(all)) {
			assert_memory_equal(at, ", ", 2);
			at += 2;
		}
	}
	assert_int_equal(*at, '\0');
	text_release(&text);
}

static void check_body(const struct protocol *protocol, size_t n, const char *start,
		       const char *end, const char *content_type)
{
	struct text text = {0};
	const struct request_body body = put(protocol, n, &text);

	assert_string_equal(body.content_type, content_type);
	assert_memory_equal(text.bytes, start, strlen(start));
	assert_memory_equal(text.bytes + text.nbytes - strlen(end), end, strlen(end));
	text_release(&text);
}

static void test_json_bodies(void **state)
{
	static const char json[] = "application/json";

	(void)state;
	check_body(&protocol_tfs, 1, "{\"instances\": [[1.0, 0.0, ", ", 0.0]]}", json);
	check_body(&protocol_tfs, 2, "{\"instances\": [[1.0, 0.0, ", ", 0.0, 0.2]]}", json);
	check_body(&protocol_flask, 1, "{\"instances\": [[1.0, 0.0, ", ", 0.0]]}", json);
	check_body(&protocol_tfs_column, 1, "{\"inputs\": [[1.0, ", ", 0.0]]}", json);
	check_body(&protocol_v2, 2,
		   "{\"inputs\": [{\"name\": \"the \\\"input\\\"\", \"shape\": [2, 784], "
		   "\"datatype\": \"FP32\", \"data\": [1.0, 0.0, ",
		   ", 0.0, 0.2]}]}", json);
}

static void test_binary_body(void **state)
{
	static const char head[] =
		"{\"inputs\": [{\"name\": \"the \\\"input\\\"\", \"shape\": [1, 784], "
		"\"datatype\": "
		"\"FP32\", \"parameters\": {\"binary_data_size\": 3136}}], \"parameters\": "
		"{\"binary_data_output\": true}}";
	struct text text = {0};
	const struct request_body body = put(&protocol_v2_binary, 1, &text);

	(void)state;
	assert_int_equal(body.json_nbytes, strlen(head));
	assert_int_equal(text.nbytes, strlen(head) + 3136);
	assert_memory_equal(text.bytes, head, strlen(head));
	assert_memory_equal(text.bytes + strlen(head), "\0\0\x80\x3f\0\0\0\0", 8);
	text_release(&text);
}

static void test_image_bodies(void **state)
{
	(void)state;
	check_body(&protocol_image, 1, "\x89PNG", "\x89PNG", "image/png");
	check_body(&protocol_image, 2,
		   "--emnist-8fK2vQx0TnW4hZrB7dYs1LcM\r\nContent-Disposition: form-data; "
		   "name=\"image\"; filename=\"0.png\"\r\nContent-Type: "
		   "image/png\r\n\r\n\x89PNG\r\n--",
		   "filename=\"1.png\"\r\nContent-Type: image/png\r\n\r\nsix\r\n"
		   "--emnist-8fK2vQx0TnW4hZrB7dYs1LcM--\r\n",
		   "multipart/form-data; boundary=emnist-8fK2vQx0TnW4hZrB7dYs1LcM");
}

/* The fields of a request, read by their numbers in the schema. */
static void test_graphpipe_body(void **state)
{
	struct text text = {0};
	struct flatbuffer buffer;
	struct flat_table root, infer, tensor;
	struct flat_vector shape, data;

	(void)state;
	put(&protocol_graphpipe, 2, &text);
	buffer = (struct flatbuffer){(const uint8_t *)text.bytes, text.nbytes, false};
	root = flat_root(&buffer);
	assert_int_equal(flat_number(&buffer, root, 0, 1, 0), 1);
	infer = flat_table(&buffer, root, 1);
	assert_int_equal(flat_vector(&buffer, infer, 0, 1).n, 0);
	assert_int_equal(flat_vector(&buffer, infer, 1, 4).n, 0);
	assert_int_equal(flat_vector(&buffer, infer, 3, 4).n, 0);
	assert_int_equal(flat_vector(&buffer, infer, 2, 4).n, 1);
	tensor = flat_element(&buffer, flat_vector(&buffer, infer, 2, 4), 0);
	assert_int_equal(flat_number(&buffer, tensor, 0, 1, 0), 10);
	shape = flat_vector(&buffer, tensor, 1, 8);
	assert_int_equal(shape.n, 2);
	assert_int_equal(shape.at % 8, 0);
	assert_int_equal(flat_element_number(&buffer, shape, 0, 8), 2);
	assert_int_equal(flat_element_number(&buffer, shape, 1, 8), EMNIST_VECTOR_LENGTH);
	data = flat_vector(&buffer, tensor, 2, 1);
	assert_int_equal(data.n, 2 * 4 * EMNIST_VECTOR_LENGTH);
	assert_int_equal(data.at + data.n, text.nbytes);
	assert_int_equal(flat_vector(&buffer, tensor, 3, 4).n, 0);
	assert_false(buffer.failed);
	text_release(&text);
}

/* ----------------------------------------------------------------------- answers */

/* Of two images, unless the body is for one. */
static const struct {
	const struct protocol *protocol;
	size_t n;
	const char *body;
	const char *wanted; /* classes or labels, or the error */
} cases[] = {
	{&protocol_tfs, 2, "{\n    \"predictions\": [[0.5, 1.0, 2e-07], [0.5, 0.25, 1]\n    ]\n}",
	 "1 2"},
	{&protocol_tfs, 1, "{\"predictions\": [[NaN, 1.0]]}", "1"},
	{&protocol_tfs, 2,
	 "{\"predictions\": [{\"n\": 5, \"scores\": [1, 2]}, {\"scores\": [3, 2]}]}", "1 0"},
	{&protocol_tfs, 2, "{\"predictions\": [[1, 2]]}", "answers for 1 images, not 2"},
	{&protocol_tfs, 2, "{\"predictions\": [{\"a\": [1, 2]}]}", "answers for 1 images, not 2"},
	{&protocol_tfs, 2, "{\"predictions\": [[1, 2], [1]]}", "the answer is not a tensor"},
	{&protocol_tfs, 2, "{\"predictions\": [[1], [2]]}", "2 values for 2 images"},
	{&protocol_tfs, 1, "{\"predictions\": []}", "0 values for 1 images"},
	{&protocol_tfs, 1, "{\"predictions\": 5}", "the answer has no \"predictions\""},
	{&protocol_tfs, 1, "{\"error\": \"a\"}", "the answer has no \"predictions\""},
	{&protocol_tfs, 1, "<html>", "the answer is not JSON: Invalid value."},
	{&protocol_tfs_column, 2, "{\"outputs\": [[2, 1], [1, 2]]}", "0 1"},
	{&protocol_tfs_column, 1, "{\"outputs\": {\"a\": \"b\", \"c\": [[1, 2]]}}", "1"},
	{&protocol_tfs_column, 1, "{\"outputs\": {\"a\": \"b\"}}", "the answer is not a tensor"},
	{&protocol_v2, 2,
	 "{\"outputs\": [{\"shape\": [2], \"datatype\": \"INT64\", \"data\": [1, 2]}, "
	 "{\"shape\": [2, 2], \"datatype\": \"FP32\", \"data\": [1, 2, 2, 1]}]}",
	 "1 0"},
	{&protocol_v2, 2,
	 "{\"outputs\": [{\"shape\": [2, 2], \"datatype\": \"FP64\", \"data\": [[1, 2], [2, 1]]}]}",
	 "1 0"},
	{&protocol_v2, 2,
	 "{\"outputs\": [{\"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": [1, 2]}]}",
	 "no output of FP32 for 2 images"},
	{&protocol_v2, 1,
	 "{\"outputs\": [{\"shape\": [1, 2], \"datatype\": \"FP32\", \"data\": \"a\"}]}",
	 "the output's data are no tensor"},
	{&protocol_v2, 1, "{\"outputs\": [{\"parameters\": {\"binary_data_size\": 1}}]}",
	 "binary_data_size is beyond the end of the answer"},
	{&protocol_image, 1, "{\"label\": \"\\u0041\", \"probability\": 0.5}", "A"},
	{&protocol_image, 1, "{\"label\": null, \"error\": \"blank\"}", "-"},
	{&protocol_image, 1, "{\"label\": \"A\", \"error\": null}", "A"},
	{&protocol_image, 2, "{\"results\": [{\"label\": \"a\"}, {\"label\": \"0Oo\"}]}", "a 0Oo"},
	{&protocol_image, 2, "{\"results\": [{\"label\": \"a\"}]}", "answers for 1 images, not 2"},
	{&protocol_image, 1, "{\"label\": 5}", "an answer without a \"label\""},
	{&protocol_image, 2,
	 "{\"results\": [{\"label\": \"a\"}, {\"label\": null, \"error\": \"not an image\"}]}",
	 "the server's error: not an image"},
	{&protocol_graphpipe, 1, "{\"label\": 5}", "the answer is not GraphPipe's"},
	{&protocol_graphpipe, 1, "", "the answer is not GraphPipe's"},
};

/* The answers as a text. */
static void show(struct text *text, const struct answers *answers)
{
	for (size_t i = 0; i < answers->n; i++) {
		const struct answer *answer = &answers->items[i];

		text_puts(text, i ? " " : "");
		if (answer->n_classes)
			text_printf(text, "%u", answer->class);
		else if (answer->label)
			text_add(text, answer->label, answer->label_nbytes);
		else
			text_putc(text, '-');
	}
}

static void read_case(const struct protocol *protocol, size_t n, const struct response_body *body,
		      const char *wanted)
{
	struct answer items[2];
	struct answers answers = {.n = n, .items = items};
	struct emnist_error error;
	struct text text = {0};

	assert_int_equal(emnist_json_create(&answers.json, NULL), EMNIST_OK);
	if (protocol->read(&answers, body, &error))
		text_puts(&text, error.message);
	else
		show(&text, &answers);
	text_putc(&text, '\0');
	assert_string_equal(text.bytes, wanted);
	text_release(&text);
	emnist_json_free(answers.json);
	buffer_clear(&answers.floats);
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct response_body body = {cases[i].body, strlen(cases[i].body), false, 0};

		print_message("# %s, %s\n", cases[i].protocol->name, cases[i].wanted);
		read_case(cases[i].protocol, cases[i].n, &body, cases[i].wanted);
	}
}

static void test_binary_answers(void **state)
{
	static const char json[] = "{\"outputs\": [{\"parameters\": {\"binary_data_size\": 3}}, "
				   "{\"shape\": [1, 2], \"datatype\": \"FP32\", \"parameters\": "
				   "{\"binary_data_size\": 8}}]}";
	const size_t n = sizeof(json) - 1;
	char bytes[sizeof(json) + 10];
	struct response_body body = {bytes, n + 11, true, n};

	(void)state;
	memcpy(bytes, json, n);
	memcpy(bytes + n, "abc\0\0\x80\x3f\0\0\0\x40", 11);
	read_case(&protocol_v2_binary, 1, &body, "1");
	body.nbytes--;
	read_case(&protocol_v2_binary, 1, &body,
		  "binary_data_size is beyond the end of the answer");
	body.json_nbytes = n + 12;
	read_case(&protocol_v2_binary, 1, &body,
		  "Inference-Header-Content-Length is beyond the end of the answer");
}

static void test_metadata(void **state)
{
	static const char metadata[] = "{\"inputs\": [{\"name\": \"pixels\"}]}";
	char name[8] = "images";

	(void)state;
	v2_read_input_name("{}", 2, name, sizeof(name));
	assert_string_equal(name, "images");
	v2_read_input_name(metadata, strlen(metadata), name, sizeof(name));
	assert_string_equal(name, "pixels");
	assert_false(graphpipe_is_metadata(metadata, strlen(metadata)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pixels),       cmocka_unit_test(test_all_pixels),
		cmocka_unit_test(test_json_bodies),  cmocka_unit_test(test_binary_body),
		cmocka_unit_test(test_image_bodies), cmocka_unit_test(test_graphpipe_body),
		cmocka_unit_test(test_answers),      cmocka_unit_test(test_binary_answers),
		cmocka_unit_test(test_metadata),
	};

	return cmocka_run_group_tests_name("protocols", tests, NULL, NULL);
}
