/*
 * pack.h - bytes that are written, deflated or as they are, behind a header that is known only when
 * all of them are.
 *
 * How many images there are stands in the first bytes of idx and NumPy files, and shows at the end
 * of the work. A deflated stream may begin with a block that is stored as it is: the header lies in
 * it, at a place that is known, and is filled in afterwards. So files are written in one go,
 * whatever their size, and are one whole stream to any reader.
 */
#ifndef IO_PACK_H
#define IO_PACK_H

#include "outfile.h"

#include <zlib.h>

/* The longest header: what one stored block holds. */
#define PACK_MAX_HEAD 65535

struct pack {
	struct outfile *file;
	bool deflates;
	bool ready;      /* deflater is to be ended */
	uint64_t start;  /* in the file */
	uint64_t nbytes; /* behind the header, before they are packed */
	uint32_t crc;    /* of these */
	size_t head_nbytes;
	z_stream deflater;
};

/* Begins at the file's end, with room for the header. Release with pack_clear(), also after a
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

/* Ends the stream and fills in the header. */
enum emnist_status pack_end(struct pack *pack, const void *head, struct pack_sums *sums_ret,
			    struct emnist_error *error);

void pack_clear(struct pack *pack);

#endif
