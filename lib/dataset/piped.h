/* piped.h - what comes through a pipe, as a file that can be opened as often as needed. */
#ifndef DATASET_PIPED_H
#define DATASET_PIPED_H

#include "../io/gzip.h"

/* More than a million images with their labels as shards have them: an endless pipe ends. */
#define PIPED_MAX_NBYTES (UINT64_C(4) << 30)

struct piped {
	int fd;        /* -1: there is no copy */
	char path[32]; /* of the copy, as long as fd is open */
};

/* Copies the rest of the stream into memory. Always close with piped_close(). */
enum emnist_status piped_copy(struct gzip *stream, struct piped *piped_ret,
			      struct emnist_error *error);

void piped_close(struct piped *piped);

#endif
