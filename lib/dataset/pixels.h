/* pixels.h - CSV as a dataset: one image per line, its label and 784 values. */
#ifndef DATASET_PIXELS_H
#define DATASET_PIXELS_H

#include "source.h"

bool pixels_begin(const unsigned char *bytes, size_t nbytes);

/* Takes over the stream, even on failure. */
enum emnist_status pixels_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error);

#endif
