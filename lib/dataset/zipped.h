/*
 * zipped.h - datasets in a zip archive: NIST's gzip.zip and matlab.zip, as they are.
 */
#ifndef DATASET_ZIPPED_H
#define DATASET_ZIPPED_H

#include "source.h"

bool zipped_begins(const unsigned char *bytes, size_t nbytes);

/* Opens the dataset that request->split chooses in the zip archive at request->path. The stream,
 * which has its first bytes, is closed: the archive is read by its directory, for which it must be
 * a regular file. */
enum emnist_status zipped_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error);

#endif
