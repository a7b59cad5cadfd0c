/*
 * emnist_serve.h - the bodies of requests and responses of servers: JSON, the Open Inference
 * Protocol, GraphPipe.
 *
 * JSON is parsed once, into an object that keeps its memory for the next body. Arrays of numbers
 * become floats while they are read, so that n rows of 784 numbers are a matrix for
 * emnist_session_run() without a copy:
 *
 *	struct emnist_json_tensor rows;
 *	struct emnist_json_value instances;
 *
 *	if (emnist_json_parse(json, body, nbytes, NULL, &error))
 *		return refuse("%s at offset %" PRIu64, error.message, error.offset);
 *	instances = emnist_json_member(json, emnist_json_root(json), "instances");
 *	if (emnist_json_tensor(json, instances, &rows) && rows.rank == 2 && rows.shape[1] == 784)
 *		emnist_session_run(session, rows.values, rows.shape[0], probabilities, &error);
 *
 * Numbers beyond float are infinite. Refuse them with isfinite(): sessions take finite values only.
 *
 * See emnist.h for the rules on threads, errors, memory and options.
 */
#ifndef EMNIST_SERVE_H
#define EMNIST_SERVE_H

#include "emnist.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ----------------------------------------------------------------- reading */

/* A parser, and the document that it parsed last, whose bytes the caller keeps unchanged while its
 * values are used. Memory is kept for the next document: at most 8 times the size of the largest.
 */
struct emnist_json;

struct emnist_json_options {
	/* Ignore everything after the first value, as TensorFlow Serving does. */
	bool stop_when_done;
	/* Numbers may be NaN, Inf, Infinity, and -Inf, -Infinity. */
	bool allow_nonfinite;
	uint32_t max_depth; /* of arrays and objects in each other; default: no limit */
	/* Limits arrays and objects, each of which takes 16 bytes, to 1,024 for each image and
	 * 4,096 for what is around them; default: no limit. An array around each pixel is 784. */
	size_t max_images;
};

EMNIST_API enum emnist_status emnist_json_create(struct emnist_json **json_ret,
						 struct emnist_error *error);
EMNIST_API void emnist_json_free(struct emnist_json *json);

/* Parses JSON in UTF-8, with or without byte order mark; strings are not checked to be UTF-8. For
 * what is not JSON: EMNIST_ERR_CORRUPT, with the message and the offset of RapidJSON, which
 * TensorFlow Serving uses. Numbers beyond double are refused. Beyond a limit, or more than 1 GiB:
 * EMNIST_ERR_LIMIT. After a failure, the document is empty. */
EMNIST_API enum emnist_status emnist_json_parse(struct emnist_json *json, const void *bytes,
						size_t nbytes,
						const struct emnist_json_options *options,
						struct emnist_error *error);

enum emnist_json_type {
	EMNIST_JSON_NONE = 0, /* there is no such value */
	EMNIST_JSON_NULL,
	EMNIST_JSON_FALSE,
	EMNIST_JSON_TRUE,
	EMNIST_JSON_NUMBER,
	EMNIST_JSON_STRING,
	EMNIST_JSON_ARRAY,
	EMNIST_JSON_OBJECT,
};

/* "None", "Null", "False", "True", "Number", "String", "Array", "Object". */
EMNIST_API const char *emnist_json_type_name(enum emnist_json_type type);

/* A value of a document, valid until the next one is parsed. All functions take any value, also
 * none, and answer with none, 0, false or NULL if it is not of their type. */
struct emnist_json_value {
	enum emnist_json_type type;
	uint32_t offset; /* of its text in the document */
	uint32_t key;    /* in an object: offset of its name, in quotes; else 0 */
	uint32_t index;  /* internal */
};

/* The document itself; none after a failure. */
EMNIST_API struct emnist_json_value emnist_json_root(const struct emnist_json *json);

/* The first element of an array or member of an object, and the one after an element or a member;
 * none at the end. emnist_json_count() is their number. */
EMNIST_API struct emnist_json_value emnist_json_first(const struct emnist_json *json,
						      struct emnist_json_value parent);
EMNIST_API struct emnist_json_value emnist_json_next(const struct emnist_json *json,
						     struct emnist_json_value value);
EMNIST_API size_t emnist_json_count(const struct emnist_json *json,
				    struct emnist_json_value parent);

/* The member of an object with this name; the first if there are several. */
EMNIST_API struct emnist_json_value emnist_json_member(const struct emnist_json *json,
						       struct emnist_json_value object,
						       const char *name);

/* The bytes of a string, or of a member's name, without escapes; not terminated, and may contain
 * zeros. They are valid until the next document is parsed. NULL also if memory is short. */
