/*
 * gzip.h - reading a file from start to end, unpacked where it is gzip.
 */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include "error.h"

struct gzip;

/* Opens the file at path. Whether it is gzip is told by its first bytes, never by its name. Close
 * with gzip_close(). */
enum emnist_status gzip_open(const char *path, struct gzip **gzip_ret, struct emnist_error *error);

/* Reads nbytes bytes. *n_ret is less only at the end, which is reported only when what comes
 * before it was whole: every gzip member is complete and its checksum right, and nothing else
 * follows. After an error nothing more can be read. */
enum emnist_status gzip_read(struct gzip *gzip, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error);

/* gzip may be NULL. */
void gzip_close(struct gzip *gzip);

#endif
