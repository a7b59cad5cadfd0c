/*
 * bmp.c - BMP: Windows' from version 2 on, and OS/2's.
 *
 * The header grew over the years; fields that one lacks are 0. Only the file header says where the
 * pixels begin: a palette, masks, a color profile or a gap may come first. A pixel's fourth byte is
 * alpha only if a mask says so.
 */
#include "palette.h"

#define FORMAT             "BMP"

#define FILE_HEADER_NBYTES 14
#define CORE_HEADER_NBYTES 12 /* OS/2: 16-bit sizes, palette of 3 bytes a color */
#define OS2_MIN_NBYTES     16 /* OS/2 2.x: cut off anywhere behind the depth */
#define INFO_HEADER_NBYTES 40
#define MASKS_END_NBYTES   52 /* headers of this size hold masks */
#define OS2_MAX_NBYTES     64
#define V5_HEADER_NBYTES   124

#define MAX_COLORS         256
#define N_CHANNELS         4

enum compression {
	COMPRESSION_NONE = 0,
	COMPRESSION_RLE8 = 1,
	COMPRESSION_RLE4 = 2,
	COMPRESSION_MASKS = 3,
	COMPRESSION_ALPHA_MASKS = 6,
};

struct bmp {
	uint32_t header_nbytes;
	int64_t width;
	int64_t height; /* negative: rows from the top */
	unsigned n_planes;
	unsigned bits;
	uint32_t compression;
	uint32_t masks[N_CHANNELS]; /* red, green, blue, alpha */
	size_t palette_offset;
	size_t color_nbytes;
	size_t n_colors; /* in the palette */
	uint64_t data_offset;
};

static bool is_rle(const struct bmp *bmp)
{
	return bmp->compression == COMPRESSION_RLE8 || bmp->compression == COMPRESSION_RLE4;
}

/* Finds the palette and the pixels. Some files give the end of the header for the pixels although a
 * palette follows. n_used: colors; 0: as many as there are indices. */
static void place_palette(struct bmp *bmp, uint32_t n_used)
{
	const size_t n_indices = bmp->bits <= 8 ? (size_t)1 << bmp->bits : 0;
	size_t room;

	if (bmp->data_offset == 0 || (n_indices && bmp->data_offset == bmp->palette_offset)) {
		if (n_used > 0 && n_used < n_indices)
			bmp->n_colors = n_used;
		else
			bmp->n_colors = n_indices;
		bmp->data_offset = bmp->palette_offset + bmp->n_colors * bmp->color_nbytes;
		return;
	}
	room = bmp->data_offset < bmp->palette_offset
		       ? 0
		       : (size_t)(bmp->data_offset - bmp->palette_offset) / bmp->color_nbytes;
	bmp->n_colors = room < n_indices ? room : n_indices;
}

/* Pixels of 16 bits and more without masks, or with masks of 0. Pillow takes the latter for alpha
 * where the pixels have room for it. */
static void set_default_masks(struct bmp *bmp)
{
	static const uint32_t five[N_CHANNELS] = {0x7c00, 0x3e0, 0x1f, 0};
	static const uint32_t eight[N_CHANNELS] = {0xff0000, 0xff00, 0xff, 0};

	memcpy(bmp->masks, bmp->bits == 16 ? five : eight, sizeof(bmp->masks));
	if (bmp->compression != COMPRESSION_NONE && bmp->bits == 32)
		bmp->masks[3] = 0xff000000;
}

static void read_masks(struct bmp *bmp, struct cursor *info, struct cursor *in)
{
	const bool inside = bmp->header_nbytes >= MASKS_END_NBYTES;
	const size_t n = inside || bmp->compression == COMPRESSION_ALPHA_MASKS ? 4 : 3;

	if (bmp->compression == COMPRESSION_MASKS || bmp->compression == COMPRESSION_ALPHA_MASKS)
		for (size_t i = 0; i < n; i++)
			bmp->masks[i] = cursor_u32_le(inside ? info : in);
	if (!(bmp->masks[0] | bmp->masks[1] | bmp->masks[2]))
		set_default_masks(bmp);
}

