/*
 * formats.h - datasets of any format: one table detects the formats by content.
 */
#ifndef DATASET_FORMATS_H
#define DATASET_FORMATS_H

#include "source.h"

/*
 * Opens what is at request->path, or what it is the beginning of the name of. A mapping that was
 * asked for is in request->mapping already and is not looked for; request->given and
 * request->openers are set here. The message of an error names the file that it is about where that
 * is not request->path. Close with source_close().
 */
enum emnist_status formats_open(const struct source_request *request, struct source **source_ret,
				struct emnist_error *error);

/* Opens the dataset in a stream, whose format its first bytes tell; the stream is taken over, also
 * on failure. request->path is what it is called: its labels lie beside it, if they are elsewhere.
 */
enum emnist_status formats_open_stream(struct gzip *stream, const struct source_request *request,
				       struct source **source_ret, struct emnist_error *error);

#endif
