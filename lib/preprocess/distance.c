/*
 * distance.c - the exact Euclidean distance transform of Felzenszwalb and Huttenlocher (2012).
 *
 * Along columns distances are counted. Along a row, the squared distances from all its pixels are
 * parabolas, whose lower envelope is found from left to right in linear time.
 */
#include "distance.h"
#include "../base/simd.h"

#include <math.h>

/* For this many pixels a search is faster than the envelope. */
#define MAX_NEAR 16

/* The distance to the nearest wanted pixel above or below. */
SIMD_CLONES
static void measure_columns(const uint8_t *mask, uint8_t wanted, size_t width, size_t height,
			    float *distances)
{
	const float none = (float)(width + height);

	for (size_t y = 0; y < height; y++) {
		const uint8_t *row = mask + y * width;
		float *here = distances + y * width;
		const float *above = here - width;

		for (size_t x = 0; x < width; x++)
			here[x] = row[x] == wanted ? 0 : y > 0 ? above[x] + 1 : none;
	}
	for (size_t y = height - 1; y-- > 0;) {
		float *here = distances + y * width;
		const float *below = here + width;

		for (size_t x = 0; x < width; x++)
			here[x] = below[x] + 1 < here[x] ? below[x] + 1 : here[x];
	}
}

/* From distances along the columns to distances in the plane. */
static void measure_row(float *row, size_t width)
{
	float heights[DISTANCE_SIDE]; /* of the parabolas at their lowest points */
	size_t places[DISTANCE_SIDE]; /* of those that are in the envelope */
	float from[DISTANCE_SIDE];    /* where each parabola becomes the lowest */
	size_t n = 0;

	for (size_t x = 0; x < width; x++)
		heights[x] = row[x] * row[x];
	for (size_t x = 0; x < width; x++) {
		float start = -INFINITY;

		while (n > 0) {
			const size_t last = places[n - 1];
			const float rise = heights[x] - heights[last];

			start = 0.5f * ((float)(x + last) + rise / (float)(x - last));
			if (start > from[n - 1])
				break;
			start = -INFINITY;
			n--;
		}
		places[n] = x;
		from[n++] = start;
	}
	for (size_t x = width; x-- > 0;) {
		float offset;

		while (from[n - 1] > (float)x)
			n--;
		offset = (float)x - (float)places[n - 1];
		row[x] = sqrtf(heights[places[n - 1]] + offset * offset);
	}
}

/* Like measure_row(), limited to `reach` pixels on either side: anything farther along the row is
 * no nearer. */
SIMD_CLONES
static void measure_near(float *row, size_t width, size_t reach)
{
	float heights[DISTANCE_SIDE + 2 * MAX_NEAR], least[DISTANCE_SIDE];

	for (size_t i = 0; i < reach; i++)
		heights[i] = heights[reach + width + i] = INFINITY;
	for (size_t x = 0; x < width; x++)
		heights[reach + x] = row[x] * row[x];
	for (size_t x = 0; x < width; x++)
		least[x] = heights[reach + x];
	for (size_t k = 1; k <= reach; k++)
		for (size_t x = 0; x < width; x++) {
			const float before = heights[reach + x - k];
			const float after = heights[reach + x + k];
			const float height = (before < after ? before : after) + (float)(k * k);

			least[x] = height < least[x] ? height : least[x];
		}
	for (size_t x = 0; x < width; x++)
		row[x] = sqrtf(least[x]);
}

void distance_transform(const uint8_t *mask, uint8_t wanted, size_t width, size_t height,
			float reach, float *distances)
{
	measure_columns(mask, wanted, width, height, distances);
	for (size_t y = 0; y < height; y++)
		if (reach <= MAX_NEAR)
			measure_near(distances + y * width, width, (size_t)ceilf(reach));
		else
			measure_row(distances + y * width, width);
}
