/*
 * small_png.c - small PNG files of one sample a pixel, read with zlib alone.
 *
 * libpng has zlib inflate a row at a time, and for rows as short as EMNIST's that never gets to the
 * fast part of inflate(). Here zlib inflates and checks all rows at once, the filters are undone,
 * and samples of 1, 2 and 4 bits become bytes. That is done where a file has no chunks but those it
 * must have, and nothing about them is unusual; else libpng does it all, and what it says of a file
 * counts.
 */
#include "small_png.h"
#include "../base/simd.h"
#include "palette.h"
#include "unfilter.h"

#include <zlib.h>

/* The most bytes that the rows have once each sample is one: 128x128, and a filter a row. */
#define SMALL_NBYTES (128 * (1 + 128))

/* Room for zlib's state, which takes 7 KiB. It needs no window where all rows fit. */
#define ZLIB_NBYTES      ((size_t)12 << 10)

#define SIGNATURE_NBYTES 8
#define IHDR_NBYTES      13

/* The color types of one sample a pixel. */
#define GRAY    0
#define INDEXED 3

/* The chunks of a file that has no others, but IHDR and IEND. */
struct chunks {
	const uint8_t *colors; /* NULL: it is gray */
	size_t colors_nbytes;
	const uint8_t *data;
	size_t data_nbytes;
};

/* What becomes of the rows. */
struct layout {
	bool indexed;
	unsigned depth;    /* bits of a sample */
	size_t row_nbytes; /* without the filter */
	size_t stride;     /* samples of a row, with those that fill its last byte */
	size_t height;
};

struct zlib_memory {
	size_t used;
	_Alignas(max_align_t) unsigned char bytes[ZLIB_NBYTES];
};

/* The data of the next chunk; NULL where it has another name or a wrong checksum. */
static const uint8_t *take_chunk(struct cursor *in, const char *name, size_t *nbytes_ret)
{
	const uint32_t nbytes = cursor_u32_be(in);
	const unsigned char *const type = cursor_take(in, 4);
	const unsigned char *const data = cursor_take(in, nbytes);
	const uint32_t checksum = cursor_u32_be(in);

	if (in->failed || memcmp(type, name, 4) != 0 ||
	    crc32(crc32(0, type, 4), data, nbytes) != checksum)
		return NULL;
	*nbytes_ret = nbytes;
	return data;
}

/* False where the image is not small, or of another kind. */
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
	layout->row_nbytes = ((uint64_t)header->width * depth + 7) / 8;
	layout->stride = layout->row_nbytes * (8 / depth);
	layout->height = header->height;
	return layout->stride < SMALL_NBYTES &&
	       layout->height <= SMALL_NBYTES / (layout->stride + 1) &&
	       layout->row_nbytes <= UNFILTER_MAX_WIDTH;
}

static bool take_chunks(struct cursor *in, const struct layout *layout, struct chunks *chunks)
{
	size_t end_nbytes;

	*chunks = (struct chunks){0};
	if (layout->indexed) {
		chunks->colors = take_chunk(in, "PLTE", &chunks->colors_nbytes);
		if (!chunks->colors || chunks->colors_nbytes == 0 ||
		    chunks->colors_nbytes % 3 != 0 ||
		    chunks->colors_nbytes > (size_t)3 << layout->depth)
			return false;
	}
	chunks->data = take_chunk(in, "IDAT", &chunks->data_nbytes);
	return chunks->data && take_chunk(in, "IEND", &end_nbytes) && end_nbytes == 0;
}

static void *on_zlib_malloc(void *memory, unsigned n, unsigned size)
{
	struct zlib_memory *m = memory;
	const size_t unit = _Alignof(max_align_t);
	const size_t nbytes = ((size_t)n * size + unit - 1) / unit * unit;

	if (nbytes > ZLIB_NBYTES - m->used)
		return NULL;
	m->used += nbytes;
	return m->bytes + m->used - nbytes;
}

static void on_zlib_free(void *memory, void *bytes)
{
	(void)memory;
	(void)bytes;
}

/* Whether the rows are n bytes, with which the stream ends and the chunk too. The stream may look
 * back over all of them: libpng, whose window is no larger than the stream says, would refuse what
 * looks back further. */
static bool inflate_rows(const struct chunks *chunks, uint8_t rows[SMALL_NBYTES], size_t n)
{
	struct zlib_memory memory;
	z_stream stream = {.zalloc = on_zlib_malloc, .zfree = on_zlib_free, .opaque = &memory};
	bool done;

	memory.used = 0;
	if (chunks->data_nbytes < 2 || (size_t)1 << (8 + (chunks->data[0] >> 4)) < n ||
	    inflateInit2(&stream, 0) != Z_OK)
		return false;
	stream.next_in = (Bytef *)(uintptr_t)chunks->data;
	stream.avail_in = (unsigned)chunks->data_nbytes;
	stream.next_out = rows;
	stream.avail_out = SMALL_NBYTES;
	done = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0 &&
	       stream.total_out == n;
	inflateEnd(&stream);
	return done;
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

/* Undoes the filters of rows, of which nothing is left; samples: the image's, a byte each. False:
 * there is no such filter. */
static bool take_samples(const struct layout *layout, uint8_t rows[SMALL_NBYTES], size_t width,
			 uint8_t *samples)
{
	const size_t stride = layout->stride, height = layout->height;
	uint8_t packed[SMALL_NBYTES], *unpacked;

	if (layout->depth == 8)
		return unfilter_rows(rows, width, height, samples);
	if (!unfilter_rows(rows, layout->row_nbytes, height, packed))
		return false;
	unpacked = unpack(layout->depth, packed, layout->row_nbytes * height, rows);
	if (!layout->indexed)
		stretch(layout->depth, unpacked, stride * height);
	for (size_t y = 0; y < height; y++)
		memcpy(samples + y * width, unpacked + y * stride, width);
	return true;
}

bool small_png_decode(const uint8_t *bytes, size_t nbytes, const struct image_header *header,
		      struct image *image)
{
	struct cursor in = cursor_over(bytes, nbytes);
	uint8_t rows[SMALL_NBYTES];
	struct palette palette = {0};
	struct chunks chunks;
	struct layout layout;
	unsigned channels = 1;

	cursor_take(&in, SIGNATURE_NBYTES);
	if (!take_header(&in, header, &layout) || !take_chunks(&in, &layout, &chunks) ||
	    !inflate_rows(&chunks, rows, (layout.row_nbytes + 1) * layout.height))
		return false;
	if (layout.indexed) {
		palette.colors = chunks.colors;
		palette.n_colors = chunks.colors_nbytes / 3;
		channels = palette_channels(&palette, image, header->width, header->height);
	}
	return image_resize(image, header->width, header->height, channels, NULL) == EMNIST_OK &&
	       take_samples(&layout, rows, header->width, image->pixels.data) &&
	       (!layout.indexed || palette_expand(&palette, "PNG", image, NULL) == EMNIST_OK);
}
