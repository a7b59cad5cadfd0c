/*
 * image.h - a decoded image, and the steps from a file's bytes to a vector.
 *
 *	bytes -> image_decode() -> struct image -> preprocess_image() -> vector   (preprocess.h)
 *
 * decode.c detects the format from the first bytes. It asks the format's decoder for the size,
 * checks that against the limits, and then asks for the pixels.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "../base/cursor.h"
#include "../base/error.h"
#include "../base/memory.h"

/* Whether colors are needed. If not, a decoder that is faster without them may leave them out, and
 * says so; the pixels are then grey. */
enum image_colors { IMAGE_COLORS_WANTED, IMAGE_COLORS_NOT_NEEDED, IMAGE_COLORS_LEFT_OUT };

/* Pixels, rows from the top, packed: width x height x channels samples. A sample is a byte, 0..255,
 * or in a deep image a uint16_t, 0..65535. 1 channel: grey, 2: grey and alpha, 3: RGB, 4: RGB and
 * alpha; alpha is not premultiplied. The next image reuses the memory; {0} is empty. */
struct image {
	uint32_t width;
	uint32_t height;
	unsigned channels;
	struct buffer pixels;
	bool deep;
	/* Set by lossy decoders, which introduce differences of a few levels. */
	bool lossy;
	/* A doubt about the decoded image, as a static string, or NULL. */
	const char *warning;
	enum image_colors colors;
};

/* A file header's content, checked for consistency, but not yet against limits. */
struct image_header {
	uint32_t width;  /* > 0, as stored, before orientation */
	uint32_t height; /* > 0 */
	/* How to turn the stored pixels upright, as in EXIF: 1 (not at all) to 8. */
	unsigned orientation;
};

/* limits with zeros replaced by the defaults. */
struct emnist_limits image_limits(const struct emnist_limits *limits);

/* Decodes the image file in nbytes bytes. limits: without zeros, see image_limits(). */
enum emnist_status image_decode(const void *bytes, size_t nbytes,
				const struct emnist_limits *limits, struct image *image,
				struct emnist_error *error);

/* Copies pixels that need no decoding, as if they came from a file. */
enum emnist_status image_copy_pixels(const struct emnist_pixels *pixels,
				     const struct emnist_limits *limits, struct image *image,
				     struct emnist_error *error);

/* Whether a decoder may leave out colors at that size; sets image->colors. In small images colors
 * cost little, and help to recognize EMNIST's own. */
bool image_leaves_out_colors(struct image *image, uint32_t width, uint32_t height);

/* Rec. 601 in 16 bits, with Pillow's coefficients and rounding: equal channels stay the same. */
static inline uint32_t image_luma(uint32_t r, uint32_t g, uint32_t b)
{
	return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
}

/* The name of the known but unsupported format that the bytes begin with, or NULL. *is_image_ret:
 * whether it holds images or scanned pages. */
const char *unsupported_name(const uint8_t *bytes, size_t nbytes, bool *is_image_ret);

/*
 * The kind of archive that the bytes begin, if emnist_archive_open() opens it: "a zip archive";
 * else NULL.
 */
const char *image_archive_name(const void *bytes, size_t nbytes);

/* Whether the bytes begin like an image format with a magic number. */
bool image_begins(const uint8_t *bytes, size_t nbytes);

/* Size of the first image file in the bytes if another one follows; 0: none follows, as far as
 * known. */
size_t image_first_nbytes(const uint8_t *bytes, size_t nbytes);

/* Whether an image may follow of a kind that image_first_nbytes() cannot separate. */
bool image_may_be_followed(const uint8_t *bytes, size_t nbytes);

/* Size of a JPEG file with all its pictures; 0: unknown. */
size_t jpeg_nbytes(const uint8_t *bytes, size_t nbytes);

/* Size of a PNM file; 0: truncated or damaged. */
size_t pnm_nbytes(const uint8_t *bytes, size_t nbytes);

/* The largest of n samples; 0 of none. */
uint8_t image_most_of(const uint8_t *samples, size_t n);

/* Sets size and channels and makes room for the pixels, one byte per sample. */
enum emnist_status image_resize(struct image *image, uint32_t width, uint32_t height,
				unsigned channels, struct emnist_error *error);

