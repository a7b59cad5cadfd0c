/* normalize_find.c - finds the ink by a threshold, and removes what belongs to no character. */
#include "../base/simd.h"
#include "normalize.h"
#include "normalize_light.h"

#include <math.h>

/* Ink must exceed the paper's noise by this many standard deviations. */
#define NOISE_SIGMAS 4.0f

/* Where there is none, fainter ink is searched, from this many, and at this level of 255 at least.
 * What is found counts if it is in larger components, see normalize_noise.c. */
#define FAINT_SIGMAS 2.0f
#define MIN_FAINT    6.0f

/* Below this share of the level, ink counts as blurred paper when components are formed. */
#define COMPONENT_LEVEL 0.4f

/* On graph paper at least this many lines cross each side of the border. The grid is as dark as
 * this quantile of the crossings times the next number; writing must be darker by the last. */
#define MIN_CROSSINGS    2
#define MIN_OF_GRID      12
#define MAX_CROSSINGS    256
#define GRID_QUANTILE    0.85f
#define DARKEST_OF_GRID  1.15f
#define DARKER_THAN_GRID 1.3f

/* The mean of the values above a threshold that is halfway between it and the mean of the others
 * (Ridler and Calvard 1978), searched from `threshold` upward; 0 if none is above. Unlike Otsu's,
 * it works for ink that is a hundredth of the page. */
static float level_above(const float *ink, size_t n, float threshold)
{
	uint32_t histogram[256];
	/* Of the values below v. */
	uint32_t counts[257], sums[257];
	float level = 0;

	normalize_count_values(ink, n, histogram);
	counts[0] = sums[0] = 0;
	for (unsigned v = 0; v < 256; v++) {
		counts[v + 1] = counts[v] + histogram[v];
		sums[v + 1] = sums[v] + v * histogram[v];
	}
	for (;;) {
		const unsigned v = threshold < 255 ? (unsigned)threshold + 1 : 256;
		const double n_above = counts[256] - counts[v], above = sums[256] - sums[v];
		float next;

		if (n_above == 0)
			return level;
		level = (float)(above / n_above);
		next = 0.5f * (level + (counts[v] > 0 ? (float)((double)sums[v] / counts[v]) : 0));
		if (next <= threshold + 0.5f)
			return level;
		threshold = next;
	}
}

/* What crosses the border. */
struct crossings {
	float darkest[MAX_CROSSINGS]; /* of each run of ink there */
	size_t n;
};

/* Adds the runs of ink above least along a side of n pixels. False if they are too few for a grid,
 * and none of its lines runs along the side. */
static bool cross_side(const float *ink, size_t n, size_t step, float least,
		       struct crossings *crossings)
{
	const size_t before = crossings->n;
	size_t n_above = 0;
	bool inside = false;

	for (size_t i = 0; i < n; i++) {
		const float value = ink[i * step];

		if (value > least) {
			if (!inside && crossings->n == MAX_CROSSINGS)
				return false;
			if (!inside)
				crossings->darkest[crossings->n++] = value;
			crossings->darkest[crossings->n - 1] =
				fmaxf(crossings->darkest[crossings->n - 1], value);
			n_above++;
		}
		inside = value > least;
	}
	return crossings->n >= before + MIN_CROSSINGS || n_above == n;
}

/* The darkness of graph paper's grid, whose lines cross the border on all sides; 0 without a
 * grid. */
static float grid_level(const float *ink, size_t width, size_t height, float least)
{
	struct crossings crossings = {.n = 0};

	if (!cross_side(ink, height, width, least, &crossings) ||
	    !cross_side(ink + width - 1, height, width, least, &crossings) ||
	    !cross_side(ink, width, 1, least, &crossings) ||
	    !cross_side(ink + (height - 1) * width, width, 1, least, &crossings) ||
	    crossings.n < MIN_OF_GRID)
		return 0;
	return DARKEST_OF_GRID * light_select(crossings.darkest, crossings.n,
					      (size_t)(GRID_QUANTILE * (float)crossings.n));
}

/* What is known of the ink by its level. */
struct ink {
	float level; /* of dense ink, of 255; 0 without ink */
	bool faint;  /* so much that it may be noise */
	bool grid;   /* on graph paper, as dark as its lines */
};

