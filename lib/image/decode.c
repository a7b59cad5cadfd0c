/*
 * decode.c - decodes the bytes of an image file to pixels, and takes pixels that are decoded
 * already.
 *
 * The format is detected from the first bytes, not the name. The header is checked against the
 * limits before anything is allocated, so a file that claims 60,000 x 60,000 pixels costs nothing.
 */
#include "../io/archive_kind.h"
#include "image.h"

#define SUPPORTED "(supported: PNG, JPEG, TIFF, WebP, BMP, PNM, GIF, TGA)"

/* A string of bytes and its length: it may hold zeros. */
#define MAGIC(text) (text), sizeof(text) - 1

struct format {
	const char *magic; /* the first bytes; NULL: sniff decides */
	size_t magic_nbytes;
	bool (*sniff)(const uint8_t *bytes, size_t nbytes);
	enum emnist_status (*header)(const uint8_t *bytes, size_t nbytes,
				     struct image_header *header, struct emnist_error *error);
	enum emnist_status (*decode)(const uint8_t *bytes, size_t nbytes,
				     const struct image_header *header, struct image *image,
				     struct emnist_error *error);
};

static bool webp_sniff(const uint8_t *bytes, size_t nbytes)
{
	return nbytes >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0;
}

static bool pnm_sniff(const uint8_t *bytes, size_t nbytes)
{
	/* What follows the two letters must be white space or a comment: "P1xyz" is some text. */
	return nbytes >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
	       (bytes[2] == '#' || bytes[2] == ' ' || (bytes[2] >= '\t' && bytes[2] <= '\r'));
}

/* "BM" may begin any text: the size of the header that follows has few values. */
static bool bmp_sniff(const uint8_t *bytes, size_t nbytes)
{
	return nbytes >= 2 && bytes[0] == 'B' && bytes[1] == 'M' &&
	       (nbytes < 18 || (bytes[14] < 128 && !bytes[15] && !bytes[16] && !bytes[17]));
}

/* TGA comes last, for it has no magic number. */
static const struct format formats[] = {
	{MAGIC("\x89PNG"), NULL, pngfile_header, pngfile_decode},
	{MAGIC("\xff\xd8\xff"), NULL, jpeg_header, jpeg_decode},
	{MAGIC("GIF8"), NULL, gif_header, gif_decode},
	{NULL, 0, tiff_sniff, tiff_header, tiff_decode},
	{NULL, 0, webp_sniff, webp_header, webp_decode},
	{NULL, 0, bmp_sniff, bmp_header, bmp_decode},
	{NULL, 0, pnm_sniff, pnm_header, pnm_decode},
	{NULL, 0, tga_sniff, tga_header, tga_decode},
};

const char *image_archive_name(const void *bytes, size_t nbytes)
{
	/* An idx file of bytes in three dimensions. */
	static const unsigned char idx[] = {0, 0, 8, 3};
	const enum archive_kind kind = archive_sniff(bytes, nbytes);

	if (kind != ARCHIVE_KIND_NONE)
		return archive_kind_name(kind);
	return nbytes >= sizeof(idx) && memcmp(bytes, idx, sizeof(idx)) == 0
		       ? "an idx file of images"
		       : NULL;
}

static enum emnist_status unknown_format(const uint8_t *bytes, size_t nbytes,
					 struct emnist_error *error)
{
	bool is_image;
	const char *name = unsupported_name(bytes, nbytes, &is_image);

	if (!name)
		name = image_archive_name(bytes, nbytes);
	if (name)
		return error_set(error, is_image ? EMNIST_ERR_UNSUPPORTED : EMNIST_ERR_FORMAT,
				 "%s is not supported " SUPPORTED, name);
	return error_set(error, EMNIST_ERR_FORMAT, "unknown format " SUPPORTED);
}

static const struct format *find_format(const uint8_t *bytes, size_t nbytes)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		const struct format *f = &formats[i];

		if (f->magic ? nbytes >= f->magic_nbytes &&
				       memcmp(bytes, f->magic, f->magic_nbytes) == 0
			     : f->sniff(bytes, nbytes))
			return f;
	}
	return NULL;
}

bool image_begins(const uint8_t *bytes, size_t nbytes)
{
	const struct format *format = find_format(bytes, nbytes);

	return format && format->sniff != tga_sniff;
}

static enum emnist_status check_size(uint32_t width, uint32_t height,
				     const struct emnist_limits *limits, struct emnist_error *error)
{
	const uint64_t n_pixels = (uint64_t)width * height;

	if (width > limits->width)
		return error_limit(error, EMNIST_LIMIT_WIDTH,
				   "image is %u pixels wide, the limit is %u", width,
				   limits->width);
	if (height > limits->height)
		return error_limit(error, EMNIST_LIMIT_HEIGHT,
				   "image is %u pixels high, the limit is %u", height,
				   limits->height);
	if (n_pixels > limits->n_pixels)
		return error_limit(
			error, EMNIST_LIMIT_PIXELS, "image has %llu pixels, the limit is %llu",
			(unsigned long long)n_pixels, (unsigned long long)limits->n_pixels);
	return EMNIST_OK;
}

