/*
 * outfile.c - a file that is written piece by piece, and takes its name only when it is whole.
 *
 * As file_replace() does it for what is in memory: the same name beside it each time, so that a
 * process that is killed leaves at most one such file, which the next one overwrites; permissions
 * and symbolic links stay.
 */
#include "outfile.h"

#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_NBYTES ((size_t)1 << 16)

struct outfile {
	char *path; /* that it is to have; NULL: it is written to directly */
	char *name; /* that it has until then */
	int fd;     /* -1: it is closed */
	mode_t mode;
	bool keeps_mode;
	uint64_t nbytes; /* appended, those in the buffer among them */
	size_t n_buffered;
	unsigned char buffer[BUFFER_NBYTES];
};

static enum emnist_status failed(struct emnist_error *error)
{
	return error_errno(error, errno, "cannot write");
}

/* The names of a file that is there or can be made at path. */
static bool name_it(struct outfile *file, const char *path)
{
	/* Of a link, not the link but what it leads to. */
	char *target = realpath(path, NULL);
	size_t nbytes;

	file->path = target ? target : strdup(path);
	if (!file->path)
		return false;
	nbytes = strlen(file->path) + sizeof(".new");
	file->name = malloc(nbytes);
	if (file->name)
		snprintf(file->name, nbytes, "%s.new", file->path);
	return file->name != NULL;
}

static enum emnist_status open_it(struct outfile *file, const char *path,
				  struct emnist_error *error)
{
	struct stat st;
	const bool exists = stat(path, &st) == 0;

	if (exists && !S_ISREG(st.st_mode)) {
		file->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return file->fd < 0 ? failed(error) : EMNIST_OK;
	}
	if (!name_it(file, path))
		return error_memory(error);
	file->keeps_mode = exists;
	file->mode = exists ? st.st_mode & 0777 : 0;
	file->fd = open(file->name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (file->fd >= 0)
		return EMNIST_OK;
	free(file->name);
	file->name = NULL;
	return failed(error);
}

enum emnist_status outfile_open(const char *path, struct outfile **file_ret,
				struct emnist_error *error)
{
	struct outfile *file = alloc_zeroed(1, sizeof(*file));
	enum emnist_status status;

	*file_ret = NULL;
	if (!file)
		return error_memory(error);
	file->fd = -1;
	status = open_it(file, path, error);
	if (status)
		outfile_free(file);
	else
		*file_ret = file;
	return status;
}

static enum emnist_status write_all(struct outfile *file, const unsigned char *bytes, size_t nbytes,
				    struct emnist_error *error)
{
	while (nbytes > 0) {
		const ssize_t n = write(file->fd, bytes, nbytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(error);
		bytes += n;
		nbytes -= (size_t)n;
	}
	return EMNIST_OK;
}

static enum emnist_status flush(struct outfile *file, struct emnist_error *error)
{
	const size_t n = file->n_buffered;

	file->n_buffered = 0;
	return write_all(file, file->buffer, n, error);
}

enum emnist_status outfile_write(struct outfile *file, const void *bytes, size_t nbytes,
				 struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	if (nbytes > BUFFER_NBYTES - file->n_buffered)
		status = flush(file, error);
	if (status)
		return status;
	file->nbytes += nbytes;
	if (nbytes > BUFFER_NBYTES)
		return write_all(file, bytes, nbytes, error);
	if (nbytes)
		memcpy(file->buffer + file->n_buffered, bytes, nbytes);
	file->n_buffered += nbytes;
	return EMNIST_OK;
}

enum emnist_status outfile_patch(struct outfile *file, uint64_t offset, const void *bytes,
				 size_t nbytes, struct emnist_error *error)
{
	enum emnist_status status = flush(file, error);
	const unsigned char *next = bytes;

	while (!status && nbytes > 0) {
		const ssize_t n = pwrite(file->fd, next, nbytes, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(error);
		next += n;
		offset += (uint64_t)n;
		nbytes -= (size_t)n;
	}
	return status;
}

uint64_t outfile_nbytes(const struct outfile *file)
{
	return file->nbytes;
}

enum emnist_status outfile_settle(struct outfile *file, struct emnist_error *error)
{
	enum emnist_status status;
	int failure = 0;

	if (file->fd < 0)
		return EMNIST_OK;
	status = flush(file, error);
	if (status)
		return status;
	if (file->name &&
	    ((file->keeps_mode && fchmod(file->fd, file->mode) < 0) || fsync(file->fd) < 0))
		failure = errno;
	if (close(file->fd) < 0 && !failure)
		failure = errno;
	file->fd = -1;
	return failure ? error_errno(error, failure, "cannot write") : EMNIST_OK;
}

enum emnist_status outfile_commit(struct outfile *file, struct emnist_error *error)
{
	const enum emnist_status status = outfile_settle(file, error);

	if (status || !file->name)
		return status;
	if (rename(file->name, file->path) < 0)
		return failed(error);
	file_settle_name(file->path);
	free(file->name);
	file->name = NULL;
	return EMNIST_OK;
}

void outfile_free(struct outfile *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	if (file->name)
		unlink(file->name);
	free(file->name);
	free(file->path);
	free(file);
}
