/* list.h - a list of image files and their labels, CSV or TSV, as a dataset. */
#ifndef DATASET_LIST_H
#define DATASET_LIST_H

#include "source.h"

bool list_begin(const unsigned char *bytes, size_t nbytes);

/* Takes over the stream, even on failure. */
enum emnist_status list_open(struct gzip *stream, const struct source_request *request,
			     struct source **source_ret, struct emnist_error *error);

#endif