/* Fails the cursor where the file is shorter than its headers; a header of less than 4 bytes is no
 * more than its size. */
static struct bmp read_header(struct cursor *in)
{
	struct bmp bmp = {.color_nbytes = 4};
	struct cursor info;
	const unsigned char *header;
	uint32_t n_used;

	cursor_take(in, 10); /* magic, file size (often wrong), reserved */
	bmp.data_offset = cursor_u32_le(in);
	bmp.header_nbytes = cursor_u32_le(in);
	header = bmp.header_nbytes < 4 ? NULL : cursor_take(in, bmp.header_nbytes - 4);
	if (!header)
		return bmp;
	info = cursor_over(header, bmp.header_nbytes - 4);
	if (bmp.header_nbytes == CORE_HEADER_NBYTES) {
		bmp.color_nbytes = 3;
		bmp.width = cursor_u16_le(&info);
		bmp.height = cursor_u16_le(&info);
	} else {
		bmp.width = (int32_t)cursor_u32_le(&info);
		bmp.height = (int32_t)cursor_u32_le(&info);
	}
	bmp.n_planes = cursor_u16_le(&info);
	bmp.bits = cursor_u16_le(&info);
	bmp.compression = cursor_u32_le(&info);
	cursor_take(&info, 12); /* size of the pixels, resolution */
	n_used = cursor_u32_le(&info);
	cursor_take(&info, 4); /* important colors */
	read_masks(&bmp, &info, in);
	bmp.palette_offset = in->offset;
	place_palette(&bmp, n_used);
	return bmp;
}

/* Whether the compression is supported for that depth. */
static bool is_supported(const struct bmp *bmp)
{
	const bool is_os2 =
		bmp->header_nbytes < INFO_HEADER_NBYTES || bmp->header_nbytes == OS2_MAX_NBYTES;

	switch (bmp->compression) {
	case COMPRESSION_NONE:
		return true;
	case COMPRESSION_RLE8:
		return bmp->bits == 8;
	case COMPRESSION_RLE4:
		return bmp->bits == 4;
	case COMPRESSION_MASKS:
	case COMPRESSION_ALPHA_MASKS:
		return bmp->bits >= 16 && !is_os2;
	default:
		return false;
	}
}

static enum emnist_status check_kind(const struct bmp *bmp, struct emnist_error *error)
{
	if (bmp->header_nbytes != CORE_HEADER_NBYTES &&
	    (bmp->header_nbytes < OS2_MIN_NBYTES || bmp->header_nbytes > V5_HEADER_NBYTES))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "BMP with a header of %u bytes is not supported",
				 bmp->header_nbytes);
	if (bmp->width <= 0 || bmp->height == 0 || bmp->height == INT32_MIN)
		return image_corrupt(error, FORMAT, "its size is %lld x %lld",
				     (long long)bmp->width, (long long)bmp->height);
	if (bmp->n_planes != 1)
		return image_corrupt(error, FORMAT, "%u planes", bmp->n_planes);
	if (bmp->bits != 1 && bmp->bits != 2 && bmp->bits != 4 && bmp->bits != 8 &&
	    bmp->bits != 16 && bmp->bits != 24 && bmp->bits != 32)
		return image_corrupt(error, FORMAT, "%u bits per pixel", bmp->bits);
	if (!is_supported(bmp))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "BMP with compression %u and a depth of %u is not supported",
				 bmp->compression, bmp->bits);
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
	const uint64_t rows = is_rle(bmp) ? 0 : stride_nbytes(bmp) * (height - 1) + row_nbytes(bmp);

	if (bmp->data_offset < FILE_HEADER_NBYTES + (uint64_t)bmp->header_nbytes)
		return image_corrupt(error, FORMAT, "the pixels begin inside the header");
	if (bmp->data_offset > nbytes || rows > nbytes - bmp->data_offset)
		return image_cut_short(error, FORMAT, nbytes);
	return EMNIST_OK;
}

