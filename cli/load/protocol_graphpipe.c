/*
 * protocol_graphpipe.c - GraphPipe: FlatBuffers over POST.
 *
 * The layout of a request is always the same: only the number of images and the length of the data
 * at the end change. So it is a constant, in words of 32 bits.
 */
#include "../../lib/base/error.h"
#include "../../lib/base/flatbuffer.h"
#include "pixel_text.h"
#include "protocol.h"

/* Types of a tensor. */
#define TYPE_FLOAT 10

/* Two numbers of 16 bits, in a list of fields: its size, that of the table, and where each is. */
#define PAIR(low, high) ((uint32_t)(low) | (uint32_t)(high) << 16)

#define N_WORDS         33
#define WORD_N_ROWS     28
#define WORD_NBYTES     32

/* The comments give the byte where each part begins. Offsets count from their own byte. */
static const uint32_t request_words[N_WORDS] = {
	/* 0: the root, Request, is at 12 */
	12,
	/* 4: fields of Request: type of the request, the request */
	PAIR(8, 12), PAIR(4, 8),
	/* 12: Request: its fields are at 4; the type is InferRequest; which is at 36 */
	8, 1, 16,
	/* 24: fields of InferRequest: config, input names, input tensors, output names */
	PAIR(12, 20), PAIR(4, 8), PAIR(12, 16),
	/* 36: InferRequest: its fields are at 24; they point to 56, 64, 72, 68 */
	12, 16, 20, 24, 16,
	/* 56: config, an empty string with its end; 64, 68: no input names, no output names */
	0, 0, 0, 0,
	/* 72: one input tensor, at 92 */
	1, 16,
	/* 80: fields of Tensor: type, shape, data; no strings */
	PAIR(12, 16), PAIR(4, 8), PAIR(12, 0),
	/* 92: Tensor: its fields are at 80; type; shape at 108, data at 128 */
	12, TYPE_FLOAT, 8, 24,
	/* 108: shape, two numbers of 64 bits: the images, 784 */
	2, 0, 0, EMNIST_VECTOR_LENGTH, 0,
	/* 128: the length of the data, which follow */
	0};

static void put_words(struct text *text, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char bytes[] = {(char)words[i], (char)(words[i] >> 8), (char)(words[i] >> 16),
				      (char)(words[i] >> 24)};

		text_add(text, bytes, sizeof(bytes));
	}
}

static void put_request(struct request_body *body, const struct batch *batch,
			const char *input_name)
{
	uint32_t words[N_WORDS];

	(void)input_name;
	for (size_t i = 0; i < N_WORDS; i++)
		words[i] = request_words[i];
	words[WORD_N_ROWS] = (uint32_t)batch->n;
	words[WORD_NBYTES] = (uint32_t)(batch->n * EMNIST_VECTOR_LENGTH * sizeof(float));
	body->content_type = "application/octet-stream";
	put_words(body->text, words, N_WORDS);
	for (size_t i = 0; i < batch->n; i++)
		pixel_floats_put(body->text, batch_pixels(batch, i), EMNIST_VECTOR_LENGTH);
}

/* The message of an answer's Error. */
static enum emnist_status take_error(struct flatbuffer *buffer, struct flat_vector errors,
				     struct emnist_error *error)
{
	const struct flat_vector message =
		flat_vector(buffer, flat_element(buffer, errors, 0), 1, 1);

	return error_set(error, EMNIST_ERR_CORRUPT, "the server's error: %.*s",
			 message.n < 200 ? (int)message.n : 200,
			 (const char *)buffer->bytes + message.at);
}

/* Whether the tensor is of floats, a row for each image. */
static bool is_wanted(struct flatbuffer *buffer, struct flat_table tensor, size_t n_images)
{
	const struct flat_vector shape = flat_vector(buffer, tensor, 1, sizeof(uint64_t));

	return flat_number(buffer, tensor, 0, 1, 0) == TYPE_FLOAT &&
	       flat_element_number(buffer, shape, 0, sizeof(uint64_t)) == n_images;
}

static enum emnist_status read_response(struct answers *answers, const struct response_body *body,
					struct emnist_error *error)
{
	struct flatbuffer buffer = {(const uint8_t *)body->bytes, body->nbytes, false};
	const struct flat_table root = flat_root(&buffer);
	const struct flat_vector tensors = flat_vector(&buffer, root, 0, sizeof(uint32_t));
	const struct flat_vector errors = flat_vector(&buffer, root, 1, sizeof(uint32_t));

	if (errors.n)
		return take_error(&buffer, errors, error);
	for (size_t i = 0; i < tensors.n && !buffer.failed; i++) {
		const struct flat_table tensor = flat_element(&buffer, tensors, i);
		const struct flat_vector data = flat_vector(&buffer, tensor, 2, 1);

		if (is_wanted(&buffer, tensor, answers->n) && !buffer.failed)
			return answers_from_bytes(answers, body->bytes + data.at, data.n, error);
	}
	return error_set(error, EMNIST_ERR_CORRUPT,
			 buffer.failed ? "the answer is not GraphPipe's"
				       : "no tensor of Float32 for the images");
}

/* As the author's client for Python builds it: Request at 12, its fields at 4, MetadataRequest at
 * 28, without fields, which shares their list. */
const char graphpipe_ask[GRAPHPIPE_ASK_NBYTES] = {12, 0, 0, 0, 8, 0,  12, 0, 11, 0, 4,
						  0,  8, 0, 0, 0, 12, 0,  0, 0,  0, 0,
						  0,  2, 4, 0, 4, 0,  4,  0, 0,  0};

bool graphpipe_is_metadata(const char *body, size_t nbytes)
{
	struct flatbuffer buffer = {(const uint8_t *)body, nbytes, false};
	const struct flat_table root = flat_root(&buffer);
	const struct flat_vector inputs = flat_vector(&buffer, root, 4, sizeof(uint32_t));

	flat_element(&buffer, inputs, 0);
	return inputs.n > 0 && !buffer.failed;
}

const struct protocol protocol_graphpipe = {
	"graphpipe", "GraphPipe", false, false, put_request, read_response,
};
