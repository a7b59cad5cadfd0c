/*
 * jpeg.c - JPEG, through libjpeg.
 *
 * libjpeg fills missing data with grey, and processes every scan of a progressive image even if it
 * has few bytes. So the markers are walked first: to the size and orientation, past the scans,
 * which are counted, to the end marker. Warnings of libjpeg are errors here if pixels are lost.
 *
 * libjpeg reports errors by longjmp(): what must survive one is in struct jpeg_job, outside of the
 * frame that calls setjmp().
 */
#include "image.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
/* After jpeglib.h, which it depends on. */
#include <jerror.h>

#define FORMAT "JPEG"

/* Cameras and editors write 10 or so; each costs a pass over all pixels. */
#define MAX_SCANS 100

/* Of EXIF data; the directory with the orientation is at their beginning, but a thumbnail may come
 * before it. */
#define MAX_EXIF_NBYTES ((size_t)1 << 20)

/* A unit that is coded at once covers at most 32 x 32 pixels and takes at least a bit. */
#define MCU_N_PIXELS 1024

/* The codes of a Huffman table stand for bytes. */
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
	struct buffer exif; /* of all segments, one after the other */
	struct emnist_error *error;
};

/* Skips non-markers (entropy-coded data, padding) to the next marker. False at the end. */
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
			marker = cursor_u8(in);
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
	const unsigned precision = cursor_u8(&segment);
	const unsigned height = cursor_u16_be(&segment);
	const unsigned width = cursor_u16_be(&segment);
	const unsigned n_components = cursor_u8(&segment);

	if (segment.failed)
		return image_corrupt(walk->error, FORMAT, "the frame header is too short");
	if (walk->header->width)
		return image_corrupt(walk->error, FORMAT, "more than one frame");
	if (marker > MARKER_SOF2)
		return error_set(walk->error, EMNIST_ERR_UNSUPPORTED,
				 "lossless, hierarchical and arithmetic JPEG are not supported");
	if (precision != 8)
		return error_set(walk->error, EMNIST_ERR_UNSUPPORTED,
				 "JPEG with %u bits per sample is not supported", precision);
	if (width == 0)
		return image_corrupt(walk->error, FORMAT, "width is 0");
	if (height == 0)
		return error_set(walk->error, EMNIST_ERR_UNSUPPORTED,
				 "JPEG with its height after the image is not supported");
	if (n_components != 1 && n_components != 3 && n_components != 4)
		return image_corrupt(walk->error, FORMAT, "bad number of components");
	walk->header->width = width;
	walk->header->height = height;
	return EMNIST_OK;
}

/* A segment of Huffman tables: each 16 counts of codes by their length, and a byte a code. */
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

/* EXIF data longer than a segment continue in the next one. A second block of EXIF would be
 * appended, where nothing refers to it: the first one counts. */
static enum emnist_status add_exif(struct jpeg_walk *walk, struct cursor segment)
{
	static const char name[6] = "Exif\0";
	struct buffer *exif = &walk->exif;
	const unsigned char *start = cursor_take(&segment, sizeof(name));
	const size_t n = cursor_left(&segment);

	if (!start || n == 0 || memcmp(start, name, sizeof(name)) != 0 ||
	    exif->nbytes > MAX_EXIF_NBYTES)
		return EMNIST_OK;
	if (!buffer_reserve(exif, exif->nbytes + n))
		return error_memory(walk->error);
	memcpy(exif->data + exif->nbytes, cursor_take(&segment, n), n);
	exif->nbytes += n;
	return EMNIST_OK;
}

static enum emnist_status read_segment(struct jpeg_walk *walk, unsigned marker)
{
	const size_t start = walk->in.offset - 2;
	const size_t length = cursor_u16_be(&walk->in);
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
	if (marker == MARKER_APP1)
		return add_exif(walk, cursor_over(content, length - 2));
	return EMNIST_OK;
}

/* To the marker that ends the image. */
static enum emnist_status walk_segments(struct jpeg_walk *walk)
{
	unsigned marker;

	cursor_take(&walk->in, 2);
	for (;;) {
		enum emnist_status status;

		if (!next_marker(&walk->in, &marker))
			return image_cut_short(walk->error, FORMAT, walk->in.nbytes);
		if (marker == MARKER_EOI)
			return EMNIST_OK;
		status = read_segment(walk, marker);
		if (status)
			return status;
	}
}

enum emnist_status jpeg_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			       struct emnist_error *error)
{
	struct jpeg_walk walk = {
		.in = cursor_over(bytes, nbytes), .header = header, .error = error};
	enum emnist_status status;

	*header = (struct image_header){.orientation = 1};
	status = walk_segments(&walk);
	if (walk.exif.nbytes)
		header->orientation = exif_orientation(walk.exif.data, walk.exif.nbytes);
	buffer_clear(&walk.exif);
	if (status)
		return status;
	if (!header->width || !walk.n_scans)
		return image_corrupt(error, FORMAT, "it holds no image");
	if ((uint64_t)header->width * header->height / MCU_N_PIXELS / 8 > nbytes)
		return image_cut_short(error, FORMAT, nbytes);
	return EMNIST_OK;
}

/* The state of one use of libjpeg, shared with its callbacks and freed after it. */
struct jpeg_job {
	struct jpeg_error_mgr messages; /* first, for that is what libjpeg knows of this */
	struct jpeg_decompress_struct jpeg;
	jmp_buf escape;
	struct buffer row; /* of four components */
};

static void on_error(j_common_ptr jpeg)
{
	struct jpeg_job *job = (struct jpeg_job *)(void *)jpeg->err;

	longjmp(job->escape, 1);
}

