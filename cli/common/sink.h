/*
 * sink.h - where results go: standard output or a file.
 */
#ifndef CLI_COMMON_SINK_H
#define CLI_COMMON_SINK_H

#include "../../lib/io/outfile.h"
#include "../output/text.h"
#include "messages.h"

struct sink {
	int fd;                    /* where there is no file */
	struct outfile *file;      /* or NULL */
	char *temporary;           /* what the file is called until it is whole, or NULL */
	const char *path;          /* NULL: standard output */
	bool failed;               /* nothing more is written then */
	int failure;               /* errno, where there is no file */
	struct emnist_error error; /* with failed, and a path */
};

/* path NULL or "-": standard output; else a file that takes its place in sink_close(). On failure
 * complains and returns false. */
bool sink_open(struct sink *sink, const char *path);

/* The same for a file that is made or emptied at once, and may be left behind in part: one of many,
 * which nobody misses. */
bool sink_open_now(struct sink *sink, const char *path);

/* Writes all of it, however many calls it takes; false where that failed, now or before. */
bool sink_write(struct sink *sink, const void *bytes, size_t nbytes);

/* Closes, and complains where something did not arrive: STATUS_FATAL, else status. A reader that
 * closed its end of a pipe has what it wanted: no complaint, and status. With STATUS_FATAL a file
 * that was there before stays. */
enum exit_status sink_close(struct sink *sink, enum exit_status status);

/* All in one: writes these bytes to path, as sink_open() has it. STATUS_FATAL after a complaint. */
enum exit_status sink_put(const char *path, const void *bytes, size_t nbytes);

/* The same with a text, which is released; one that is not whole is not written. */
enum exit_status sink_put_text(const char *path, struct text *text);

#endif
