/*
 * palette.h - images whose pixels are indices into a table of colors.
 */
#ifndef IMAGE_PALETTE_H
#define IMAGE_PALETTE_H

#include "image.h"

struct palette {
	const uint8_t *colors; /* (n_colors) of red, green, blue */
	size_t n_colors;
	const uint8_t *alphas; /* (n_alphas), colors after them are opaque */
	size_t n_alphas;       /* 0: the image has no alpha */
};

/* 3, or 4 with alpha. */
static inline unsigned palette_channels(const struct palette *palette)
{
	return palette->n_alphas ? 4 : 3;
}

/* Replaces the indices, which are the first width x height bytes of an image of so many channels,
 * by colors. format: its name, for the message where an index is beyond the palette. */
enum emnist_status palette_expand(const struct palette *palette, const char *format,
				  struct image *image, struct emnist_error *error);

#endif
