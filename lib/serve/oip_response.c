/*
 * oip_response.c - writes responses of the Open Inference Protocol.
 *
 * A response in binary is JSON and the probabilities behind it, where the network writes them. The
 * JSON ends in blanks, so that they are aligned.
 */
#include "oip.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a response without data mostly needs. */
#define FIRST_NBYTES 512

static bool put(struct buffer *buffer, const char *text, size_t nbytes)
{
	if (!buffer_reserve(buffer, buffer->nbytes + nbytes))
		return false;
	if (nbytes > 0)
		memcpy(buffer->data + buffer->nbytes, text, nbytes);
	buffer->nbytes += nbytes;
	return true;
}

static bool put_text(struct buffer *buffer, const char *text)
{
	return put(buffer, text, strlen(text));
}

static bool put_string(struct buffer *buffer, const char *string)
{
	const size_t nbytes = strlen(string);

	if (!buffer_reserve(buffer, buffer->nbytes + 6 * nbytes + 2))
		return false;
	buffer->nbytes +=
		emnist_json_put_string((char *)buffer->data + buffer->nbytes, string, nbytes);
	return true;
}

/* Up to the data of the output. */
static bool put_head(struct buffer *buffer, const struct emnist_oip *oip)
{
	const struct emnist_serve_model *model = oip->model;
	const size_t width = oip->n_top ? oip->n_top : emnist_labels_count(model->labels);

	return buffer_reserve(buffer, FIRST_NBYTES) && put_text(buffer, "{\"model_name\":") &&
	       put_string(buffer, model->name) && put_text(buffer, ",\"model_version\":") &&
	       put_string(buffer, model->version) && put_text(buffer, oip->id ? ",\"id\":" : "") &&
	       put(buffer, oip->id, oip->id ? oip->id_nbytes : 0) &&
	       put_text(buffer, ",\"outputs\":[{\"name\":") && put_string(buffer, model->output) &&
	       put_text(buffer,
			oip->n_top ? ",\"datatype\":\"BYTES\"" : ",\"datatype\":\"FP32\"") &&
	       buffer_printf(buffer, ",\"shape\":[%zu,%zu],", oip->n_rows, width);
}

/* The end of the JSON of a response whose data follows it. */
static bool put_binary_end(struct buffer *buffer, size_t data_nbytes)
{
	if (!buffer_printf(buffer, "\"parameters\":{\"binary_data_size\":%zu}}]}", data_nbytes))
		return false;
	while (buffer->nbytes % sizeof(float) != 0)
		if (!put_text(buffer, " "))
			return false;
	return true;
}

static void hand_over(struct emnist_serve_response *response, const struct buffer *buffer)
{
	response->bytes = buffer->data;
	response->nbytes = buffer->nbytes;
}

/* ------------------------------------------------------------------- begin */

static bool begin_binary(struct emnist_oip *oip, struct emnist_serve_response *response)
{
	struct buffer buffer = {0};
	size_t n, nbytes;
	bool fits = !size_mul_overflows(oip->n_rows, emnist_labels_count(oip->model->labels), &n) &&
		    !size_mul_overflows(n, sizeof(float), &nbytes) && put_head(&buffer, oip) &&
		    put_binary_end(&buffer, nbytes);

	response->head_nbytes = buffer.nbytes;
	if (fits && buffer_reserve(&buffer, buffer.nbytes + nbytes)) {
		response->probabilities = (float *)(void *)(buffer.data + buffer.nbytes);
		buffer.nbytes += nbytes;
		hand_over(response, &buffer);
		return true;
	}
	buffer_clear(&buffer);
	return false;
}

static bool begin_text(struct emnist_oip *oip, struct emnist_serve_response *response)
{
	free(oip->probabilities);
	oip->probabilities = alloc_room(oip->n_rows, emnist_labels_count(oip->model->labels));
	response->probabilities = oip->probabilities;
	return oip->probabilities;
}

enum emnist_status emnist_oip_begin(struct emnist_oip *oip, struct emnist_serve_response *response,
				    struct emnist_error *error)
{
	*response = (struct emnist_serve_response){0};
	if (oip->is_binary && !oip->n_top ? begin_binary(oip, response) : begin_text(oip, response))
		return EMNIST_OK;
	return error_memory(error);
}

