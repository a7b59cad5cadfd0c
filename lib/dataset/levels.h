/*
 * levels.h - the range of a dataset's pixels, which is not always 0..255.
 *
 * Pixels of 0 and 1, of 0 to 16, or of half the brightness are stretched by one factor for the
 * whole dataset, since all its images were saved in the same way. Fractions of 1 are stretched too,
 * in formats with numeric pixels.
 */
#ifndef DATASET_LEVELS_H
#define DATASET_LEVELS_H

#include "../base/error.h"

#include <stdbool.h>

/* One pixel of this value or more shows that the range is 0..255. EMNIST's images reach 255, except
 * for a few that end at 217 or above. */
#define LEVELS_ENOUGH 200

/* The most of `most` and n values. */
uint8_t levels_most(uint8_t most, const uint8_t *values, size_t n);

/* If `most` is below LEVELS_ENOUGH and not 0: stretches values from 0..most to 0..255, rounded. */
void levels_stretch(uint8_t most, uint8_t *values, size_t n);

/* The kind of numbers in a dataset's pixels, as far as seen. */
struct levels_numbers {
	double most;
	bool has_fractions;
};

/* Writes a number as a pixel at `to`: an integer from 0 to 255, or a fraction from 0 to 1. With a
 * fraction all pixels are fractions of 255, including the n_before ones already there. Returns
 * NULL, or what is wrong, such as "not a whole number from 0 to 255". */
const char *levels_add(struct levels_numbers *numbers, double value, uint8_t *before,
		       size_t n_before, uint8_t *to);

#endif
