/*
 * oip_request.c - parses requests of the Open Inference Protocol.
 *
 * A body is JSON, then the bytes of the tensors that the JSON announces as binary. The models here
 * have one input and one output. So there is at most one such tensor, and all behind the JSON is
 * its data.
 */
#include "../base/utf8.h"
#include "oip.h"

#include <string.h>

enum emnist_status emnist_oip_create(struct emnist_json *json, struct emnist_oip **oip_ret,
				     struct emnist_error *error)
{
	*oip_ret = calloc(1, sizeof(**oip_ret));
	if (!*oip_ret)
		return error_memory(error);
	(*oip_ret)->json = json;
	return EMNIST_OK;
}

void emnist_oip_free(struct emnist_oip *oip)
{
	if (!oip)
		return;
	free(oip->vectors);
	free(oip->images);
	buffer_clear(&oip->files);
	free(oip->probabilities);
	free(oip);
}

static enum emnist_status refuse(struct emnist_error *error, const char *message)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "%s", message);
}

/* -------------------------------------------------------------------- members */

static struct emnist_json_value parameter(const struct emnist_json *json,
					  struct emnist_json_value object, const char *name)
{
	return emnist_json_member(json, emnist_json_member(json, object, "parameters"), name);
}

static bool is_given(struct emnist_json_value value)
{
	return value.type != EMNIST_JSON_NONE && value.type != EMNIST_JSON_NULL;
}

/* Its text is copied to the response, which is UTF-8. */
static enum emnist_status read_id(struct emnist_oip *oip, struct emnist_error *error)
{
	const struct emnist_json_value id =
		emnist_json_member(oip->json, emnist_json_root(oip->json), "id");
	size_t length;

	oip->id = NULL;
	if (!is_given(id))
		return EMNIST_OK;
	if (id.type != EMNIST_JSON_STRING)
		return refuse(error, "'id' is not a string");
	oip->id = emnist_json_source(oip->json, id, &oip->id_nbytes);
	for (size_t i = 0; i < oip->id_nbytes; i += length) {
		length = utf8_length(oip->id + i, oip->id_nbytes - i);
		if (length == 0)
			return refuse(error, "'id' is not UTF-8");
	}
	return EMNIST_OK;
}

/* Whether a tensor is the model's, by its name. what: "input". */
static enum emnist_status check_name(struct emnist_oip *oip, struct emnist_json_value tensor,
				     const char *what, const char *wanted,
				     struct emnist_error *error)
{
	const struct emnist_json_value name = emnist_json_member(oip->json, tensor, "name");
	const char *text;
	size_t nbytes;

	if (is_given(parameter(oip->json, tensor, "shared_memory_region")))
		return error_set(error, EMNIST_ERR_UNSUPPORTED, "shared memory is not supported");
	if (emnist_json_equals(oip->json, name, wanted))
		return EMNIST_OK;
	text = emnist_json_string(oip->json, name, &nbytes);
	if (!text)
		return error_set(error, EMNIST_ERR_CORRUPT, "an %s has no name", what);
	return error_set(error, EMNIST_ERR_CORRUPT,
			 "unexpected inference %s '%.*s': the %s of model '%s' is '%s'", what,
			 nbytes < 64 ? (int)nbytes : 64, text, what, oip->model->name, wanted);
}

/* -------------------------------------------------------------------- outputs */

static enum emnist_status read_output(struct emnist_oip *oip, struct emnist_json_value output,
				      struct emnist_error *error)
{
	const struct emnist_json_value binary = parameter(oip->json, output, "binary_data");
	const struct emnist_json_value top = parameter(oip->json, output, "classification");
	const size_t n_classes = emnist_labels_count(oip->model->labels);
	int64_t n = 0;

	if (is_given(binary))
		oip->is_binary = binary.type == EMNIST_JSON_TRUE;
	if (is_given(top)) {
		if (!emnist_json_integer(oip->json, top, &n) || n < 1)
			return refuse(error, "'classification' is not a number of classes");
		oip->n_top = (uint64_t)n < n_classes ? (size_t)n : n_classes;
	}
	return check_name(oip, output, "output", oip->model->output, error);
}

/* Without outputs, all are meant. */
static enum emnist_status read_outputs(struct emnist_oip *oip, struct emnist_error *error)
{
	const struct emnist_json_value root = emnist_json_root(oip->json);
	const struct emnist_json_value outputs = emnist_json_member(oip->json, root, "outputs");
	const size_t n = emnist_json_count(oip->json, outputs);
	enum emnist_status status;

