/*
 * levels.c - the range of a dataset's pixels.
 */
#include "levels.h"

#include "../base/simd.h"

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
