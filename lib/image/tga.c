/*
 * tga.c - TGA, versions 1 and 2.
 *
 * The format has no magic number: a header is recognized if all its important fields are
 * consistent. Version 2 is recognized by its last bytes.
 *
 * A pixel's fourth byte is alpha only if the header has attribute bits, and version 2 does not
 * declare them unused.
 */
#include "image.h"

#define FORMAT         "TGA"

#define HEADER_NBYTES  18

#define TYPE_MAPPED    1
#define TYPE_RGB       2
#define TYPE_GREY      3
#define TYPE_RLE       8 /* added to the others */

#define ATTRIBUTE_BITS 0x0f
#define RIGHT_TO_LEFT  0x10
#define FROM_TOP       0x20
#define INTERLEAVED    0xc0

#define RUN_LENGTH     0x7f
#define RUN_REPEATED   0x80

/* The last 26 bytes of version 2: the offset of the extension area, another, and this. */
#define FOOTER_NBYTES     26
#define FOOTER_MAGIC      "TRUEVISION-XFILE."
#define EXTENSION_NBYTES  495
#define EXTENSION_ALPHA   494 /* what attribute bits are for: 3 and 4 are alpha */
#define ALPHA_TYPE_USEFUL 3

struct tga {
	unsigned id_nbytes;
	unsigned map_type;
	unsigned type; /* without TYPE_RLE */
	bool rle;
	unsigned map_start;
	unsigned map_length;
	unsigned map_bits;
	unsigned width;
	unsigned height;
	unsigned bits;
	unsigned descriptor;
	const uint8_t *map; /* (map_length) of map_bits each */
	bool has_alpha;
};

/* Fails the cursor if the file is shorter than the header. */
static struct tga take_header(struct cursor *in)
{
	struct tga tga = {.id_nbytes = cursor_u8(in)};

	tga.map_type = cursor_u8(in);
	tga.type = cursor_u8(in);
	tga.rle = tga.type & TYPE_RLE;
	tga.type &= ~(unsigned)TYPE_RLE;
	tga.map_start = cursor_u16_le(in);
	tga.map_length = cursor_u16_le(in);
	tga.map_bits = cursor_u8(in);
	cursor_take(in, 4); /* its position on a screen */
	tga.width = cursor_u16_le(in);
	tga.height = cursor_u16_le(in);
	tga.bits = cursor_u8(in);
	tga.descriptor = cursor_u8(in);
	return tga;
}

static bool is_color_depth(unsigned bits)
{
	return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

/* An image without a map may have leftovers in the map's fields. */
static bool map_is_plausible(const struct tga *tga)
{
	if (tga->map_type == 0)
		return tga->type != TYPE_MAPPED &&
		       (tga->map_bits == 0 || is_color_depth(tga->map_bits));
	return tga->map_type == 1 && is_color_depth(tga->map_bits) &&
	       (tga->map_length > 0 || tga->type != TYPE_MAPPED);
}

/* Some programs write 8 attribute bits at any depth. */
static bool depth_is_plausible(const struct tga *tga)
{
	if ((tga->descriptor & ATTRIBUTE_BITS) > 8)
		return false;
	switch (tga->type) {
	case TYPE_MAPPED:
	case TYPE_GREY:
		return tga->bits == 8 || tga->bits == 16;
	case TYPE_RGB:
		return is_color_depth(tga->bits);
	default:
		return false;
	}
}

bool tga_sniff(const uint8_t *bytes, size_t nbytes)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct tga tga = take_header(&in);

	return !in.failed && map_is_plausible(&tga) && depth_is_plausible(&tga) && tga.width > 0 &&
	       tga.height > 0 && !(tga.descriptor & INTERLEAVED);
}

/* Whether version 2's extension area, if any, declares attribute bits as alpha. */
static bool extension_allows_alpha(const uint8_t *bytes, size_t nbytes)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const uint8_t *magic;
	uint32_t extension;

	cursor_take(&in, nbytes - FOOTER_NBYTES);
	extension = cursor_u32_le(&in);
	cursor_take(&in, 4);
	magic = cursor_take(&in, sizeof(FOOTER_MAGIC));
	if (!magic || memcmp(magic, FOOTER_MAGIC, sizeof(FOOTER_MAGIC)) != 0)
		return true;
	return extension == 0 || extension > nbytes || nbytes - extension < EXTENSION_NBYTES ||
	       bytes[extension + EXTENSION_ALPHA] >= ALPHA_TYPE_USEFUL;
}

/* Of the bits of a pixel or of a color in the map. */
static bool has_room_for_alpha(const struct tga *tga)
{
	switch (tga->type) {
	case TYPE_MAPPED:
		return tga->map_bits == 32;
	case TYPE_GREY:
		return tga->bits == 16;
	default:
		return tga->bits == 32;
	}
}

