/* formats.h - opens datasets of any format, detected from the content by one table. */
#ifndef DATASET_FORMATS_H
#define DATASET_FORMATS_H

#include "source.h"

/*
 * Opens what is at request->path, or what has a name that begins so. A mapping asked for is in
 * request->mapping already and is not searched. Sets request->given and request->openers. An
 * error's message names its file if that is not request->path. Close with source_close().
 */
enum emnist_status formats_open(const struct source_request *request, struct source **source_ret,
				struct emnist_error *error);

/* Opens the dataset in a stream, detecting its format from the first bytes. Takes over the stream,
 * even on failure. request->path is its name: separate labels are found next to it. */
enum emnist_status formats_open_stream(struct gzip *stream, const struct source_request *request,
				       struct source **source_ret, struct emnist_error *error);

#endif