	oip->n_top = 0;
	oip->is_binary = parameter(oip->json, root, "binary_data_output").type == EMNIST_JSON_TRUE;
	if (is_given(outputs) && outputs.type != EMNIST_JSON_ARRAY)
		return refuse(error, "'outputs' is not an array");
	if (n == 0)
		return EMNIST_OK;
	status = read_output(oip, emnist_json_first(oip->json, outputs), error);
	if (status == EMNIST_OK && n > 1)
		return error_set(error, EMNIST_ERR_CORRUPT, "%zu outputs: the model has one", n);
	return status;
}

/* ---------------------------------------------------------------------- input */

static enum emnist_status read_datatype(struct emnist_oip *oip, struct emnist_json_value value,
					struct oip_input *input, struct emnist_error *error)
{
	static const struct {
		const char *name;
		bool is_images;
		enum rows_type type;
	} datatypes[] = {
		{"FP32", false, ROWS_FLOAT},
		{"FP64", false, ROWS_DOUBLE},
		{"UINT8", false, ROWS_UINT8},
		{"BYTES", true, ROWS_UINT8},
	};
	const struct emnist_json_value name = emnist_json_member(oip->json, value, "datatype");
	const char *text;
	size_t nbytes;

	for (size_t i = 0; i < sizeof(datatypes) / sizeof(datatypes[0]); i++) {
		if (!emnist_json_equals(oip->json, name, datatypes[i].name))
			continue;
		input->is_images = datatypes[i].is_images;
		input->type = datatypes[i].type;
		return EMNIST_OK;
	}
	text = emnist_json_string(oip->json, name, &nbytes);
	if (!text)
		return error_set(error, EMNIST_ERR_CORRUPT, "input '%s' has no datatype",
				 oip->model->input);
	return error_set(error, EMNIST_ERR_UNSUPPORTED,
			 "input '%s': datatype '%.*s' is not supported (supported: FP32, FP64, "
			 "UINT8, BYTES)",
			 oip->model->input, nbytes < 64 ? (int)nbytes : 64, text);
}

static enum emnist_status read_shape(struct emnist_oip *oip, struct emnist_json_value value,
				     const struct oip_input *input, struct emnist_error *error)
{
	const struct emnist_json_value sizes = emnist_json_member(oip->json, value, "shape");
	const size_t rank = emnist_json_count(oip->json, sizes);
	const size_t width = input->is_images ? 1 : EMNIST_VECTOR_LENGTH;
	struct emnist_json_value size = emnist_json_first(oip->json, sizes);
	int64_t shape[ROWS_MAX_RANK];
	char text[ROWS_SHAPE_NBYTES];

	if (sizes.type != EMNIST_JSON_ARRAY || rank > ROWS_MAX_RANK)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "input '%s' has no shape, or one of "
				 "more than %d dimensions",
				 oip->model->input, ROWS_MAX_RANK);
	for (size_t i = 0; i < rank; i++, size = emnist_json_next(oip->json, size))
		if (!emnist_json_integer(oip->json, size, &shape[i]))
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "input '%s': its shape is not all integers",
					 oip->model->input);
	if (!rows_of_shape(shape, rank, width, &oip->n_rows))
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "unexpected shape for input '%s': expected %s, got %s",
				 oip->model->input, input->is_images ? "[-1] of BYTES" : "[-1,784]",
				 rows_quote_shape(shape, rank, text));
	return rows_check_limit(oip->model, oip->n_rows, error);
}

/* Whether the data is in the JSON, or all that follows it. */
static enum emnist_status find_data(struct emnist_oip *oip, struct emnist_json_value value,
				    struct oip_input *input, struct emnist_error *error)
{
	const struct emnist_json_value data = emnist_json_member(oip->json, value, "data");
	const struct emnist_json_value size = parameter(oip->json, value, "binary_data_size");
	int64_t nbytes = 0;

	if (is_given(size) && (!emnist_json_integer(oip->json, size, &nbytes) || nbytes < 0))
		return refuse(error, "'binary_data_size' is not a number of bytes");
	if (!is_given(size) && data.type != EMNIST_JSON_ARRAY)
		return error_set(error, EMNIST_ERR_CORRUPT, "input '%s' has no array of data",
				 oip->model->input);
	if (is_given(size) && is_given(data))
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "input '%s' has both data and binary data", oip->model->input);
	if ((uint64_t)nbytes != input->nbytes)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "%zu bytes of binary data follow the JSON, which has %lld",
				 input->nbytes, (long long)nbytes);
	if (!is_given(size))
		input->data = data;
	return EMNIST_OK;
}

