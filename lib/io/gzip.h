/*
 * gzip.h - reads a file, or another source of bytes, from start to end, decompressed if it is gzip.
 */
#ifndef IO_GZIP_H
#define IO_GZIP_H

#include "../base/error.h"

struct gzip;

/* Opens the file at path. gzip is detected from the first bytes. Close with gzip_close(). */
enum emnist_status gzip_open(const char *path, struct gzip **gzip_ret, struct emnist_error *error);

/* A source of bytes other than a file: an archive's member, memory. */
struct gzip_input {
	/* Reads up to nbytes bytes; *n_ret is 0 at the end only. */
	enum emnist_status (*read)(void *context, void *bytes, size_t nbytes, size_t *n_ret,
				   struct emnist_error *error);
	void (*close)(void *context); /* called once; NULL: nothing to do */
	void *context;
};

/* The same from an input, closed by gzip_close(), or at once on failure. */
enum emnist_status gzip_open_input(const struct gzip_input *input, struct gzip **gzip_ret,
				   struct emnist_error *error);

/* Returns the next bytes, decompressed, without consuming them. *n_ret is below nbytes only at the
 * end. *bytes_ret is valid until the next call. */
enum emnist_status gzip_peek(struct gzip *gzip, size_t nbytes, const unsigned char **bytes_ret,
			     size_t *n_ret, struct emnist_error *error);

/* Reads nbytes bytes. *n_ret is below that only at the end, reported only if everything before was
 * valid: every gzip member complete, with the right checksum, and nothing else after it. After an
 * error nothing more can be read. */
enum emnist_status gzip_read(struct gzip *gzip, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error);

/* gzip may be NULL. */
void gzip_close(struct gzip *gzip);

#endif
