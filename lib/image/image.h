/*
 * image.h - a decoded image, and the steps from the bytes of a file to a vector.
 *
 *	bytes -> image_decode() -> struct image -> preprocess_image() -> vector   (preprocess.h)
 *
 * decode.c knows the formats by their first bytes and asks the one it recognizes twice: for the
 * size, which is held against the limits, and then for the pixels.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "../base/cursor.h"
#include "../base/error.h"
#include "../base/memory.h"

/* Whether colors are wanted: a decoder that is quicker without them leaves them out where they are
 * not needed, and says so. The pixels are grey then. */
enum image_colors { IMAGE_COLORS_WANTED, IMAGE_COLORS_NOT_NEEDED, IMAGE_COLORS_LEFT_OUT };

/* Pixels, rows from the top, packed: width x height x channels samples of a byte, 0..255, or, where
 * the image is deep, of a uint16_t, 0..65535. 1 channel: grey, 2: grey and alpha, 3: RGB, 4: RGB
 * and alpha; alpha is not premultiplied. The memory is reused by the next image; {0} is an empty
 * one. */
struct image {
	uint32_t width;
	uint32_t height;
	unsigned channels;
	struct buffer pixels;
	bool deep;
	/* A decoder says so that makes up differences of a few levels where there were none. */
	bool lossy;
	/* What is doubtful about an image that was decoded, a line that is never freed; else NULL.
	 */
	const char *warning;
	enum image_colors colors;
};

/* What a file's header says, checked for consistency, but not yet against any limit. */
struct image_header {
	uint32_t width;  /* > 0, as stored: before the orientation is applied */
	uint32_t height; /* > 0 */
	/* How the stored pixels are to be turned to be upright, as in EXIF: 1 (not at all) to 8. */
	unsigned orientation;
};

/* limits with every zero replaced by its default. */
struct emnist_limits image_limits(const struct emnist_limits *limits);

/* Decodes the image file in nbytes bytes at `bytes`. limits: without zeros, see image_limits(). */
enum emnist_status image_decode(const void *bytes, size_t nbytes,
				const struct emnist_limits *limits, struct image *image,
				struct emnist_error *error);

/* Whether a decoder may leave out the colors of an image of that size; sets image->colors. In small
 * ones they cost next to nothing, and tell whether an image is as EMNIST has it. */
bool image_leaves_out_colors(struct image *image, uint32_t width, uint32_t height);

/* Rec. 601 in 16 bits, with Pillow's coefficients and rounding: equal channels stay as they are. */
static inline uint32_t image_luma(uint32_t r, uint32_t g, uint32_t b)
{
	return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
}

/* The name of the format that the bytes begin, of those that are known and not read here, or NULL.
 * *is_image_ret: whether it is one of images or scanned pages. */
const char *unsupported_name(const uint8_t *bytes, size_t nbytes, bool *is_image_ret);

/* What the bytes begin, if it is what emnist_archive_open() opens: "a zip archive"; else NULL. */
const char *image_archive_name(const void *bytes, size_t nbytes);

/* Whether the bytes begin as an image file of a format that has a magic number. */
bool image_begins(const uint8_t *bytes, size_t nbytes);

/* How many bytes the image file has that the bytes begin with, where another one follows it; 0:
 * none does, as far as can be told. */
size_t image_first_nbytes(const uint8_t *bytes, size_t nbytes);

/* Whether another image seems to follow of a kind that image_first_nbytes() cannot tell. */
bool image_may_be_followed(const uint8_t *bytes, size_t nbytes);

/* How many bytes a JPEG file has, with all pictures in it; 0: it does not tell. */
size_t jpeg_nbytes(const uint8_t *bytes, size_t nbytes);

/* How many bytes a PNM file has; 0: it is cut short or damaged. */
size_t pnm_nbytes(const uint8_t *bytes, size_t nbytes);

/* Sets size and channels and makes room for the pixels, of a byte a sample. */
enum emnist_status image_resize(struct image *image, uint32_t width, uint32_t height,
				unsigned channels, struct emnist_error *error);

/* The same for a deep image, of a uint16_t a sample. */
enum emnist_status image_resize_deep(struct image *image, uint32_t width, uint32_t height,
				     unsigned channels, struct emnist_error *error);

/* The samples of a deep image; they may be written. */
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

/* Turns the image upright, orientation as in EXIF. */
enum emnist_status image_orient(struct image *image, unsigned orientation,
				struct emnist_error *error);

/* Frees the pixels and empties the image. */
void image_clear(struct image *image);

/* "not a valid FORMAT: REASON", EMNIST_ERR_CORRUPT. */
enum emnist_status image_corrupt(struct emnist_error *error, const char *format, const char *reason,
				 ...) __attribute__((format(printf, 3, 4)));

/* "not a valid FORMAT: the file is cut short", EMNIST_ERR_CORRUPT, at the offset of its end. */
enum emnist_status image_cut_short(struct emnist_error *error, const char *format, size_t nbytes);

/* Makes the first letter of a library's message small, unless a capital follows it: "CRC error"
 * stays. */
void image_begin_small(char *text);

/*
 * Each format: a header reader that checks all of the file that its decoder takes on trust, and a
 * decoder, in a file that is called so.
 */
enum emnist_status pngfile_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
				  struct emnist_error *error);
/* Whether a PNG file ends where the bytes do. */
bool pngfile_is_whole(const void *bytes, size_t nbytes);
enum emnist_status pngfile_decode(const uint8_t *bytes, size_t nbytes,
				  const struct image_header *header, struct image *image,
				  struct emnist_error *error);

/* An image that is made row by row, while it is written: draw() fills row y, width x channels
 * bytes. 1 channel: grey, 3: RGB. It may not fail, and owns nothing: it may be its last call. */
struct image_rows {
	uint32_t width;
	uint32_t height;
	unsigned channels;
	void (*draw)(void *context, uint32_t y, uint8_t *row);
	void *context;
};

/* Sets the size of what is drawn, a "sheet" or the like; EMNIST_ERR_LIMIT where it is larger than
 * images that are read where no limit is set. */
enum emnist_status image_rows_size(struct image_rows *rows, const char *what, size_t width,
				   size_t height, struct emnist_error *error);

/* The rows as an 8-bit PNG. *png_ret is freed with free(). */
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
/* EMNIST_ERR_PAGES where the file has several. */
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

/* The orientation in the TIFF structure of EXIF data, 1 where it says none that is valid. */
unsigned exif_orientation(const uint8_t *tiff, size_t nbytes);

#endif
