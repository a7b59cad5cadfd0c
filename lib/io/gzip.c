/*
 * gzip.c - reads bytes from start to end, decompressed if they are gzip.
 *
 * zlib's gzread() silently takes what follows the first member for padding. A dataset must be
 * complete or refused, so members are read one by one here: after each comes the end of the file or
 * the next header, and nothing else.
 */
#include "gzip.h"

#include "../base/memory.h"

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
	struct gzip_input from;
	int fd; /* of gzip_open() */
	struct buffer
		ahead; /* unpacked bytes that were peeked at; given are those before n_given */
	size_t n_given;
	bool packed;
	bool in_member;    /* a member's header was begun, and its end not yet seen */
	bool at_end;       /* the file has no more bytes than those in input */
	bool failed;       /* an error was reported */
	uint64_t n_input;  /* bytes ever read from the file */
	z_stream inflater; /* next_in and avail_in are the rest of input, compressed or not */
	unsigned char input[INPUT_NBYTES];
};

/* Reads more input after the rest, so that at least 2 bytes are there unless the file ends. */
static enum emnist_status fill(struct gzip *gzip, struct emnist_error *error)
{
	size_t left = gzip->inflater.avail_in;

	for (size_t i = 0; i < left; i++)
		gzip->input[i] = gzip->inflater.next_in[i];
	while (left < 2 && !gzip->at_end) {
		enum emnist_status status;
		size_t n;

		status = gzip->from.read(gzip->from.context, gzip->input + left,
					 sizeof(gzip->input) - left, &n, error);
		if (status)
			return status;
		gzip->at_end = n == 0;
		gzip->n_input += n;
		left += n;
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

/* Sets the error at the input's position. */
static enum emnist_status damaged(const struct gzip *gzip, const char *why,
				  struct emnist_error *error)
{
	return error_at(error, EMNIST_ERR_CORRUPT, gzip->n_input - gzip->inflater.avail_in,
			"damaged gzip data: %s", why);
}

/* Checks whether gzip follows. */
static enum emnist_status begin(struct gzip *gzip, struct emnist_error *error)
{
	const enum emnist_status status = fill(gzip, error);

	if (status)
		return status;
	if (magic_ahead(gzip) && inflateInit2(&gzip->inflater, WINDOW_GZIP) != Z_OK)
		return error_memory(error);
	gzip->packed = magic_ahead(gzip);
	gzip->in_member = gzip->packed;
	return EMNIST_OK;
}

static enum emnist_status read_fd(void *context, void *bytes, size_t nbytes, size_t *n_ret,
				  struct emnist_error *error)
{
	const struct gzip *gzip = context;
	ssize_t n;

	do
		n = read(gzip->fd, bytes, nbytes);
	while (n < 0 && errno == EINTR);
	*n_ret = n < 0 ? 0 : (size_t)n;
	return n < 0 ? error_errno(error, errno, NULL) : EMNIST_OK;
}

static void close_fd(void *context)
{
	const struct gzip *gzip = context;

	if (gzip->fd >= 0)
		close(gzip->fd);
}

enum emnist_status gzip_open(const char *path, struct gzip **gzip_ret, struct emnist_error *error)
{
	struct gzip *gzip = alloc_zeroed(1, sizeof(*gzip));
	enum emnist_status status;

	*gzip_ret = NULL;
	if (!gzip)
		return error_memory(error);
	gzip->from = (struct gzip_input){read_fd, close_fd, gzip};
	gzip->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	status = gzip->fd < 0 ? error_errno(error, errno, NULL) : begin(gzip, error);
	if (status)
		gzip_close(gzip);
	else
		*gzip_ret = gzip;
	return status;
}

enum emnist_status gzip_open_input(const struct gzip_input *input, struct gzip **gzip_ret,
				   struct emnist_error *error)
{
	struct gzip *gzip = alloc_zeroed(1, sizeof(*gzip));
	enum emnist_status status;

	*gzip_ret = NULL;
	if (!gzip) {
		if (input->close)
			input->close(input->context);
		return error_memory(error);
	}
	gzip->from = *input;
	status = begin(gzip, error);
	if (status)
		gzip_close(gzip);
	else
		*gzip_ret = gzip;
	return status;
}

/* One call of inflate(), or the step from one member to the next. */
static enum emnist_status unpack(struct gzip *gzip, struct emnist_error *error)
{
	if (!gzip->in_member) {
		if (!magic_ahead(gzip))
			return damaged(gzip, "other data follow it", error);
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

static enum emnist_status read_on(struct gzip *gzip, unsigned char *next, size_t nbytes,
				  size_t *n_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	bool more = true;

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

enum emnist_status gzip_read(struct gzip *gzip, void *bytes, size_t nbytes, size_t *n_ret,
			     struct emnist_error *error)
{
	const size_t left = gzip->ahead.nbytes - gzip->n_given;

	*n_ret = left < nbytes ? left : nbytes;
	if (*n_ret)
		memcpy(bytes, gzip->ahead.data + gzip->n_given, *n_ret);
	gzip->n_given += *n_ret;
	if (*n_ret == nbytes)
		return EMNIST_OK;
	return read_on(gzip, (unsigned char *)bytes + *n_ret, nbytes - *n_ret, n_ret, error);
}

enum emnist_status gzip_peek(struct gzip *gzip, size_t nbytes, const unsigned char **bytes_ret,
			     size_t *n_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t left = gzip->ahead.nbytes - gzip->n_given;

	if (gzip->n_given) {
		memmove(gzip->ahead.data, gzip->ahead.data + gzip->n_given, left);
		gzip->ahead.nbytes = left;
		gzip->n_given = 0;
	}
	if (!buffer_reserve(&gzip->ahead, nbytes ? nbytes : 1))
		return error_memory(error);
	if (left < nbytes)
		status = read_on(gzip, gzip->ahead.data + left, nbytes - left, &gzip->ahead.nbytes,
				 error);
	*bytes_ret = gzip->ahead.data;
	*n_ret = gzip->ahead.nbytes < nbytes ? gzip->ahead.nbytes : nbytes;
	return status;
}

void gzip_close(struct gzip *gzip)
{
	if (!gzip)
		return;
	if (gzip->packed)
		inflateEnd(&gzip->inflater);
	if (gzip->from.close)
		gzip->from.close(gzip->from.context);
	buffer_clear(&gzip->ahead);
	free(gzip);
}
