/*
 * pack.h - writes bytes, deflated or not, behind a header that is known only at the end.
 *
 * idx and NumPy files begin with the number of images, which is known only at the end. A deflated
 * stream may begin with a stored block. The header goes there, at a known place, and is filled in
 * afterwards. So files of any size are written in one pass, and are one valid stream for any
 * reader.
 */
#ifndef IO_PACK_H
#define IO_PACK_H

#include "outfile.h"

#include <zlib.h>

/* The longest header: the size of one stored block. */
#define PACK_MAX_HEAD 65535

struct pack {
	struct outfile *file;
	bool deflates;
	bool ready;      /* deflater must be ended */
	uint64_t start;  /* in the file */
	uint64_t nbytes; /* after the header, before compression */
	uint32_t crc;    /* of these */
	size_t head_nbytes;
	z_stream deflater;
};

/* Begins at the file's end and reserves the header. Release with pack_clear(), even after a
 * failure. */
enum emnist_status pack_begin(struct pack *pack, struct outfile *file, bool deflates,
			      size_t head_nbytes, struct emnist_error *error);

enum emnist_status pack_write(struct pack *pack, const void *bytes, size_t nbytes,
			      struct emnist_error *error);

struct pack_sums {
	uint32_t crc; /* of header and bytes */
	uint64_t nbytes;
	uint64_t packed_nbytes;
};

/* Ends the stream and writes the header. */
enum emnist_status pack_end(struct pack *pack, const void *head, struct pack_sums *sums_ret,
			    struct emnist_error *error);

void pack_clear(struct pack *pack);

#endif
