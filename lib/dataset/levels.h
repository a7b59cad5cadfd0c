/*
 * levels.h - the range of a dataset's pixels, which is not always 0..255.
 *
 * Pixels of 0 and 1, of 0 to 16 or of half the brightness are stretched: by one factor for the
 * whole dataset, since what its images have in common is how they were saved.
 */
#ifndef DATASET_LEVELS_H
#define DATASET_LEVELS_H

#include "../base/error.h"

/* Where a pixel has this value or more, the range is 0..255: EMNIST's images reach 255, but for a
 * few that end at 217 or above. */
#define LEVELS_ENOUGH 200

/* The most of `most` and n values. */
uint8_t levels_most(uint8_t most, const uint8_t *values, size_t n);

/* Where most is short of LEVELS_ENOUGH, and not 0: values of 0..most become those of 0..255,
 * rounded. */
void levels_stretch(uint8_t most, uint8_t *values, size_t n);

#endif
