/*
 * fuzz_oip.c - any bytes as a request of the Open Inference Protocol, and the response to it.
 *
 * The first two bytes are the length of its JSON; ff ff: no such length was sent.
 */
#include "../base/crc32c.h"
#include "../emnist_serve.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ROWS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Reads every byte that the request is said to have. */
static void read_request(const struct emnist_oip_request *request)
{
	const size_t n_values = request->n_rows * EMNIST_VECTOR_LENGTH;

	require(request->n_rows <= MAX_ROWS && !request->vectors != !request->images);
	if (request->vectors)
		crc32c(0, request->vectors, n_values * sizeof(float));
	for (size_t i = 0; request->images && i < request->n_rows; i++)
		crc32c(0, request->images[i].bytes, request->images[i].nbytes);
}

/* Its JSON is JSON, and says how much is behind it. */
static void check_response(const struct emnist_serve_response *response, size_t n_rows)
{
	const size_t nbytes = response->head_nbytes ? response->head_nbytes : response->nbytes;
	struct emnist_json_value output, shape;
	struct emnist_json *json;
	int64_t n = 0;

	require(emnist_json_create(&json, NULL) == EMNIST_OK);
	require(emnist_json_parse(json, response->bytes, nbytes, NULL, NULL) == EMNIST_OK);
	output = emnist_json_first(json,
				   emnist_json_member(json, emnist_json_root(json), "outputs"));
	shape = emnist_json_member(json, output, "shape");
	require(emnist_json_integer(json, emnist_json_first(json, shape), &n));
	require((size_t)n == n_rows);
	if (response->head_nbytes) {
		shape = emnist_json_member(json, output, "parameters");
		shape = emnist_json_member(json, shape, "binary_data_size");
		require(emnist_json_integer(json, shape, &n));
		require((size_t)n == response->nbytes - response->head_nbytes);
	} else {
		shape = emnist_json_member(json, output, "data");
		require(shape.type == EMNIST_JSON_ARRAY);
		require(emnist_json_count(json, shape) % (n_rows ? n_rows : 1) == 0);
	}
	emnist_json_free(json);
}

static void respond(struct emnist_oip *oip, const struct emnist_oip_request *request)
{
	struct emnist_serve_response response;

	require(emnist_oip_begin(oip, &response, NULL) == EMNIST_OK);
	for (size_t i = 0; i < request->n_rows * 62; i++)
		response.probabilities[i] = (float)(i % 62) / 62;
	require(emnist_oip_end(oip, &response, NULL) == EMNIST_OK);
	check_response(&response, request->n_rows);
	free(response.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct emnist_serve_model model = {
		.name = "emnist",
		.version = "1",
		.input = "images",
		.output = "probabilities",
		.max_rows = MAX_ROWS,
	};
	struct emnist_oip_request request;
	struct emnist_labels *labels;
	struct emnist_json *json;
	struct emnist_oip *oip;
	struct emnist_error error;
	size_t head_nbytes;

	if (nbytes < 2)
		return 0;
	head_nbytes = data[0] | (size_t)data[1] << 8;
	if (head_nbytes == 0xffff)
		head_nbytes = EMNIST_OIP_NO_HEAD;
	require(emnist_labels_default(62, &labels, NULL) == EMNIST_OK);
	require(emnist_json_create(&json, NULL) == EMNIST_OK);
	require(emnist_oip_create(json, &oip, NULL) == EMNIST_OK);
	model.labels = labels;
	if (emnist_oip_parse(oip, &model, data + 2, nbytes - 2, head_nbytes, &request, &error)) {
		require(error.message[0] != '\0');
	} else {
		read_request(&request);
		respond(oip, &request);
	}
	emnist_oip_free(oip);
	emnist_json_free(json);
	emnist_labels_free(labels);
	return 0;
}
