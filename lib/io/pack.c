/* pack.c - writes bytes behind a header that is known only at the end. */
#include "pack.h"

#include <string.h>

/* A stored block (RFC 1951, 3.2.4): three bits and padding, all zero unless it is the last; the
 * length, and its complement. */
#define BLOCK_HEAD_NBYTES 5

/* zlib: the largest window, no header of its own, and the memory that it takes by default. */
#define RAW_WINDOW    (-15)
#define MEMORY_LEVEL  8

#define OUTPUT_NBYTES 65536

enum emnist_status pack_begin(struct pack *pack, struct outfile *file, bool deflates,
			      size_t head_nbytes, struct emnist_error *error)
{
	static const unsigned char zeros[256];
	const unsigned char low = (unsigned char)(head_nbytes & 255);
	const unsigned char high = (unsigned char)(head_nbytes >> 8);
	const unsigned char block[BLOCK_HEAD_NBYTES] = {0, low, high, (unsigned char)~low,
							(unsigned char)~high};
	enum emnist_status status = EMNIST_OK;

	*pack = (struct pack){.file = file,
			      .deflates = deflates,
			      .start = outfile_nbytes(file),
			      .head_nbytes = head_nbytes};
	if (deflates) {
		if (deflateInit2(&pack->deflater, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_WINDOW,
				 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
			return error_memory(error);
		pack->ready = true;
		status = outfile_write(file, block, sizeof(block), error);
	}
	for (size_t n = 0; n < head_nbytes && !status; n += sizeof(zeros)) {
		const size_t left = head_nbytes - n;

		status = outfile_write(file, zeros, left < sizeof(zeros) ? left : sizeof(zeros),
				       error);
	}
	return status;
}

/* Deflates what next_in has, to its end with Z_FINISH. */
static enum emnist_status run_deflater(struct pack *pack, int flush, struct emnist_error *error)
{
	unsigned char output[OUTPUT_NBYTES];
	enum emnist_status status = EMNIST_OK;

	do {
		pack->deflater.next_out = output;
		pack->deflater.avail_out = sizeof(output);
		deflate(&pack->deflater, flush);
		status = outfile_write(pack->file, output,
				       sizeof(output) - pack->deflater.avail_out, error);
	} while (!status && pack->deflater.avail_out == 0);
	return status;
}

enum emnist_status pack_write(struct pack *pack, const void *bytes, size_t nbytes,
			      struct emnist_error *error)
{
	const unsigned char *next = bytes;
	enum emnist_status status = EMNIST_OK;

	pack->nbytes += nbytes;
	while (nbytes > 0 && !status) {
		const uInt n = nbytes < (1u << 30) ? (uInt)nbytes : 1u << 30;

		pack->crc = (uint32_t)crc32(pack->crc, next, n);
		if (pack->deflates) {
			pack->deflater.next_in = (Bytef *)(uintptr_t)next;
			pack->deflater.avail_in = n;
			status = run_deflater(pack, Z_NO_FLUSH, error);
		} else {
			status = outfile_write(pack->file, next, n, error);
		}
		next += n;
		nbytes -= n;
	}
	return status;
}

enum emnist_status pack_end(struct pack *pack, const void *head, struct pack_sums *sums_ret,
			    struct emnist_error *error)
{
	const uint64_t head_at = pack->start + (pack->deflates ? BLOCK_HEAD_NBYTES : 0);
	enum emnist_status status = EMNIST_OK;

	if (pack->deflates) {
		pack->deflater.avail_in = 0;
		status = run_deflater(pack, Z_FINISH, error);
	}
	if (!status && pack->head_nbytes)
		status = outfile_patch(pack->file, head_at, head, pack->head_nbytes, error);
	sums_ret->crc = (uint32_t)crc32_combine(crc32(0, head, (uInt)pack->head_nbytes), pack->crc,
						(z_off_t)pack->nbytes);
	sums_ret->nbytes = pack->head_nbytes + pack->nbytes;
	sums_ret->packed_nbytes = outfile_nbytes(pack->file) - pack->start;
	return status;
}

void pack_clear(struct pack *pack)
{
	if (pack->ready)
		deflateEnd(&pack->deflater);
	pack->ready = false;
}
