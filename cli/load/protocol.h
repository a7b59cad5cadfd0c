/*
 * protocol.h - what servers of one kind are asked, and how they answer.
 *
 * A request has a batch of images, as numbers or as PNG files. An answer is a class for each image,
 * by its number or by its characters.
 */
#ifndef CLI_LOAD_PROTOCOL_H
#define CLI_LOAD_PROTOCOL_H

#include "../../lib/base/memory.h"
#include "../output/text.h"
#include "load_images.h"

#include <emnist_serve.h>

/* Some of the images. */
struct batch {
	const struct load_images *images;
	size_t first, n;
};

static inline const uint8_t *batch_pixels(const struct batch *batch, size_t i)
{
	return batch->images->pixels + (batch->first + i) * EMNIST_VECTOR_LENGTH;
}

/* A body that is made, or was received. */
struct request_body {
	struct text *text; /* it is appended to this */
	const char *content_type;
	size_t json_nbytes; /* Inference-Header-Content-Length; 0: none */
};

/* The answer for one image. */
struct answer {
	uint32_t n_classes; /* 0: the answer has characters instead */
	uint32_t class;
	const char *label; /* NULL: the image was not answered */
	size_t label_nbytes;
};

struct answers {
	size_t n;             /* images that were asked about */
	struct answer *items; /* (n) */
	struct emnist_json *json;
	struct buffer floats; /* memory for those that are not JSON */
};

struct response_body {
	const char *bytes;
	size_t nbytes;
	bool has_json_nbytes;
	uint64_t json_nbytes; /* Inference-Header-Content-Length */
};

struct protocol {
	const char *name;    /* of --protocol */
	const char *summary; /* for people */
	bool needs_pngs;
	bool has_input_name;
	/* Appends the body of a request. input_name: of the model's input, where it has one. */
	void (*put)(struct request_body *body, const struct batch *batch, const char *input_name);
	/* Reads the answers. */
	enum emnist_status (*read)(struct answers *answers, const struct response_body *body,
				   struct emnist_error *error);
};

/* All of them; the names end with NULL, and begin with "auto". */
extern const struct protocol *const protocols[];
extern const char *const protocol_names[];

extern const struct protocol protocol_tfs, protocol_tfs_column, protocol_flask, protocol_v2,
	protocol_v2_binary, protocol_graphpipe, protocol_image;

/* The name of the first input in a model's metadata; name stays as it is if there is none. */
void v2_read_input_name(const char *body, size_t nbytes, char *name, size_t size);

/* A request for metadata, and whether a body is the answer to it. */
#define GRAPHPIPE_ASK_NBYTES 32
extern const char graphpipe_ask[GRAPHPIPE_ASK_NBYTES];
bool graphpipe_is_metadata(const char *body, size_t nbytes);

/* The classes with the largest of n rows of n_classes values each, as the answers. */
enum emnist_status answers_from_rows(struct answers *answers, const float *values, size_t n_values,
				     struct emnist_error *error);

/* The same with little-endian floats at any address. */
enum emnist_status answers_from_bytes(struct answers *answers, const void *bytes, size_t nbytes,
				      struct emnist_error *error);

#endif
