/*
 * walk.h - the files in a directory, in the byte order of their paths.
 */
#ifndef CLI_WALK_H
#define CLI_WALK_H

#include "text.h"

#include <sys/types.h>

struct listing;

/* {.recursive = ...} is a walk that has not begun. */
struct walk {
	bool recursive;
	bool has_output; /* the file with these numbers is passed over */
	dev_t output_dev;
	ino_t output_ino;
	struct listing *innermost; /* of the directories that are being listed; NULL: none */
	struct text path;
};

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
