/*
 * gif.c - the first frame of a GIF, on its canvas.
 *
 * The canvas is as large as the logical screen, enlarged if the frame exceeds it: a screen of 0 x 0
 * is common. Pixels outside the frame are transparent.
 *
 * The codes are LZW. A code stands for a string: that of an older code and one more byte. Strings
 * are expanded backward, onto a stack. Codes come in blocks of up to 255 bytes, least significant
 * bits first.
 */
#include "image.h"

#include <limits.h>

#define FORMAT            "GIF"

#define SIGNATURE_NBYTES  6
#define BLOCK_PADDING     0x00 /* some programs leave a 0 between blocks */
#define BLOCK_IMAGE       0x2c
#define BLOCK_EXTENSION   0x21
#define BLOCK_TRAILER     0x3b
#define EXTENSION_CONTROL 0xf9
#define CONTROL_NBYTES    4

#define FLAG_COLOR_TABLE  0x80
#define FLAG_INTERLACED   0x40
#define FLAG_TRANSPARENT  0x01

#define CHANNELS          4

/* Bits of the codes for bytes, and of the longest codes. */
#define MIN_ROOT_BITS 2
#define MAX_ROOT_BITS 8
#define MAX_CODE_BITS 12
#define MAX_CODES     (1 << MAX_CODE_BITS)

/* No code, and no color. */
#define NONE UINT_MAX

struct color_table {
	const uint8_t *colors; /* (n) of red, green, blue */
	size_t n;
};

struct gif {
	struct cursor in;
	unsigned screen_width, screen_height;
	unsigned left, top, width, height; /* of the frame */
	bool interlaced;
	unsigned transparent; /* color, or NONE */
	struct color_table table;
	unsigned root_bits;
};

static void take_color_table(struct cursor *in, unsigned flags, struct color_table *table)
{
	const size_t n = (size_t)2 << (flags & 7);

	if (!(flags & FLAG_COLOR_TABLE))
		return;
	table->colors = cursor_take(in, 3 * n);
	table->n = n;
}

static void skip_sub_blocks(struct cursor *in)
{
	unsigned length;

	while ((length = cursor_u8(in)) > 0)
		cursor_take(in, length);
}

/* The only extension that matters is the next frame's transparent color. */
static void read_extension(struct gif *gif)
{
	const unsigned label = cursor_u8(&gif->in);
	const size_t start = gif->in.offset;
	struct cursor content;

	skip_sub_blocks(&gif->in);
	if (label != EXTENSION_CONTROL || gif->in.failed)
		return;
	content = cursor_over(gif->in.bytes + start, gif->in.offset - start);
	if (cursor_u8(&content) < CONTROL_NBYTES)
		return;
	gif->transparent = cursor_u8(&content) & FLAG_TRANSPARENT;
	cursor_take(&content, 2); /* delay */
	gif->transparent = gif->transparent ? cursor_u8(&content) : NONE;
}

/* Up to where the codes begin, which are walked over by a copy of the cursor. */
static enum emnist_status read_frame(struct gif *gif, struct emnist_error *error)
{
	struct cursor codes;
	unsigned flags;

	gif->left = cursor_u16_le(&gif->in);
	gif->top = cursor_u16_le(&gif->in);
	gif->width = cursor_u16_le(&gif->in);
	gif->height = cursor_u16_le(&gif->in);
	flags = cursor_u8(&gif->in);
	gif->interlaced = flags & FLAG_INTERLACED;
	take_color_table(&gif->in, flags, &gif->table);
	gif->root_bits = cursor_u8(&gif->in);
	codes = gif->in;
	skip_sub_blocks(&codes);
	if (codes.failed)
		return image_cut_short(error, FORMAT, codes.nbytes);
	if (gif->width == 0 || gif->height == 0)
		return image_corrupt(error, FORMAT, "the frame is empty");
	if (gif->root_bits < MIN_ROOT_BITS || gif->root_bits > MAX_ROOT_BITS)
		return image_corrupt(error, FORMAT, "codes of %u bits", gif->root_bits + 1);
	return EMNIST_OK;
}

