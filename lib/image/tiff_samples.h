/*
 * tiff_samples.h - pixels from the samples of a TIFF file: grey, palette or RGB, 1 to 16 bits.
 */
#ifndef IMAGE_TIFF_SAMPLES_H
#define IMAGE_TIFF_SAMPLES_H

#include "image.h"

/* How the samples of a file make pixels. */
struct tiff_layout {
	unsigned bits;      /* of a sample */
	unsigned n_samples; /* of a pixel, and so many planes where they are separate */
	unsigned n_colors;  /* the first samples: 1, grey or an index, or 3 */
	unsigned alpha;     /* which sample it is; 0: there is none */
	bool is_premultiplied;
	bool is_separate;
	bool is_inverted;           /* grey, and 0 is white */
	const uint16_t *palette[3]; /* red, green, blue of each index; NULL: there is none */
};

/* Behind a row so many bytes may be read. */
#define TIFF_SPARE_NBYTES 2

/* Of the pixels; they are deep where bits is more than 8. */
unsigned tiff_n_channels(const struct tiff_layout *layout);

/* Whether that plane of separate ones is a part of the pixels. */
bool tiff_plane_is_used(const struct tiff_layout *layout, unsigned plane);

/* Puts n pixels into row y of the image, from column x on; where planes are separate, only what is
 * of that plane. row: as libtiff gives it, with TIFF_SPARE_NBYTES behind it. */
void tiff_put_samples(const struct tiff_layout *layout, const uint8_t *row, unsigned plane,
		      size_t n, struct image *image, size_t x, size_t y);

/* When all are there: divides colors by alpha where they are multiplied by it. */
void tiff_finish(const struct tiff_layout *layout, struct image *image);

#endif
