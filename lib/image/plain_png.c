/*
 * plain_png.c - PNG files with one sample per pixel, read with libdeflate.
 *
 * libpng has zlib inflate one row at a time, and handles each sample of 1, 2 and 4 bits several
 * times. Here libdeflate inflates and checks all rows at once, in about half the instructions. Then
 * filters are undone, and samples become bytes by SIMD, as many rows at a time as fit in the cache.
 *
 * Only files without optional chunks, and with nothing unusual, are read like this. libpng reads
 * all others, and every error message is its own.
 */
#include "plain_png.h"
#include "../base/simd.h"
#include "palette.h"
#include "unfilter.h"

#include <libdeflate.h>

/* The samples that become bytes at a time: those of 128x128, and a filter a row. */
#define BLOCK_NBYTES (128 * (1 + 128))

/* Rows of more bytes in all, filters included, are libpng's, which needs no more memory than two of
 * them beside the image. */
#define MAX_NBYTES ((size_t)16 << 20)

/* Deflate makes no more than this of one byte: 258 bytes out of two bits, see RFC 1951. */
#define DEFLATE_MAX_RATIO 1032

/* The largest window of a stream: none looks back further. */
#define MAX_WINDOW_NBYTES ((size_t)32 << 10)

#define SIGNATURE_NBYTES  8
#define IHDR_NBYTES       13

/* The color types of one sample a pixel. */
#define GRAY    0
#define INDEXED 3

/* The chunks of a file that has no others, but IHDR and IEND. */
struct chunks {
	const uint8_t *colors; /* NULL: it is grey */
	size_t colors_nbytes;
	struct cursor idats; /* where the first one begins */
	const uint8_t *data; /* its data */
	size_t first_nbytes; /* of these */
	size_t data_nbytes;  /* of all IDAT chunks */
};

/* What becomes of the rows. */
struct layout {
	bool indexed;
	unsigned depth;    /* bits of a sample */
	size_t row_nbytes; /* without the filter */
	size_t stride;     /* samples of a row, with those that fill its last byte */
	size_t height;
};

/* The data of the next chunk; NULL where it has another name or a wrong checksum. */
static const uint8_t *take_chunk(struct cursor *in, const char *name, size_t *nbytes_ret)
{
	const uint32_t nbytes = cursor_u32_be(in);
	const unsigned char *const type = cursor_take(in, 4);
	const unsigned char *const data = cursor_take(in, nbytes);
	const uint32_t checksum = cursor_u32_be(in);

	if (in->failed || memcmp(type, name, 4) != 0 ||
	    libdeflate_crc32(libdeflate_crc32(0, type, 4), data, nbytes) != checksum)
		return NULL;
	*nbytes_ret = nbytes;
	return data;
}

/* False where the image is very large, or of another kind. */
static bool take_header(struct cursor *in, const struct image_header *header, struct layout *layout)
{
	/* Compression, filters, interlacing: the only ones there are, and none. */
	static const uint8_t usual[] = {0, 0, 0};
	size_t nbytes;
	const uint8_t *const data = take_chunk(in, "IHDR", &nbytes);
	const unsigned depth = data && nbytes == IHDR_NBYTES ? data[8] : 0;

	if ((depth != 1 && depth != 2 && depth != 4 && depth != 8) ||
	    (data[9] != GRAY && data[9] != INDEXED) || memcmp(data + 10, usual, sizeof(usual)) != 0)
		return false;
	layout->indexed = data[9] == INDEXED;
	layout->depth = depth;
	layout->row_nbytes = header->width / 8 * depth + (header->width % 8 * depth + 7) / 8;
	layout->stride = layout->row_nbytes * (8 / depth);
	layout->height = header->height;
	return layout->row_nbytes <= UNFILTER_MAX_WIDTH && layout->stride <= BLOCK_NBYTES &&
	       layout->height <= MAX_NBYTES / (layout->row_nbytes + 1);
}

/* Whether the next chunk is the last one; else the cursor stays. */
static bool take_end(struct cursor *in)
{
	struct cursor at = *in;
	size_t nbytes;
	const bool is_end = take_chunk(&at, "IEND", &nbytes) && nbytes == 0;

	if (is_end)
		*in = at;
	return is_end;
}

