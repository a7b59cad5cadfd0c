/*
 * range.h - which part of its samples' range an image uses, and how it is brought to bytes.
 *
 * A camera's 10 bits in samples of 16, a mask of 0 and 1, a digit of 0 to 16: what is drawn is
 * there, and only its range is short.
 */
#ifndef IMAGE_RANGE_H
#define IMAGE_RANGE_H

#include "image.h"

/* The least and the most value of the colors that are seen, in the image's own samples. */
struct range {
	uint32_t least;
	uint32_t most;
};

/* All that the image's samples can be. */
struct range range_full(const struct image *image);

/* What the image uses, or all, where that is not short: a quarter of all or more. */
struct range range_of(const struct image *image);

/* Of 255 levels, how many one level of the bytes is that range_to_bytes() makes: 1 where the range
 * is full, less where it is stretched. */
float range_level(const struct image *image, struct range range);

/* to: as image, of a byte a sample: 0 for what is the least, 255 for the most, rounded; alpha is
 * not stretched. */
enum emnist_status range_to_bytes(const struct image *image, struct range range, struct image *to,
				  struct emnist_error *error);

#endif
