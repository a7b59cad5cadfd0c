/* piped.c - copies a stream to a file without a name, which /proc gives one. */
#include "piped.h"

#include "../base/memory.h"
#include "../io/unnamed.h"
#include "../io/write_all.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define CHUNK_NBYTES ((size_t)1 << 20)

static enum emnist_status copy_all(struct gzip *stream, int fd, unsigned char *bytes,
				   struct emnist_error *error)
{
	uint64_t n_copied = 0;
	size_t n = CHUNK_NBYTES;

	while (n == CHUNK_NBYTES) {
		const enum emnist_status status = gzip_read(stream, bytes, CHUNK_NBYTES, &n, error);
		int fault;

		if (status)
			return status;
		n_copied += n;
		if (n_copied > PIPED_MAX_NBYTES)
			return error_set(error, EMNIST_ERR_LIMIT,
					 "more than %d GiB through a pipe: use a file",
					 (int)(PIPED_MAX_NBYTES >> 30));
		fault = write_all(fd, bytes, n);
		if (fault)
			return error_errno(error, fault, "copying what comes through a pipe");
	}
	return EMNIST_OK;
}

enum emnist_status piped_copy(struct gzip *stream, struct piped *piped_ret,
			      struct emnist_error *error)
{
	unsigned char *bytes = alloc_array(CHUNK_NBYTES, 1);
	enum emnist_status status;

	piped_ret->fd = unnamed_anywhere();
	if (!bytes)
		status = error_memory(error);
	else if (piped_ret->fd < 0)
		status = error_errno(error, errno, "copying what comes through a pipe");
	else
		status = copy_all(stream, piped_ret->fd, bytes, error);
	snprintf(piped_ret->path, sizeof(piped_ret->path), "/proc/self/fd/%d", piped_ret->fd);
	free(bytes);
	return status;
}

void piped_close(struct piped *piped)
{
	if (piped->fd >= 0)
		close(piped->fd);
}
