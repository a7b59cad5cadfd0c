/* readers.h - readers of images that wait for the next request. */
#ifndef CLI_SERVE_READERS_H
#define CLI_SERVE_READERS_H

#include <emnist.h>

struct readers;

/* n_pixels: of the largest image. NULL when memory is short. */
struct readers *readers_new(uint64_t n_pixels);
void readers_free(struct readers *readers);

/* A reader, alone for the caller until it is given back; NULL when memory is short. is_quick: it
 * refuses images that take longer than a request of vectors. Thread-safe. */
struct emnist_reader *readers_take(struct readers *readers, enum emnist_preprocess preprocess,
				   bool is_quick);
void readers_give(struct readers *readers, enum emnist_preprocess preprocess, bool is_quick,
		  struct emnist_reader *reader);

#endif