EMNIST_API const char *emnist_json_string(struct emnist_json *json, struct emnist_json_value value,
					  size_t *nbytes_ret);
EMNIST_API const char *emnist_json_name(struct emnist_json *json, struct emnist_json_value member,
					size_t *nbytes_ret);

/* Whether it is the string `text`. */
EMNIST_API bool emnist_json_equals(const struct emnist_json *json, struct emnist_json_value value,
				   const char *text);

/* A number, correctly rounded. emnist_json_integer() is true for integers without fraction or
 * exponent from INT64_MIN to INT64_MAX, and else leaves *integer_ret unchanged. */
EMNIST_API double emnist_json_number(const struct emnist_json *json,
				     struct emnist_json_value value);
EMNIST_API bool emnist_json_integer(const struct emnist_json *json, struct emnist_json_value value,
				    int64_t *integer_ret);

/* The text of a value, as it stands in the document. */
EMNIST_API const char *emnist_json_source(const struct emnist_json *json,
					  struct emnist_json_value value, size_t *nbytes_ret);

/* Writes the value as TensorFlow Serving quotes it in messages: RapidJSON's PrettyWriter, indented
 * by 4, arrays on one line. Cut after `room` bytes at most, at a boundary between characters, and
 * before a number that is not finite. Returns the number of bytes; no zero is added. */
EMNIST_API size_t emnist_json_quote(const struct emnist_json *json, struct emnist_json_value value,
				    char *text, size_t room);

/* ----------------------------------------------------------------- tensors */

#define EMNIST_JSON_MAX_RANK 8

/* Why arrays in arrays are not a tensor. The shape expected is that of the first elements; the
 * first value that does not fit is `value`, at `level` (0 is the tensor itself, 1 its elements). */
enum emnist_json_misfit {
	EMNIST_JSON_FITS = 0,
	EMNIST_JSON_NOT_NUMBER,  /* neither number nor array, at the level of the numbers */
	EMNIST_JSON_TOO_SHALLOW, /* no array, where one is expected */
	EMNIST_JSON_TOO_DEEP,    /* an array, where a number is expected: level is the rank */
	EMNIST_JSON_UNEQUAL,     /* an array of another length: n_elements, not shape[level] */
	EMNIST_JSON_MAX_LEVELS,  /* rank above EMNIST_JSON_MAX_RANK */
};

struct emnist_json_tensor {
	size_t rank; /* 0: a single number */
	size_t shape[EMNIST_JSON_MAX_RANK];
	size_t n_values;     /* the product of the shape */
	const float *values; /* (shape), row-major; numbers beyond float are infinite. NULL if rank
			      * is 0, see emnist_json_number(), or if the values do not fit */
	enum emnist_json_misfit misfit;
	struct emnist_json_value value;
	size_t level, n_elements;
};

/* Views a number, or arrays of numbers in each other, as a tensor; whether that is one. Arrays that
 * stand side by side have their values side by side: those of an array of equal rows are one
 * matrix. */
EMNIST_API bool emnist_json_tensor(const struct emnist_json *json, struct emnist_json_value value,
				   struct emnist_json_tensor *tensor_ret);

/* ----------------------------------------------------------------- writing */

/* Room for a float; at most 15 bytes are used. */
#define EMNIST_JSON_FLOAT_ROOM 32

/* Writes a float as TensorFlow Serving does: printf's %g; if that reads back as another float,
 * %.9g; then ".0" if it has neither '.' nor 'e'. Also NaN, Infinity, -Infinity. Returns the number
 * of bytes; no zero is added. text: EMNIST_JSON_FLOAT_ROOM bytes. */
EMNIST_API size_t emnist_json_put_float(char *text, float value);

/* Writes n floats with ", " between them. text: n times EMNIST_JSON_FLOAT_ROOM bytes. */
EMNIST_API size_t emnist_json_put_floats(char *text, const float *values, size_t n);

/* Writes a string in quotes, with RapidJSON's escapes. text: 6 nbytes + 2 bytes. */
EMNIST_API size_t emnist_json_put_string(char *text, const char *bytes, size_t nbytes);

/* --------------------------------------------------------- models that are served */

/* What a request has to fit, and what a response says. The texts and labels stay unchanged while a
 * request is answered. */
struct emnist_serve_model {
	const char *name, *version;         /* "emnist", "1" */
	const char *input, *output;         /* the names of its tensors */
	const struct emnist_labels *labels; /* one per class */
	size_t max_rows;                    /* in a request; more are EMNIST_ERR_LIMIT; 0: any */
};

/* A response under construction. The probabilities, (n_rows, classes), are filled in by the caller
 * between begin and end; a response in binary has them in their place from the start. bytes belong
 * to the caller, to free(), from begin on. */
