/*
 * normalize_flat.c - flat paper: of uniform brightness except for noise, with ink on it.
 *
 * Scans, screenshots, forms and drawings on a canvas are flat. They need no fitted light and no
 * search for shadows. A few hundred pixels decide: most have the brightness of the paper, these are
 * all over the picture, and whatever crosses the border is paper or as dark as ink. Flat paper has
 * one brightness, so the ink's side is known too, whatever is at the border.
 */
#include "../base/simd.h"
#include "normalize.h"

#include <math.h>
#include <stdlib.h>

/* Sampled places along a side, and along a tile. */
#define SIDE     24
#define TILE     8
#define N_TILES  (SIDE / TILE)
#define N_PLACES (SIDE * SIDE)

/* The largest difference of paper from its most frequent brightness, of 255; its minimum share of
 * the places, and its minimum number in each tile. */
#define REACH       4
#define MIN_PAPER   0.5
#define MIN_OF_TILE 2

/* Fainter ink, of 255, could be something else on paper. What differs to the other side than ink
 * does so by less than this share of it. */
#define MIN_INK   40.0f
#define MAX_OTHER 0.4f

/* The most places, at the border and elsewhere, that are neither paper nor at least half ink: more
 * are a shadow, or fading light. Elsewhere soft edges of strokes count, too: as many as ink if a
 * picture's longer side has this many pixels, fewer in larger pictures. */
#define MAX_BETWEEN 3
#define SOFT_SIDE   32

/* Darkness at more places of the border, of 4 (SIDE - 1), is a table, or the edge of a box. */
#define MAX_AT_BORDER (2 * (SIDE - 1))

/* The values at all places, and their histogram, padded with zeros. */
struct places {
	uint8_t values[SIDE][SIDE];
	uint16_t histogram[REACH + 256 + REACH];
};

static uint16_t count_of(const struct places *places, int value)
{
	return places->histogram[value + REACH];
}

/* Most places have the value of their neighbors: such are counted eight at a time. */
static void count_values(struct places *places)
{
	const uint8_t *values = &places->values[0][0];

	memset(places->histogram, 0, sizeof(places->histogram));
	for (size_t i = 0; i < N_PLACES; i += 8) {
		uint64_t word;

		memcpy(&word, values + i, sizeof(word));
		if (word == values[i] * UINT64_C(0x0101010101010101)) {
			places->histogram[values[i] + REACH] += 8;
			continue;
		}
		for (size_t k = 0; k < 8; k++)
			places->histogram[values[i + k] + REACH]++;
	}
}

static void look(const float *paper, size_t width, size_t height, struct places *places)
{
	size_t columns[SIDE];

	for (size_t i = 0; i < SIDE; i++)
		columns[i] = i * (width - 1) / (SIDE - 1);
	for (size_t j = 0; j < SIDE; j++) {
		const float *row = paper + j * (height - 1) / (SIDE - 1) * width;
		float there[SIDE];

		for (size_t i = 0; i < SIDE; i++)
			there[i] = row[columns[i]];
		for (size_t i = 0; i < SIDE; i++)
			places->values[j][i] = (uint8_t)(int)(there[i] + 0.5f);
	}
	count_values(places);
}

/* The most frequent brightness, with neighbors counting half, and the number of places within REACH
 * of it. */
static int most_frequent(const struct places *places, size_t *n_ret)
{
	const uint16_t *counts = places->histogram + REACH;
	int most = 0, middle;

	/* Of values that are as frequent, the least one. */
	for (int v = 0; v < 256; v++) {
		const int near = counts[v - 1] + 2 * counts[v] + counts[v + 1];
		const int rank = near * 256 + 255 - v;

		most = rank > most ? rank : most;
	}
	middle = 255 - most % 256;
	*n_ret = 0;
	for (int v = middle - REACH; v <= middle + REACH; v++)
		*n_ret += count_of(places, v);
	return middle;
}

static bool is_all_over(const struct places *places, int middle)
{
	const uint8_t least = (uint8_t)(middle > REACH ? middle - REACH : 0);
	const uint8_t most = (uint8_t)(middle < 255 - REACH ? middle + REACH : 255);

	for (size_t top = 0; top < SIDE; top += TILE) {
		uint8_t columns[SIDE] = {0};

		for (size_t j = top; j < top + TILE; j++)
			for (size_t i = 0; i < SIDE; i++) {
				const uint8_t value = places->values[j][i];

				columns[i] += (value >= least) & (value <= most);
			}
		for (size_t left = 0; left < SIDE; left += TILE) {
			unsigned n = 0;

			for (size_t i = left; i < left + TILE; i++)
				n += columns[i];
			if (n < MIN_OF_TILE)
				return false;
		}
	}
	return true;
}

