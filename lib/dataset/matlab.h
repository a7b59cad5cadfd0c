/* matlab.h - a MATLAB file as a dataset, as NIST ships EMNIST. */
#ifndef DATASET_MATLAB_H
#define DATASET_MATLAB_H

#include "source.h"

/* Whether the bytes begin like a MATLAB file of version 5, or of 7.3 (HDF5). */
bool matlab_begins(const unsigned char *bytes, size_t nbytes);

/* Takes over the stream, even on failure. */
enum emnist_status matlab_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error);

#endif
