/*
 * inputs.h - the inputs to classify, in order: names, from operands and lists, or the files in an
 * archive. A name of a directory stands for the files in it.
 */
#ifndef CLI_CLASSIFY_INPUTS_H
#define CLI_CLASSIFY_INPUTS_H

#include "../common/messages.h"
#include "given.h"
#include "named.h"

#include <emnist_dataset.h>

#include <sys/stat.h>

struct inputs;

/* Opens the lists. Prints an error and returns NULL on failure. Everything that options point to
 * must outlive the inputs. */
struct inputs *inputs_open(const struct inputs_options *options);

/* Skips all inputs up to this place. If they are not the same as when it was recorded, the run
 * ends. */
void inputs_skip(struct inputs *inputs, const struct input_place *place);

/* The files in the directory at path, a name that `given` had returned as a file's at this place,
 * as if that had been known. From now on `given` checks every name. Both must outlive the inputs.
 * NULL when memory is short. */
struct inputs *inputs_open_directory(struct inputs *given, const char *path,
				     const struct input_place *place);

/* The files in the archive at path, or in the open one of fd and head if fd is not negative: head
 * was read from it. `given` had returned it at this place. All must outlive the inputs. NULL when
 * memory is short. */
struct inputs *inputs_open_archive(const struct inputs *given, const char *path, int fd,
				   const void *head, size_t head_nbytes,
				   const struct emnist_archive_options *options,
				   const struct input_place *place);

/* The files that are wanted of an archive, which outlives the inputs. NULL when memory is short. */
struct inputs *inputs_open_named(struct named *named);

/* Whether the input at this place must be an archive: some of its files were skipped. */
bool inputs_are_in_archive(const struct inputs *inputs, const struct input_place *place);

/* From any thread: this many bytes of INPUT_MEMBER are no longer needed. */
void inputs_done(struct inputs *inputs, size_t nbytes);

/* The number of inputs, up to limit; also limit if it is unknown. */
size_t inputs_at_most(const struct inputs *inputs, size_t limit);

/* Whether there are so few that classifying them takes less time than starting threads. */
bool inputs_are_few(const struct inputs *inputs);

/* Skips the file or directory identified by st when walking directories. */
void inputs_spare(struct inputs *inputs, const struct stat *st);

/* Counts from walking directories. {0} is empty; release with free(not_entered). */
struct inputs_walked {
	uint64_t n_directories;
	uint64_t n_not_entered; /* subdirectories of directories that held nothing else */
	char *not_entered;      /* the path of one of them */
};

/* Adds the counts of these inputs, which must be at their end. */
void inputs_count(const struct inputs *inputs, struct inputs_walked *walked);

/* The next input. Without `wait`, INPUTS_LATER if it would block. */
enum inputs_result inputs_next(struct inputs *inputs, bool wait, struct input *input_ret);

/* From any thread: no more names are wanted; a waiting inputs_next() returns INPUTS_END. */
void inputs_stop(struct inputs *inputs);

/* Frees everything. If a list could not be read to its end, or an input is an output, prints an
 * error and returns STATUS_FATAL; else returns status. */
enum exit_status inputs_close(struct inputs *inputs, enum exit_status status);

#endif