/* Sets level and noise from n places of paper: the median, since soft edges are on one side, and
 * the standard deviation from it. */
static void measure(const struct places *places, int middle, size_t n, struct flat_paper *flat)
{
	float near = 0, sum = 0, squares = 0;
	int median = middle - REACH;
	size_t n_below = 0;

	while (2 * (n_below + count_of(places, median)) < n)
		n_below += count_of(places, median++);
	for (int v = middle - REACH; v <= middle + REACH; v++) {
		const float off = (float)(v - median), weight = count_of(places, v);

		squares += weight * off * off;
		if (v < median - 1 || v > median + 1)
			continue;
		near += weight;
		sum += weight * off;
	}
	flat->level = (float)median + sum / near;
	flat->noise = sqrtf(squares / (float)n);
}

/* Places at the border that are not paper: ink and others. */
struct at_border {
	unsigned n_ink, n_between;
};

static void count_at_border(const struct places *places, int middle, int least_ink,
			    struct at_border *n)
{
	for (size_t i = 0; i < SIDE - 1; i++) {
		const size_t last = SIDE - 1;
		const uint8_t values[] = {places->values[0][i], places->values[last][i + 1],
					  places->values[i + 1][0], places->values[i][last]};

		for (size_t k = 0; k < sizeof(values); k++) {
			const int off = abs(values[k] - middle);

			n->n_ink += off >= least_ink;
			n->n_between += off > REACH && off < least_ink;
		}
	}
}

/* Whether only the soft edges of strokes are between the paper, at n places, and ink of that
 * contrast. */
static bool is_two_levels(const struct places *places, int middle, size_t n, float contrast,
			  size_t side)
{
	const int least_ink = (int)ceilf(contrast / 2); /* more than REACH off */
	struct at_border at_border = {0, 0};
	size_t n_ink = 0, n_between;

	for (int v = 0; v <= middle - least_ink; v++)
		n_ink += count_of(places, v);
	for (int v = middle + least_ink; v < 256; v++)
		n_ink += count_of(places, v);
	n_between = N_PLACES - n - n_ink;
	count_at_border(places, middle, least_ink, &at_border);
	return at_border.n_between <= MAX_BETWEEN && at_border.n_ink <= MAX_AT_BORDER &&
	       n_between <= MAX_BETWEEN + n_ink * SOFT_SIDE / (side > SOFT_SIDE ? side : SOFT_SIDE);
}

#define LANES 8

SIMD_CLONES
static void find_range(const float *values, size_t n, float *least_ret, float *most_ret)
{
	float least[LANES], most[LANES];

	for (size_t k = 0; k < LANES; k++)
		least[k] = most[k] = values[0];
	for (size_t i = 0; i + LANES <= n; i += LANES)
		for (size_t k = 0; k < LANES; k++) {
			const float value = values[i + k];

			least[k] = value < least[k] ? value : least[k];
			most[k] = value > most[k] ? value : most[k];
		}
	for (size_t i = n - n % LANES; i < n; i++) {
		least[0] = values[i] < least[0] ? values[i] : least[0];
		most[0] = values[i] > most[0] ? values[i] : most[0];
	}
	*least_ret = least[0];
	*most_ret = most[0];
	for (size_t k = 1; k < LANES; k++) {
		*least_ret = least[k] < *least_ret ? least[k] : *least_ret;
		*most_ret = most[k] > *most_ret ? most[k] : *most_ret;
	}
}

bool normalize_find_flat(const float *paper, size_t width, size_t height, struct flat_paper *flat)
{
	struct places places;
	float least, most, dark, bright, contrast;
	int middle;
	size_t n;

	if (width < SIDE || height < SIDE)
		return false;
	look(paper, width, height, &places);
	middle = most_frequent(&places, &n);
	if ((double)n < MIN_PAPER * N_PLACES || !is_all_over(&places, middle))
		return false;
	measure(&places, middle, n, flat);
	find_range(paper, width * height, &least, &most);
	dark = flat->level - least;
	bright = most - flat->level;
	contrast = fmaxf(dark, bright);
	flat->ink_is_bright = bright > dark;
	return contrast >= MIN_INK && fminf(dark, bright) <= MAX_OTHER * contrast &&
	       is_two_levels(&places, middle, n, contrast, width > height ? width : height);
}

SIMD_CLONES
static void subtract(const struct flat_paper *flat, const float *restrict paper,
		     float *restrict ink, size_t n)
{
	const float level = flat->level, sign = flat->ink_is_bright ? -1 : 1;

	for (size_t i = 0; i < n; i++) {
		const float value = sign * (level - paper[i]);

		ink[i] = value > 0 ? value : 0;
	}
}

void normalize_subtract_flat(const struct flat_paper *flat, const float *paper, float *ink,
			     size_t n)
{
	subtract(flat, paper, ink, n);
}
