/*
 * normalize_bands.c - trims dark bands along the border that the character touches.
 *
 * A scan or a crop may show what lies beyond the sheet: a band at a side, as dark as ink. Where the
 * character is clear of it, normalize_outside.c removes it; where it runs into the band, both are
 * one component. Such a band fills one side or two from corner to corner. So does a bar or a stem
 * in a tight crop, but there the character reaches the opposite side.
 */
#include "normalize.h"

#include <math.h>

/* A row of pixels belongs to a band if this share of it is ink above this level. */
#define MIN_FILLED 0.95
#define BAND_LEVEL 0.5f

/* The most depth of a band, as a share of the picture's side. */
#define MAX_DEPTH 0.3

/* The soft edge of a band: up to so many rows, which end where so little is left of it. */
#define MAX_SOFT   3
#define SOFT_LEVEL 0.1f
#define SOFT_SHARE 0.5

/* The character stays away from the opposite side by at least this share of what is left of the
 * picture. */
#define MIN_AWAY 0.1

/* A side's rows of pixels, from the border inward. */
struct rows {
	const float *first;
	ptrdiff_t step, inwards;
	size_t n, n_rows;
};

static struct rows rows_of(const float *ink, const struct frame *frame, enum side side)
{
	const ptrdiff_t width = (ptrdiff_t)frame->width;
	const float *last = ink + frame->width * frame->height - 1;

	switch (side) {
	case LEFT:
		return (struct rows){ink, width, 1, frame->height, frame->width};
	case RIGHT:
		return (struct rows){last, -width, -1, frame->height, frame->width};
	case TOP:
		return (struct rows){ink, 1, width, frame->width, frame->height};
	default:
		return (struct rows){last, -1, -width, frame->width, frame->height};
	}
}

static double share_above(const struct rows *rows, size_t row, float level)
{
	const float *value = rows->first + (ptrdiff_t)row * rows->inwards;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++, value += rows->step)
		n += *value > level;
	return (double)n / (double)rows->n;
}

/* Rows that a band takes, with its soft edge; 0 without a band. */
static size_t depth_of(const struct rows *rows)
{
	const size_t most = (size_t)(MAX_DEPTH * (double)rows->n_rows);
	size_t depth = 0, end;

	/* Nearly all pictures end here. */
	if (rows->first[0] <= BAND_LEVEL ||
	    rows->first[(ptrdiff_t)(rows->n - 1) * rows->step] <= BAND_LEVEL)
		return 0;
	while (depth <= most && share_above(rows, depth, BAND_LEVEL) >= MIN_FILLED)
		depth++;
	if (depth == 0 || depth > most)
		return 0;
	end = depth + MAX_SOFT;
	while (depth < end && share_above(rows, depth, SOFT_LEVEL) >= SOFT_SHARE)
		depth++;
	return depth;
}

/* The part of the frame inside of the bands. */
struct inside {
	size_t left, right, top, bottom;
};

/* The box of the ink inside. */
static struct box find_rest(const float *ink, const struct frame *frame,
			    const struct inside *inside)
{
	struct box box = {.left = INFINITY, .top = INFINITY};

	for (size_t y = inside->top; y < inside->bottom; y++)
		for (size_t x = inside->left; x < inside->right; x++) {
			if (ink[y * frame->width + x] <= BAND_LEVEL)
				continue;
			box.left = fmin(box.left, (double)x);
			box.right = fmax(box.right, (double)x + 1);
			box.top = fmin(box.top, (double)y);
			box.bottom = (double)y + 1;
		}
	return box;
}

/* Whether the rest joins one of the bands, and none of them is a stroke from which it leads to the
 * opposite side. At no other side is there ink: what a straight cut leaves of a sloping table. */
static bool joins_bands(const struct box *rest, const struct inside *inside,
			const size_t depths[N_SIDES])
{
	/* Of the rest: from each side, and from the opposite one. */
	const double from[N_SIDES] = {
		rest->left - (double)inside->left, (double)inside->right - rest->right,
		rest->top - (double)inside->top, (double)inside->bottom - rest->bottom};
	const double sides[2] = {(double)(inside->right - inside->left),
				 (double)(inside->bottom - inside->top)};
	bool joined = false;

	for (int k = 0; k < N_SIDES; k++) {
		if (depths[k] > 0) {
			joined |= from[k] == 0;
			if (from[k ^ 1] < MIN_AWAY * sides[k / 2])
				return false;
		} else if (from[k] == 0) {
			return false;
		}
	}
	return joined;
}

static void erase(float *ink, const struct frame *frame, const struct inside *inside)
{
	for (size_t y = 0; y < frame->height; y++) {
		float *row = ink + y * frame->width;

		if (y < inside->top || y >= inside->bottom) {
			memset(row, 0, frame->width * sizeof(*row));
			continue;
		}
		memset(row, 0, inside->left * sizeof(*row));
		memset(row + inside->right, 0, (frame->width - inside->right) * sizeof(*row));
	}
}

void normalize_trim_bands(float *ink, const struct frame *frame)
{
	size_t depths[N_SIDES];
	struct inside inside;
	struct box rest;
	int n = 0;

	for (enum side k = LEFT; k < N_SIDES; k++) {
		const struct rows rows = rows_of(ink, frame, k);

		depths[k] = depth_of(&rows);
		n += depths[k] > 0;
	}
	if (n == 0 || n > 2)
		return;
	inside = (struct inside){depths[LEFT], frame->width - depths[RIGHT], depths[TOP],
				 frame->height - depths[BOTTOM]};
	rest = find_rest(ink, frame, &inside);
	if (rest.left > rest.right || !normalize_is_character(frame, &rest) ||
	    !joins_bands(&rest, &inside, depths))
		return;
	erase(ink, frame, &inside);
}
