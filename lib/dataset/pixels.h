/*
 * pixels.h - a dataset as CSV: a line an image, its label and its 784 values.
 */
#ifndef DATASET_PIXELS_H
#define DATASET_PIXELS_H

#include "source.h"

bool pixels_begin(const unsigned char *bytes, size_t nbytes);

/* The stream is taken over, also on failure. */
enum emnist_status pixels_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error);

#endif
