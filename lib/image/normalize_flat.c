/*
 * normalize_flat.c - flat paper: of one brightness all over, but for noise, and ink on it.
 *
 * Scans, screenshots, forms and what is drawn on a canvas are like that, and need neither a fit of
 * the light nor a search for shadows. Whether a picture is, a few hundred pixels tell: most of them
 * have the brightness of the paper, they lie all over the picture, and what crosses its border is
 * either paper or as dark as ink. Of the paper's brightness there is one, so which side of it is
 * the ink is known as well, whatever lies at the border.
 */
#include "../base/simd.h"
#include "normalize.h"

#include <math.h>

/* Pixels are looked at in so many places along a side, and by tiles of so many of these. */
#define SIDE     24
#define TILE     8
#define N_TILES  (SIDE / TILE)
#define N_PLACES (SIDE * SIDE)

/* Paper differs by no more from its most frequent brightness, of 255; it has this share of the
 * places, and so many in each tile. */
#define REACH       4
#define MIN_PAPER   0.5
#define MIN_OF_TILE 2

/* Ink that is fainter, of 255, is not told from what else may be on paper. What departs from the
 * paper to the other side than the ink does so by less than this share of it. */
#define MIN_INK   40.0f
#define MAX_OTHER 0.4f

/* So many places, at the border and elsewhere, may be neither paper nor, by half of it, ink: more
 * are a shadow, or light that fades. Elsewhere the soft edges of strokes come to it: as many as
 * there is ink where a picture's longer side has so many pixels, and fewer in larger ones. */
#define MAX_BETWEEN 3
#define SOFT_SIDE   32

/* What is dark at more places of the border, of 4 (SIDE - 1), is a table, or the edge of a box. */
#define MAX_AT_BORDER (2 * (SIDE - 1))

struct places {
	uint8_t values[SIDE][SIDE];
};

static struct places look(const float *paper, size_t width, size_t height)
{
	struct places places;

	for (size_t j = 0; j < SIDE; j++) {
		const float *row = paper + j * (height - 1) / (SIDE - 1) * width;

		for (size_t i = 0; i < SIDE; i++)
			places.values[j][i] = (uint8_t)(row[i * (width - 1) / (SIDE - 1)] + 0.5f);
	}
	return places;
}

/* The brightness that most places have, or its neighbors half as often, and how many lie within
 * REACH of it. */
static int most_frequent(const struct places *places, size_t *n_ret)
{
	uint32_t with_margins[256 + 2 * REACH] = {0}, *histogram = with_margins + REACH, most = 0;
	int middle = 0;

	for (size_t i = 0; i < N_PLACES; i++)
		histogram[places->values[i / SIDE][i % SIDE]]++;
	for (int v = 0; v < 256; v++) {
		const uint32_t n = histogram[v - 1] + 2 * histogram[v] + histogram[v + 1];

		if (n > most) {
			most = n;
			middle = v;
		}
	}
	*n_ret = 0;
	for (int v = middle - REACH; v <= middle + REACH; v++)
		*n_ret += histogram[v];
	return middle;
}

static bool is_paper(uint8_t value, int middle)
{
	return value >= middle - REACH && value <= middle + REACH;
}

static bool is_all_over(const struct places *places, int middle)
{
	uint8_t n[N_TILES][N_TILES] = {{0}};

	for (size_t j = 0; j < SIDE; j++)
		for (size_t i = 0; i < SIDE; i++)
			n[j / TILE][i / TILE] += is_paper(places->values[j][i], middle);
	for (size_t k = 0; k < N_TILES * N_TILES; k++)
		if (n[k / N_TILES][k % N_TILES] < MIN_OF_TILE)
			return false;
	return true;
}

/* Sets the level and the noise: the median of what is paper, where soft edges lie on one side, and
 * its standard deviation from that. */
static void measure(const struct places *places, int middle, struct flat_paper *flat)
{
	unsigned histogram[2 * REACH + 1] = {0}, n = 0, n_below = 0;
	float near = 0, sum = 0, squares = 0;
	int median = 0;

	for (size_t i = 0; i < N_PLACES; i++) {
		const uint8_t value = places->values[i / SIDE][i % SIDE];

		if (is_paper(value, middle)) {
			histogram[value - middle + REACH]++;
			n++;
		}
	}
	while (2 * (n_below + histogram[median]) < n)
		n_below += histogram[median++];
	for (int k = 0; k <= 2 * REACH; k++) {
		const float off = (float)(k - median), weight = (float)histogram[k];

		squares += weight * off * off;
		if (k < median - 1 || k > median + 1)
			continue;
		near += weight;
		sum += weight * off;
	}
	flat->level = (float)(middle - REACH + median) + sum / near;
	flat->noise = sqrtf(squares / (float)n);
}

/* Whether no more lies between paper and ink of that contrast than the soft edges of strokes. */
static bool is_two_levels(const struct places *places, int middle, float contrast, size_t side)
{
	unsigned n_ink = 0, n_between = 0, n_at_border = 0, n_ink_at_border = 0;

	for (size_t j = 0; j < SIDE; j++)
		for (size_t i = 0; i < SIDE; i++) {
			const uint8_t value = places->values[j][i];
			const bool inside = i > 0 && j > 0 && i < SIDE - 1 && j < SIDE - 1;

			if (is_paper(value, middle))
				continue;
			if (fabsf((float)(value - middle)) >= contrast / 2) {
				n_ink++;
				n_ink_at_border += !inside;
			} else {
				n_between++;
				n_at_border += !inside;
			}
		}
	return n_at_border <= MAX_BETWEEN && n_ink_at_border <= MAX_AT_BORDER &&
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
	places = look(paper, width, height);
	middle = most_frequent(&places, &n);
	if ((double)n < MIN_PAPER * N_PLACES || !is_all_over(&places, middle))
		return false;
	measure(&places, middle, flat);
	find_range(paper, width * height, &least, &most);
	dark = flat->level - least;
	bright = most - flat->level;
	contrast = fmaxf(dark, bright);
	flat->ink_is_bright = bright > dark;
	return contrast >= MIN_INK && fminf(dark, bright) <= MAX_OTHER * contrast &&
	       is_two_levels(&places, middle, contrast, width > height ? width : height);
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
