/*
 * jpeg.c - what must be known of a JPEG before stb_image decodes it.
 *
 * stb_image fills up with zeros what a file lacks, and works on every scan of a progressive image
 * however few bytes it has. So the file is walked once from marker to marker: to its size and
 * orientation, past its scans, which are counted, to the marker that ends it.
 */
#include "image.h"

#define FORMAT "JPEG"

/* Cameras and editors write 10 or so; each costs a pass over all pixels. */
#define MAX_SCANS 100

/* A unit that is coded at once covers at most 32 x 32 pixels and takes at least a bit. */
#define MCU_N_PIXELS 1024

/* Codes of a Huffman table stand for bytes. */
#define MAX_CODES 256

enum marker {
	MARKER_TEM = 0x01,
	MARKER_SOF0 = 0xc0, /* baseline */
	MARKER_SOF2 = 0xc2, /* progressive */
	MARKER_DHT = 0xc4,
	MARKER_JPG = 0xc8,
	MARKER_DAC = 0xcc,
	MARKER_SOF15 = 0xcf,
	MARKER_RST0 = 0xd0,
	MARKER_RST7 = 0xd7,
	MARKER_EOI = 0xd9,
	MARKER_SOS = 0xda,
	MARKER_APP1 = 0xe1,
};

struct jpeg_walk {
	struct cursor in;
	struct image_header *header;
	unsigned n_scans;
	struct emnist_error *error;
};

static unsigned take_u8(struct cursor *in)
{
	const unsigned char *b = cursor_take(in, 1);

	return b ? b[0] : 0;
}

static unsigned take_u16(struct cursor *in)
{
	const unsigned char *b = cursor_take(in, 2);

	return b ? (unsigned)b[0] << 8 | b[1] : 0;
}

/* Steps over what is no marker (entropy-coded data, padding) to the next one. False at the end. */
static bool next_marker(struct cursor *in, unsigned *marker_ret)
{
	for (;;) {
		const unsigned char *from = in->bytes + in->offset;
		const unsigned char *at =
			cursor_left(in) ? memchr(from, 0xff, cursor_left(in)) : NULL;
		unsigned marker;

		if (!at)
			return false;
		in->offset += (size_t)(at - from) + 1;
		do {
			marker = take_u8(in);
		} while (marker == 0xff);
		if (in->failed)
			return false;
		if (marker != 0 && marker != MARKER_TEM &&
		    !(marker >= MARKER_RST0 && marker <= MARKER_RST7)) {
			*marker_ret = marker;
			return true;
		}
	}
}

static bool is_frame(unsigned marker)
{
	return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT &&
	       marker != MARKER_JPG && marker != MARKER_DAC;
}

static enum emnist_status read_frame(struct jpeg_walk *walk, unsigned marker, struct cursor segment)
{
	const unsigned precision = take_u8(&segment);
	const unsigned height = take_u16(&segment);
	const unsigned width = take_u16(&segment);

	if (segment.failed)
		return image_corrupt(walk->error, FORMAT, "the frame header is too short");
	if (walk->header->width)
		return image_corrupt(walk->error, FORMAT, "more than one frame");
	if (marker > MARKER_SOF2)
		return error_set(walk->error, EMNIST_ERR_UNSUPPORTED,
				 "lossless, hierarchical and arithmetic JPEG are not supported");
	if (precision != 8)
		return error_set(walk->error, EMNIST_ERR_UNSUPPORTED,
				 "JPEG with %u bits a sample is not supported", precision);
	if (width == 0)
		return image_corrupt(walk->error, FORMAT, "width is 0");
	if (height == 0)
		return error_set(walk->error, EMNIST_ERR_UNSUPPORTED,
				 "JPEG with its height after the image is not supported");
	walk->header->width = width;
	walk->header->height = height;
	return EMNIST_OK;
}

/* A segment of Huffman tables: each 16 counts of codes by their length, and a byte a code.
 * stb_image would write more codes than a byte can name behind its table. */
static enum emnist_status check_tables(struct jpeg_walk *walk, struct cursor segment)
{
	while (cursor_left(&segment) && !segment.failed) {
		const unsigned char *table = cursor_take(&segment, 1 + 16);
		unsigned n_codes = 0;

		for (int i = 1; table && i <= 16; i++)
			n_codes += table[i];
		if (n_codes > MAX_CODES)
			return image_corrupt(walk->error, FORMAT, "a Huffman table of %u codes",
					     n_codes);
		cursor_take(&segment, n_codes);
	}
	return segment.failed ? image_corrupt(walk->error, FORMAT, "a Huffman table is cut short")
			      : EMNIST_OK;
}

static enum emnist_status read_segment(struct jpeg_walk *walk, unsigned marker)
{
	static const char exif[6] = "Exif\0";
	const size_t start = walk->in.offset - 2;
	const size_t length = take_u16(&walk->in);
	const unsigned char *content;

	if (!walk->in.failed && length < 2)
		return error_at(walk->error, EMNIST_ERR_CORRUPT, start,
				"not a valid " FORMAT ": a segment has the length %zu", length);
	content = walk->in.failed ? NULL : cursor_take(&walk->in, length - 2);
	if (!content)
		return image_cut_short(walk->error, FORMAT, walk->in.nbytes);
	if (is_frame(marker))
		return read_frame(walk, marker, cursor_over(content, length - 2));
	if (marker == MARKER_DHT)
		return check_tables(walk, cursor_over(content, length - 2));
	if (marker == MARKER_SOS && ++walk->n_scans > MAX_SCANS)
		return error_set(walk->error, EMNIST_ERR_LIMIT, "JPEG has more than %d scans",
				 MAX_SCANS);
	if (marker == MARKER_APP1 && length - 2 > sizeof(exif) &&
	    memcmp(content, exif, sizeof(exif)) == 0)
		walk->header->orientation =
			exif_orientation(content + sizeof(exif), length - 2 - sizeof(exif));
	return EMNIST_OK;
}

enum emnist_status jpeg_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			       struct emnist_error *error)
{
	struct jpeg_walk walk = {
		.in = cursor_over(bytes, nbytes), .header = header, .error = error};
	unsigned marker;

	*header = (struct image_header){.orientation = 1};
	cursor_take(&walk.in, 2);
	for (;;) {
		enum emnist_status status;

		if (!next_marker(&walk.in, &marker))
			return image_cut_short(error, FORMAT, nbytes);
		if (marker == MARKER_EOI)
			break;
		status = read_segment(&walk, marker);
		if (status)
			return status;
	}
	if (!header->width || !walk.n_scans)
		return image_corrupt(error, FORMAT, "it holds no image");
	if ((uint64_t)header->width * header->height / MCU_N_PIXELS / 8 > nbytes)
		return image_cut_short(error, FORMAT, nbytes);
	return EMNIST_OK;
}

enum emnist_status jpeg_decode(const uint8_t *bytes, size_t nbytes,
			       const struct image_header *header, struct image *image,
			       struct emnist_error *error)
{
	return stb_decode(FORMAT, bytes, nbytes, header, image, error);
}
