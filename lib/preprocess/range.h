/*
 * range.h - the part of their range that an image's samples use, and scaling that part to bytes.
 *
 * A camera's 10 bits in samples of 16, a mask of 0 and 1, a digit of 0 to 16: the drawing is there,
 * only the range is short. Short ranges begin at 0; off-white paper with writing on it uses the
 * whole range.
 */
#ifndef PREPROCESS_RANGE_H
#define PREPROCESS_RANGE_H

#include "../image/image.h"

/* The highest possible sample of the image. */
uint32_t range_full(const struct image *image);

/* The highest color of a visible pixel, if it is not 0, at most a quarter of the full range, and
 * the image is not lossy; else the full range. UINT8_MAX, which changes nothing, if there are fewer
 * levels than in a byte and the background is not even. */
uint32_t range_most(const struct image *image);

struct range {
	uint32_t least;
	uint32_t most; /* more than that */
};

/* Whether an image in which no ink was found may show faint ink on clean paper: it is not lossy,
 * and has sharp edges and no noise of similar strength. *range is then what it uses. Equally small
 * color differences may be the paper's. */
bool range_is_faint(const struct image *image, struct range *range);

/* to: the image with one byte per sample: 0 for colors up to the least, 255 from the most on,
 * proportional in between, rounded. Alpha is not stretched. */
enum emnist_status range_to_bytes(const struct image *image, const struct range *range,
				  struct image *to, struct emnist_error *error);

#endif
