/* directory.h - writes a directory with one file, completely or not at all. */
#ifndef IO_DIRECTORY_H
#define IO_DIRECTORY_H

#include "../base/error.h"

/*
 * Makes the directory at path with one file, names[0], of nbytes bytes. It is written to
 * "PATH.new", flushed to disk and renamed. An empty directory is replaced; anything else is
 * refused. With replace, a directory is also replaced, with its content, if it has a file names[0]
 * and nothing outside of names (ending with NULL).
 */
enum emnist_status directory_replace(const char *path, const char *const *names, const void *bytes,
				     size_t nbytes, bool replace, struct emnist_error *error);

#endif
