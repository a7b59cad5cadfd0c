/*
 * gzip.c - reading a file from start to end, unpacked where it is gzip.
 *
 * zlib's own gzread() takes what follows the first member for padding and is silent about it. A
 * dataset must be whole or refused, so members are walked here: after the end of one comes the end
 * of the file or the next one's header, and nothing else.
 */
#include "gzip.h"

#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define INPUT_NBYTES 65536

/* zlib: the largest window, and a gzip header rather than zlib's. */
#define WINDOW_GZIP  (15 + 16)

#define GZIP_MAGIC_0 0x1f
#define GZIP_MAGIC_1 0x8b

struct gzip {
	int fd;
	bool packed;
	bool in_member;    /* a member's header was begun, and its end not yet seen */
	bool at_end;       /* the file has no more bytes than those in input */
	bool failed;       /* an error was reported */
	uint64_t n_input;  /* bytes ever read from the file */
	z_stream inflater; /* next_in and avail_in are what is left in input, packed or not */
	unsigned char input[INPUT_NBYTES];
};

/* Reads more input behind what is left of it, such that at least 2 bytes are there unless the file
 * ends. */
static enum emnist_status fill(struct gzip *gzip, struct emnist_error *error)
{
	size_t left = gzip->inflater.avail_in;

	for (size_t i = 0; i < left; i++)
		gzip->input[i] = gzip->inflater.next_in[i];
	while (left < 2 && !gzip->at_end) {
		ssize_t n = read(gzip->fd, gzip->input + left, sizeof(gzip->input) - left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(error, errno, NULL);
		gzip->at_end = n == 0;
		gzip->n_input += (size_t)n;
		left += (size_t)n;
	}
	gzip->inflater.next_in = gzip->input;
	gzip->inflater.avail_in = (uInt)left;
	return EMNIST_OK;
}

static bool magic_ahead(const struct gzip *gzip)
{
	return gzip->inflater.avail_in >= 2 && gzip->inflater.next_in[0] == GZIP_MAGIC_0 &&
	       gzip->inflater.next_in[1] == GZIP_MAGIC_1;
}

/* Sets the error at where the input stands. */
static enum emnist_status damaged(const struct gzip *gzip, const char *why,
				  struct emnist_error *error)
{
	return error_at(error, EMNIST_ERR_CORRUPT, gzip->n_input - gzip->inflater.avail_in,
			"damaged gzip data: %s", why);
}

enum emnist_status gzip_open(const char *path, struct gzip **gzip_ret, struct emnist_error *error)
{
	struct gzip *gzip = alloc_zeroed(1, sizeof(*gzip));
	enum emnist_status status;

	*gzip_ret = NULL;
	if (!gzip)
		return error_memory(error);
	gzip->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (gzip->fd < 0) {
		status = error_errno(error, errno, NULL);
		goto out;
	}
	status = fill(gzip, error);
	if (status)
		goto out;
	gzip->packed = magic_ahead(gzip);
	if (gzip->packed && inflateInit2(&gzip->inflater, WINDOW_GZIP) != Z_OK) {
		gzip->packed = false;
		status = error_memory(error);
		goto out;
	}
	gzip->in_member = gzip->packed;
	*gzip_ret = gzip;
	gzip = NULL;
out:
	gzip_close(gzip);
	return status;
}

/* One call of inflate(), or the step from one member to the next. */
static enum emnist_status unpack(struct gzip *gzip, struct emnist_error *error)
{
	if (!gzip->in_member) {
		if (!magic_ahead(gzip))
			return damaged(gzip, "other bytes follow it", error);
		inflateReset(&gzip->inflater);
		gzip->in_member = true;
	}
	if (!gzip->inflater.avail_in)
		return damaged(gzip, "cut short", error);
	switch (inflate(&gzip->inflater, Z_NO_FLUSH)) {
	case Z_OK:
		return EMNIST_OK;
	case Z_STREAM_END:
		gzip->in_member = false;
		return EMNIST_OK;
	case Z_MEM_ERROR:
		return error_memory(error);
	default:
		return damaged(gzip, gzip->inflater.msg ? gzip->inflater.msg : "no deflate stream",
			       error);
	}
}

static void copy(struct gzip *gzip)
{
	z_stream *stream = &gzip->inflater;
	uInt n = stream->avail_in < stream->avail_out ? stream->avail_in : stream->avail_out;

	memcpy(stream->next_out, stream->next_in, n);
	stream->next_in += n;
	stream->avail_in -= n;
	stream->next_out += n;
	stream->avail_out -= n;
}

/* Fills up to nbytes bytes, which a uInt can count. */
static enum emnist_status read_part(struct gzip *gzip, unsigned char *bytes, uInt nbytes,
				    size_t *n_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	gzip->inflater.next_out = bytes;
	gzip->inflater.avail_out = nbytes;
	while (!status && gzip->inflater.avail_out) {
		if (gzip->inflater.avail_in < 2)
			status = fill(gzip, error);
		if (status || (!gzip->inflater.avail_in && !gzip->in_member))
			break;
		if (gzip->packed)
			status = unpack(gzip, error);
		else
			copy(gzip);
	}
	*n_ret = nbytes - gzip->inflater.avail_out;
	return status;
}

enum emnist_status gzip_read(struct gzip *gzip, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	unsigned char *next = bytes;
	bool more = true;

	*n_ret = 0;
	if (gzip->failed)
		return error_set(error, EMNIST_ERR_CORRUPT, "reading has failed before");
	while (!status && more && nbytes) {
		uInt part = nbytes < INT_MAX ? (uInt)nbytes : INT_MAX;
		size_t n;

		status = read_part(gzip, next, part, &n, error);
		more = n == part;
		next += n;
		nbytes -= n;
		*n_ret += n;
	}
	gzip->failed = status != EMNIST_OK;
	return status;
}

void gzip_close(struct gzip *gzip)
{
	if (!gzip)
		return;
	if (gzip->packed)
		inflateEnd(&gzip->inflater);
	if (gzip->fd >= 0)
		close(gzip->fd);
	free(gzip);
}
