/*
 * protocol_v2.c - Open Inference Protocol v2, as JSON and with the extension for binary tensors.
 *
 * A server may answer in JSON what was asked in binary, so answers are read alike: JSON, and
 * possibly tensors behind it, whose sizes the JSON names.
 */
#include "../../lib/base/error.h"
#include "../output/json.h"
#include "pixel_text.h"
#include "protocol.h"

#include <string.h>

/* --------------------------------------------------------------------- requests */

static void put_input(struct text *text, const struct batch *batch, const char *input_name)
{
	text_puts(text, "{\"inputs\": [{\"name\": ");
	json_put_string(text, input_name);
	text_printf(text, ", \"shape\": [%zu, %d], \"datatype\": \"FP32\", ", batch->n,
		    EMNIST_VECTOR_LENGTH);
}

static void put_json(struct request_body *body, const struct batch *batch, const char *input_name)
{
	body->content_type = "application/json";
	put_input(body->text, batch, input_name);
	text_puts(body->text, "\"data\": [");
	for (size_t i = 0; i < batch->n; i++) {
		text_puts(body->text, i ? ", " : "");
		pixel_text_put(body->text, batch_pixels(batch, i), EMNIST_VECTOR_LENGTH);
	}
	text_puts(body->text, "]}]}");
}

static void put_binary(struct request_body *body, const struct batch *batch, const char *input_name)
{
	const size_t before = body->text->nbytes;

	body->content_type = "application/octet-stream";
	put_input(body->text, batch, input_name);
	text_printf(body->text,
		    "\"parameters\": {\"binary_data_size\": %zu}}], "
		    "\"parameters\": {\"binary_data_output\": true}}",
		    batch->n * EMNIST_VECTOR_LENGTH * sizeof(float));
	body->json_nbytes = body->text->nbytes - before;
	for (size_t i = 0; i < batch->n; i++)
		pixel_floats_put(body->text, batch_pixels(batch, i), EMNIST_VECTOR_LENGTH);
}

/* ---------------------------------------------------------------------- answers */

/* A whole number of at least 0. */
static bool get_size(const struct emnist_json *json, struct emnist_json_value value,
		     size_t *size_ret)
{
	int64_t size;

	if (!emnist_json_integer(json, value, &size) || size < 0)
		return false;
	*size_ret = size_clamped((uint64_t)size);
	return true;
}

/* Whether it holds FP32, or numbers of JSON that become that, and a row for each image. */
static bool is_wanted(const struct answers *answers, struct emnist_json_value output)
{
	const struct emnist_json *json = answers->json;
	const struct emnist_json_value type = emnist_json_member(json, output, "datatype");
	const struct emnist_json_value shape = emnist_json_member(json, output, "shape");
	size_t n_rows;

	return (emnist_json_equals(json, type, "FP32") || emnist_json_equals(json, type, "FP64")) &&
	       get_size(json, emnist_json_first(json, shape), &n_rows) && n_rows == answers->n;
}

static enum emnist_status read_data(struct answers *answers, struct emnist_json_value output,
				    struct emnist_error *error)
{
	struct emnist_json_tensor tensor;
	const struct emnist_json_value data = emnist_json_member(answers->json, output, "data");

	if (!emnist_json_tensor(answers->json, data, &tensor) || tensor.rank < 1)
		return error_set(error, EMNIST_ERR_CORRUPT, "the output's data are no tensor");
	return answers_from_rows(answers, tensor.values, tensor.n_values, error);
}

/* The first output that is wanted. The binary ones follow the JSON in the same order. */
static enum emnist_status read_output(struct answers *answers, const struct response_body *body,
				      size_t offset, struct emnist_error *error)
{
	const struct emnist_json *json = answers->json;
	const struct emnist_json_value list =
		emnist_json_member(json, emnist_json_root(json), "outputs");
	struct emnist_json_value output = emnist_json_first(json, list);

	for (; output.type; output = emnist_json_next(json, output)) {
		const struct emnist_json_value size = emnist_json_member(
			json, emnist_json_member(json, output, "parameters"), "binary_data_size");
		size_t nbytes = 0;

		if (size.type && (!get_size(json, size, &nbytes) || nbytes > body->nbytes - offset))
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "binary_data_size is beyond the end of the answer");
		if (is_wanted(answers, output))
			return size.type ? answers_from_bytes(answers, body->bytes + offset, nbytes,
							      error)
					 : read_data(answers, output, error);
		offset += nbytes;
	}
	return error_set(error, EMNIST_ERR_CORRUPT, "no output of FP32 for %zu images", answers->n);
}

static enum emnist_status read_answers(struct answers *answers, const struct response_body *body,
				       struct emnist_error *error)
{
	const struct emnist_json_options options = {.allow_nonfinite = true, .max_depth = 64};
	const uint64_t json_nbytes = body->has_json_nbytes ? body->json_nbytes : body->nbytes;
	enum emnist_status status;

	if (json_nbytes > body->nbytes)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "Inference-Header-Content-Length is beyond the end of the answer");
	status =
		emnist_json_parse(answers->json, body->bytes, (size_t)json_nbytes, &options, error);
	if (status)
		return error_prefix(error, status, "the answer is not JSON");
	return read_output(answers, body, (size_t)json_nbytes, error);
}

void v2_read_input_name(const char *body, size_t nbytes, char *name, size_t size)
{
	const struct emnist_json_options options = {.max_depth = 64};
	struct emnist_json *json;
	struct emnist_json_value value;
	const char *string;
	size_t n;

	if (emnist_json_create(&json, NULL))
		return;
	if (!emnist_json_parse(json, body, nbytes, &options, NULL)) {
		value = emnist_json_member(json, emnist_json_root(json), "inputs");
		value = emnist_json_member(json, emnist_json_first(json, value), "name");
		string = emnist_json_string(json, value, &n);
		if (string && n > 0 && n < size && !memchr(string, 0, n)) {
			memcpy(name, string, n);
			name[n] = '\0';
		}
	}
	emnist_json_free(json);
}

const struct protocol protocol_v2 = {
	"v2", "Open Inference Protocol, JSON", false, true, put_json, read_answers,
};

const struct protocol protocol_v2_binary = {
	"v2-binary", "Open Inference Protocol, binary", false, true, put_binary, read_answers,
};
