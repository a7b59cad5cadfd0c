/*
 * range.h - which part of their range an image's samples use, and bytes of that part.
 *
 * A camera's 10 bits in samples of 16, a mask of 0 and 1, a digit of 0 to 16: what is drawn is
 * there, and only the range is short. It begins at 0: paper that is nearly white, and all that is
 * on it, uses the whole range.
 */
#ifndef PREPROCESS_RANGE_H
#define PREPROCESS_RANGE_H

#include "../image/image.h"

/* The most of n bytes; 0 of none. */
uint32_t range_most_of_bytes(const uint8_t *bytes, size_t n);

/* The most that a sample of the image can be. */
uint32_t range_full(const struct image *image);

/* The most that a color of a visible pixel is, where that is a quarter of the full range or less
 * but not 0, and the image is not lossy; else the full range. Where there are fewer levels than a
 * byte has, and what is around the drawing is not even, they stay what they are: UINT8_MAX. */
uint32_t range_most(const struct image *image);

struct range {
	uint32_t least;
	uint32_t most; /* more than that */
};

/* Whether an image in which no ink was found, and which is not lossy, may show faint ink on clean
 * paper: with sharp edges, and no noise that is about as strong. Then *range is what it uses.
 * Colors that differ as little may be the paper's. */
bool range_is_faint(const struct image *image, struct range *range);

/* to: as image, of a byte a sample: 0 for a color that is the least or less, 255 for one that is
 * the most or more, others in proportion, rounded. Alpha is not stretched. */
enum emnist_status range_to_bytes(const struct image *image, const struct range *range,
				  struct image *to, struct emnist_error *error);

#endif