/* Warnings after which the pixels are not those of the image. */
static bool loses_pixels(int message)
{
	return message == JWRN_HIT_MARKER || message == JWRN_HUFF_BAD_CODE ||
	       message == JWRN_MUST_RESYNC || message == JWRN_JPEG_EOF;
}

static void on_message(j_common_ptr jpeg, int level)
{
	if (level < 0 && loses_pixels(jpeg->err->msg_code))
		on_error(jpeg);
}

/* libjpeg's messages for the faults that files are found with, and better ones. */
static const struct fault {
	int message;
	const char *text;
} faults[] = {
	{JWRN_HIT_MARKER, "a scan ends too soon"},
	{JWRN_HUFF_BAD_CODE, "bad Huffman code"},
	{JWRN_MUST_RESYNC, "a restart marker is missing"},
	{JERR_BAD_PROGRESSION, "bad scan header"},
	{JERR_BAD_COMPONENT_ID, "bad scan header"},
	{JERR_COMPONENT_COUNT, "bad scan header"},
	{JERR_SOS_NO_SOF, "a scan before the frame header"},
	{JERR_DHT_INDEX, "bad Huffman table"},
	{JERR_BAD_HUFF_TABLE, "bad Huffman table"},
	{JERR_NO_HUFF_TABLE, "no Huffman table"},
	{JERR_DQT_INDEX, "bad quantization table"},
	{JERR_NO_QUANT_TABLE, "no quantization table"},
	{JERR_BAD_SAMPLING, "bad sampling factor"},
	{JERR_BAD_MCU_SIZE, "bad sampling factor"},
	{JERR_BAD_LENGTH, "a segment has a wrong length"},
};

static enum emnist_status report(struct jpeg_job *job, size_t nbytes, struct emnist_error *error)
{
	const int message = job->messages.msg_code;
	char text[JMSG_LENGTH_MAX];

	if (message == JERR_OUT_OF_MEMORY)
		return error_memory(error);
	if (message == JERR_IMAGE_TOO_BIG)
		return error_set(error, EMNIST_ERR_LIMIT, "image is too large to decode");
	if (message == JWRN_JPEG_EOF)
		return image_cut_short(error, FORMAT, nbytes);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (faults[i].message == message)
			return image_corrupt(error, FORMAT, "%s", faults[i].text);
	job->messages.format_message((j_common_ptr)&job->jpeg, text);
	image_begin_small(text);
	return image_corrupt(error, FORMAT, "%s", text);
}

/* cmyk: the amount of each ink; inverted, as Adobe's programs write it: the light that each lets
 * through. */
static void cmyk_to_rgb(const uint8_t *cmyk, bool inverted, size_t n, uint8_t *rgb)
{
	const unsigned flip = inverted ? 0 : 255;

	for (size_t i = 0; i < n; i++) {
		const unsigned key = cmyk[4 * i + 3] ^ flip;

		for (size_t c = 0; c < 3; c++)
			rgb[3 * i + c] = (uint8_t)(((cmyk[4 * i + c] ^ flip) * key + 127) / 255);
	}
}

static enum emnist_status read_rows(struct jpeg_job *job, struct image *image,
				    struct emnist_error *error)
{
	struct jpeg_decompress_struct *jpeg = &job->jpeg;
	const bool is_cmyk = jpeg->out_color_space == JCS_CMYK;
	const size_t row_nbytes = (size_t)image->width * image->channels;

	if (is_cmyk && !buffer_reserve(&job->row, (size_t)image->width * 4))
		return error_memory(error);
	while (jpeg->output_scanline < jpeg->output_height) {
		uint8_t *to = image->pixels.data + jpeg->output_scanline * row_nbytes;
		JSAMPROW row = is_cmyk ? job->row.data : to;

		jpeg_read_scanlines(jpeg, &row, 1);
		if (is_cmyk)
			cmyk_to_rgb(row, jpeg->saw_Adobe_marker, image->width, to);
	}
	jpeg_finish_decompress(jpeg);
	return EMNIST_OK;
}

/* The part that libjpeg may leave by longjmp(). */
static enum emnist_status read_jpeg(struct jpeg_job *job, const uint8_t *bytes, size_t nbytes,
				    const struct image_header *header, struct image *image,
				    struct emnist_error *error)
{
	struct jpeg_decompress_struct *jpeg = &job->jpeg;
	enum emnist_status status;

	if (setjmp(job->escape))
		return report(job, nbytes, error);
	jpeg_create_decompress(jpeg);
	jpeg_mem_src(jpeg, bytes, nbytes);
	jpeg_read_header(jpeg, TRUE);
	if (jpeg->image_width != header->width || jpeg->image_height != header->height)
		return image_corrupt(error, FORMAT, "its headers contradict each other");
	if (jpeg->num_components == 3)
		jpeg->out_color_space =
			jpeg->jpeg_color_space == JCS_YCbCr &&
					image_leaves_out_colors(image, header->width,
								header->height)
				? JCS_GRAYSCALE
				: JCS_RGB;
	status = image_resize(image, header->width, header->height,
			      jpeg->out_color_space == JCS_GRAYSCALE ? 1 : 3, error);
	if (status)
		return status;
	image->lossy = true;
	jpeg_start_decompress(jpeg);
	return read_rows(job, image, error);
}

enum emnist_status jpeg_decode(const uint8_t *bytes, size_t nbytes,
			       const struct image_header *header, struct image *image,
			       struct emnist_error *error)
{
	struct jpeg_job job = {.row = {0}};
	enum emnist_status status;

	job.jpeg.err = jpeg_std_error(&job.messages);
	job.messages.error_exit = on_error;
	job.messages.emit_message = on_message;
	status = read_jpeg(&job, bytes, nbytes, header, image, error);
	jpeg_destroy_decompress(&job.jpeg);
	buffer_clear(&job.row);
	return status;
}