struct emnist_serve_response {
	void *bytes;
	size_t nbytes;
	size_t head_nbytes; /* of its JSON, if binary data follows it; else 0 */
	float *probabilities;
};

/* In all requests, a row is EMNIST_VECTOR_LENGTH values. The shape of a tensor of n rows is (n,
 * 784), or has n and further sizes whose product is 784: (n, 28, 28), (n, 1, 784). (784) and (28,
 * 28) are one row. Values are floats or doubles in [0,1], or bytes, which are divided by 255. */

/* ------------------------------------------------------- Open Inference Protocol */

/* A parser of requests to v2/models/NAME/infer, with Triton's extensions for binary tensors and
 * classification, and the request that it parsed last. json is used for each of them, and must not
 * be freed before. */
struct emnist_oip;
EMNIST_API enum emnist_status emnist_oip_create(struct emnist_json *json,
						struct emnist_oip **oip_ret,
						struct emnist_error *error);
EMNIST_API void emnist_oip_free(struct emnist_oip *oip);

struct emnist_oip_image {
	const void *bytes;
	size_t nbytes;
};

struct emnist_oip_request {
	size_t n_rows;
	const float *vectors;                  /* (n_rows, EMNIST_VECTOR_LENGTH); NULL: images */
	const struct emnist_oip_image *images; /* (n_rows) image files; NULL: vectors */
	bool are_bytes;                        /* vectors were divided by 255 */
};

#define EMNIST_OIP_NO_HEAD SIZE_MAX

/* Parses a request. head_nbytes: Inference-Header-Content-Length, the length of the JSON before
 * binary data; 0: all of the body is a tensor of floats; EMNIST_OIP_NO_HEAD: all of it is JSON.
 * Elements of BYTES are image files: as they are in binary, as base64 in JSON. A bad request is
 * EMNIST_ERR_CORRUPT or EMNIST_ERR_UNSUPPORTED. The results are valid until the next one. */
EMNIST_API enum emnist_status emnist_oip_parse(struct emnist_oip *oip,
					       const struct emnist_serve_model *model,
					       const void *body, size_t nbytes, size_t head_nbytes,
					       struct emnist_oip_request *request_ret,
					       struct emnist_error *error);

/* Responds to the last request. */
EMNIST_API enum emnist_status emnist_oip_begin(struct emnist_oip *oip,
					       struct emnist_serve_response *response,
					       struct emnist_error *error);
EMNIST_API enum emnist_status emnist_oip_end(struct emnist_oip *oip,
					     struct emnist_serve_response *response,
					     struct emnist_error *error);

/* -------------------------------------------------------------------- GraphPipe */

/* What metadata says. */
#define EMNIST_GRAPHPIPE_SERVER      "emnist " EMNIST_VERSION
#define EMNIST_GRAPHPIPE_DESCRIPTION "recognizes single characters in images"
#define EMNIST_GRAPHPIPE_INPUT       "28x28 values per image, 0 = background, 1 = ink"
#define EMNIST_GRAPHPIPE_OUTPUT      "a probability per class"
#define EMNIST_GRAPHPIPE_FLOAT32     10 /* the type of both tensors */

struct emnist_graphpipe_request {
	bool is_metadata; /* the answer is that of emnist_graphpipe_metadata() */
	size_t n_rows;
	bool are_bytes;     /* values are divided by 255 */
	const void *values; /* in the body */
	int type;           /* of a value; internal */
};

/* Parses a request, a flatbuffer: every offset in it is checked. Fails as emnist_oip_parse(). */
EMNIST_API enum emnist_status emnist_graphpipe_parse(const struct emnist_serve_model *model,
						     const void *body, size_t nbytes,
						     struct emnist_graphpipe_request *request_ret,
						     struct emnist_error *error);

/* Copies the rows of a request. vectors: (n_rows, EMNIST_VECTOR_LENGTH). */
EMNIST_API void emnist_graphpipe_copy(const struct emnist_graphpipe_request *request,
				      float *vectors);

/* Responds with probabilities, or with what the model takes and gives. */
EMNIST_API enum emnist_status emnist_graphpipe_begin(const struct emnist_serve_model *model,
						     size_t n_rows,
						     struct emnist_serve_response *response,
						     struct emnist_error *error);
EMNIST_API void emnist_graphpipe_end(struct emnist_serve_response *response);
EMNIST_API enum emnist_status emnist_graphpipe_metadata(const struct emnist_serve_model *model,
							struct emnist_serve_response *response,
							struct emnist_error *error);

#ifdef __cplusplus
}
#endif

#endif
