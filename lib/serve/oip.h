/* oip.h - a request of the Open Inference Protocol, between its parser and its response. */
#ifndef SERVE_OIP_H
#define SERVE_OIP_H

#include "../base/error.h"
#include "../base/memory.h"
#include "../emnist_serve.h"
#include "tensor_rows.h"

struct emnist_oip {
	struct emnist_json *json;
	const struct emnist_serve_model *model;
	const char *id; /* as its JSON stands in the body; NULL: none */
	size_t id_nbytes;
	size_t n_rows;
	size_t n_top;   /* classes to respond with; 0: all probabilities */
	bool is_binary; /* the response */
	float *vectors; /* those that the JSON document does not have as they are needed */
	struct emnist_oip_image *images;
	struct buffer files;  /* of images that were base64 */
	float *probabilities; /* of a response that has them as text */
};

/* The input of a request. */
struct oip_input {
	bool is_images;
	enum rows_type type;           /* of numbers */
	struct emnist_json_value data; /* none: it is binary, all that follows the JSON */
	const uint8_t *bytes;
	size_t nbytes;
};

/* Reads the data of an input of oip->n_rows rows. */
enum emnist_status oip_read_data(struct emnist_oip *oip, const struct oip_input *input,
				 struct emnist_oip_request *request_ret,
				 struct emnist_error *error);

#endif
