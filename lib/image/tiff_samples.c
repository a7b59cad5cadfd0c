/*
 * tiff_samples.c - converts samples of a TIFF file to pixels: grey, palette or RGB, 1 to 16 bits.
 *
 * Samples of 16 bits are in the machine's byte order, others packed from the highest bit on. They
 * are scaled to the full range of 8 bits, or of 16 bits if they have more than 8.
 */
#include "tiff_samples.h"

static bool has_palette(const struct tiff_layout *layout)
{
	return layout->palette[0] != NULL;
}

unsigned tiff_n_channels(const struct tiff_layout *layout)
{
	return (has_palette(layout) ? 3 : layout->n_colors) + (layout->alpha ? 1 : 0);
}

/* The sample that a channel is made of. */
static unsigned sample_of(const struct tiff_layout *layout, unsigned channel)
{
	return channel < layout->n_colors ? channel : layout->alpha;
}

bool tiff_plane_is_used(const struct tiff_layout *layout, unsigned plane)
{
	return plane < layout->n_colors || (layout->alpha && plane == layout->alpha);
}

static unsigned sample_at(const uint8_t *row, size_t i, unsigned bits)
{
	const size_t at = i * bits;
	const uint8_t *b = row + at / 8;
	uint16_t sample;

	if (bits == 8)
		return row[i];
	if (bits == 16) {
		memcpy(&sample, row + 2 * i, sizeof(sample));
		return sample;
	}
	return ((unsigned)b[0] << 16 | (unsigned)b[1] << 8 | b[2]) >> (24 - at % 8 - bits) &
	       ((1u << bits) - 1);
}

/* Position of a channel's first sample in a row, and the distance to the next. */
struct stride {
	size_t first;
	size_t step;
};

static struct stride stride_of(const struct tiff_layout *layout, unsigned channel)
{
	if (layout->is_separate)
		return (struct stride){0, 1};
	return (struct stride){sample_of(layout, channel), layout->n_samples};
}

static void put_channel(const struct tiff_layout *layout, const uint8_t *row, size_t n,
			unsigned channel, struct image *image, size_t at)
{
	const struct stride stride = stride_of(layout, channel);
	const unsigned bits = layout->bits, most = (1u << bits) - 1;
	const unsigned range = image->deep ? UINT16_MAX : UINT8_MAX;
	const unsigned flip = layout->is_inverted && channel == 0 ? most : 0;

	for (size_t i = 0; i < n; i++, at += image->channels) {
		const unsigned sample = sample_at(row, stride.first + i * stride.step, bits) ^ flip;
		const unsigned value = most == range ? sample : (sample * range + most / 2) / most;

		if (image->deep)
			image_deep_samples(image)[at] = (uint16_t)value;
		else
			image->pixels.data[at] = (uint8_t)value;
	}
}

/* Some programs write the colors of a palette with 8 bits, in spite of the format. */
static unsigned palette_shift(const struct tiff_layout *layout)
{
	for (unsigned c = 0; c < 3; c++)
		for (unsigned i = 0; i < 1u << layout->bits; i++)
			if (layout->palette[c][i] > UINT8_MAX)
				return 8;
	return 0;
}

static void put_indices(const struct tiff_layout *layout, const uint8_t *row, size_t n, uint8_t *to)
{
	const struct stride stride = stride_of(layout, 0);
	const unsigned shift = palette_shift(layout);

	for (size_t i = 0; i < n; i++) {
		const unsigned index = sample_at(row, stride.first + i * stride.step, layout->bits);

		for (unsigned c = 0; c < 3; c++)
			*to++ = (uint8_t)(layout->palette[c][index] >> shift);
	}
}

void tiff_put_samples(const struct tiff_layout *layout, const uint8_t *row, unsigned plane,
		      size_t n, struct image *image, size_t x, size_t y)
{
	const size_t at = (y * image->width + x) * image->channels;

	if (has_palette(layout)) {
		put_indices(layout, row, n, image->pixels.data + at);
		return;
	}
	for (unsigned channel = 0; channel < image->channels; channel++)
		if (!layout->is_separate || sample_of(layout, channel) == plane)
			put_channel(layout, row, n, channel, image, at + channel);
}

/* A color that cannot be seen stays, for a picture of nothing else: see decode.c. */
static unsigned divide(unsigned color, unsigned alpha, unsigned range)
{
	if (color >= alpha)
		return alpha ? range : color;
	return (color * range + alpha / 2) / alpha;
}

void tiff_finish(const struct tiff_layout *layout, struct image *image)
{
	const size_t n_pixels = (size_t)image->width * image->height;
	const unsigned last = image->channels - 1;

	if (!layout->alpha || !layout->is_premultiplied)
		return;
	for (size_t i = 0; i < n_pixels; i++) {
		uint16_t *deep = image_deep_samples(image) + i * image->channels;
		uint8_t *pixel = image->pixels.data + i * image->channels;

		for (unsigned c = 0; c < last; c++)
			if (image->deep)
				deep[c] = (uint16_t)divide(deep[c], deep[last], UINT16_MAX);
			else
				pixel[c] = (uint8_t)divide(pixel[c], pixel[last], UINT8_MAX);
	}
}