static bool take_chunks(struct cursor *in, const struct layout *layout, struct chunks *chunks)
{
	size_t nbytes;

	*chunks = (struct chunks){0};
	if (layout->indexed) {
		chunks->colors = take_chunk(in, "PLTE", &chunks->colors_nbytes);
		if (!chunks->colors || chunks->colors_nbytes == 0 ||
		    chunks->colors_nbytes % 3 != 0 ||
		    chunks->colors_nbytes > (size_t)3 << layout->depth)
			return false;
	}
	chunks->idats = *in;
	chunks->data = take_chunk(in, "IDAT", &chunks->first_nbytes);
	if (!chunks->data)
		return false;
	chunks->data_nbytes = chunks->first_nbytes;
	for (; !take_end(in); chunks->data_nbytes += nbytes)
		if (!take_chunk(in, "IDAT", &nbytes))
			return false;
	return true;
}

/* What a zlib stream has around its data: method and window, and a checksum (RFC 1950). */
#define DEFLATE_METHOD       8
#define ZLIB_HEADER_NBYTES   2
#define ZLIB_CHECKSUM_NBYTES 4

/* Whether a stream may begin so, without a preset dictionary, and look back far enough for n bytes:
 * libpng, whose window is no larger than the stream says, would refuse what looks back further. */
static bool is_usual_header(const uint8_t *data, size_t n)
{
	const size_t window = (size_t)1 << (8 + (data[0] >> 4));

	return (data[0] & 0x0f) == DEFLATE_METHOD && (data[1] & 0x20) == 0 &&
	       (data[0] * 256 + data[1]) % 31 == 0 && window <= MAX_WINDOW_NBYTES &&
	       window >= (n < MAX_WINDOW_NBYTES ? n : MAX_WINDOW_NBYTES);
}

/* Whether the rows are n bytes, with which the stream ends and the data too. */
static bool inflate_rows(const uint8_t *data, size_t nbytes, uint8_t *rows, size_t n)
{
	struct libdeflate_decompressor *decompressor;
	size_t n_read, n_written;
	bool done;

	if (nbytes < ZLIB_HEADER_NBYTES + ZLIB_CHECKSUM_NBYTES || !is_usual_header(data, n))
		return false;
	decompressor = libdeflate_alloc_decompressor();
	done = decompressor &&
	       libdeflate_zlib_decompress_ex(decompressor, data, nbytes, rows, n, &n_read,
					     &n_written) == LIBDEFLATE_SUCCESS &&
	       n_read == nbytes && n_written == n;
	libdeflate_free_decompressor(decompressor);
	return done;
}

/* The data of all IDAT chunks, one after the other. NULL: there is no memory. */
static uint8_t *join_data(const struct chunks *chunks)
{
	struct cursor in = chunks->idats;
	uint8_t *const joined = alloc_array(chunks->data_nbytes, 1);
	size_t nbytes;

	for (size_t at = 0; joined && at < chunks->data_nbytes; at += nbytes) {
		nbytes = cursor_u32_be(&in);
		cursor_take(&in, 4);
		memcpy(joined + at, cursor_take(&in, nbytes), nbytes);
		cursor_take(&in, 4);
	}
	return joined;
}

/* Each of n bytes, of two samples of so many bits, becomes two. */
static inline void split(const uint8_t *restrict from, size_t n, unsigned bits,
			 uint8_t *restrict to)
{
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = (uint8_t)(from[i] >> bits);
		to[2 * i + 1] = (uint8_t)(from[i] & ((1U << bits) - 1));
	}
}

/* The n bytes of packed become samples of `depth` bits, 4 at most. Returns where these are: in
 * packed or in other, which have room for all of them. */
SIMD_CLONES
static uint8_t *unpack(unsigned depth, uint8_t *restrict packed, size_t n, uint8_t *restrict other)
{
	split(packed, n, 4, other);
	if (depth == 4)
		return other;
	split(other, 2 * n, 2, packed);
	if (depth == 2)
		return packed;
	split(packed, 4 * n, 1, other);
	return other;
}

