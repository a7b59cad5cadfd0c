/*
 * normalize_enlarge.c - enlarges ink by bicubic interpolation.
 *
 * Keys' kernel with a = -1/2 (1981), which keeps straight slopes straight. Rows are stretched as
 * they are needed; each row of the result is the weighted sum of four of them.
 */
#include "../base/simd.h"
#include "normalize.h"

#include <math.h>

#define N_TAPS 4

/* Four neighbors of a position and their weights. */
struct taps {
	size_t at[N_TAPS];
	float weights[N_TAPS];
};

/* At pixel i of n_to, made of n_from; neighbors beyond the ends are the ends. */
static struct taps taps_at(size_t i, size_t n_from, size_t n_to)
{
	const double at = ((double)i + 0.5) * (double)n_from / (double)n_to - 0.5;
	const ptrdiff_t first = (ptrdiff_t)floor(at) - 1;
	const float t = (float)(at - floor(at));
	struct taps taps;

	for (ptrdiff_t k = 0; k < N_TAPS; k++) {
		const ptrdiff_t place = first + k, last = (ptrdiff_t)n_from - 1;

		taps.at[k] = (size_t)(place < 0 ? 0 : place > last ? last : place);
	}
	taps.weights[0] = t * (-0.5f + t * (1 - 0.5f * t));
	taps.weights[1] = 1 + t * t * (-2.5f + 1.5f * t);
	taps.weights[2] = t * (0.5f + t * (2 - 1.5f * t));
	taps.weights[3] = t * t * (-0.5f + 0.5f * t);
	return taps;
}

static void stretch_row(const float *from, const struct taps *columns, size_t n, float *to)
{
	for (size_t x = 0; x < n; x++) {
		const struct taps *taps = &columns[x];

		to[x] = taps->weights[0] * from[taps->at[0]] +
			taps->weights[1] * from[taps->at[1]] +
			taps->weights[2] * from[taps->at[2]] + taps->weights[3] * from[taps->at[3]];
	}
}

SIMD_CLONES
static void add_rows(float rows[N_TAPS][WORK_SIDE], const struct taps *taps, size_t n,
		     float *restrict to)
{
	const float *restrict a = rows[taps->at[0] % N_TAPS], *restrict b =
								      rows[taps->at[1] % N_TAPS];
	const float *restrict c = rows[taps->at[2] % N_TAPS], *restrict d =
								      rows[taps->at[3] % N_TAPS];

	for (size_t x = 0; x < n; x++) {
		const float value = taps->weights[0] * a[x] + taps->weights[1] * b[x] +
				    taps->weights[2] * c[x] + taps->weights[3] * d[x];
		const float positive = value > 0 ? value : 0;

		to[x] = positive < 1 ? positive : 1;
	}
}

void normalize_enlarge(const float *from, size_t from_width, size_t from_height, float *to,
		       size_t width, size_t height)
{
	struct taps columns[WORK_SIDE];
	float rows[N_TAPS][WORK_SIDE];
	size_t n_rows = 0;

	for (size_t x = 0; x < width; x++)
		columns[x] = taps_at(x, from_width, width);
	for (size_t y = 0; y < height; y++) {
		const struct taps taps = taps_at(y, from_height, height);

		for (; n_rows <= taps.at[N_TAPS - 1]; n_rows++)
			stretch_row(from + n_rows * from_width, columns, width,
				    rows[n_rows % N_TAPS]);
		add_rows(rows, &taps, width, to + y * width);
	}
}
