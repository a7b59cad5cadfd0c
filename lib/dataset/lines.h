/* lines.h - reads a text line by line. */
#ifndef DATASET_LINES_H
#define DATASET_LINES_H

#include "../base/memory.h"
#include "../io/gzip.h"

struct lines {
	struct gzip *stream; /* borrowed */
	size_t max_nbytes;   /* of a line; a little more may pass */
	uint64_t number;     /* of the line given last, from 1 */
	struct buffer bytes;
	size_t next; /* position in bytes of the next line */
	bool at_end;
};

/* The next line without its LF, and without a byte order mark, valid until the next call; NULL at
 * the end. */
enum emnist_status lines_next(struct lines *lines, const unsigned char **line_ret,
			      size_t *nbytes_ret, struct emnist_error *error);

void lines_clear(struct lines *lines);

#endif
