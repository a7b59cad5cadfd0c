/*
 * levels.c - the range of a dataset's pixels.
 */
#include "levels.h"

#include "../base/simd.h"

#include <math.h>

SIMD_CLONES
static uint8_t most_of(uint8_t most, const uint8_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		most = values[i] > most ? values[i] : most;
	return most;
}

uint8_t levels_most(uint8_t most, const uint8_t *values, size_t n)
{
	return most_of(most, values, n);
}

void levels_stretch(uint8_t most, uint8_t *values, size_t n)
{
	if (most == 0 || most >= LEVELS_ENOUGH)
		return;
	for (size_t i = 0; i < n; i++) {
		const unsigned value = values[i] < most ? values[i] : most;

		values[i] = (uint8_t)((value * 255 + most / 2U) / most);
	}
}

/* Pixels that were whole numbers, of 0 and 1, until a fraction came. */
static void make_fractions(struct levels_numbers *numbers, uint8_t *pixels, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pixels[i] = pixels[i] ? UINT8_MAX : 0;
	numbers->has_fractions = true;
}

const char *levels_add(struct levels_numbers *numbers, double value, uint8_t *before,
		       size_t n_before, uint8_t *to)
{
	const bool is_whole = value >= 0 && value <= UINT8_MAX && value == (uint8_t)value;

	if (!is_whole && !(value > 0 && value < 1))
		return "not a whole number from 0 to 255";
	if (numbers->has_fractions && value > 1)
		return "above 1, among fractions of 1";
	if (!is_whole && numbers->most > 1)
		return "a fraction, among whole numbers above 1";
	if (!is_whole && !numbers->has_fractions)
		make_fractions(numbers, before, n_before);
	if (value > numbers->most)
		numbers->most = value;
	*to = (uint8_t)(numbers->has_fractions ? lround(value * UINT8_MAX) : (long)value);
	return NULL;
}
