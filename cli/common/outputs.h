/*
 * outputs.h - the destinations of results; no output may be an input or written twice.
 *
 * Outputs are recorded while the command line is parsed. Everything opened for reading is compared
 * with them, by file identity and not by name.
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
	int fd;                    /* without a file */
	struct outfile *file;      /* or NULL */
	char *temporary;           /* the file's name until it is complete, or NULL */
	const char *path;          /* NULL: standard output */
	bool failed;               /* nothing more is written then */
	int failure;               /* errno, without a file */
	struct emnist_error error; /* with failed, and a path */
};

/* path NULL or "-": stdout; else a file, which gets its name in sink_close(). Prints an error and
 * returns false on failure. */
bool sink_open(struct sink *sink, const char *path);

/* The same for a file that is created or emptied at once, and may be left incomplete: one of
 * many. */
bool sink_open_now(struct sink *sink, const char *path);

/* The same for a file that grows at `part`, and stays there if it is not completed. It keeps its
 * first nbytes bytes. */
bool sink_open_behind(struct sink *sink, const char *path, const char *part, uint64_t nbytes);

/* Writes all bytes, in as many calls as needed; false after a failure, now or before. */
bool sink_write(struct sink *sink, const void *bytes, size_t nbytes);

/* What was written is there even if the process is killed; false after a failure. */
bool sink_flush(struct sink *sink);

/* Closes. Prints an error and returns STATUS_FATAL if output was lost, else returns status. A pipe
 * closed by its reader is no error: status. With STATUS_FATAL an existing file stays as it was. */
enum exit_status sink_close(struct sink *sink, enum exit_status status);

/*
 * All in one: writes these bytes to path as sink_open() does. Prints an error and returns
 * STATUS_FATAL on failure.
 */
enum exit_status sink_put(const char *path, const void *bytes, size_t nbytes);

/* The same with a text, which is released; an incomplete one is not written. */
enum exit_status sink_put_text(const char *path, struct text *text);

#endif
