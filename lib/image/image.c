/*
 * image.c - memory, limits and orientation of images.
 */
#include "image.h"
#include "../base/simd.h"

#include <stdarg.h>
#include <stdio.h>

/* The defaults that emnist.h documents. */
#define DEFAULT_FILE_NBYTES ((uint64_t)256 << 20)
#define DEFAULT_SIDE        32768
#define DEFAULT_N_PIXELS    ((uint64_t)1 << 26)

struct emnist_limits image_limits(const struct emnist_limits *limits)
{
	return (struct emnist_limits){
		.file_nbytes = limits->file_nbytes ? limits->file_nbytes : DEFAULT_FILE_NBYTES,
		.width = limits->width ? limits->width : DEFAULT_SIDE,
		.height = limits->height ? limits->height : DEFAULT_SIDE,
		.n_pixels = limits->n_pixels ? limits->n_pixels : DEFAULT_N_PIXELS,
	};
}

SIMD_CLONES
static uint8_t most_of(const uint8_t *samples, size_t n)
{
	uint8_t most = 0;

	for (size_t i = 0; i < n; i++)
		most = samples[i] > most ? samples[i] : most;
	return most;
}

uint8_t image_most_of(const uint8_t *samples, size_t n)
{
	return most_of(samples, n);
}

static enum emnist_status resize(struct image *image, uint32_t width, uint32_t height,
				 unsigned channels, bool deep, struct emnist_error *error)
{
	const size_t sample_nbytes = deep ? sizeof(uint16_t) : 1;
	size_t n_pixels, nbytes;

	if (size_mul_overflows(width, height, &n_pixels) ||
	    size_mul_overflows(n_pixels, channels * sample_nbytes, &nbytes) ||
	    !buffer_reserve(&image->pixels, nbytes))
		return error_memory(error);
	image->width = width;
	image->height = height;
	image->channels = channels;
	image->deep = deep;
	image->lossy = false;
	image->pixels.nbytes = nbytes;
	return EMNIST_OK;
}

enum emnist_status image_resize(struct image *image, uint32_t width, uint32_t height,
				unsigned channels, struct emnist_error *error)
{
	return resize(image, width, height, channels, false, error);
}

enum emnist_status image_resize_deep(struct image *image, uint32_t width, uint32_t height,
				     unsigned channels, struct emnist_error *error)
{
	return resize(image, width, height, channels, true, error);
}

void image_clear(struct image *image)
{
	buffer_clear(&image->pixels);
	*image = (struct image){0};
}

/* Position of the upright image's first pixel in the stored one, and the steps to the pixels on its
 * right and below, in pixels. */
struct walk {
	size_t start;
	ptrdiff_t right;
	ptrdiff_t down;
};

static struct walk walk_of(const struct image *image, unsigned orientation)
{
	const ptrdiff_t w = (ptrdiff_t)image->width;
	const size_t n = (size_t)image->width * image->height;
	const size_t top_right = image->width - 1, bottom_left = n - image->width;

	switch (orientation) {
	case 2:
		return (struct walk){top_right, -1, w};
	case 3:
		return (struct walk){n - 1, -1, -w};
	case 4:
		return (struct walk){bottom_left, 1, -w};
	case 5:
		return (struct walk){0, w, 1};
	case 6:
		return (struct walk){bottom_left, -w, 1};
	case 7:
		return (struct walk){n - 1, -w, -1};
	case 8:
		return (struct walk){top_right, w, -1};
	default:
		return (struct walk){0, 1, w};
	}
}

enum emnist_status image_orient(struct image *image, unsigned orientation,
				struct emnist_error *error)
{
	const bool swaps = orientation >= 5;
	const struct walk walk = walk_of(image, orientation);
	const size_t pixel_nbytes = image->channels * (image->deep ? sizeof(uint16_t) : 1);
	struct image upright = {0};
	enum emnist_status status;
	uint8_t *to;

	if (orientation <= 1)
		return EMNIST_OK;
	status = resize(&upright, swaps ? image->height : image->width,
			swaps ? image->width : image->height, image->channels, image->deep, error);
	if (status)
		return status;
	to = upright.pixels.data;
	for (uint32_t y = 0; y < upright.height; y++) {
		ptrdiff_t from = (ptrdiff_t)walk.start + walk.down * (ptrdiff_t)y;

		for (uint32_t x = 0; x < upright.width; x++, from += walk.right) {
			memcpy(to, image->pixels.data + (size_t)from * pixel_nbytes, pixel_nbytes);
			to += pixel_nbytes;
		}
	}
	upright.lossy = image->lossy;
	upright.warning = image->warning;
	upright.colors = image->colors;
	image_clear(image);
	*image = upright;
	return EMNIST_OK;
}

enum emnist_status image_rows_size(struct image_rows *rows, const char *what, size_t width,
				   size_t height, struct emnist_error *error)
{
	const struct emnist_limits most = image_limits(&(const struct emnist_limits){0});

	if (width > most.width || height > most.height || (uint64_t)width * height > most.n_pixels)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "the %s has %zu x %zu pixels: the limit is %u a side, and %llu in "
				 "all",
				 what, width, height, most.width,
				 (unsigned long long)most.n_pixels);
	rows->width = (uint32_t)width;
	rows->height = (uint32_t)height;
	return EMNIST_OK;
}

enum emnist_status image_corrupt(struct emnist_error *error, const char *format, const char *reason,
				 ...)
{
	char text[192];
	va_list arguments;

	va_start(arguments, reason);
	vsnprintf(text, sizeof(text), reason, arguments);
	va_end(arguments);
	return error_set(error, EMNIST_ERR_CORRUPT, "not a valid %s: %s", format, text);
}

enum emnist_status image_cut_short(struct emnist_error *error, const char *format, size_t nbytes)
{
	return error_at(error, EMNIST_ERR_CORRUPT, nbytes, "not a valid %s: the file is cut short",
			format);
}

void image_begin_small(char *text)
{
	if (text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z'))
		text[0] = (char)(text[0] + ('a' - 'A'));
}

/* Pixels of an image that is small. */
#define N_SMALL (64 * 64)

bool image_leaves_out_colors(struct image *image, uint32_t width, uint32_t height)
{
	if (image->colors == IMAGE_COLORS_NOT_NEEDED && (uint64_t)width * height > N_SMALL)
		image->colors = IMAGE_COLORS_LEFT_OUT;
	return image->colors == IMAGE_COLORS_LEFT_OUT;
}
