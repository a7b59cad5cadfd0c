/*
 * tfs_rows.h - from the JSON of a request of TensorFlow Serving's to rows for a model.
 *
 * A row is 784 numbers, in any nesting: (784), (28, 28), (28, 28, 1)... In its place, {"b64": TEXT}
 * is an image file, which TensorFlow Serving takes only for inputs that are strings.
 */
#ifndef CLI_SERVE_TFS_ROWS_H
#define CLI_SERVE_TFS_ROWS_H

#include "../../output/text.h"
#include "../call/inference.h"

#include <emnist_serve.h>

/* {0} before; release with tfs_rows_release(). */
struct tfs_rows {
	const float *vectors; /* (n, EMNIST_VECTOR_LENGTH), of the document or own */
	size_t n;
	float *own;
	/* Image files, whose rows are 0. */
	struct picture *pictures;
	size_t *picture_rows; /* (n_pictures) */
	size_t n_pictures;
	struct text error; /* after a failure; no bytes if memory was short */
	/* Of the first row of numbers: all are of its shape. */
	struct emnist_json_tensor first;
	bool has_first;
};

/* Room for n rows of their own. */
bool tfs_rows_begin(struct tfs_rows *rows, size_t n);

/* Sets a row to the numbers of a value, or adds the picture in it. type: that of the model's input,
 * for messages. */
bool tfs_rows_set(struct tfs_rows *rows, size_t row, struct emnist_json *json,
		  struct emnist_json_value value, const char *type);

/* Says why a value is not a tensor. Returns false. */
bool tfs_rows_refuse(struct tfs_rows *rows, const struct emnist_json *json,
		     const struct emnist_json_tensor *tensor, const char *type);

/* When all are set: checks that rows of numbers are vectors. input: the name of the model's. */
bool tfs_rows_end(struct tfs_rows *rows, const char *input);

/* Puts this before the error. Returns false. */
bool tfs_rows_prefix(struct tfs_rows *rows, const char *prefix);

void tfs_rows_release(struct tfs_rows *rows);

#endif
