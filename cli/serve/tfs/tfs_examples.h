/*
 * tfs_examples.h - the rows of `classify`: "examples".
 *
 * An example is an object of features. The image is the feature with the name of the model's input,
 * else "image/encoded", else the only one: 784 numbers, or an image file as {"b64": TEXT}.
 */
#ifndef CLI_SERVE_TFS_EXAMPLES_H
#define CLI_SERVE_TFS_EXAMPLES_H

#include "tfs_rows.h"

/* Checks "context" and "examples", as far as TensorFlow Serving does before it looks for the model;
 * *examples_ret is an array that is not empty. */
bool tfs_examples_check(struct emnist_json *json, struct emnist_json_value document,
			struct emnist_json_value *examples_ret, struct text *error);

/* Sets *rows from examples that were checked. input: the name of the model's. */
bool tfs_examples_read(struct tfs_rows *rows, struct emnist_json *json,
		       struct emnist_json_value examples, const char *input);

#endif
