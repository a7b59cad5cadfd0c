/*
 * graphpipe.c - requests and responses of GraphPipe, which are flatbuffers.
 *
 * Nothing in a response says of which kind it is: whoever asked knows.
 */
#include "../base/error.h"
#include "../base/flatbuffer.h"
#include "flat_writer.h"
#include "tensor_rows.h"

#include <string.h>

/* The fields of its tables, in the order of its schema. */
enum { REQUEST_TYPE, REQUEST_TABLE };
enum { INFER_CONFIG, INFER_INPUT_NAMES, INFER_INPUTS, INFER_OUTPUT_NAMES };
enum { TENSOR_TYPE, TENSOR_SHAPE, TENSOR_DATA };

/* Of REQUEST_TYPE. Anything else is answered with the metadata, as the reference server does. */
#define TYPE_INFER_REQUEST 1

/* Of TENSOR_TYPE; in the order of the schema. */
enum { GRAPHPIPE_UINT8 = 1, GRAPHPIPE_FLOAT32 = EMNIST_GRAPHPIPE_FLOAT32, GRAPHPIPE_FLOAT64 = 11 };

/* A request while it is read. */
struct reading {
	const struct emnist_serve_model *model;
	struct flatbuffer buffer;
	struct emnist_error *error;
};

static enum emnist_status refuse_bytes(const struct reading *reading)
{
	return error_set(reading->error, EMNIST_ERR_CORRUPT, "the body is not a GraphPipe request");
}

/* -------------------------------------------------------------------- request */

/* A list of names is empty, or has the one that the model has. */
static enum emnist_status check_names(struct reading *reading, struct flat_table infer, size_t slot,
				      const char *wanted)
{
	const struct flat_vector names = flat_vector(&reading->buffer, infer, slot, 4);
	const struct flat_vector name = flat_element_vector(&reading->buffer, names, 0, 1);
	const char *text = (const char *)reading->buffer.bytes + name.at;

	if (reading->buffer.failed)
		return refuse_bytes(reading);
	if (names.n == 0 ||
	    (names.n == 1 && name.n == strlen(wanted) && memcmp(text, wanted, name.n) == 0))
		return EMNIST_OK;
	return error_set(reading->error, EMNIST_ERR_CORRUPT,
			 "unexpected name '%.*s': the model has one input and one output, here "
			 "'%s'",
			 name.n < 64 ? (int)name.n : 64, text, wanted);
}

static enum emnist_status read_type(struct reading *reading, struct flat_table tensor,
				    enum rows_type *type_ret)
{
	static const struct {
		uint8_t type;
		enum rows_type rows;
	} types[] = {
		{GRAPHPIPE_UINT8, ROWS_UINT8},
		{GRAPHPIPE_FLOAT32, ROWS_FLOAT},
		{GRAPHPIPE_FLOAT64, ROWS_DOUBLE},
	};
	const unsigned type = (unsigned)flat_number(&reading->buffer, tensor, TENSOR_TYPE, 1, 0);

	if (reading->buffer.failed)
		return refuse_bytes(reading);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		*type_ret = types[i].rows;
		if (types[i].type == type)
			return EMNIST_OK;
	}
	return error_set(
		reading->error, EMNIST_ERR_UNSUPPORTED,
		"tensors of type %u are not supported (supported: Uint8, Float32, Float64)", type);
}

static enum emnist_status read_shape(struct reading *reading, struct flat_table tensor,
				     size_t *n_rows_ret)
{
	const struct flat_vector sizes = flat_vector(&reading->buffer, tensor, TENSOR_SHAPE, 8);
	int64_t shape[ROWS_MAX_RANK];
	char text[ROWS_SHAPE_NBYTES];

	if (reading->buffer.failed)
		return refuse_bytes(reading);
	if (sizes.n > ROWS_MAX_RANK)
		return error_set(reading->error, EMNIST_ERR_CORRUPT,
				 "the input has %zu dimensions; at most %d are supported", sizes.n,
				 ROWS_MAX_RANK);
	for (size_t i = 0; i < sizes.n; i++)
		shape[i] = (int64_t)flat_element_number(&reading->buffer, sizes, i, 8);
	if (!rows_of_shape(shape, sizes.n, EMNIST_VECTOR_LENGTH, n_rows_ret))
		return error_set(reading->error, EMNIST_ERR_CORRUPT,
				 "unexpected shape of the input: expected [-1,%d], got %s",
				 EMNIST_VECTOR_LENGTH, rows_quote_shape(shape, sizes.n, text));
	return rows_check_limit(reading->model, *n_rows_ret, reading->error);
}