/* Reads all of the file up to the codes of the first frame. */
static enum emnist_status read_gif(struct gif *gif, const uint8_t *bytes, size_t nbytes,
				   struct emnist_error *error)
{
	const unsigned char *signature;
	unsigned flags;

	*gif = (struct gif){.in = cursor_over(bytes, nbytes), .transparent = NONE};
	signature = cursor_take(&gif->in, SIGNATURE_NBYTES);
	gif->screen_width = cursor_u16_le(&gif->in);
	gif->screen_height = cursor_u16_le(&gif->in);
	flags = cursor_u8(&gif->in);
	cursor_take(&gif->in, 2); /* background color, aspect ratio */
	take_color_table(&gif->in, flags, &gif->table);
	if (gif->in.failed)
		return image_cut_short(error, FORMAT, nbytes);
	if (memcmp(signature, "GIF87a", SIGNATURE_NBYTES) != 0 &&
	    memcmp(signature, "GIF89a", SIGNATURE_NBYTES) != 0)
		return image_corrupt(error, FORMAT, "bad signature");
	for (;;) {
		const unsigned block = cursor_u8(&gif->in);

		if (gif->in.failed)
			return image_cut_short(error, FORMAT, nbytes);
		if (block == BLOCK_IMAGE)
			return read_frame(gif, error);
		if (block == BLOCK_TRAILER)
			return image_corrupt(error, FORMAT, "it holds no image");
		if (block == BLOCK_EXTENSION)
			read_extension(gif);
		else if (block != BLOCK_PADDING)
			return error_at(error, EMNIST_ERR_CORRUPT, gif->in.offset - 1,
					"not a valid " FORMAT ": unknown block 0x%02x", block);
	}
}

enum emnist_status gif_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error)
{
	struct gif gif;
	const enum emnist_status status = read_gif(&gif, bytes, nbytes, error);

	if (status)
		return status;
	header->width = gif.left + gif.width;
	if (header->width < gif.screen_width)
		header->width = gif.screen_width;
	header->height = gif.top + gif.height;
	if (header->height < gif.screen_height)
		header->height = gif.screen_height;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------ pixels */

/* The position of the frame's next pixel. */
struct pen {
	const struct gif *gif;
	struct image *image;
	unsigned x, y; /* in the frame */
	unsigned pass; /* of interlaced rows */
	bool is_full;
};

/* Interlaced rows come in four passes. */
static void next_row(struct pen *pen)
{
	static const unsigned starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};

	pen->x = 0;
	pen->y += pen->gif->interlaced ? steps[pen->pass] : 1;
	while (pen->gif->interlaced && pen->y >= pen->gif->height && pen->pass < 3)
		pen->y = starts[++pen->pass];
	pen->is_full = pen->y >= pen->gif->height;
}

/* A color of the table, opaque. Without any table 0 is black, 1 white, and the rest grey, as in
 * OpenCV. False: the table has no such color. */
static bool set_color(const struct color_table *table, unsigned index, uint8_t pixel[CHANNELS])
{
	if (!table->colors)
		memset(pixel, index == 1 ? 255 : (int)index, 3);
	else if (index < table->n)
		memcpy(pixel, table->colors + 3 * (size_t)index, 3);
	else
		return false;
	pixel[3] = 255;
	return true;
}

/* False: there is no such color. */
static bool put_pixel(struct pen *pen, unsigned index)
{
	const struct gif *gif = pen->gif;
	const size_t at = (size_t)(gif->top + pen->y) * pen->image->width + gif->left + pen->x;
	uint8_t *pixel = pen->image->pixels.data + at * CHANNELS;

	if (index != gif->transparent && !set_color(&gif->table, index, pixel))
		return false;
	if (++pen->x == gif->width)
		next_row(pen);
	return true;
}

/* --------------------------------------------------------------------- LZW */

struct lzw {
	struct cursor in;
	unsigned n_left; /* bytes in this block */
	uint32_t bits;   /* that are read and not yet used, */
	unsigned n_bits; /* and how many */

