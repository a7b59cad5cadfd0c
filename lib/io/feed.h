/* feed.h - the bytes of a file or a pipe, some of them already read. */
#ifndef IO_FEED_H
#define IO_FEED_H

#include "../base/error.h"
#include "../base/memory.h"
#include "archive_kind.h"
#include "wakeup.h"

/* Bytes kept of a file's end: the end of a zip archive, with the longest comment (APPNOTE.TXT
 * 4.3.14 to 4.3.16). */
#define FEED_TAIL_NBYTES (22 + 65535 + 20 + 56)

/* Bytes as they are. */
struct feed {
	int fd;
	struct wakeup stop;  /* sent when no more bytes are wanted */
	unsigned char *head; /* the first bytes, given out before fd is read */
	size_t head_nbytes;
	size_t n_head_given;
	uint64_t n_read;     /* given so far */
	bool at_end;         /* there are no more */
	bool can_wait;       /* fd is not a regular file: reading may block */
	unsigned char *tail; /* NULL, or a ring of the last FEED_TAIL_NBYTES given out */
};

/* fd stays open. Afterwards head has at least ARCHIVE_SNIFF_NBYTES bytes, if there are that many.
 * Always release with feed_release(). */
enum emnist_status feed_begin(struct feed *feed, int fd, const void *head, size_t head_nbytes,
			      struct emnist_error *error);

/* Reads up to nbytes bytes; *n_ret is 0 at the end only. */
enum emnist_status feed_read(struct feed *feed, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error);

/* Whether the next file is probably there completely: reading it will not block. */
bool feed_is_ready(const struct feed *feed);

/* From now on the last bytes are kept. */
enum emnist_status feed_keep_tail(struct feed *feed, struct emnist_error *error);

/* Rewinds to the start of the file, before any byte is given out: the caller may read fd itself. */
enum emnist_status feed_rewind(struct feed *feed, struct emnist_error *error);

/* Copies the last bytes given out, up to FEED_TAIL_NBYTES; returns their number. */
size_t feed_tail(const struct feed *feed, unsigned char *bytes);

void feed_stop(struct feed *feed);

void feed_release(struct feed *feed);

/* "damaged WHAT: why", EMNIST_ERR_CORRUPT, with libarchive's reason; why may be NULL. */
enum emnist_status feed_damaged(const struct feed *feed, const char *what, const char *why,
				struct emnist_error *error);

/* EMNIST_ERR_LIMIT if so few bytes expand to so many that it must be an attack. */
enum emnist_status feed_check_expansion(const struct feed *feed, uint64_t n_unpacked,
					struct emnist_error *error);

#endif
