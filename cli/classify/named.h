/*
 * named.h - files of one archive that were given by their names, as inputs.
 */
#ifndef CLI_CLASSIFY_NAMED_H
#define CLI_CLASSIFY_NAMED_H

#include "input.h"

#include <emnist_dataset.h>

/* A file that is wanted. */
struct wanted {
	const char *name; /* "PATH!NAME" */
	struct input_place place;
};

/*
 * An archive that stays open from one group of names to the next. It is read in its own order: a
 * file of the group that comes early is kept until its turn, as long as there is room. So names in
 * the order of the archive take one pass in all, and those of a group in any order about one.
 */
struct named;

/* The archive at the first nbytes of path. NULL when memory is short. */
struct named *named_open(const char *path, size_t nbytes,
			 const struct emnist_archive_options *options);

/* Whether it is that archive; named may be NULL. */
bool named_is(const struct named *named, const char *path, size_t nbytes);

/* These n names, which must outlive their inputs, come next. False when memory is short. */
bool named_want(struct named *named, const struct wanted *wanted, size_t n);

/* The next of them, valid until the next call. A file that cannot be read is an input that failed.
 */
enum inputs_result named_next(struct named *named, struct input *input_ret);

/* named may be NULL. */
void named_close(struct named *named);

#endif
