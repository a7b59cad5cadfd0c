/* file.c - reads whole files. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Initial buffer for a file of unknown size, and the least room for a read(). */
#define READ_STEP 65536

/* Files up to this size are read at once, not in two steps. */
#define SMALL_NBYTES ((uint64_t)1 << 20)

static enum emnist_status too_large(struct emnist_error *error, uint64_t limit_nbytes)
{
	return error_limit(error, EMNIST_LIMIT_FILE_NBYTES,
			   "file is larger than the limit of %llu bytes",
			   (unsigned long long)limit_nbytes);
}

/* A file's reported size; 0: unknown, as for pipes and for files that the kernel generates on
 * reading. */
static uint64_t size_told(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size > 0 ? (uint64_t)st->st_size : 0;
}

/* Reads on until a read gives nothing, or a read with room for more ends at the file's reported
 * size. That is taken for the end, since another read would cost as much as the file. Also stops at
 * `enough` bytes. */
static enum emnist_status read_on(int fd, uint64_t enough, struct buffer *buffer,
				  struct file_rest *rest, struct emnist_error *error)
{
	while (!rest->at_end && buffer->nbytes < enough) {
		size_t room;
		ssize_t n;

		if (buffer->nbytes == buffer->capacity &&
		    !buffer_reserve(buffer, buffer->nbytes + READ_STEP))
			return error_memory(error);
		room = buffer->capacity - buffer->nbytes;
		n = read(fd, buffer->data + buffer->nbytes, room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(error, errno, NULL);
		buffer->nbytes += (size_t)n;
		rest->at_end = n == 0 || (buffer->nbytes == rest->size && (size_t)n < room);
	}
	return EMNIST_OK;
}

/* Reads once. If the file is complete by its own structure, its size is not queried: that would
 * take a sixth of the time to open, read and close a small file. */
static enum emnist_status read_once(int fd, file_is_whole *is_whole, struct buffer *buffer,
				    struct file_rest *rest, struct emnist_error *error)
{
	enum emnist_status status;

	if (!buffer_reserve(buffer, READ_STEP))
		return error_memory(error);
	status = read_on(fd, 1, buffer, rest, error);
	if (!status && buffer->nbytes < buffer->capacity)
		rest->at_end |= is_whole(buffer->data, buffer->nbytes);
	return status;
}

enum emnist_status file_read_head(int fd, file_is_whole *is_whole, struct buffer *buffer,
				  struct file_rest *rest_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	struct stat st;
	bool small;

	buffer->nbytes = 0;
	*rest_ret = (struct file_rest){0};
	if (is_whole)
		status = read_once(fd, is_whole, buffer, rest_ret, error);
	if (status || rest_ret->at_end)
		return status;
	if (fstat(fd, &st) < 0)
		return error_errno(error, errno, NULL);
	if (S_ISDIR(st.st_mode))
		return error_errno(error, EISDIR, NULL);
	rest_ret->size = size_told(&st);
	rest_ret->at_end = buffer->nbytes > 0 && buffer->nbytes == rest_ret->size &&
			   buffer->nbytes < buffer->capacity;
	small = rest_ret->size && rest_ret->size <= SMALL_NBYTES;
	/* One byte more than the size: a read then always has room for more. */
	if (!buffer_reserve(buffer, small ? (size_t)rest_ret->size + 1 : READ_STEP))
		return error_memory(error);
	return read_on(fd, FILE_HEAD_NBYTES, buffer, rest_ret, error);
}

enum emnist_status file_read_rest(int fd, uint64_t limit_nbytes, struct buffer *buffer,
				  const struct file_rest *rest, struct emnist_error *error)
{
	struct file_rest left = *rest;
	enum emnist_status status;

	if (rest->size > limit_nbytes)
		return too_large(error, limit_nbytes);
	if (!rest->at_end && !buffer_reserve(buffer, size_clamped(rest->size + 1)))
		return error_memory(error);
	status = read_on(fd, limit_nbytes + 1, buffer, &left, error);
	if (!status && buffer->nbytes > limit_nbytes)
		return too_large(error, limit_nbytes);
	return status;
}

enum emnist_status file_read_fd(int fd, uint64_t limit_nbytes, struct buffer *buffer,
				struct emnist_error *error)
{
	struct file_rest rest;
	const enum emnist_status status = file_read_head(fd, NULL, buffer, &rest, error);

	return status ? status : file_read_rest(fd, limit_nbytes, buffer, &rest, error);
}

enum emnist_status file_read(const char *path, uint64_t limit_nbytes, struct buffer *buffer,
			     struct emnist_error *error)
{
	enum emnist_status status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_errno(error, errno, NULL);
	status = file_read_fd(fd, limit_nbytes, buffer, error);
	close(fd);
	return status;
}
