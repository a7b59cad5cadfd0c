/*
 * outputs.h - what a run writes: where results go; none of it may be what it reads, or written
 * twice.
 *
 * Outputs are noted when the command line is read, and whatever is opened for reading is held
 * against them, by what it is and not by its name.
 */
#ifndef CLI_COMMON_OUTPUTS_H
#define CLI_COMMON_OUTPUTS_H

#include "../../lib/io/outfile.h"
#include "../output/text.h"
#include "messages.h"

#include <emnist_dataset.h>

/* Records that `name`, such as "--output" or "DEST", is written to path; NULL and "-" are no files.
 * Prints an error and returns false if path is another output or a recorded input. Warns if the
 * file cannot be replaced. */
bool outputs_add(const char *name, const char *path);

/* Checks before long work that the file at path can be written. Prints an error and returns false
 * if not. */
bool outputs_can_write(const char *path);

/* Records that the file at path is read; NULL and "-" are no files. Prints an error and returns
 * false if it is an output. */
bool outputs_spare(const char *path);

/* The same for all files of a model, whose file or directory is at path, and for the counted ones
 * of a dataset or of labels. */
bool outputs_spare_model(const struct emnist_model *model, const char *path);
bool outputs_spare_dataset(struct emnist_dataset *dataset);
bool outputs_spare_statistics(struct emnist_statistics *statistics);

/* Whether the file at path is an output. Prints nothing; thread-safe. */
bool outputs_have(const char *path);

/* Prints the error for an input that is an output. */
void outputs_complain(const char *path);

/* --------------------------------------------------------------------- writing */

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
