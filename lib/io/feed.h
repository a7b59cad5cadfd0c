/*
 * feed.h - the bytes of a file or a pipe, some of which were read before.
 */
#ifndef IO_FEED_H
#define IO_FEED_H

#include "../base/error.h"
#include "../base/memory.h"
#include "archive_kind.h"

/* What of the end of a file is kept for those who ask: the end of a zip archive, with the longest
 * comment that it may have (APPNOTE.TXT 4.3.14 to 4.3.16). */
#define FEED_TAIL_NBYTES (22 + 65535 + 20 + 56)

/* Bytes as they are. */
struct feed {
	int fd;
	int stop_fd;         /* readable when no more bytes are wanted */
	unsigned char *head; /* the first bytes, which are given before fd is read on */
	size_t head_nbytes;
	size_t n_head_given;
	uint64_t n_read;     /* given so far */
	bool at_end;         /* there are no more */
	bool can_wait;       /* fd is no regular file: the next bytes may be long in coming */
	unsigned char *tail; /* NULL, or a ring of FEED_TAIL_NBYTES with the last that were given */
};

/* fd stays open. Afterwards head has ARCHIVE_SNIFF_NBYTES bytes or more, where so many are there.
 * To be released with feed_release() in any case. */
enum emnist_status feed_begin(struct feed *feed, int fd, const void *head, size_t head_nbytes,
			      struct emnist_error *error);

/* Reads up to nbytes bytes; *n_ret is 0 at the end only. */
enum emnist_status feed_read(struct feed *feed, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error);

/* Whether the next file is likely to be there as a whole: its reader need not wait. */
bool feed_is_ready(const struct feed *feed);

/* From now on the last bytes are kept. */
enum emnist_status feed_keep_tail(struct feed *feed, struct emnist_error *error);

/* Goes back to the start of the file, before any byte is given: whoever reads fd itself may begin.
 */
enum emnist_status feed_rewind(struct feed *feed, struct emnist_error *error);

/* Copies the last bytes that were given, FEED_TAIL_NBYTES or all; returns their number. */
size_t feed_tail(const struct feed *feed, unsigned char *bytes);

void feed_stop(struct feed *feed);

void feed_release(struct feed *feed);

/* "damaged WHAT: why", EMNIST_ERR_CORRUPT, for what libarchive says of the bytes; why may be NULL.
 */
enum emnist_status feed_damaged(const struct feed *feed, const char *what, const char *why,
				struct emnist_error *error);

/* Whether so much from so little can only be meant to do harm: EMNIST_ERR_LIMIT. */
enum emnist_status feed_check_expansion(const struct feed *feed, uint64_t n_unpacked,
					struct emnist_error *error);

#endif
