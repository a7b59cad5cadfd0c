/*
 * palette.h - images whose pixels are indices into a table of colors.
 */
#ifndef IMAGE_PALETTE_H
#define IMAGE_PALETTE_H

#include "image.h"

struct palette {
	const uint8_t *colors; /* (n_colors) of red, green, blue */
	size_t n_colors;
	const uint8_t *alphas; /* (n_alphas); later colors are opaque */
	size_t n_alphas;       /* 0: the image has no alpha */
};

/* The channels of an image of that size: 4 with alpha, 1 if colors may be left out, else 3. */
static inline unsigned palette_channels(const struct palette *palette, struct image *image,
					uint32_t width, uint32_t height)
{
	return palette->n_alphas ? 4 : image_leaves_out_colors(image, width, height) ? 1 : 3;
}

/* Replaces the indices, the first width x height bytes of an image with this many channels, by
 * colors or by their luma. format: its name, for the error about an index beyond the palette. */
enum emnist_status palette_expand(const struct palette *palette, const char *format,
				  struct image *image, struct emnist_error *error);

#endif
