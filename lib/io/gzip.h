/*
 * gzip.h - reading a file, or whatever gives bytes in order, from start to end, unpacked where it
 * is gzip.
 */
#ifndef IO_GZIP_H
#define IO_GZIP_H

#include "../base/error.h"

struct gzip;

/* Opens the file at path. Whether it is gzip is told by its first bytes, never by its name. Close
 * with gzip_close(). */
enum emnist_status gzip_open(const char *path, struct gzip **gzip_ret, struct emnist_error *error);

/* Where bytes come from when it is no file of its own: a member of an archive, memory. */
struct gzip_input {
	/* Reads up to nbytes bytes; *n_ret is 0 at the end only. */
	enum emnist_status (*read)(void *context, void *bytes, size_t nbytes, size_t *n_ret,
				   struct emnist_error *error);
	void (*close)(void *context); /* called once; NULL: nothing is to be done */
	void *context;
};

/* The same from an input, which is closed with gzip_close(), or at once on failure. */
enum emnist_status gzip_open_input(const struct gzip_input *input, struct gzip **gzip_ret,
				   struct emnist_error *error);

/* The next bytes, unpacked, without taking them: *n_ret is less than nbytes only where the end
 * comes first. *bytes_ret is good until the next call. */
enum emnist_status gzip_peek(struct gzip *gzip, size_t nbytes, const unsigned char **bytes_ret,
			     size_t *n_ret, struct emnist_error *error);

/* Reads nbytes bytes. *n_ret is less only at the end, which is reported only when what comes
 * before it was whole: every gzip member is complete and its checksum right, and nothing else
 * follows. After an error nothing more can be read. */
enum emnist_status gzip_read(struct gzip *gzip, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error);

/* gzip may be NULL. */
void gzip_close(struct gzip *gzip);

#endif
