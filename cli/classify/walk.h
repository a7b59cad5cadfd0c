/* walk.h - the files in a directory, in byte order of their paths. */
#ifndef CLI_CLASSIFY_WALK_H
#define CLI_CLASSIFY_WALK_H

#include "../output/text.h"

#include <stdint.h>
#include <sys/types.h>

struct listing;

/* stdout, a file of results, two more with --resume, and a dump directory. */
#define WALK_MAX_SPARED 5

/* {.recursive = ...} is a walk before its start. */
struct walk {
	bool recursive;
	struct walk_spared {
		dev_t dev;
		ino_t ino;
	} spared[WALK_MAX_SPARED]; /* files and directories to skip */
	size_t n_spared;
	uint64_t n_skipped;        /* directories that were not entered, */
	struct text skipped;       /* and the first one's path in byte order, zero-terminated */
	struct listing *innermost; /* the innermost of the open listings; NULL: none */
	struct text path;
};

/* Skips the file with these numbers. */
void walk_spare(struct walk *walk, dev_t dev, ino_t ino);

/* Resets the counts of skipped directories. */
void walk_forget_skipped(struct walk *walk);

/* Whether the walk has begun and its directory is empty. */
bool walk_is_at_end(const struct walk *walk);

/* Begins with the directory at path. Returns 0 or an errno. */
int walk_begin(struct walk *walk, const char *path);

/*
 * The next file, valid until the next call; NULL: the end. Returns regular files and symlinks to
 * them. Skips names that begin with a dot, and directories unless `recursive`. Never follows
 * symlinks to directories, so every walk ends. If *failure_ret is not 0, the result is a directory
 * that could not be read, and the errno.
 */
const char *walk_next(struct walk *walk, int *failure_ret);

/* Ends the walk and frees its memory. */
void walk_release(struct walk *walk);

#endif