/* The same for a deep image, one uint16_t per sample. */
enum emnist_status image_resize_deep(struct image *image, uint32_t width, uint32_t height,
				     unsigned channels, struct emnist_error *error);

/* The samples of a deep image, writable. */
static inline uint16_t *image_deep_samples(const struct image *image)
{
	return (uint16_t *)(void *)image->pixels.data;
}

/* The number of samples: width x height x channels. */
static inline size_t image_n_samples(const struct image *image)
{
	return (size_t)image->width * image->height * image->channels;
}

/* The bytes of a sample. */
static inline size_t image_sample_nbytes(const struct image *image)
{
	return image->deep ? sizeof(uint16_t) : 1;
}

/* Turns the image upright; orientation as in EXIF. */
enum emnist_status image_orient(struct image *image, unsigned orientation,
				struct emnist_error *error);

/* Frees the pixels and empties the image. */
void image_clear(struct image *image);

/* "not a valid FORMAT: REASON", EMNIST_ERR_CORRUPT. */
enum emnist_status image_corrupt(struct emnist_error *error, const char *format, const char *reason,
				 ...) __attribute__((format(printf, 3, 4)));

/* "not a valid FORMAT: the file is cut short", EMNIST_ERR_CORRUPT, at the offset of its end. */
enum emnist_status image_cut_short(struct emnist_error *error, const char *format, size_t nbytes);

/* Lowercases the first letter of a library's message unless a capital follows it: "CRC error"
 * stays. */
void image_begin_small(char *text);

/*
 * Each format has a file with a header reader, which checks everything that the decoder relies on,
 * and a decoder.
 */
enum emnist_status pngfile_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
				  struct emnist_error *error);
/* Whether a PNG file ends exactly where the bytes do. */
bool pngfile_is_whole(const void *bytes, size_t nbytes);
enum emnist_status pngfile_decode(const uint8_t *bytes, size_t nbytes,
				  const struct image_header *header, struct image *image,
				  struct emnist_error *error);

/* An image made row by row while it is written: draw() fills row y, width x channels bytes. 1
 * channel: grey, 3: RGB. draw() cannot fail and owns nothing: any call may be the last. */
struct image_rows {
	uint32_t width;
	uint32_t height;
	unsigned channels;
	void (*draw)(void *context, uint32_t y, uint8_t *row);
	void *context;
};

/* Sets the size of a drawing, called `what` ("sheet"); EMNIST_ERR_LIMIT if it exceeds the default
 * limits for reading. */
enum emnist_status image_rows_size(struct image_rows *rows, const char *what, size_t width,
				   size_t height, struct emnist_error *error);

/* Encodes the rows as an 8-bit PNG. Free *png_ret with free(). */
enum emnist_status pngfile_encode(const struct image_rows *rows, void **png_ret, size_t *nbytes_ret,
				  struct emnist_error *error);

enum emnist_status jpeg_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			       struct emnist_error *error);
enum emnist_status jpeg_decode(const uint8_t *bytes, size_t nbytes,
			       const struct image_header *header, struct image *image,
			       struct emnist_error *error);
enum emnist_status bmp_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error);
enum emnist_status bmp_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error);
enum emnist_status gif_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error);
enum emnist_status gif_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error);
bool tga_sniff(const uint8_t *bytes, size_t nbytes);
enum emnist_status tga_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error);
enum emnist_status tga_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error);
enum emnist_status pnm_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error);
enum emnist_status pnm_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error);

bool tiff_sniff(const uint8_t *bytes, size_t nbytes);
/* EMNIST_ERR_PAGES if the file has several. */
enum emnist_status tiff_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			       struct emnist_error *error);
enum emnist_status tiff_decode(const uint8_t *bytes, size_t nbytes,
			       const struct image_header *header, struct image *image,
			       struct emnist_error *error);
enum emnist_status webp_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			       struct emnist_error *error);
enum emnist_status webp_decode(const uint8_t *bytes, size_t nbytes,
			       const struct image_header *header, struct image *image,
			       struct emnist_error *error);

/* The orientation in the TIFF structure of EXIF data; 1 if there is no valid one. */
unsigned exif_orientation(const uint8_t *tiff, size_t nbytes);

#endif
