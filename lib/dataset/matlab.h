/*
 * matlab.h - a dataset as a MATLAB file, as NIST ships EMNIST.
 */
#ifndef DATASET_MATLAB_H
#define DATASET_MATLAB_H

#include "source.h"

/* Whether the bytes begin as a MATLAB file does, of version 5 or, in HDF5, of 7.3. */
bool matlab_begins(const unsigned char *bytes, size_t nbytes);

/* The stream is taken over, also on failure. */
enum emnist_status matlab_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error);

#endif
