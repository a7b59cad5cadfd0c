/*
 * normalize_find.c - the ink by a threshold, its connected components without specks, the box
 * around it, and whether that may be a character's.
 */
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
	uint32_t histogram[256] = {0};
	float level = 0;

	for (size_t i = 0; i < n; i++)
		histogram[(uint8_t)(ink[i] + 0.5f)]++;
	for (;;) {
		double sums[2] = {0}, counts[2] = {0};
		float next;

		for (unsigned v = 0; v < 256; v++) {
			const int is_above = (float)v > threshold;

			counts[is_above] += histogram[v];
			sums[is_above] += (double)v * histogram[v];
		}
		if (counts[1] == 0)
			return level;
		level = (float)(sums[1] / counts[1]);
		next = 0.5f * (level + (counts[0] > 0 ? (float)(sums[0] / counts[0]) : 0));
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

/* Most pixels are paper: memchr() finds the others. */
void normalize_label_components(const uint8_t *mask, size_t width, size_t height, uint32_t *parents)
{
	for (size_t y = 0; y < height; y++) {
		const uint8_t *row = mask + y * width, *end = row + width;
		const uint8_t *p = row;

		while (p < end && (p = memchr(p, 1, (size_t)(end - p))) != NULL) {
			const uint32_t i = (uint32_t)(p - mask);
			uint32_t label = i;

			parents[i] = i;
			if (p > row && p[-1])
				label = unite(parents, label, i - 1);
			if (y > 0) {
				const uint8_t *above = p - width;

				if (above[0])
					label = unite(parents, label, i - (uint32_t)width);
				if (p > row && above[-1])
					label = unite(parents, label, i - (uint32_t)width - 1);
				if (p + 1 < end && above[1])
					unite(parents, label, i - (uint32_t)width + 1);
			}
			p++;
		}
	}
}

/* Of mask, keeps the pixels of all components but specks. What counts of a component is its ink
 * above half the level: a large shadow has none, and weighs nothing. */
static void keep_components(uint32_t *parents, const float *ink, size_t n, uint32_t *areas,
			    uint8_t *mask)
{
	const uint8_t *const end = mask + n;
	uint32_t largest = 1;

	memset(areas, 0, n * sizeof(*areas));
	for (uint8_t *p = mask; p < end && (p = memchr(p, 1, (size_t)(end - p))) != NULL; p++) {
		const uint32_t i = (uint32_t)(p - mask);

		if (ink[i] > 0.5f) {
			const uint32_t area = ++areas[find_root(parents, i)];

			largest = area > largest ? area : largest;
		}
	}
	for (uint8_t *p = mask; p < end && (p = memchr(p, 1, (size_t)(end - p))) != NULL; p++) {
		const uint32_t area = areas[find_root(parents, (uint32_t)(p - mask))];

		*p = area > 0 && (float)area >= SPECK_SHARE * (float)largest;
	}
}

/* What ink, as normalize_flatten() makes it, is where it is dense, and 0 where there is none. */
static float ink_level(const float *ink, size_t n, float noise)
{
	const float floor = fmaxf(NORMALIZE_MIN_CONTRAST / 2, NOISE_SIGMAS * noise);
	const float level = level_above(ink, n, floor);

	return level < NORMALIZE_MIN_CONTRAST ? 0 : level;
}

float normalize_find_ink(struct normalizer *normalizer, const struct frame *frame, float noise)
{
	const size_t n = frame->width * frame->height;
	const float level = ink_level(normalizer->ink, n, noise);
	/* The paper is not needed any more. */
	uint32_t *const areas = (uint32_t *)(void *)normalizer->paper;

	if (level == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		const float share = normalizer->ink[i] / level;

		normalizer->ink[i] = share < 1 ? share : 1;
	}
	normalize_remove_lines(normalizer, frame);
	for (size_t i = 0; i < n; i++)
		normalizer->keep[i] = normalizer->ink[i] > COMPONENT_LEVEL;
	normalize_label_components(normalizer->keep, frame->width, frame->height,
				   normalizer->parents);
	keep_components(normalizer->parents, normalizer->ink, n, areas, normalizer->keep);
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

struct box normalize_find_box(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height;
	/* The largest ink of each column, and of each row. */
	float *columns = normalizer->rows, *rows = columns + width;
	struct box box;

	memset(columns, 0, (width + height) * sizeof(*columns));
	for (size_t y = 0; y < height; y++) {
		const uint8_t *keep = normalizer->keep + y * width;
		const float *ink = normalizer->ink + y * width;

		if (!memchr(keep, 1, width))
			continue;
		for (size_t x = 0; x < width; x++) {
			const float value = keep[x] ? ink[x] : 0;

			columns[x] = value > columns[x] ? value : columns[x];
			rows[y] = value > rows[y] ? value : rows[y];
		}
	}
	find_ends(columns, width, &box.left, &box.right);
	find_ends(rows, height, &box.top, &box.bottom);
	return box;
}
