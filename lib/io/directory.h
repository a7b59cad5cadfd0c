/*
 * directory.h - a directory with one file, made whole or not at all.
 */
#ifndef IO_DIRECTORY_H
#define IO_DIRECTORY_H

#include "../base/error.h"

/*
 * Makes the directory at path with the one file names[0] of nbytes bytes: written in "PATH.new"
 * beside it, flushed to disk, renamed. An empty directory is taken. What else is there is refused;
 * with replace, a directory that has a file by this name, and nothing else that is not one of names
 * (which end with NULL), is replaced with all that is in it.
 */
enum emnist_status directory_replace(const char *path, const char *const *names, const void *bytes,
				     size_t nbytes, bool replace, struct emnist_error *error);

#endif
