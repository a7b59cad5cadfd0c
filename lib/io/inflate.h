/* inflate.h - decompresses bytes in memory: gzip, zlib or bare deflate data. */
#ifndef IO_INFLATE_H
#define IO_INFLATE_H

#include "../base/error.h"

enum inflate_format {
	INFLATE_GZIP, /* one or more members */
	/* zlib's, or bare: HTTP's "deflate" is the first, and some clients send the second. */
	INFLATE_DEFLATE,
};

/* Hands on decompressed bytes; false ends with EMNIST_ERR_STOPPED. */
typedef bool inflate_taker(void *context, const void *bytes, size_t nbytes);

/* Decompresses all of the bytes. What is damaged, cut short or followed by something else is
 * EMNIST_ERR_CORRUPT, though its beginning was handed on. */
enum emnist_status inflate_bytes(enum inflate_format format, const void *bytes, size_t nbytes,
				 inflate_taker *take, void *context, struct emnist_error *error);

#endif
