/*
 * range.c - which part of their range an image's samples use, and bytes of that part.
 *
 * Nearly every image uses most of its range, and a few of its rows show that: all of them are read
 * only where these do not.
 */
#include "range.h"

#include "../base/simd.h"

/* A range is short up to this part of all: bytes of 6 bits, samples of 14. */
#define SHORT_PART 4

/* Where there are fewer levels than a byte has, what they draw is clean when this share of the
 * border has one value. Of noise with a standard deviation of 1 it is 38 %, or 69 % where half of
 * it is cut off at black. In a picture of few pixels, as scikit-learn's digits of 8x8, the drawing
 * is at the border, too. */
#define CLEAN_SHARE     0.8
#define FEW_PIXELS      400
#define CLEAN_SHARE_FEW 0.5

/* Rows that are looked at first. */
#define N_FIRST_ROWS 16

SIMD_CLONES
static uint32_t most_of_bytes(const uint8_t *samples, size_t n)
{
	uint8_t most = 0;

	for (size_t i = 0; i < n; i++)
		most = samples[i] > most ? samples[i] : most;
	return most;
}

uint32_t range_most_of_bytes(const uint8_t *bytes, size_t n)
{
	return most_of_bytes(bytes, n);
}

SIMD_CLONES
static uint32_t most_of_deep(const uint16_t *samples, size_t n)
{
	uint16_t most = 0;

	for (size_t i = 0; i < n; i++)
		most = samples[i] > most ? samples[i] : most;
	return most;
}

static uint32_t sample_at(const struct image *image, size_t i)
{
	return image->deep ? image_deep_samples(image)[i] : image->pixels.data[i];
}

/* Of the pixels of row y that are not see-through. */
static uint32_t most_of_row(const struct image *image, size_t y)
{
	const unsigned channels = image->channels, alpha = channels - 1;
	const size_t n = (size_t)image->width * channels, start = y * n;
	uint32_t most = 0;

	if (channels % 2 && image->deep)
		return most_of_deep(image_deep_samples(image) + start, n);
	if (channels % 2)
		return most_of_bytes(image->pixels.data + start, n);
	for (size_t i = start; i < start + n; i += channels)
		for (unsigned c = 0; c < alpha && sample_at(image, i + alpha); c++) {
			const uint32_t value = sample_at(image, i + c);

			most = value > most ? value : most;
		}
	return most;
}

uint32_t range_full(const struct image *image)
{
	return image->deep ? UINT16_MAX : UINT8_MAX;
}

/* Whether most of the border has one value: that of the first channel, less than 256. */
static bool is_clean(const struct image *image)
{
	const size_t width = image->width, height = image->height;
	size_t counts[UINT8_MAX + 1] = {0}, n = 0, largest = 0;

	for (size_t y = 0; y < height; y++) {
		const size_t step = y == 0 || y == height - 1 || width < 2 ? 1 : width - 1;

		for (size_t x = 0; x < width; x += step, n++) {
			const uint32_t value =
				sample_at(image, (y * width + x) * image->channels) & UINT8_MAX;

			largest = ++counts[value] > largest ? counts[value] : largest;
		}
	}
	return (double)largest >=
	       (width * height <= FEW_PIXELS ? CLEAN_SHARE_FEW : CLEAN_SHARE) * (double)n;
}

uint32_t range_most(const struct image *image)
{
	const uint32_t full = range_full(image), is_short = full / SHORT_PART;
	uint32_t most = image->lossy ? full : 0;

	for (size_t step = image->height / N_FIRST_ROWS + 1;; step = 1) {
		for (size_t y = 0; y < image->height && most <= is_short; y += step) {
			const uint32_t of_row = most_of_row(image, y);

			most = of_row > most ? of_row : most;
		}
		if (step == 1 || most > is_short)
			break;
	}
	if (most == 0 || most > is_short)
		return full;
	return most >= UINT8_MAX || most == 1 || is_clean(image) ? most : UINT8_MAX;
}

enum emnist_status range_to_bytes(const struct image *image, uint32_t most, struct image *to,
				  struct emnist_error *error)
{
	const unsigned channels = image->channels;
	const uint32_t full = range_full(image);
	const enum emnist_status status =
		image_resize(to, image->width, image->height, channels, error);

	if (status)
		return status;
	for (size_t i = 0; i < to->pixels.nbytes; i++) {
		const bool is_alpha = channels % 2 == 0 && i % channels == channels - 1;
		const uint32_t value = sample_at(image, i), white = is_alpha ? full : most;

		to->pixels.data[i] =
			(uint8_t)(value < white ? (value * 255 + white / 2) / white : 255);
	}
	return EMNIST_OK;
}
