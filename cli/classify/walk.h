/*
 * walk.h - the files in a directory, in the byte order of their paths.
 */
#ifndef CLI_CLASSIFY_WALK_H
#define CLI_CLASSIFY_WALK_H

#include "../output/text.h"

#include <stdint.h>
#include <sys/types.h>

struct listing;

/* Standard output, a file of results, and a directory of what was seen. */
#define WALK_MAX_SPARED 3

/* {.recursive = ...} is a walk that has not begun. */
struct walk {
	bool recursive;
	struct walk_spared {
		dev_t dev;
		ino_t ino;
	} spared[WALK_MAX_SPARED]; /* files and directories that are passed over */
	size_t n_spared;
	uint64_t n_skipped;  /* directories that were not entered, */
	struct text skipped; /* and the path of the first in the order of bytes, ended by zero */
	struct listing *innermost; /* of the directories that are being listed; NULL: none */
	struct text path;
};

/* What is at these numbers is passed over. */
void walk_spare(struct walk *walk, dev_t dev, ino_t ino);

/* Counts anew what is not entered. */
void walk_forget_skipped(struct walk *walk);

/* Whether the walk has begun and there is nothing in its directory. */
bool walk_is_at_end(const struct walk *walk);

/* Begins with the directory at path. Returns 0 or the errno of what failed. */
int walk_begin(struct walk *walk, const char *path);

/*
 * The next file: *path_ret, until the next call. NULL: the walk is at its end. Regular files and
 * symbolic links to them; names that begin with a dot are passed over, and without `recursive`
 * directories too. Links to directories are never followed, so that no walk is endless. Where
 * *failure_ret is not 0, *path_ret is a directory that could not be read, and why.
 */
const char *walk_next(struct walk *walk, int *failure_ret);

/* Ends the walk and frees its memory. */
void walk_release(struct walk *walk);

#endif
