/*
 * range.c - the range that an image's samples use, and bytes of it.
 *
 * Nearly every image uses most of its range, and a few of its rows show that: all of them are only
 * read where these do not.
 */
#include "range.h"

#include "../base/simd.h"

/* A range is short below this part of all. */
#define SHORT_PART 4

/* Rows that are looked at first. */
#define N_FIRST_ROWS 16

/* Samples in a row are looked at together where there is no alpha. */
SIMD_CLONES
static struct range range_of_bytes(const uint8_t *samples, size_t n)
{
	uint8_t least = samples[0], most = samples[0];

	for (size_t i = 1; i < n; i++) {
		least = samples[i] < least ? samples[i] : least;
		most = samples[i] > most ? samples[i] : most;
	}
	return (struct range){least, most};
}

SIMD_CLONES
static struct range range_of_samples(const uint16_t *samples, size_t n)
{
	uint16_t least = samples[0], most = samples[0];

	for (size_t i = 1; i < n; i++) {
		least = samples[i] < least ? samples[i] : least;
		most = samples[i] > most ? samples[i] : most;
	}
	return (struct range){least, most};
}

static uint32_t sample_at(const struct image *image, size_t i)
{
	return image->deep ? image_deep_samples(image)[i] : image->pixels.data[i];
}

static struct range widen(struct range a, struct range b)
{
	return (struct range){
		.least = b.least < a.least ? b.least : a.least,
		.most = b.most > a.most ? b.most : a.most,
	};
}

/* Of the pixels of row y that are not see-through; the least is above the most where none is seen.
 */
static struct range range_of_row(const struct image *image, size_t y)
{
	const unsigned channels = image->channels;
	const size_t n = (size_t)image->width * channels, start = y * n;
	struct range range = {UINT32_MAX, 0};

	if (channels % 2 && image->deep)
		return range_of_samples(image_deep_samples(image) + start, n);
	if (channels % 2)
		return range_of_bytes(image->pixels.data + start, n);
	for (size_t i = start; i < start + n; i += channels)
		for (unsigned c = 0; c + 1 < channels && sample_at(image, i + channels - 1); c++) {
			const uint32_t value = sample_at(image, i + c);

			range = widen(range, (struct range){value, value});
		}
	return range;
}

static uint32_t most_of(const struct image *image)
{
	return image->deep ? UINT16_MAX : UINT8_MAX;
}

struct range range_full(const struct image *image)
{
	return (struct range){0, most_of(image)};
}

static bool is_short(const struct image *image, struct range range)
{
	return range.most < range.least || range.most - range.least < most_of(image) / SHORT_PART;
}

struct range range_of(const struct image *image)
{
	const size_t step = image->height / N_FIRST_ROWS + 1;
	struct range range = range_of_row(image, 0);

	for (size_t y = 0; y < image->height && is_short(image, range); y += step)
		range = widen(range, range_of_row(image, y));
	for (size_t y = 0; y < image->height && is_short(image, range); y++)
		range = widen(range, range_of_row(image, y));
	return is_short(image, range) && range.most > range.least ? range : range_full(image);
}

float range_level(const struct image *image, struct range range)
{
	return (float)(range.most - range.least) / (float)most_of(image);
}

enum emnist_status range_to_bytes(const struct image *image, struct range range, struct image *to,
				  struct emnist_error *error)
{
	const unsigned channels = image->channels;
	const uint32_t wide = range.most - range.least, all = most_of(image);
	const enum emnist_status status =
		image_resize(to, image->width, image->height, channels, error);

	if (status)
		return status;
	for (size_t i = 0; i < to->pixels.nbytes; i++) {
		const bool is_alpha = channels % 2 == 0 && i % channels == channels - 1;
		const uint32_t least = is_alpha ? 0 : range.least, most = is_alpha ? all : wide;
		const uint32_t value = sample_at(image, i);
		const uint32_t above = value > least ? value - least : 0;

		to->pixels.data[i] =
			above < most ? (uint8_t)((above * 255 + most / 2) / most) : 255;
	}
	return EMNIST_OK;
}