static enum emnist_status read_tensor(struct reading *reading, struct flat_table tensor,
				      struct emnist_graphpipe_request *request)
{
	enum rows_type type;
	enum emnist_status status = read_type(reading, tensor, &type);
	struct flat_vector data;
	size_t n_values;

	if (status == EMNIST_OK)
		status = read_shape(reading, tensor, &request->n_rows);
	if (status)
		return status;
	data = flat_vector(&reading->buffer, tensor, TENSOR_DATA, 1);
	if (reading->buffer.failed)
		return refuse_bytes(reading);
	n_values = data.n / rows_value_nbytes(type);
	if (data.n % rows_value_nbytes(type) || n_values % EMNIST_VECTOR_LENGTH ||
	    n_values / EMNIST_VECTOR_LENGTH != request->n_rows)
		return error_set(reading->error, EMNIST_ERR_CORRUPT,
				 "the shape of the input does not match its data of %zu bytes",
				 data.n);
	request->type = (int)type;
	request->are_bytes = type == ROWS_UINT8;
	request->values = reading->buffer.bytes + data.at;
	return EMNIST_OK;
}

static enum emnist_status read_infer(struct reading *reading, struct flat_table infer,
				     struct emnist_graphpipe_request *request)
{
	const struct flat_vector inputs = flat_vector(&reading->buffer, infer, INFER_INPUTS, 4);
	const struct flat_table tensor = flat_element(&reading->buffer, inputs, 0);
	enum emnist_status status;

	if (reading->buffer.failed)
		return refuse_bytes(reading);
	if (inputs.n != 1)
		return error_set(reading->error, EMNIST_ERR_CORRUPT,
				 "%zu inputs: the model has one", inputs.n);
	status = check_names(reading, infer, INFER_INPUT_NAMES, reading->model->input);
	if (status == EMNIST_OK)
		status = check_names(reading, infer, INFER_OUTPUT_NAMES, reading->model->output);
	return status ? status : read_tensor(reading, tensor, request);
}

enum emnist_status emnist_graphpipe_parse(const struct emnist_serve_model *model, const void *body,
					  size_t nbytes,
					  struct emnist_graphpipe_request *request_ret,
					  struct emnist_error *error)
{
	struct reading reading = {
		.model = model,
		.buffer = {.bytes = body, .nbytes = nbytes},
		.error = error,
	};
	const struct flat_table root = flat_root(&reading.buffer);
	const uint64_t type = flat_number(&reading.buffer, root, REQUEST_TYPE, 1, 0);
	enum emnist_status status = EMNIST_OK;

	*request_ret = (struct emnist_graphpipe_request){0};
	if (reading.buffer.failed)
		return refuse_bytes(&reading);
	if (type == TYPE_INFER_REQUEST)
		status = read_infer(&reading, flat_table(&reading.buffer, root, REQUEST_TABLE),
				    request_ret);
	else
		request_ret->is_metadata = true;
	return status;
}

void emnist_graphpipe_copy(const struct emnist_graphpipe_request *request, float *vectors)
{
	rows_decode((enum rows_type)request->type, request->values,
		    request->n_rows * EMNIST_VECTOR_LENGTH, vectors);
}

/* ------------------------------------------------------------------- response */

static enum emnist_status hand_over(struct flat_writer *writer,
				    struct emnist_serve_response *response,
				    struct emnist_error *error)
{
	*response = (struct emnist_serve_response){0};
	if (writer->failed) {
		buffer_clear(&writer->buffer);
		return error_memory(error);
	}
	response->bytes = writer->buffer.data;
	response->nbytes = writer->buffer.nbytes;
	return EMNIST_OK;
}

