/*
 * fuzz_graphpipe.c - any bytes as a request of GraphPipe, and the response to it.
 */
#include "../base/flatbuffer.h"
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

/* The sum of what a response has is that of what was written. */
static void check_response(const struct emnist_serve_response *response, size_t n_rows)
{
	struct flatbuffer buffer = {.bytes = response->bytes, .nbytes = response->nbytes};
	const struct flat_table tensor =
		flat_element(&buffer, flat_vector(&buffer, flat_root(&buffer), 0, 4), 0);
	const struct flat_vector shape = flat_vector(&buffer, tensor, 1, 8);
	const struct flat_vector values = flat_vector(&buffer, tensor, 2, 1);

	require(!buffer.failed && shape.n == 2);
	require(flat_element_number(&buffer, shape, 0, 8) == n_rows);
	require(flat_element_number(&buffer, shape, 1, 8) == 62);
	require(values.n == n_rows * 62 * sizeof(float));
	for (size_t i = 0; i < values.n; i++)
		require(buffer.bytes[values.at + i] == 0x3f);
}

static void respond(const struct emnist_serve_model *model,
		    const struct emnist_graphpipe_request *request)
{
	float *vectors = malloc(request->n_rows * EMNIST_VECTOR_LENGTH * sizeof(*vectors) + 1);
	struct emnist_serve_response response;

	require(request->n_rows <= MAX_ROWS && vectors);
	emnist_graphpipe_copy(request, vectors);
	free(vectors);
	require(emnist_graphpipe_begin(model, request->n_rows, &response, NULL) == EMNIST_OK);
	memset(response.probabilities, 0x3f, request->n_rows * 62 * sizeof(float));
	emnist_graphpipe_end(&response);
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
	struct emnist_graphpipe_request request;
	struct emnist_labels *labels;
	struct emnist_error error;

	require(emnist_labels_default(62, &labels, NULL) == EMNIST_OK);
	model.labels = labels;
	if (emnist_graphpipe_parse(&model, data, nbytes, &request, &error))
		require(error.message[0] != '\0');
	else if (!request.is_metadata)
		respond(&model, &request);
	emnist_labels_free(labels);
	return 0;
}