/* ---------------------------------------------------------- probabilities as text */

static bool put_probabilities(struct buffer *buffer, const struct emnist_oip *oip)
{
	const size_t n = oip->n_rows * emnist_labels_count(oip->model->labels);
	size_t room;

	if (size_mul_overflows(n, EMNIST_JSON_FLOAT_ROOM, &room) ||
	    !buffer_reserve(buffer, buffer->nbytes + room))
		return false;
	buffer->nbytes += emnist_json_put_floats((char *)buffer->data + buffer->nbytes,
						 oip->probabilities, n);
	return true;
}

/* ---------------------------------------------------------------- classification */

/* "0.270700:1:LABEL", as printf's %f writes it in the C locale. */
static bool put_class(struct buffer *text, const struct emnist_oip *oip, float probability,
		      uint32_t class)
{
	/* Exact before it is rounded: a float has 24 bits, a million 20. */
	const unsigned millionths = (unsigned)rint((double)probability * 1e6);

	text->nbytes = 0;
	return buffer_printf(text, "%u.%06u:%u:%s", millionths / 1000000, millionths % 1000000,
			     class, emnist_labels_text(oip->model->labels, class));
}

static bool put_binary_element(struct buffer *buffer, const struct buffer *text)
{
	uint8_t length[4];

	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)(text->nbytes >> 8 * i);
	return put(buffer, (const char *)length, sizeof(length)) &&
	       put(buffer, (const char *)text->data, text->nbytes);
}

static bool put_text_element(struct buffer *buffer, const struct buffer *text, bool is_first)
{
	return (is_first || put_text(buffer, ",")) && put_string(buffer, (const char *)text->data);
}

/* The elements of all rows: binary, or the content of a JSON array. */
static bool put_classes(struct buffer *buffer, const struct emnist_oip *oip)
{
	const size_t n_classes = emnist_labels_count(oip->model->labels);
	uint32_t *top = alloc_array(oip->n_top, sizeof(*top));
	struct buffer text = {0};
	bool fits = top;

	for (size_t row = 0; fits && row < oip->n_rows; row++) {
		const float *probabilities = oip->probabilities + row * n_classes;

		emnist_top_k(probabilities, n_classes, oip->n_top, top);
		for (size_t i = 0; fits && i < oip->n_top; i++)
			fits = put_class(&text, oip, probabilities[top[i]], top[i]) &&
			       (oip->is_binary ? put_binary_element(buffer, &text)
					       : put_text_element(buffer, &text, row + i == 0));
	}
	buffer_clear(&text);
	free(top);
	return fits;
}

/* --------------------------------------------------------------------- end */

static bool end_binary_classes(const struct emnist_oip *oip, struct buffer *buffer,
			       size_t *head_nbytes_ret)
{
	struct buffer classes = {0};
	bool fits = put_classes(&classes, oip) && put_head(buffer, oip) &&
		    put_binary_end(buffer, classes.nbytes);

	*head_nbytes_ret = buffer->nbytes;
	fits = fits && put(buffer, (const char *)classes.data, classes.nbytes);
	buffer_clear(&classes);
	return fits;
}

static bool end_text(const struct emnist_oip *oip, struct buffer *buffer)
{
	return put_head(buffer, oip) && put_text(buffer, "\"data\":[") &&
	       (oip->n_top ? put_classes(buffer, oip) : put_probabilities(buffer, oip)) &&
	       put_text(buffer, "]}]}");
}

enum emnist_status emnist_oip_end(struct emnist_oip *oip, struct emnist_serve_response *response,
				  struct emnist_error *error)
{
	struct buffer buffer = {0};
	bool fits;

	if (response->bytes) {
		rows_swap_bytes(response->probabilities,
				oip->n_rows * emnist_labels_count(oip->model->labels));
		return EMNIST_OK;
	}
	fits = oip->is_binary ? end_binary_classes(oip, &buffer, &response->head_nbytes)
			      : end_text(oip, &buffer);
	if (fits) {
		hand_over(response, &buffer);
		return EMNIST_OK;
	}
	buffer_clear(&buffer);
	return error_memory(error);
}