static enum emnist_status read_input(struct emnist_oip *oip, struct oip_input *input,
				     struct emnist_error *error)
{
	const struct emnist_json_value inputs =
		emnist_json_member(oip->json, emnist_json_root(oip->json), "inputs");
	const struct emnist_json_value value = emnist_json_first(oip->json, inputs);
	enum emnist_status status;

	if (inputs.type != EMNIST_JSON_ARRAY)
		return refuse(error, "the request has no array 'inputs'");
	if (emnist_json_count(oip->json, inputs) != 1)
		return error_set(error, EMNIST_ERR_CORRUPT, "%zu inputs: the model has one",
				 emnist_json_count(oip->json, inputs));
	status = check_name(oip, value, "input", oip->model->input, error);
	if (status == EMNIST_OK)
		status = read_datatype(oip, value, input, error);
	if (status == EMNIST_OK)
		status = read_shape(oip, value, input, error);
	if (status == EMNIST_OK)
		status = find_data(oip, value, input, error);
	return status;
}

/* -------------------------------------------------------------------- request */

static enum emnist_status parse_json(struct emnist_oip *oip, const void *body, size_t nbytes,
				     struct emnist_error *error)
{
	struct emnist_error why;
	const struct emnist_json_options options = {.max_images = oip->model->max_rows};
	const enum emnist_status status =
		emnist_json_parse(oip->json, body, nbytes, &options, &why);

	if (status == EMNIST_ERR_CORRUPT)
		return error_at(error, status, why.offset, "invalid JSON at offset %llu: %s",
				(unsigned long long)why.offset, why.message);
	return status ? error_set(error, status, "%s", why.message) : EMNIST_OK;
}

static enum emnist_status parse_head(struct emnist_oip *oip, const void *body, size_t nbytes,
				     struct oip_input *input, struct emnist_error *error)
{
	enum emnist_status status = parse_json(oip, body, nbytes, error);

	if (status == EMNIST_OK && emnist_json_root(oip->json).type != EMNIST_JSON_OBJECT)
		status = refuse(error, "the request is not a JSON object");
	if (status == EMNIST_OK)
		status = read_id(oip, error);
	if (status == EMNIST_OK)
		status = read_outputs(oip, error);
	if (status == EMNIST_OK)
		status = read_input(oip, input, error);
	return status;
}

/* The body is the tensor, and as many rows as it has bytes for. */
static enum emnist_status parse_raw(struct emnist_oip *oip, struct oip_input *input,
				    struct emnist_error *error)
{
	oip->id = NULL;
	oip->n_top = 0;
	oip->is_binary = true;
	oip->n_rows = input->nbytes / (EMNIST_VECTOR_LENGTH * sizeof(float));
	input->type = ROWS_FLOAT;
	if (oip->n_rows == 0)
		return refuse(error, "the body has less than one row of 784 floats");
	return rows_check_limit(oip->model, oip->n_rows, error);
}

enum emnist_status emnist_oip_parse(struct emnist_oip *oip, const struct emnist_serve_model *model,
				    const void *body, size_t nbytes, size_t head_nbytes,
				    struct emnist_oip_request *request_ret,
				    struct emnist_error *error)
{
	const size_t json_nbytes = head_nbytes == EMNIST_OIP_NO_HEAD ? nbytes : head_nbytes;
	struct oip_input input = {0};
	enum emnist_status status;

	*request_ret = (struct emnist_oip_request){0};
	oip->model = model;
	if (json_nbytes > nbytes)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "the length of the JSON, %zu, is more than that of the body, %zu",
				 json_nbytes, nbytes);
	input.bytes = (const uint8_t *)body + json_nbytes;
	input.nbytes = nbytes - json_nbytes;
	status = head_nbytes == 0 ? parse_raw(oip, &input, error)
				  : parse_head(oip, body, json_nbytes, &input, error);
	if (status == EMNIST_OK)
		status = oip_read_data(oip, &input, request_ret, error);
	if (status == EMNIST_OK)
		request_ret->n_rows = oip->n_rows;
	return status;
}