enum emnist_status bmp_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct bmp bmp = read_header(&in);
	enum emnist_status status;

	if (in.failed && bmp.header_nbytes <= V5_HEADER_NBYTES)
		return image_cut_short(error, FORMAT, nbytes);
	status = check_kind(&bmp, error);
	if (status)
		return status;
	header->width = (uint32_t)bmp.width;
	header->height = (uint32_t)(bmp.height < 0 ? -bmp.height : bmp.height);
	return check_pixels(&bmp, nbytes, header->height, error);
}

/* ---------------------------------------------------------------- palettes */

/* One row of indices, a byte each. */
static void unpack_row(const struct bmp *bmp, const uint8_t *from, uint8_t *to)
{
	const unsigned per_byte = 8 / bmp->bits;
	const unsigned mask = (1u << bmp->bits) - 1;

	for (size_t x = 0; x < (size_t)bmp->width; x++) {
		const unsigned shift = 8 - bmp->bits * (unsigned)(x % per_byte + 1);

		to[x] = (uint8_t)((unsigned)from[x / per_byte] >> shift & mask);
	}
}

/* Run-length encoded pixels, from the position that the next has on. Rows are counted as they
 * come. */
struct runs {
	struct cursor in;
	struct image *image;
	size_t x;
	size_t row;
	bool four_bits;
	bool upward;
};

/* n pixels, up to the end of the row; pixel i's index is byte i of `from`, or alternating halves of
 * it. */
static void put_run(struct runs *runs, const uint8_t *from, bool repeated, size_t n)
{
	const size_t width = runs->image->width, height = runs->image->height;
	const size_t y = runs->upward ? height - 1 - runs->row : runs->row;
	uint8_t *to = runs->image->pixels.data + y * width;

	for (size_t i = 0; i < n && runs->x < width; i++, runs->x++) {
		const size_t byte = repeated ? 0 : runs->four_bits ? i / 2 : i;

		if (!runs->four_bits)
			to[runs->x] = from[byte];
		else
			to[runs->x] = i % 2 ? from[byte] & 15 : from[byte] >> 4;
	}
}

/* What follows a 0: the end of the row or of the image, a step, or n pixels as they are, in an even
 * number of bytes. False: the image ends here. */
static bool escape(struct runs *runs)
{
	const unsigned n = cursor_u8(&runs->in);
	const unsigned char *from;
	size_t from_nbytes;

	switch (n) {
	case 0:
		runs->x = 0;
		runs->row++;
		return true;
	case 1:
		return false;
	case 2:
		runs->x += cursor_u8(&runs->in);
		runs->row += cursor_u8(&runs->in);
		return true;
	default:
		from_nbytes = runs->four_bits ? (n + 1) / 2 : n;
		from = cursor_take(&runs->in, from_nbytes);
		cursor_take(&runs->in, from_nbytes % 2);
		if (from)
			put_run(runs, from, false, n);
		return true;
	}
}

/* Pixels that no run covers have index 0. Data may end where the image is full. */
static enum emnist_status read_runs(struct runs *runs, struct emnist_error *error)
{
	const size_t width = runs->image->width, height = runs->image->height;

	memset(runs->image->pixels.data, 0, width * height);
	while (runs->row < height) {
		const unsigned n = cursor_u8(&runs->in);
		const unsigned char *color;

		if (n == 0 && !runs->in.failed) {
			if (!escape(runs))
				return EMNIST_OK;
		} else {
			color = cursor_take(&runs->in, 1);
			if (color)
				put_run(runs, color, true, n);
		}
		if (!runs->in.failed)
			continue;
		return runs->row == height - 1 && runs->x >= width
			       ? EMNIST_OK
			       : image_cut_short(error, FORMAT, runs->in.nbytes);
	}
	return EMNIST_OK;
}

