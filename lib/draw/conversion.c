/*
 * conversion.c - EMNIST's own conversion of a bilevel character to 28x28 grey pixels.
 *
 * EMNIST's authors describe it (Cohen, Afshar, Tapson, van Schaik 2017): blur, crop to the ink,
 * pad, scale. What they do not say was found by matching originals of NIST's Special Database 19
 * with EMNIST's files, whose pixels it gives within 2 levels of 255: an even kernel of 6x6, margins
 * of 5 and 6 pixels, and no interpolation when scaling, so that the blur is nearly all that is
 * grey.
 */
#include "conversion.h"

#include "../base/simd.h"

#include <math.h>
#include <string.h>

/* Margins of the longer side and of the shorter one, together; in a square both are the former. */
#define LONG_MARGINS  11
#define SHORT_MARGINS 10

#define N_TAPS        6
#define BEFORE        2 /* taps before the pixel; the kernel's middle is half a pixel behind it */

/* A normal distribution with a standard deviation of 1 at -2.5 ... 2.5, as MATLAB's
 * fspecial('gaussian', 6, 1). */
static const double taps[N_TAPS] = {
	0.01755951347966986, 0.12974823017120957, 0.3526922563491206,
	0.3526922563491206,  0.12974823017120957, 0.01755951347966986,
};

/* Along one axis: where the ink lies, and the position of each result pixel's first tap, which may
 * be outside of the ink. */
struct axis {
	size_t first, n;
	int places[CONVERSION_SIDE];
};

/* n_padded pixels become 28, each the nearest one, as MATLAB's imresize(..., 'nearest') has it. The
 * ink begins behind half of the padding and one pixel more. */
static void place(struct axis *axis, size_t n_padded)
{
	const double scale = CONVERSION_SIDE / (double)n_padded;
	const int margin = (int)((n_padded - axis->n) / 2 + 1);

	for (int i = 0; i < CONVERSION_SIDE; i++) {
		const double at = (i + 1) / scale + 0.5 * (1 - 1 / scale);

		axis->places[i] = (int)floor(at + 0.5) - 1 - BEFORE - margin;
	}
}

/* The first of n values that is not 0, and how many lie between that and the last. */
static void find_ends(const uint8_t *values, size_t n, struct axis *axis)
{
	size_t end = n;

	axis->first = 0;
	while (axis->first < n && !values[axis->first])
		axis->first++;
	while (end > axis->first && !values[end - 1])
		end--;
	axis->n = end - axis->first;
}

static void find_ink(const uint8_t *mask, size_t width, size_t height, struct axis *columns,
		     struct axis *rows)
{
	uint8_t of_columns[CONVERSION_MAX_SIDE] = {0}, of_rows[CONVERSION_MAX_SIDE];

	for (size_t y = 0; y < height; y++) {
		uint8_t any = 0;

		for (size_t x = 0; x < width; x++) {
			of_columns[x] |= mask[y * width + x];
			any |= mask[y * width + x];
		}
		of_rows[y] = any;
	}
	find_ends(of_columns, width, columns);
	find_ends(of_rows, height, rows);
}

/* sums[x] = the blurred ink of column x, for one row of pixels. */
SIMD_CLONES
static void blur_column(const uint8_t *restrict ink, size_t stride, size_t n_rows, size_t n,
			int place, double *restrict sums)
{
	memset(sums, 0, n * sizeof(*sums));
	for (int k = 0; k < N_TAPS; k++) {
		const int y = place + k;

		if (y < 0 || y >= (int)n_rows)
			continue;
		for (size_t x = 0; x < n; x++)
			sums[x] += taps[k] * (ink[(size_t)y * stride + x] ? 255.0 : 0.0);
	}
}

static double blur_row(const double *sums, const struct axis *columns, int place)
{
	double sum = 0;

	for (int k = 0; k < N_TAPS; k++)
		if (place + k >= 0 && place + k < (int)columns->n)
			sum += taps[k] * sums[place + k];
	return sum;
}

void conversion_apply(const uint8_t *mask, size_t width, size_t height, uint8_t *pixels)
{
	struct axis rows, columns;
	double sums[CONVERSION_MAX_SIDE];
	const uint8_t *ink;
	size_t longest;

	memset(pixels, 0, CONVERSION_SIDE * CONVERSION_SIDE);
	find_ink(mask, width, height, &columns, &rows);
	if (!rows.n)
		return;
	longest = rows.n > columns.n ? rows.n : columns.n;
	place(&rows, longest + (rows.n < columns.n ? SHORT_MARGINS : LONG_MARGINS));
	place(&columns, longest + (columns.n < rows.n ? SHORT_MARGINS : LONG_MARGINS));
	ink = mask + rows.first * width + columns.first;
	for (int y = 0; y < CONVERSION_SIDE; y++) {
		blur_column(ink, width, rows.n, columns.n, rows.places[y], sums);
		for (int x = 0; x < CONVERSION_SIDE; x++)
			pixels[y * CONVERSION_SIDE + x] =
				(uint8_t)(blur_row(sums, &columns, columns.places[x]) + 0.4);
	}
}
