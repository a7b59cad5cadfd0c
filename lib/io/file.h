/*
 * file.h - whole files in.
 */
#ifndef IO_FILE_H
#define IO_FILE_H

#include "../base/error.h"
#include "../base/memory.h"

/* Reads fd from where it stands to its end into buffer, replacing its content; more than
 * limit_nbytes is EMNIST_ERR_LIMIT. A file's size is only a hint: pipes and files that grow are
 * read alike, and memory follows what is really there. fd stays open. */
enum emnist_status file_read_fd(int fd, uint64_t limit_nbytes, struct buffer *buffer,
				struct emnist_error *error);

/* What file_read_head() leaves to file_read_rest(). */
struct file_rest {
	uint64_t size; /* that the file is told to have; 0: not known */
	bool at_end;   /* there is no more */
};

/* As many bytes as tell what is in a file. */
#define FILE_HEAD_NBYTES 512

/* Whether bytes are a file of a kind that tells where it ends, and that is here: what may follow is
 * of no interest. */
typedef bool file_is_whole(const void *bytes, size_t nbytes);

/* file_read_fd() in two steps, so that a large file can be looked at before it is read whole. The
 * first reads FILE_HEAD_NBYTES or more, and a small file whole, with no limit on what there is.
 * Where is_whole, which may be NULL, knows the end of a small file, nobody else is asked for it. */
enum emnist_status file_read_head(int fd, file_is_whole *is_whole, struct buffer *buffer,
				  struct file_rest *rest_ret, struct emnist_error *error);
enum emnist_status file_read_rest(int fd, uint64_t limit_nbytes, struct buffer *buffer,
				  const struct file_rest *rest, struct emnist_error *error);

/* The same for the file at path. Directories are refused. */
enum emnist_status file_read(const char *path, uint64_t limit_nbytes, struct buffer *buffer,
			     struct emnist_error *error);

#endif