/* InferResponse {output_tensors: [Tensor]; errors: [Error]}, without errors: clients of it cannot
 * read them. */
enum emnist_status emnist_graphpipe_begin(const struct emnist_serve_model *model, size_t n_rows,
					  struct emnist_serve_response *response,
					  struct emnist_error *error)
{
	const size_t n_classes = emnist_labels_count(model->labels);
	const int64_t shape[] = {(int64_t)n_rows, (int64_t)n_classes};
	struct flat_writer writer = {0};
	size_t tensors, tensor, sizes, data, nbytes, at;
	enum emnist_status status;

	if (size_mul_overflows(n_rows, n_classes * sizeof(float), &nbytes) || nbytes > INT32_MAX)
		return error_set(error, EMNIST_ERR_LIMIT, "the response is too large");
	flat_put_table(&writer, flat_begin(&writer), &(struct flat_field){4, 0, &tensors}, 1);
	tensor = flat_put_list_of_one(&writer, tensors);
	flat_put_table(&writer, tensor,
		       (struct flat_field[]){
			       [TENSOR_TYPE] = {1, GRAPHPIPE_FLOAT32, NULL},
			       [TENSOR_SHAPE] = {4, 0, &sizes},
			       [TENSOR_DATA] = {4, 0, &data},
		       },
		       3);
	flat_put_i64s(&writer, sizes, shape, 2);
	at = flat_put_room(&writer, data, nbytes);
	status = hand_over(&writer, response, error);
	if (status == EMNIST_OK)
		response->probabilities = (float *)(void *)((uint8_t *)response->bytes + at);
	return status;
}

/* The probabilities are the end of the response. */
void emnist_graphpipe_end(struct emnist_serve_response *response)
{
	const uint8_t *end = (const uint8_t *)response->bytes + response->nbytes;

	rows_swap_bytes(response->probabilities,
			(size_t)(end - (const uint8_t *)response->probabilities) / sizeof(float));
}

/* IOMetadata {name: string; description: string; shape: [int64]; type: Type}. */
static void put_tensor(struct flat_writer *writer, size_t reference, const char *name,
		       const char *description, size_t width)
{
	const int64_t shape[] = {-1, (int64_t)width};
	size_t name_at, description_at, shape_at;

	flat_put_table(writer, flat_put_list_of_one(writer, reference),
		       (struct flat_field[]){
			       {4, 0, &name_at},
			       {4, 0, &description_at},
			       {4, 0, &shape_at},
			       {1, GRAPHPIPE_FLOAT32, NULL},
		       },
		       4);
	flat_put_string(writer, name_at, name);
	flat_put_string(writer, description_at, description);
	flat_put_i64s(writer, shape_at, shape, 2);
}

/* MetadataResponse {name, version, server, description: string; inputs, outputs: [IOMetadata]}. */
enum emnist_status emnist_graphpipe_metadata(const struct emnist_serve_model *model,
					     struct emnist_serve_response *response,
					     struct emnist_error *error)
{
	struct flat_writer writer = {0};
	size_t name, version, server, description, inputs, outputs;

	flat_put_table(&writer, flat_begin(&writer),
		       (struct flat_field[]){
			       {4, 0, &name},
			       {4, 0, &version},
			       {4, 0, &server},
			       {4, 0, &description},
			       {4, 0, &inputs},
			       {4, 0, &outputs},
		       },
		       6);
	flat_put_string(&writer, name, model->name);
	flat_put_string(&writer, version, model->version);
	flat_put_string(&writer, server, EMNIST_GRAPHPIPE_SERVER);
	flat_put_string(&writer, description, EMNIST_GRAPHPIPE_DESCRIPTION);
	put_tensor(&writer, inputs, model->input, EMNIST_GRAPHPIPE_INPUT, EMNIST_VECTOR_LENGTH);
	put_tensor(&writer, outputs, model->output, EMNIST_GRAPHPIPE_OUTPUT,
		   emnist_labels_count(model->labels));
	return hand_over(&writer, response, error);
}
