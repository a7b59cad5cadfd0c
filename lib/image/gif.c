/*
 * gif.c - what must be known of a GIF before stb_image decodes its first frame.
 *
 * stb_image reads zeros where a file ends, and would show the rest of the frame empty. So the
 * blocks are walked up to the end of the first frame.
 */
#include "image.h"

#define FORMAT           "GIF"

#define SIGNATURE_NBYTES 6
#define BLOCK_IMAGE      0x2c
#define BLOCK_EXTENSION  0x21
#define BLOCK_TRAILER    0x3b
#define FLAG_COLOR_TABLE 0x80

/* Codes have at most 12 bits, so the roots of them at most 11; files have 2 to 8. */
#define MAX_MIN_CODE_SIZE 11

static unsigned take_u8(struct cursor *in)
{
	const unsigned char *b = cursor_take(in, 1);

	return b ? b[0] : 0;
}

static unsigned take_u16(struct cursor *in)
{
	const unsigned low = take_u8(in);

	return low | take_u8(in) << 8;
}

static void skip_color_table(struct cursor *in, unsigned flags)
{
	if (flags & FLAG_COLOR_TABLE)
		cursor_take(in, (size_t)3 * (2u << (flags & 7)));
}

static void skip_sub_blocks(struct cursor *in)
{
	unsigned length;

	while ((length = take_u8(in)) > 0)
		cursor_take(in, length);
}

/* The frame from behind the byte that announces it. */
static enum emnist_status check_frame(struct cursor *in, struct emnist_error *error)
{
	unsigned width, height, min_code_size;

	cursor_take(in, 4); /* left, top */
	width = take_u16(in);
	height = take_u16(in);
	skip_color_table(in, take_u8(in));
	min_code_size = take_u8(in);
	skip_sub_blocks(in);
	if (in->failed)
		return image_cut_short(error, FORMAT, in->nbytes);
	if (width == 0 || height == 0)
		return image_corrupt(error, FORMAT, "the frame is empty");
	if (min_code_size > MAX_MIN_CODE_SIZE)
		return image_corrupt(error, FORMAT, "codes of %u bits", min_code_size + 1);
	return EMNIST_OK;
}

enum emnist_status gif_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	unsigned flags;

	cursor_take(&in, SIGNATURE_NBYTES);
	header->width = take_u16(&in);
	header->height = take_u16(&in);
	flags = take_u8(&in);
	cursor_take(&in, 2); /* background color, aspect ratio */
	skip_color_table(&in, flags);
	if (in.failed)
		return image_cut_short(error, FORMAT, nbytes);
	if (header->width == 0 || header->height == 0)
		return image_corrupt(error, FORMAT, "%s is 0", header->width ? "height" : "width");
	for (;;) {
		const unsigned block = take_u8(&in);

		if (in.failed)
			return image_cut_short(error, FORMAT, nbytes);
		if (block == BLOCK_IMAGE)
			return check_frame(&in, error);
		if (block == BLOCK_TRAILER)
			return image_corrupt(error, FORMAT, "it holds no image");
		if (block != BLOCK_EXTENSION)
			return error_at(error, EMNIST_ERR_CORRUPT, in.offset - 1,
					"not a valid " FORMAT ": unknown block 0x%02x", block);
		take_u8(&in);
		skip_sub_blocks(&in);
	}
}

enum emnist_status gif_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	return stb_decode(FORMAT, bytes, nbytes, header, image, error);
}