/* Up to the pixels; of a file that tga_sniff() took for one. */
static struct tga read_header(struct cursor *in)
{
	struct tga tga = take_header(in);

	cursor_take(in, tga.id_nbytes);
	if (tga.map_type)
		tga.map = cursor_take(in, (size_t)tga.map_length * ((tga.map_bits + 7) / 8));
	tga.has_alpha = (tga.descriptor & ATTRIBUTE_BITS) && has_room_for_alpha(&tga) &&
			extension_allows_alpha(in->bytes, in->nbytes);
	return tga;
}

/* The image's next pixels, at least one: their number and the first one. The others follow, or if
 * step_ret is 0, are the same. Fails the cursor if pixels are missing. */
static size_t take_run(struct cursor *in, const struct tga *tga, size_t n_left,
		       const uint8_t **from_ret, size_t *step_ret)
{
	const size_t pixel_nbytes = (tga->bits + 7) / 8;
	const unsigned head = tga->rle ? cursor_u8(in) : 0;
	const size_t n = tga->rle ? (head & RUN_LENGTH) + 1 : n_left;

	*step_ret = head & RUN_REPEATED ? 0 : pixel_nbytes;
	*from_ret = cursor_take(in, head & RUN_REPEATED ? pixel_nbytes : n * pixel_nbytes);
	return n < n_left ? n : n_left;
}

static bool pixels_are_there(struct cursor in, const struct tga *tga)
{
	size_t n_left = (size_t)tga->width * tga->height;

	while (n_left > 0 && !in.failed) {
		const uint8_t *from;
		size_t step;

		n_left -= take_run(&in, tga, n_left, &from, &step);
	}
	return !in.failed;
}

/* As in EXIF. Rows go from the bottom up unless the header says otherwise. */
static unsigned orientation_of(const struct tga *tga)
{
	if (tga->descriptor & RIGHT_TO_LEFT)
		return tga->descriptor & FROM_TOP ? 2 : 3;
	return tga->descriptor & FROM_TOP ? 1 : 4;
}

enum emnist_status tga_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct tga tga = read_header(&in);

	if (in.failed || !pixels_are_there(in, &tga))
		return image_cut_short(error, FORMAT, nbytes);
	header->width = tga.width;
	header->height = tga.height;
	header->orientation = orientation_of(&tga);
	return EMNIST_OK;
}

/* Five bits scaled to eight, cut off as Pillow does. */
static uint8_t scale_5_bits(unsigned value)
{
	return (uint8_t)((value & 31) * 255 / 31);
}

/* Red, green, blue, and alpha if there is any. Programs disagree on the 16th bit, next to three
 * times 5: alpha, or its inverse. */
static void set_color(const struct tga *tga, unsigned bits, const uint8_t *from, uint8_t *to)
{
	if (bits < 24) {
		const unsigned color = from[0] | (unsigned)from[1] << 8;

		to[0] = scale_5_bits(color >> 10);
		to[1] = scale_5_bits(color >> 5);
		to[2] = scale_5_bits(color);
		return;
	}
	for (size_t c = 0; c < 3; c++)
		to[c] = from[2 - c];
	if (tga->has_alpha)
		to[3] = from[3];
}

/* False: there is no such color in the map. */
static bool set_pixel(const struct tga *tga, const uint8_t *from, uint8_t *to)
{
	size_t index;

	switch (tga->type) {
	case TYPE_MAPPED:
		index = from[0] | (tga->bits > 8 ? (size_t)from[1] << 8 : 0);
		if (index < tga->map_start || index - tga->map_start >= tga->map_length)
			return false;
		index -= tga->map_start;
		set_color(tga, tga->map_bits, tga->map + index * ((tga->map_bits + 7) / 8), to);
		return true;
	case TYPE_GREY:
		memcpy(to, from, tga->has_alpha ? 2 : 1);
		return true;
	default:
		set_color(tga, tga->bits, from, to);
		return true;
	}
}

enum emnist_status tga_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct tga tga = read_header(&in);
	const size_t n_pixels = (size_t)tga.width * tga.height;
	const enum emnist_status status =
		image_resize(image, header->width, header->height,
			     (tga.type == TYPE_GREY ? 1u : 3u) + tga.has_alpha, error);

	if (status)
		return status;
	for (size_t done = 0; done < n_pixels;) {
		const uint8_t *from;
		size_t step;
		size_t n = take_run(&in, &tga, n_pixels - done, &from, &step);

		for (; n > 0; n--, done++, from += step)
			if (!set_pixel(&tga, from, image->pixels.data + done * image->channels))
				return image_corrupt(error, FORMAT,
						     "a pixel has a color beyond the map of %u",
						     tga.map_length);
	}
	return EMNIST_OK;
}