/* Samples of `depth` bits become those of 8 that are as bright. */
SIMD_CLONES
static void stretch(unsigned depth, uint8_t *samples, size_t n)
{
	const uint8_t step = (uint8_t)(255 / ((1U << depth) - 1));

	for (size_t i = 0; i < n; i++)
		samples[i] = (uint8_t)(samples[i] * step);
}

/* Samples of fewer bits than 8, of rows without their filters, become bytes; n rows that fit into a
 * block, of which nothing is left. */
static void spread_rows(const struct layout *layout, uint8_t packed[BLOCK_NBYTES], size_t n,
			size_t width, uint8_t *samples)
{
	uint8_t other[BLOCK_NBYTES];
	uint8_t *const unpacked = unpack(layout->depth, packed, layout->row_nbytes * n, other);

	if (!layout->indexed)
		stretch(layout->depth, unpacked, layout->stride * n);
	for (size_t y = 0; y < n; y++)
		memcpy(samples + y * width, unpacked + y * layout->stride, width);
}

/* Undoes the filters of rows; samples: the image's, a byte each. False: there is no such filter. */
static bool take_samples(const struct layout *layout, const uint8_t *rows, size_t width,
			 uint8_t *samples)
{
	const size_t row_nbytes = layout->row_nbytes, height = layout->height;
	const size_t n_at_once = BLOCK_NBYTES / layout->stride;
	uint8_t packed[BLOCK_NBYTES], above[UNFILTER_MAX_WIDTH];

	if (layout->depth == 8)
		return unfilter_rows(rows, width, height, NULL, samples);
	for (size_t y = 0; y < height; y += n_at_once) {
		const size_t n = height - y < n_at_once ? height - y : n_at_once;

		if (!unfilter_rows(rows + y * (row_nbytes + 1), row_nbytes, n, y > 0 ? above : NULL,
				   packed))
			return false;
		memcpy(above, packed + (n - 1) * row_nbytes, row_nbytes);
		spread_rows(layout, packed, n, width, samples + y * width);
	}
	return true;
}

/* The image of rows, which take n bytes. */
static bool decode_rows(const struct chunks *chunks, const struct layout *layout,
			const struct image_header *header, uint8_t *rows, size_t n,
			struct image *image)
{
	uint8_t *const joined =
		chunks->data_nbytes > chunks->first_nbytes ? join_data(chunks) : NULL;
	const uint8_t *const data = joined ? joined : chunks->data;
	struct palette palette = {0};
	unsigned channels = 1;
	bool done;

	done = (joined || chunks->data_nbytes == chunks->first_nbytes) &&
	       inflate_rows(data, chunks->data_nbytes, rows, n);
	free(joined);
	if (!done)
		return false;
	if (layout->indexed) {
		palette.colors = chunks->colors;
		palette.n_colors = chunks->colors_nbytes / 3;
		channels = palette_channels(&palette, image, header->width, header->height);
	}
	return image_resize(image, header->width, header->height, channels, NULL) == EMNIST_OK &&
	       take_samples(layout, rows, header->width, image->pixels.data) &&
	       (!layout->indexed || palette_expand(&palette, "PNG", image, NULL) == EMNIST_OK);
}

bool plain_png_decode(const uint8_t *bytes, size_t nbytes, const struct image_header *header,
		      struct image *image)
{
	struct cursor in = cursor_over(bytes, nbytes);
	uint8_t few[BLOCK_NBYTES], *many = NULL;
	struct chunks chunks;
	struct layout layout;
	size_t n;
	bool done;

	cursor_take(&in, SIGNATURE_NBYTES);
	if (!take_header(&in, header, &layout) || !take_chunks(&in, &layout, &chunks))
		return false;
	n = (layout.row_nbytes + 1) * layout.height;
	if (n / DEFLATE_MAX_RATIO > chunks.data_nbytes)
		return false;
	if (n > BLOCK_NBYTES)
		many = alloc_array(n, 1);
	done = (many || n <= BLOCK_NBYTES) &&
	       decode_rows(&chunks, &layout, header, many ? many : few, n, image);
	free(many);
	return done;
}
