/* unpacker.h - decompresses the bytes of a feed. */
#ifndef IO_UNPACKER_H
#define IO_UNPACKER_H

#include "feed.h"

struct unpacker;

/* kind: GZIP, ZSTD or XZ. The feed must outlive it. */
enum emnist_status unpacker_open(struct feed *feed, enum archive_kind kind,
				 struct unpacker **unpacker_ret, struct emnist_error *error);

/*
 * As feed_read(). The end is reported only if everything before it was complete and its checksums
 * right.
 */
enum emnist_status unpacker_read(struct unpacker *unpacker, void *bytes, size_t nbytes,
				 size_t *n_ret, struct emnist_error *error);

/* unpacker may be NULL. */
void unpacker_close(struct unpacker *unpacker);

#endif
