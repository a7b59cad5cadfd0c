/* file.h - reads whole files. */
#ifndef IO_FILE_H
#define IO_FILE_H

#include "../base/error.h"
#include "../base/memory.h"

/* Reads fd from its current position to the end, replacing buffer's content; more than limit_nbytes
 * is EMNIST_ERR_LIMIT. A file's size is only a hint: pipes and growing files work too, and memory
 * follows the bytes read. fd stays open. */
enum emnist_status file_read_fd(int fd, uint64_t limit_nbytes, struct buffer *buffer,
				struct emnist_error *error);

/* What file_read_head() leaves for file_read_rest(). */
struct file_rest {
	uint64_t size; /* the file's reported size; 0: unknown */
	bool at_end;   /* there is no more */
};

/* Bytes needed to detect a file's format. */
#define FILE_HEAD_NBYTES 512

/* Whether bytes are a complete file of a format that marks its own end, so that anything after it
 * does not matter. */
typedef bool file_is_whole(const void *bytes, size_t nbytes);

/* file_read_fd() in two steps, to examine a large file before reading it whole. The first step
 * reads at least FILE_HEAD_NBYTES, and a small file whole, without a limit. If is_whole (may be
 * NULL) finds a small file complete, no further read checks for its end. */
enum emnist_status file_read_head(int fd, file_is_whole *is_whole, struct buffer *buffer,
				  struct file_rest *rest_ret, struct emnist_error *error);
enum emnist_status file_read_rest(int fd, uint64_t limit_nbytes, struct buffer *buffer,
				  const struct file_rest *rest, struct emnist_error *error);

/* The same for the file at path. Directories are refused. */
enum emnist_status file_read(const char *path, uint64_t limit_nbytes, struct buffer *buffer,
			     struct emnist_error *error);

#endif
