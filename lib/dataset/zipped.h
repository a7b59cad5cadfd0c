/* zipped.h - datasets in a zip archive, such as NIST's gzip.zip and matlab.zip. */
#ifndef DATASET_ZIPPED_H
#define DATASET_ZIPPED_H

#include "source.h"

bool zipped_begins(const unsigned char *bytes, size_t nbytes);

/* Opens the dataset chosen by request->split in the zip archive at request->path. Closes the
 * stream, which has the archive's first bytes. An archive that comes through a pipe is copied
 * first, since it is read several times. */
enum emnist_status zipped_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error);

#endif
