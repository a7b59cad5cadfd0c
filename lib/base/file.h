/*
 * file.h - whole files in and out.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "error.h"
#include "memory.h"

/* Reads fd from where it stands to its end into buffer, replacing its content; more than
 * limit_nbytes is EMNIST_ERR_LIMIT. A file's size is only a hint: pipes and files that grow are
 * read alike, and memory follows what is really there. fd stays open. */
enum emnist_status file_read_fd(int fd, uint64_t limit_nbytes, struct buffer *buffer,
				struct emnist_error *error);

/* The same for the file at path. Directories are refused. */
enum emnist_status file_read(const char *path, uint64_t limit_nbytes, struct buffer *buffer,
			     struct emnist_error *error);

/* Replaces the file at path by nbytes bytes: written to "PATH.new" beside it, flushed to
 * disk, renamed. Whatever happens, path holds either its old content or the new one, with the
 * permissions that it had. A symbolic link to a file stays, and what it leads to is replaced; one
 * that leads nowhere is replaced itself. What cannot be replaced by rename (a device, a pipe) is
 * written to directly. */
enum emnist_status file_replace(const char *path, const void *bytes, size_t nbytes,
				struct emnist_error *error);

#endif