	unsigned code_bits;
	unsigned n_codes;
	unsigned clear; /* the code that begins anew; the next one ends the data */
	unsigned previous;
	uint8_t first;               /* byte of the previous code's string */
	uint16_t shorter[MAX_CODES]; /* the code of all but the last byte, */
	uint8_t last[MAX_CODES];     /* and that byte */
	uint8_t stack[MAX_CODES];
};

static void clear_codes(struct lzw *lzw, unsigned root_bits)
{
	lzw->clear = 1u << root_bits;
	lzw->n_codes = lzw->clear + 2;
	lzw->code_bits = root_bits + 1;
	lzw->previous = NONE;
}

/* False where the data end. */
static bool take_code(struct lzw *lzw, unsigned *code_ret)
{
	while (lzw->n_bits < lzw->code_bits) {
		if (lzw->n_left == 0)
			lzw->n_left = cursor_u8(&lzw->in);
		if (lzw->n_left == 0)
			return false;
		lzw->n_left--;
		lzw->bits |= cursor_u8(&lzw->in) << lzw->n_bits;
		lzw->n_bits += 8;
	}
	*code_ret = lzw->bits & ((1u << lzw->code_bits) - 1);
	lzw->bits >>= lzw->code_bits;
	lzw->n_bits -= lzw->code_bits;
	return true;
}

/* Expands a code, or if it is the next new one, the previous string followed by its own first byte.
 * Returns the length; 0: invalid code. */
static unsigned unwind(struct lzw *lzw, unsigned code)
{
	unsigned n = 0;

	if (code > lzw->n_codes || (code == lzw->n_codes && lzw->previous == NONE))
		return 0;
	if (code == lzw->n_codes) {
		lzw->stack[n++] = lzw->first;
		code = lzw->previous;
	}
	for (; code >= lzw->clear; code = lzw->shorter[code])
		lzw->stack[n++] = lzw->last[code];
	lzw->first = (uint8_t)code;
	lzw->stack[n++] = lzw->first;
	return n;
}

/* The previous string and the first byte of this one are a new code, as long as there is room:
 * codes then stay as they are until they are cleared. */
static void add_code(struct lzw *lzw)
{
	if (lzw->previous == NONE || lzw->n_codes == MAX_CODES)
		return;
	lzw->shorter[lzw->n_codes] = (uint16_t)lzw->previous;
	lzw->last[lzw->n_codes] = lzw->first;
	lzw->n_codes++;
	if (lzw->n_codes == 1u << lzw->code_bits && lzw->code_bits < MAX_CODE_BITS)
		lzw->code_bits++;
}

static enum emnist_status decode_codes(struct lzw *lzw, struct pen *pen, struct emnist_error *error)
{
	unsigned code;

	while (!pen->is_full) {
		unsigned n;

		if (!take_code(lzw, &code) || code == lzw->clear + 1)
			return image_corrupt(error, FORMAT, "the data are cut short");
		if (code == lzw->clear) {
			clear_codes(lzw, pen->gif->root_bits);
			continue;
		}
		n = unwind(lzw, code);
		if (n == 0)
			return image_corrupt(error, FORMAT, "bad LZW code");
		add_code(lzw);
		lzw->previous = code;
		while (n > 0 && !pen->is_full)
			if (!put_pixel(pen, lzw->stack[--n]))
				return image_corrupt(error, FORMAT,
						     "a pixel has color %u of a table of %zu",
						     lzw->stack[n], pen->gif->table.n);
	}
	return EMNIST_OK;
}

enum emnist_status gif_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	struct gif gif;
	struct pen pen = {.gif = &gif, .image = image};
	struct lzw lzw;
	enum emnist_status status = read_gif(&gif, bytes, nbytes, error);

	if (!status)
		status = image_resize(image, header->width, header->height, CHANNELS, error);
	if (status)
		return status;
	memset(image->pixels.data, 0, image->pixels.nbytes);
	lzw.in = gif.in;
	lzw.n_left = 0;
	lzw.bits = 0;
	lzw.n_bits = 0;
	clear_codes(&lzw, gif.root_bits);
	return decode_codes(&lzw, &pen, error);
}
