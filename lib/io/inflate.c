/*
 * inflate.c - decompresses bytes in memory: gzip, zlib or bare deflate data.
 *
 * The bytes come out in pieces of constant size, so that whoever takes them decides how much there
 * may be: a small input can expand a thousandfold.
 */
#include "inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define PIECE_NBYTES 65536

/* zlib: the largest window, and how the data begins. */
#define WINDOW_ZLIB 15
#define WINDOW_GZIP (15 + 16)
#define WINDOW_BARE (-15)

struct inflater {
	z_stream stream;
	size_t left; /* of the input, beyond stream.avail_in */
	inflate_taker *take;
	void *context;
	unsigned char piece[PIECE_NBYTES];
};

static enum emnist_status damaged(const char *why, struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "damaged compressed data: %s", why);
}

/* zlib's header is a multiple of 31 and names the method. */
static int window_of(enum inflate_format format, const unsigned char *bytes, size_t nbytes)
{
	if (format == INFLATE_GZIP)
		return WINDOW_GZIP;
	return nbytes >= 2 && (bytes[0] & 0xf) == Z_DEFLATED && (bytes[0] << 8 | bytes[1]) % 31 == 0
		       ? WINDOW_ZLIB
		       : WINDOW_BARE;
}

static void refill(struct inflater *inflater)
{
	const size_t n = inflater->left < UINT_MAX ? inflater->left : UINT_MAX;

	if (inflater->stream.avail_in > 0)
		return;
	inflater->stream.avail_in = (uInt)n;
	inflater->left -= n;
}

/* One member of gzip, or all of the others. */
static enum emnist_status inflate_stream(struct inflater *inflater, struct emnist_error *error)
{
	z_stream *stream = &inflater->stream;
	int status = Z_OK;

	while (status != Z_STREAM_END) {
		refill(inflater);
		stream->next_out = inflater->piece;
		stream->avail_out = PIECE_NBYTES;
		status = inflate(stream, Z_NO_FLUSH);
		if (status == Z_MEM_ERROR)
			return error_memory(error);
		if (status == Z_BUF_ERROR)
			return damaged("it is cut short", error);
		if (status != Z_OK && status != Z_STREAM_END)
			return damaged(stream->msg ? stream->msg : "not compressed", error);
		if (stream->avail_out < PIECE_NBYTES &&
		    !inflater->take(inflater->context, inflater->piece,
				    PIECE_NBYTES - stream->avail_out))
			return error_set(error, EMNIST_ERR_STOPPED, "stopped");
	}
	return EMNIST_OK;
}

static enum emnist_status inflate_all(struct inflater *inflater, enum inflate_format format,
				      struct emnist_error *error)
{
	enum emnist_status status;

	for (;;) {
		status = inflate_stream(inflater, error);
		refill(inflater);
		if (status || inflater->stream.avail_in == 0)
			return status;
		if (format != INFLATE_GZIP || inflateReset(&inflater->stream) != Z_OK)
			return damaged("something follows it", error);
	}
}

enum emnist_status inflate_bytes(enum inflate_format format, const void *bytes, size_t nbytes,
				 inflate_taker *take, void *context, struct emnist_error *error)
{
	struct inflater *inflater = calloc(1, sizeof(*inflater));
	enum emnist_status status;

	if (!inflater)
		return error_memory(error);
	inflater->take = take;
	inflater->context = context;
	inflater->left = nbytes;
	inflater->stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
	if (inflateInit2(&inflater->stream, window_of(format, bytes, nbytes)) != Z_OK) {
		free(inflater);
		return error_memory(error);
	}
	status = inflate_all(inflater, format, error);
	inflateEnd(&inflater->stream);
	free(inflater);
	return status;
}
