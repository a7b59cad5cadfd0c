/*
 * sink.h - where results go: standard output or a file.
 */
#ifndef CLI_SINK_H
#define CLI_SINK_H

#include "cli.h"

struct sink {
	int fd;
	const char *path; /* NULL: standard output */
	int failure;      /* errno of the first failure, after which nothing more is written */
};

/* path NULL or "-": standard output; else the file is made or emptied. On failure complains and
 * returns false. */
bool sink_open(struct sink *sink, const char *path);

/* Writes all of it, however many calls it takes; false where that failed, now or before. */
bool sink_write(struct sink *sink, const void *bytes, size_t nbytes);

/* Closes, and complains where something did not arrive: STATUS_FATAL, else status. A reader that
 * closed its end of a pipe has what it wanted: no complaint, and status. */
enum exit_status sink_close(struct sink *sink, enum exit_status status);

#endif
