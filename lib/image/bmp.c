/*
 * bmp.c - BMP: those with a palette are decoded here, of others is checked what must be known
 * before stb_image decodes them.
 *
 * stb_image reads zeros where a file ends, so the size that the rows have by the header is held
 * against the file. With palettes it reads beyond those that are short, and takes the older kind
 * (OS/2, 3 bytes a color) for shorter than it is.
 */
#include "image.h"

#define FORMAT             "BMP"

#define FILE_HEADER_NBYTES 14
#define CORE_HEADER_NBYTES 12 /* OS/2: 16-bit sizes, palette of 3 bytes a color */
#define INFO_HEADER_NBYTES 40

#define COMPRESSION_NONE   0
#define COMPRESSION_RLE8   1
#define COMPRESSION_RLE4   2
#define COMPRESSION_MASKS  3

struct bmp {
	uint32_t data_offset;
	uint32_t header_nbytes;
	int32_t width;
	int32_t height; /* negative: rows from the top */
	unsigned n_planes;
	unsigned bits;
	uint32_t compression;
};

static uint32_t take_le(struct cursor *in, size_t n)
{
	const unsigned char *b = cursor_take(in, n);
	uint32_t value = 0;

	for (size_t i = 0; b && i < n; i++)
		value |= (uint32_t)b[i] << (8 * i);
	return value;
}

static struct bmp read_header(struct cursor *in)
{
	struct bmp bmp = {0};

	cursor_take(in, 10); /* magic, file size (often wrong), reserved */
	bmp.data_offset = take_le(in, 4);
	bmp.header_nbytes = take_le(in, 4);
	if (bmp.header_nbytes == CORE_HEADER_NBYTES) {
		bmp.width = (int32_t)take_le(in, 2);
		bmp.height = (int32_t)take_le(in, 2);
	} else {
		bmp.width = (int32_t)take_le(in, 4);
		bmp.height = (int32_t)take_le(in, 4);
	}
	bmp.n_planes = take_le(in, 2);
	bmp.bits = take_le(in, 2);
	if (bmp.header_nbytes != CORE_HEADER_NBYTES)
		bmp.compression = take_le(in, 4);
	return bmp;
}

static enum emnist_status check_kind(const struct bmp *bmp, struct emnist_error *error)
{
	static const uint32_t known_headers[] = {CORE_HEADER_NBYTES, INFO_HEADER_NBYTES, 56, 108,
						 124};
	bool known = false;

	for (size_t i = 0; i < sizeof(known_headers) / sizeof(*known_headers); i++)
		known |= bmp->header_nbytes == known_headers[i];
	if (!known)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "BMP with a header of %u bytes is not supported",
				 bmp->header_nbytes);
	if (bmp->width <= 0 || bmp->height == 0 || bmp->height == INT32_MIN)
		return image_corrupt(error, FORMAT, "a size of %d x %d", bmp->width, bmp->height);
	if (bmp->n_planes != 1)
		return image_corrupt(error, FORMAT, "%u planes", bmp->n_planes);
	if (bmp->compression == COMPRESSION_RLE8 || bmp->compression == COMPRESSION_RLE4)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "run-length encoded BMP is not supported");
	if (bmp->compression > COMPRESSION_MASKS)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "BMP with compression %u is not supported", bmp->compression);
	if (bmp->bits != 1 && bmp->bits != 4 && bmp->bits != 8 && bmp->bits != 16 &&
	    bmp->bits != 24 && bmp->bits != 32)
		return image_corrupt(error, FORMAT, "%u bits a pixel", bmp->bits);
	return EMNIST_OK;
}

static uint64_t row_nbytes(const struct bmp *bmp)
{
	return ((uint64_t)bmp->width * bmp->bits + 7) / 8;
}

/* Rows begin at multiples of 4 bytes. */
static uint64_t stride_nbytes(const struct bmp *bmp)
{
	return (row_nbytes(bmp) + 3) & ~(uint64_t)3;
}

static enum emnist_status check_pixels(const struct bmp *bmp, size_t nbytes, uint32_t height,
				       struct emnist_error *error)
{
	if (bmp->data_offset < FILE_HEADER_NBYTES + (uint64_t)bmp->header_nbytes)
		return image_corrupt(error, FORMAT, "the pixels begin inside the header");
	if (bmp->data_offset > nbytes ||
	    stride_nbytes(bmp) * (height - 1) + row_nbytes(bmp) > nbytes - bmp->data_offset)
		return image_cut_short(error, FORMAT, nbytes);
	return EMNIST_OK;
}

enum emnist_status bmp_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct bmp bmp = read_header(&in);
	enum emnist_status status;

	if (in.failed)
		return image_cut_short(error, FORMAT, nbytes);
	status = check_kind(&bmp, error);
	if (status)
		return status;
	header->width = (uint32_t)bmp.width;
	header->height = (uint32_t)(bmp.height < 0 ? -bmp.height : bmp.height);
	return check_pixels(&bmp, nbytes, header->height, error);
}

/* A palette of n_colors of color_nbytes each: blue, green, red, perhaps a byte more. */
struct colors {
	const uint8_t *bytes;
	size_t color_nbytes;
	size_t n;
};

/* One row of indices as RGB. */
static enum emnist_status read_row(const struct bmp *bmp, const struct colors *colors,
				   const uint8_t *from, uint8_t *to, struct emnist_error *error)
{
	const unsigned per_byte = 8 / bmp->bits;
	const unsigned mask = (1u << bmp->bits) - 1;

	for (size_t x = 0; x < (size_t)bmp->width; x++) {
		const unsigned shift = 8 - bmp->bits * (unsigned)(x % per_byte + 1);
		const unsigned index = (unsigned)from[x / per_byte] >> shift & mask;
		const uint8_t *color = colors->bytes + index * colors->color_nbytes;

		if (index >= colors->n)
			return image_corrupt(error, FORMAT,
					     "a pixel asks for color %u of a palette of %zu", index,
					     colors->n);
		*to++ = color[2];
		*to++ = color[1];
		*to++ = color[0];
	}
	return EMNIST_OK;
}

enum emnist_status bmp_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct bmp bmp = read_header(&in);
	const size_t palette_offset = FILE_HEADER_NBYTES + (size_t)bmp.header_nbytes;
	const size_t color_nbytes = bmp.header_nbytes == CORE_HEADER_NBYTES ? 3 : 4;
	const struct colors colors = {bytes + palette_offset, color_nbytes,
				      (bmp.data_offset - palette_offset) / color_nbytes};
	enum emnist_status status;

	if (bmp.bits > 8)
		return stb_decode(FORMAT, bytes, nbytes, header, image, error);
	status = image_resize(image, header->width, header->height, 3, error);
	for (size_t y = 0; !status && y < header->height; y++) {
		const size_t row = bmp.height > 0 ? header->height - 1 - y : y;

		status = read_row(&bmp, &colors,
				  bytes + bmp.data_offset + row * (size_t)stride_nbytes(&bmp),
				  image->pixels.data + y * header->width * 3, error);
	}
	return status;
}
