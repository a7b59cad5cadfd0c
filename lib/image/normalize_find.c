/*
 * normalize_find.c - the ink by a threshold, its connected components without specks, the box
 * around it, and whether that may be a character's.
 */
#include "../base/simd.h"
#include "normalize.h"

#include <math.h>

/* Ink must stand out from the noise of the paper by this many standard deviations. */
#define NOISE_SIGMAS 4.0f

/* A component smaller than this share of the largest is a speck. */
#define SPECK_SHARE 0.02f

/* A character has at least this share of the frame's longer side, and is not much wider than high,
 * as the bar of an H would be. */
#define MIN_CHARACTER 0.15
#define MIN_ASPECT    0.3

/* Ink below this share of its level is taken for blurred paper when components are formed. */
#define COMPONENT_LEVEL 0.4f

/* The mean of the values above a threshold that lies halfway between it and the mean of the others
 * (Ridler and Calvard 1978), searched from `threshold` upwards; 0 where none is above. Unlike
 * Otsu's, it does not mind ink that is a hundredth of the page. */
static float level_above(const float *ink, size_t n, float threshold)
{
	uint32_t histogram[256];
	/* Of the values below v. */
	double counts[257] = {0}, sums[257] = {0};
	float level = 0;

	normalize_count_values(ink, n, histogram);
	for (unsigned v = 0; v < 256; v++) {
		counts[v + 1] = counts[v] + histogram[v];
		sums[v + 1] = sums[v] + (double)v * histogram[v];
	}
	for (;;) {
		const unsigned v = threshold < 255 ? (unsigned)threshold + 1 : 256;
		const double n_above = counts[256] - counts[v], above = sums[256] - sums[v];
		float next;

		if (n_above == 0)
			return level;
		level = (float)(above / n_above);
		next = 0.5f * (level + (counts[v] > 0 ? (float)(sums[v] / counts[v]) : 0));
		if (next <= threshold + 0.5f)
			return level;
		threshold = next;
	}
}

static uint32_t find_root(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i) {
		parents[i] = parents[parents[i]];
		i = parents[i];
	}
	return i;
}

uint32_t normalize_component(const uint32_t *parents, uint32_t i)
{
	while (parents[i] != i)
		i = parents[i];
	return i;
}

static uint32_t unite(uint32_t *parents, uint32_t a, uint32_t b)
{
	a = find_root(parents, a);
	b = find_root(parents, b);
	if (a < b) {
		parents[b] = a;
		return a;
	}
	parents[a] = b;
	return b;
}

/* The next run of pixels in mask that are set, from `at` on and before end; false where there is
 * none. Most pixels are paper: memchr() finds the others. */
static bool next_run(const uint8_t *mask, uint32_t at, uint32_t end, uint32_t *first_ret,
		     uint32_t *end_ret)
{
	const uint8_t *first = at < end ? memchr(mask + at, 1, end - at) : NULL;
	const uint8_t *stop;

	if (!first)
		return false;
	stop = memchr(first, 0, (size_t)(mask + end - first));
	*first_ret = (uint32_t)(first - mask);
	*end_ret = stop ? (uint32_t)(stop - mask) : end;
	return true;
}

/* Run by run: its pixels have its first one as their parent, and that is united with those of the
 * runs that it touches above. */
void normalize_label_components(const uint8_t *mask, size_t width, size_t height, uint32_t *parents)
{
	const uint32_t stride = (uint32_t)width;

	for (uint32_t y = 0; y < height; y++) {
		const uint32_t row = y * stride, row_end = row + stride;
		uint32_t first, end = row, above, above_end;

		while (next_run(mask, end, row_end, &first, &end)) {
			const uint32_t stop = (end < row_end ? end + 1 : end) - stride;
			uint32_t label = first;

			for (uint32_t i = first; i < end; i++)
				parents[i] = first;
			if (y == 0)
				continue;
			above_end = (first > row ? first - 1 : first) - stride;
			while (next_run(mask, above_end, stop, &above, &above_end))
				label = unite(parents, label, above);
		}
	}
}

/* Of mask, keeps the pixels of all components but specks. What counts of a component is its ink
 * above half the level: a large shadow has none, and weighs nothing. */
static void keep_components(uint32_t *parents, const float *ink, const struct frame *frame,
			    uint32_t *areas, uint8_t *mask)
{
	const uint32_t width = (uint32_t)frame->width, n = width * (uint32_t)frame->height;
	uint32_t largest = 1, first, end;

	memset(areas, 0, n * sizeof(*areas));
	for (uint32_t row = 0; row < n; row += width)
		for (end = row; next_run(mask, end, row + width, &first, &end);) {
			uint32_t *area = &areas[find_root(parents, first)];

			for (uint32_t i = first; i < end; i++)
				*area += ink[i] > 0.5f;
			largest = *area > largest ? *area : largest;
		}
	for (uint32_t row = 0; row < n; row += width)
		for (end = row; next_run(mask, end, row + width, &first, &end);) {
			const uint32_t area = areas[find_root(parents, first)];

			if (area == 0 || (float)area < SPECK_SHARE * (float)largest)
				memset(mask + first, 0, end - first);
		}
}