static enum emnist_status read_indices(const struct bmp *bmp, const uint8_t *bytes, size_t nbytes,
				       struct image *image, struct emnist_error *error)
{
	struct runs runs = {
		.in = cursor_over(bytes, nbytes),
		.image = image,
		.four_bits = bmp->compression == COMPRESSION_RLE4,
		.upward = bmp->height > 0,
	};

	cursor_take(&runs.in, bmp->data_offset);
	if (is_rle(bmp))
		return read_runs(&runs, error);
	for (size_t y = 0; y < image->height; y++) {
		const size_t row = runs.upward ? image->height - 1 - y : y;

		unpack_row(bmp, cursor_take(&runs.in, row_nbytes(bmp)),
			   image->pixels.data + row * image->width);
		if (y + 1 < image->height)
			cursor_take(&runs.in, stride_nbytes(bmp) - row_nbytes(bmp));
	}
	return EMNIST_OK;
}

static enum emnist_status decode_indexed(const struct bmp *bmp, const uint8_t *bytes, size_t nbytes,
					 struct image *image, struct emnist_error *error)
{
	uint8_t colors[3 * MAX_COLORS];
	const struct palette palette = {.colors = colors, .n_colors = bmp->n_colors};
	const uint8_t *from = bytes + bmp->palette_offset;
	enum emnist_status status;

	for (size_t i = 0; i < palette.n_colors; i++, from += bmp->color_nbytes)
		for (size_t c = 0; c < 3; c++)
			colors[3 * i + c] = from[2 - c];
	status = read_indices(bmp, bytes, nbytes, image, error);
	return status ? status : palette_expand(&palette, FORMAT, image, error);
}

/* ------------------------------------------------------------------- masks */

/* One channel of a pixel: its bits, of which the first eight count, and their meaning. */
struct channel {
	uint32_t mask;
	unsigned shift;
	uint8_t values[256];
};

static void set_channel(struct channel *channel, uint32_t mask)
{
	uint32_t most;

	*channel = (struct channel){.mask = mask};
	if (!mask)
		return;
	while (!(mask >> channel->shift & 1))
		channel->shift++;
	while (mask >> channel->shift > 255)
		channel->shift++;
	most = mask >> channel->shift;
	for (uint32_t i = 0; i <= most; i++)
		channel->values[i] = (uint8_t)(i * 255 / most);
}

static void decode_masked(const struct bmp *bmp, const uint8_t *bytes, struct image *image)
{
	const size_t width = image->width, n_channels = image->channels;
	const size_t pixel_nbytes = bmp->bits / 8;
	struct channel channels[N_CHANNELS];
	uint8_t *to = image->pixels.data;

	for (size_t c = 0; c < N_CHANNELS; c++)
		set_channel(&channels[c], bmp->masks[c]);
	for (size_t y = 0; y < image->height; y++) {
		const size_t row = bmp->height > 0 ? image->height - 1 - y : y;
		const uint8_t *from = bytes + bmp->data_offset + row * stride_nbytes(bmp);

		for (size_t x = 0; x < width; x++, from += pixel_nbytes) {
			uint32_t pixel = 0;

			for (size_t i = 0; i < pixel_nbytes; i++)
				pixel |= (uint32_t)from[i] << (8 * i);
			for (size_t c = 0; c < n_channels; c++)
				*to++ = channels[c].values[(pixel & channels[c].mask) >>
							   channels[c].shift];
		}
	}
}

enum emnist_status bmp_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct bmp bmp = read_header(&in);
	const bool has_alpha = bmp.bits > 8 && bmp.masks[3];
	const enum emnist_status status =
		image_resize(image, header->width, header->height, has_alpha ? 4 : 3, error);

	if (status)
		return status;
	if (bmp.bits <= 8)
		return decode_indexed(&bmp, bytes, nbytes, image, error);
	decode_masked(&bmp, bytes, image);
	return EMNIST_OK;
}
