/*
 * sink.h - where results go: standard output or a file.
 */
#ifndef CLI_SINK_H
#define CLI_SINK_H

#include "cli.h"
#include "text.h"

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

/* All in one: writes these bytes to path, as sink_open() has it. STATUS_FATAL after a complaint. */
enum exit_status sink_put(const char *path, const void *bytes, size_t nbytes);

/* The same with a text, which is released; one that is not whole is not written. */
enum exit_status sink_put_text(const char *path, struct text *text);

/* The same for a file that holds, whatever happens, what it held or all that is new: see
 * emnist_file_replace(). */
enum exit_status sink_replace(const char *path, const void *bytes, size_t nbytes);
enum exit_status sink_replace_by_text(const char *path, struct text *text);

#endif