/* What ink, as normalize_flatten() makes it, is where it is dense, and 0 where there is none. */
static float ink_level(const float *ink, size_t n, float noise)
{
	const float floor = fmaxf(NORMALIZE_MIN_CONTRAST / 2, NOISE_SIGMAS * noise);
	const float level = level_above(ink, n, floor);

	return level < NORMALIZE_MIN_CONTRAST ? 0 : level;
}

SIMD_CLONES
static void take_shares(float *ink, size_t n, float level)
{
	for (size_t i = 0; i < n; i++) {
		const float share = ink[i] / level;

		ink[i] = share < 1 ? share : 1;
	}
}

SIMD_CLONES
static void mask_above(const float *restrict values, size_t n, float level, uint8_t *restrict mask)
{
	for (size_t i = 0; i < n; i++)
		mask[i] = values[i] > level;
}

void normalize_mask_above(const float *values, size_t n, float level, uint8_t *mask)
{
	mask_above(values, n, level, mask);
}

float normalize_find_ink(struct normalizer *normalizer, const struct frame *frame, float noise)
{
	const size_t n = frame->width * frame->height;
	const float level = ink_level(normalizer->ink, n, noise);
	/* The paper is not needed any more. */
	uint32_t *const areas = (uint32_t *)(void *)normalizer->paper;

	if (level == 0)
		return 0;
	take_shares(normalizer->ink, n, level);
	normalize_remove_lines(normalizer, frame);
	normalize_mask_above(normalizer->ink, n, COMPONENT_LEVEL, normalizer->keep);
	normalize_label_components(normalizer->keep, frame->width, frame->height,
				   normalizer->parents);
	keep_components(normalizer->parents, normalizer->ink, frame, areas, normalizer->keep);
	if (normalize_is_noise(normalizer, frame, areas, level, noise))
		return 0;
	normalize_drop_outside(normalizer, frame);
	return level;
}

bool normalize_is_character(const struct frame *frame, const struct box *box)
{
	const double width = box->right - box->left, height = box->bottom - box->top;
	const double side = fmax((double)frame->width, (double)frame->height);

	return fmax(width, height) >= MIN_CHARACTER * side && height >= MIN_ASPECT * width;
}

/* Where profile (n values 0..1) rises through a half for the first time, between the centres of
 * two cells, seen from its start. */
static double rise(const float *profile, size_t n, ptrdiff_t step)
{
	const float *at = step > 0 ? profile : profile + n - 1;
	float before = 0;
	size_t i = 0;

	while (i + 1 < n && at[0] < 0.5f) {
		before = at[0];
		at += step;
		i++;
	}
	if (at[0] <= before)
		return (double)i;
	return (double)i + 0.5 - (double)((at[0] - 0.5f) / (at[0] - before));
}

/* The two places where profile passes a half, seen from either end; never less than a cell apart.
 */
static void find_ends(const float *profile, size_t n, double *first_ret, double *last_ret)
{
	const double first = rise(profile, n, 1), last = (double)n - rise(profile, n, -1);
	const double middle = (first + last) / 2, half = fmax(last - first, 1) / 2;

	*first_ret = middle - half;
	*last_ret = middle + half;
}

#define LANES 8

/* columns = the most of what they are and of the ink that is kept in a row. Returns the row's most.
 */
SIMD_CLONES
static float raise_columns(const float *restrict ink, const uint8_t *restrict keep, size_t width,
			   float *restrict columns)
{
	float kept[WORK_SIDE] = {0}, most_of[LANES] = {0}, most = 0;

	for (size_t x = 0; x < width; x++) {
		kept[x] = keep[x] ? ink[x] : 0;
		columns[x] = kept[x] > columns[x] ? kept[x] : columns[x];
	}
	for (size_t x = 0; x < width; x += LANES)
		for (size_t k = 0; k < LANES; k++)
			most_of[k] = kept[x + k] > most_of[k] ? kept[x + k] : most_of[k];
	for (size_t k = 0; k < LANES; k++)
		most = most_of[k] > most ? most_of[k] : most;
	return most;
}

struct box normalize_find_box(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height;
	/* The largest ink of each column, and of each row. */
	float *columns = normalizer->rows, *rows = columns + width;
	struct box box;

	memset(columns, 0, (width + height) * sizeof(*columns));
	for (size_t y = 0; y < height; y++) {
		const uint8_t *keep = normalizer->keep + y * width;

		if (memchr(keep, 1, width))
			rows[y] = raise_columns(normalizer->ink + y * width, keep, width, columns);
	}
	find_ends(columns, width, &box.left, &box.right);
	find_ends(rows, height, &box.top, &box.bottom);
	return box;
}
