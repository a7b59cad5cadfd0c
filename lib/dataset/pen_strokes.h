/* pen_strokes.h - pen strokes in JSON Lines as a dataset. */
#ifndef DATASET_PEN_STROKES_H
#define DATASET_PEN_STROKES_H

#include "source.h"

/* Whether a file that begins so has pen strokes: an object with a member "strokes". */
bool pen_strokes_begin(const unsigned char *bytes, size_t nbytes);

/* Takes over the stream, even on failure. */
enum emnist_status pen_strokes_open(struct gzip *stream, const struct source_request *request,
				    struct source **source_ret, struct emnist_error *error);

#endif
