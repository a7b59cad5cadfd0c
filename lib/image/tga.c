/*
 * tga.c - telling a TGA from rubbish, and what must be known of it before stb_image decodes it.
 *
 * The format has no magic number: its header is recognised by being consistent in every field,
 * more strictly than stb_image is. stb_image reads zeros where a file ends, so the runs of a
 * compressed one are counted here.
 */
#include "image.h"

#define FORMAT             "TGA"

#define HEADER_NBYTES      18

#define TYPE_MAPPED        1
#define TYPE_RGB           2
#define TYPE_GREY          3
#define TYPE_RLE           8 /* added to the others */

#define ATTRIBUTE_BITS     0x0f
#define RIGHT_TO_LEFT      0x10
#define INTERLEAVED        0xc0

#define FLIPPED_LEFT_RIGHT 2 /* as an EXIF orientation */

struct tga {
	unsigned id_nbytes;
	unsigned map_type;
	unsigned type;
	unsigned map_start;
	unsigned map_length;
	unsigned map_bits;
	unsigned width;
	unsigned height;
	unsigned bits;
	unsigned descriptor;
};

static unsigned u16_le(const uint8_t *b)
{
	return b[0] | (unsigned)b[1] << 8;
}

/* bytes: at least HEADER_NBYTES. */
static struct tga read_header(const uint8_t *bytes)
{
	return (struct tga){
		.id_nbytes = bytes[0],
		.map_type = bytes[1],
		.type = bytes[2],
		.map_start = u16_le(bytes + 3),
		.map_length = u16_le(bytes + 5),
		.map_bits = bytes[7],
		.width = u16_le(bytes + 12),
		.height = u16_le(bytes + 14),
		.bits = bytes[16],
		.descriptor = bytes[17],
	};
}

static bool map_is_plausible(const struct tga *tga)
{
	const unsigned bits = tga->map_bits;

	if ((tga->type & ~(unsigned)TYPE_RLE) != TYPE_MAPPED)
		return tga->map_type == 0 && tga->map_start == 0 && tga->map_length == 0 &&
		       bits == 0;
	return tga->map_type == 1 && tga->map_length > 0 &&
	       (bits == 8 || bits == 15 || bits == 16 || bits == 24 || bits == 32);
}

static bool depth_is_plausible(const struct tga *tga)
{
	const unsigned bits = tga->bits, attributes = tga->descriptor & ATTRIBUTE_BITS;

	switch (tga->type & ~(unsigned)TYPE_RLE) {
	case TYPE_MAPPED:
		return (bits == 8 || bits == 16) && attributes <= 8;
	case TYPE_RGB:
		return (bits == 15 && attributes == 0) || (bits == 16 && attributes <= 1) ||
		       (bits == 24 && attributes == 0) || (bits == 32 && attributes <= 8);
	case TYPE_GREY:
		return (bits == 8 && attributes == 0) || (bits == 16 && attributes <= 8);
	default:
		return false;
	}
}

bool tga_sniff(const uint8_t *bytes, size_t nbytes)
{
	struct tga tga;

	if (nbytes < HEADER_NBYTES)
		return false;
	tga = read_header(bytes);
	return map_is_plausible(&tga) && depth_is_plausible(&tga) && tga.width > 0 &&
	       tga.height > 0 && !(tga.descriptor & INTERLEAVED);
}

/* Steps over the runs that make n_pixels; fails the cursor where they are not all there. */
static void skip_runs(struct cursor *in, size_t pixel_nbytes, uint64_t n_pixels)
{
	uint64_t n_done = 0;

	while (n_done < n_pixels && !in->failed) {
		const unsigned char *head = cursor_take(in, 1);
		const unsigned n = head ? (*head & 127u) + 1 : 0;

		if (head)
			cursor_take(in, (*head & 128 ? 1 : n) * pixel_nbytes);
		n_done += n;
	}
}

enum emnist_status tga_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const struct tga tga = read_header(bytes);
	const uint64_t n_pixels = (uint64_t)tga.width * tga.height;
	const size_t pixel_nbytes = (tga.bits + 7) / 8;

	if (tga.map_start != 0)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "TGA with a color map that begins at %u is not supported",
				 tga.map_start);
	cursor_take(&in, HEADER_NBYTES);
	cursor_take(&in, tga.id_nbytes);
	cursor_take(&in, (size_t)tga.map_length * ((tga.map_bits + 7) / 8));
	if (tga.type & TYPE_RLE)
		skip_runs(&in, pixel_nbytes, n_pixels);
	else
		cursor_take(&in, (size_t)n_pixels * pixel_nbytes);
	if (in.failed)
		return image_cut_short(error, FORMAT, nbytes);
	header->width = tga.width;
	header->height = tga.height;
	header->orientation = tga.descriptor & RIGHT_TO_LEFT ? FLIPPED_LEFT_RIGHT : 1;
	return EMNIST_OK;
}

enum emnist_status tga_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	return stb_decode(FORMAT, bytes, nbytes, header, image, error);
}
