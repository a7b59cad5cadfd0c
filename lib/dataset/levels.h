/*
 * levels.h - the range of a dataset's pixels, which is not always 0..255.
 *
 * Pixels of 0 and 1, of 0 to 16 or of half the brightness are stretched: by one factor for the
 * whole dataset, since what its images have in common is how they were saved. So are fractions of
 * 1, where the pixels are numbers.
 */
#ifndef DATASET_LEVELS_H
#define DATASET_LEVELS_H

#include "../base/error.h"

#include <stdbool.h>

/* Where a pixel has this value or more, the range is 0..255: EMNIST's images reach 255, but for a
 * few that end at 217 or above. */
#define LEVELS_ENOUGH 200

/* The most of `most` and n values. */
uint8_t levels_most(uint8_t most, const uint8_t *values, size_t n);

/* Where most is short of LEVELS_ENOUGH, and not 0: values of 0..most become those of 0..255,
 * rounded. */
void levels_stretch(uint8_t most, uint8_t *values, size_t n);

/* What the pixels of a dataset that come as numbers are, as far as they were seen. */
struct levels_numbers {
	double most;
	bool has_fractions;
};

/* Writes a number as a pixel at `to`: a whole one of 0 to 255, or one of 0 to 1, in which case all
 * are fractions of 255, also the n_before pixels that are there. Returns NULL, or what is wrong
 * with it, such as "not a whole number from 0 to 255". */
const char *levels_add(struct levels_numbers *numbers, double value, uint8_t *before,
		       size_t n_before, uint8_t *to);

#endif
