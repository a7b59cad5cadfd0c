/*
 * tiff_samples.h - converts samples of a TIFF file to pixels: grey, palette or RGB, 1 to 16 bits.
 */
#ifndef IMAGE_TIFF_SAMPLES_H
#define IMAGE_TIFF_SAMPLES_H

#include "image.h"

/* How the samples of a file make pixels. */
struct tiff_layout {
	unsigned bits;      /* of a sample */
	unsigned n_samples; /* per pixel; also the number of planes if these are separate */
	unsigned n_colors;  /* the first samples: 1, grey or an index, or 3 */
	unsigned alpha;     /* index of the alpha sample; 0: none */
	bool is_premultiplied;
	bool is_separate;
	bool is_inverted;           /* grey, and 0 is white */
	const uint16_t *palette[3]; /* red, green, blue of each index; NULL: none */
};

/* Bytes behind a row that may be read. */
#define TIFF_SPARE_NBYTES 2

/* Channels of the pixels, which are deep if bits is above 8. */
unsigned tiff_n_channels(const struct tiff_layout *layout);

/* Whether this plane, of separate ones, is part of the pixels. */
bool tiff_plane_is_used(const struct tiff_layout *layout, unsigned plane);

/* Puts n pixels into row y of the image, from column x on; with separate planes, only this plane's
 * samples. row: from libtiff, with TIFF_SPARE_NBYTES behind it. */
void tiff_put_samples(const struct tiff_layout *layout, const uint8_t *row, unsigned plane,
		      size_t n, struct image *image, size_t x, size_t y);

/* After the last row: undoes premultiplied alpha. */
void tiff_finish(const struct tiff_layout *layout, struct image *image);

#endif