/* Whether no pixel is the least bit opaque. */
static bool is_transparent(const struct image *image)
{
	const size_t sample_nbytes = image_sample_nbytes(image);
	const size_t pixel_nbytes = image->channels * sample_nbytes;

	if (image->channels % 2 != 0)
		return false;
	for (size_t end = pixel_nbytes; end <= image->pixels.nbytes; end += pixel_nbytes)
		for (size_t i = end - sample_nbytes; i < end; i++)
			if (image->pixels.data[i])
				return false;
	return true;
}

static bool is_uniform(const struct image *image)
{
	const size_t pixel_nbytes = image->channels * image_sample_nbytes(image);
	const uint8_t *pixels = image->pixels.data;

	return memcmp(pixels, pixels + pixel_nbytes, image->pixels.nbytes - pixel_nbytes) == 0;
}

static void drop_alpha(struct image *image)
{
	const size_t sample_nbytes = image_sample_nbytes(image);
	const size_t old_nbytes = image->channels * sample_nbytes;
	const size_t new_nbytes = old_nbytes - sample_nbytes;
	const size_t n_pixels = (size_t)image->width * image->height;
	uint8_t *pixels = image->pixels.data;

	for (size_t i = 1; i < n_pixels; i++)
		memmove(pixels + i * new_nbytes, pixels + i * old_nbytes, new_nbytes);
	image->channels--;
	image->pixels.nbytes = n_pixels * new_nbytes;
}

/* An entirely invisible picture comes from a program that left alpha at 0 by mistake; an intended
 * empty page has one color. */
static void mend_alpha(struct image *image)
{
	if (!is_transparent(image) || is_uniform(image))
		return;
	drop_alpha(image);
	image->warning = "every pixel is transparent; read as if all were opaque";
}

enum emnist_status image_decode(const void *bytes, size_t nbytes,
				const struct emnist_limits *limits, struct image *image,
				struct emnist_error *error)
{
	struct image_header header = {.orientation = 1};
	const struct format *format;
	enum emnist_status status;

	image->warning = NULL;
	if (image->colors == IMAGE_COLORS_LEFT_OUT)
		image->colors = IMAGE_COLORS_NOT_NEEDED;
	if (nbytes == 0)
		return error_at(error, EMNIST_ERR_FORMAT, 0, "file is empty");
	if (nbytes > limits->file_nbytes)
		return error_limit(error, EMNIST_LIMIT_FILE_NBYTES,
				   "file is larger than the limit of %llu bytes",
				   (unsigned long long)limits->file_nbytes);
	format = find_format(bytes, nbytes);
	if (!format)
		return unknown_format(bytes, nbytes, error);
	status = format->header(bytes, nbytes, &header, error);
	if (status)
		return status;
	status = check_size(header.width, header.height, limits, error);
	if (status)
		return status;
	status = format->decode(bytes, nbytes, &header, image, error);
	if (status)
		return status;
	mend_alpha(image);
	return image_orient(image, header.orientation, error);
}

static enum emnist_status check_pixels(const struct emnist_pixels *pixels,
				       const struct emnist_limits *limits,
				       struct emnist_error *error)
{
	if (!pixels->samples || pixels->width == 0 || pixels->height == 0)
		return error_set(error, EMNIST_ERR_ARGUMENT, "image has no pixels");
	if (pixels->channels < 1 || pixels->channels > 4)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "image has %u channels instead of 1 to 4", pixels->channels);
	if (pixels->depth != 0 && pixels->depth != 8 && pixels->depth != 16)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "samples have %u bits instead of 8 or 16", pixels->depth);
	return check_size(pixels->width, pixels->height, limits, error);
}

enum emnist_status image_copy_pixels(const struct emnist_pixels *pixels,
				     const struct emnist_limits *limits, struct image *image,
				     struct emnist_error *error)
{
	enum emnist_status status = check_pixels(pixels, limits, error);
	const uint8_t *from = pixels->samples;
	ptrdiff_t row_nbytes, stride;

	image->warning = NULL;
	if (!status)
		status = (pixels->depth == 16 ? image_resize_deep : image_resize)(
			image, pixels->width, pixels->height, pixels->channels, error);
	if (status)
		return status;
	row_nbytes = (ptrdiff_t)(image->pixels.nbytes / image->height);
	stride = pixels->stride ? pixels->stride : row_nbytes;
	for (ptrdiff_t y = 0; y < (ptrdiff_t)image->height; y++)
		memcpy(image->pixels.data + row_nbytes * y, from + stride * y, (size_t)row_nbytes);
	mend_alpha(image);
	return EMNIST_OK;
}
