/* file_ids.h - a set of files by identity: a file is the same under all its names. */
#ifndef IO_FILE_IDS_H
#define IO_FILE_IDS_H

#include "../base/memory.h"

/* {0} is an empty one. */
struct file_ids {
	struct buffer ids; /* of struct file_id */
	bool sorted;
};

/* Adds the file at path; ignores what is missing or not a regular file. False when memory is
 * short. */
bool file_ids_add(struct file_ids *set, const char *path);

/* Whether the file at path is in the set. */
bool file_ids_have(struct file_ids *set, const char *path);

void file_ids_clear(struct file_ids *set);

#endif
