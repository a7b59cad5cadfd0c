/*
 * file_ids.h - a set of files, told by what they are: one file is the same by all its names.
 */
#ifndef IO_FILE_IDS_H
#define IO_FILE_IDS_H

#include "../base/memory.h"

/* {0} is an empty one. */
struct file_ids {
	struct buffer ids; /* of struct file_id */
	bool sorted;
};

/* Adds the file at path; what is there and is no regular file, or is not there, is none. False when
 * memory is short. */
bool file_ids_add(struct file_ids *set, const char *path);

/* Whether the file at path is one of them. */
bool file_ids_have(struct file_ids *set, const char *path);

void file_ids_clear(struct file_ids *set);

#endif