/* Measures ink as normalize_flatten() leaves it. Removes a grid if there is clearly darker ink. */
static struct ink measure_ink(float *ink, const struct frame *frame, float noise)
{
	const size_t n = frame->width * frame->height;
	const float floor = fmaxf(NORMALIZE_MIN_CONTRAST / 2, NOISE_SIGMAS * noise);
	struct ink found = {.level = level_above(ink, n, floor)};
	float grid, written;

	if (found.level < NORMALIZE_MIN_CONTRAST) {
		found.level = level_above(ink, n, fmaxf(MIN_FAINT / 2, FAINT_SIGMAS * noise));
		found.level = found.level < MIN_FAINT ? 0 : found.level;
		found.faint = true;
		return found;
	}
	grid = grid_level(ink, frame->width, frame->height, floor);
	written = grid > 0 ? level_above(ink, n, grid) : 0;
	found.grid = grid > 0 && written < DARKER_THAN_GRID * grid;
	if (grid == 0 || found.grid)
		return found;
	for (size_t i = 0; i < n; i++)
		ink[i] = ink[i] > grid ? ink[i] - grid : 0;
	found.level = written - grid;
	return found;
}

SIMD_CLONES
static void take_shares(float *ink, size_t n, float level)
{
	for (size_t i = 0; i < n; i++) {
		const float share = ink[i] / level;

		ink[i] = share < 1 ? share : 1;
	}
}

/* Fainter ink beside a dark table, of 255, may be what compression leaves around its edge. */
#define MIN_BESIDE_TABLE 20.0f

/* If all that was found, at that level, is a table: removes it, and sets keep to the components of
 * fainter ink. Returns the level of that; else the level as it is. */
static float find_beside_table(struct normalizer *normalizer, const struct frame *frame,
			       float noise, float level, size_t *n_kept)
{
	const size_t n = frame->width * frame->height;
	uint32_t *const areas = (uint32_t *)(void *)normalizer->paper;
	float *const ink = normalizer->ink, *const before = normalizer->paper;
	float rest;

	if (!normalize_is_table(normalizer->keep, frame->width, frame->height))
		return level;
	memcpy(before, ink, n * sizeof(*ink));
	normalize_drop_table(normalizer, frame);
	for (size_t i = 0; i < n; i++)
		ink[i] *= level;
	rest = level_above(ink, n, fmaxf(MIN_BESIDE_TABLE / 2, NOISE_SIGMAS * noise));
	if (rest < MIN_BESIDE_TABLE) {
		memcpy(ink, before, n * sizeof(*ink));
		*n_kept = normalize_keep_components(normalizer, areas, normalizer->keep);
		return level;
	}
	take_shares(ink, n, rest);
	normalize_mask_above(ink, n, COMPONENT_LEVEL, normalizer->keep);
	normalize_label_components(normalizer, normalizer->keep, frame->width, frame->height);
	*n_kept = normalize_keep_components(normalizer, areas, normalizer->keep);
	return rest;
}

float normalize_find_ink(struct normalizer *normalizer, const struct frame *frame, float noise)
{
	const size_t n = frame->width * frame->height;
	struct ink found = measure_ink(normalizer->ink, frame, noise);
	size_t n_kept;
	/* The paper is not needed any more. */
	uint32_t *const areas = (uint32_t *)(void *)normalizer->paper;

	if (found.level == 0)
		return 0;
	take_shares(normalizer->ink, n, found.level);
	if (frame->grain > 0 && normalize_is_random(normalizer->ink, frame))
		return 0;
	normalize_drop_again(normalizer, frame);
	normalize_trim_bands(normalizer->ink, frame);
	normalize_remove_lines(normalizer, frame, found.grid);
	normalize_mask_above(normalizer->ink, n, COMPONENT_LEVEL, normalizer->keep);
	normalize_label_components(normalizer, normalizer->keep, frame->width, frame->height);
	n_kept = normalize_keep_components(normalizer, areas, normalizer->keep);
	if (n_kept == 1)
		found.level = find_beside_table(normalizer, frame, noise, found.level, &n_kept);
	if (found.faint ? normalize_is_faint_noise(normalizer, frame, areas)
			: normalize_is_noise(normalizer, frame, areas, found.level, noise))
		return 0;
	normalize_drop_specks(normalizer, frame, areas, found.level);
	normalize_drop_outside(normalizer, frame);
	normalize_drop_frames(normalizer, frame, n_kept);
	return found.level;
}
