/*
 * oip_data.c - the data of an input: numbers or image files, in JSON or binary.
 *
 * Numbers in JSON are used where its parser put them. Binary ones are copied, since their place in
 * a body is not aligned.
 */
#include "../base/base64.h"
#include "../base/cursor.h"
#include "oip.h"

static enum emnist_status refuse_count(const struct emnist_oip *oip, size_t n, const char *what,
				       struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT,
			 "input '%s': its shape does not match its data of %zu %s",
			 oip->model->input, n, what);
}

/* -------------------------------------------------------------------- numbers */

/* Whether so many values are the rows of the shape. */
static bool are_rows(const struct emnist_oip *oip, size_t n_values)
{
	return n_values % EMNIST_VECTOR_LENGTH == 0 &&
	       n_values / EMNIST_VECTOR_LENGTH == oip->n_rows;
}

static bool make_room(struct emnist_oip *oip)
{
	free(oip->vectors);
	oip->vectors = alloc_room(oip->n_rows, EMNIST_VECTOR_LENGTH);
	return oip->vectors;
}

static enum emnist_status read_binary_numbers(struct emnist_oip *oip, const struct oip_input *input,
					      struct emnist_error *error)
{
	const size_t n_values = input->nbytes / rows_value_nbytes(input->type);

	if (input->nbytes % rows_value_nbytes(input->type) || !are_rows(oip, n_values))
		return refuse_count(oip, input->nbytes, "bytes", error);
	if (!make_room(oip))
		return error_memory(error);
	rows_decode(input->type, input->bytes, n_values, oip->vectors);
	return EMNIST_OK;
}

/* Scales numbers that were written as bytes. */
static enum emnist_status scale(struct emnist_oip *oip, const float *values,
				struct emnist_error *error)
{
	if (!make_room(oip))
		return error_memory(error);
	for (size_t i = 0; i < oip->n_rows * EMNIST_VECTOR_LENGTH; i++) {
		const float value = values[i];

		if (!(value >= 0 && value <= 255 && value == (float)(uint8_t)value))
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "input '%s': value %zu is not in the range of UINT8",
					 oip->model->input, i);
		oip->vectors[i] = value / 255;
	}
	return EMNIST_OK;
}

static enum emnist_status read_json_numbers(struct emnist_oip *oip, const struct oip_input *input,
					    const float **vectors_ret, struct emnist_error *error)
{
	struct emnist_json_tensor tensor;

	if (!emnist_json_tensor(oip->json, input->data, &tensor))
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "input '%s': its data is not numbers in arrays of equal lengths",
				 oip->model->input);
	if (!are_rows(oip, tensor.n_values))
		return refuse_count(oip, tensor.n_values, "values", error);
	if (input->type != ROWS_UINT8 && oip->n_rows > 0) {
		*vectors_ret = tensor.values;
		return EMNIST_OK;
	}
	return scale(oip, tensor.values, error);
}

static enum emnist_status read_numbers(struct emnist_oip *oip, const struct oip_input *input,
				       struct emnist_oip_request *request,
				       struct emnist_error *error)
{
	const float *vectors = NULL;
	const enum emnist_status status = input->data.type
						  ? read_json_numbers(oip, input, &vectors, error)
						  : read_binary_numbers(oip, input, error);

	if (status == EMNIST_OK)
		*request = (struct emnist_oip_request){
			.vectors = vectors ? vectors : oip->vectors,
			.are_bytes = input->type == ROWS_UINT8,
		};
	return status;
}

/* --------------------------------------------------------------------- images */

/* Each element is its length in four bytes, and its bytes. */
static enum emnist_status read_binary_images(struct emnist_oip *oip, const struct oip_input *input,
					     struct emnist_error *error)
{
	struct cursor cursor = cursor_over(input->bytes, input->nbytes);

	for (size_t i = 0; i < oip->n_rows; i++) {
		struct emnist_oip_image *image = &oip->images[i];

		image->nbytes = cursor_u32_le(&cursor);
		image->bytes = cursor_take(&cursor, image->nbytes);
	}
	if (!cursor.failed && cursor_left(&cursor) == 0)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_CORRUPT,
			 "input '%s': its data of %zu bytes is not %zu elements of BYTES",
			 oip->model->input, input->nbytes, oip->n_rows);
}

/* An element, which is in arrays of its own if the data is nested. */
static struct emnist_json_value unnest(const struct emnist_json *json,
				       struct emnist_json_value value)
{
	while (value.type == EMNIST_JSON_ARRAY && emnist_json_count(json, value) == 1)
		value = emnist_json_first(json, value);
	return value;
}

/* Decodes a text to behind the other files, where there is room for all. */
static bool decode(struct buffer *files, const char *text, size_t nbytes,
		   struct emnist_oip_image *image_ret)
{
	unsigned char *bytes = files->data + files->nbytes;

	if (!base64_decode(text, nbytes, bytes, &image_ret->nbytes))
		return false;
	image_ret->bytes = bytes;
	files->nbytes += image_ret->nbytes;
	return true;
}

static enum emnist_status read_json_images(struct emnist_oip *oip, const struct oip_input *input,
					   struct emnist_error *error)
{
	struct emnist_json_value value = emnist_json_first(oip->json, input->data);
	size_t nbytes;

	emnist_json_source(oip->json, input->data, &nbytes);
	oip->files.nbytes = 0;
	if (!buffer_reserve(&oip->files, BASE64_MOST(nbytes) + oip->n_rows * BASE64_MOST(0)))
		return error_memory(error);
	for (size_t i = 0; i < oip->n_rows; i++, value = emnist_json_next(oip->json, value)) {
		const struct emnist_json_value element = unnest(oip->json, value);
		const char *text = emnist_json_string(oip->json, element, &nbytes);

		if (!text && element.type == EMNIST_JSON_STRING)
			return error_memory(error);
		if (!text || !decode(&oip->files, text, nbytes, &oip->images[i]))
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "input '%s': element %zu is not an image file in base64",
					 oip->model->input, i);
	}
	return EMNIST_OK;
}

static enum emnist_status read_images(struct emnist_oip *oip, const struct oip_input *input,
				      struct emnist_error *error)
{
	const size_t n = emnist_json_count(oip->json, input->data);

	if (input->data.type && n != oip->n_rows)
		return refuse_count(oip, n, "elements", error);
	if (!input->data.type && input->nbytes / 4 < oip->n_rows)
		return refuse_count(oip, input->nbytes, "bytes", error);
	free(oip->images);
	oip->images = alloc_array(oip->n_rows, sizeof(*oip->images));
	if (!oip->images)
		return error_memory(error);
	return input->data.type ? read_json_images(oip, input, error)
				: read_binary_images(oip, input, error);
}

enum emnist_status oip_read_data(struct emnist_oip *oip, const struct oip_input *input,
				 struct emnist_oip_request *request_ret, struct emnist_error *error)
{
	enum emnist_status status;

	if (!input->is_images)
		return read_numbers(oip, input, request_ret, error);
	status = read_images(oip, input, error);
	if (status == EMNIST_OK)
		request_ret->images = oip->images;
	return status;
}
