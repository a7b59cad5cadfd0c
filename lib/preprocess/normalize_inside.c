/*
 * normalize_inside.c - finds the inside of a frame that the character touches, so that both are one
 * component: ink all along the four sides of the bounding box, and a character within.
 */
#include "normalize.h"
#include "normalize_light.h"

#include <math.h>

/* So much of each side is ink, in a band along it of two pixels and this share of the box's longer
 * side, as a frame may be askew. */
#define MIN_COVERED 0.9
#define BAND        0.05

/* The frame's line is at most this share thick, plus a pixel. It ends at this quantile of its
 * places: at the others the character touches it. */
#define MAX_THICKNESS 0.08
#define END_QUANTILE  0.5

/* The content's minimum share of the frame's longer side, and its minimum height per width: the bar
 * of a square 8 has less. */
#define MIN_INSIDE 0.35
#define MIN_ASPECT 0.45

/* A box in whole pixels. */
struct cells {
	size_t left, top, right, bottom;
};

/* The depth of the line along a side; 0 if there is none. */
static size_t depth_at(const struct normalizer *normalizer, const struct frame *frame,
		       const struct cells *box, enum side side)
{
	const bool upright = side == LEFT || side == RIGHT;
	const bool far = side == RIGHT || side == BOTTOM;
	const size_t width = box->right - box->left, height = box->bottom - box->top;
	const size_t n = upright ? height : width, across = upright ? width : height;
	const double longer = (double)(width > height ? width : height);
	const size_t band = 2 + (size_t)(BAND * longer);
	const size_t most = band + 1 + (size_t)(MAX_THICKNESS * longer);
	float ends[WORK_SIDE];
	size_t n_ends = 0, depth;

	if (across < 3 * most)
		return 0;
	for (size_t i = 0; i < n; i++) {
		const size_t first = far ? across - 1 : 0;
		bool seen = false;

		for (depth = 0; depth < (seen ? most : band); depth++) {
			const size_t at = far ? first - depth : depth;
			const size_t x = box->left + (upright ? at : i);
			const size_t y = box->top + (upright ? i : at);
			const bool ink = normalizer->keep[y * frame->width + x];

			if (seen && !ink)
				break;
			seen |= ink;
		}
		if (seen)
			ends[n_ends++] = (float)depth;
		if ((double)(n_ends + n - 1 - i) < MIN_COVERED * (double)n)
			return 0;
	}
	depth = (size_t)light_select(ends, n_ends, (size_t)(END_QUANTILE * (double)n_ends)) + 1;
	return depth <= most ? depth : 0;
}

/* Whether the ink within the box may be a character, in a frame of that side. */
static bool holds_character(const struct normalizer *normalizer, const struct frame *frame,
			    const struct cells *box, double side)
{
	struct cells ink = {box->right, box->bottom, 0, 0};
	double width, height;

	for (size_t y = box->top; y < box->bottom; y++)
		for (size_t x = box->left; x < box->right; x++) {
			if (!normalizer->keep[y * frame->width + x])
				continue;
			ink.left = x < ink.left ? x : ink.left;
			ink.right = x + 1 > ink.right ? x + 1 : ink.right;
			ink.top = y < ink.top ? y : ink.top;
			ink.bottom = y + 1;
		}
	if (ink.right == 0)
		return false;
	width = (double)(ink.right - ink.left);
	height = (double)(ink.bottom - ink.top);
	return fmax(width, height) >= MIN_INSIDE * side && height >= MIN_ASPECT * width;
}

bool normalize_find_inside(const struct normalizer *normalizer, const struct frame *frame,
			   struct box *box)
{
	const struct cells outer = {(size_t)fmax(box->left + 0.5, 0),
				    (size_t)fmax(box->top + 0.5, 0),
				    (size_t)fmin(box->right + 0.5, (double)frame->width),
				    (size_t)fmin(box->bottom + 0.5, (double)frame->height)};
	struct cells inner = outer;
	size_t depths[N_SIDES];

	for (enum side k = LEFT; k < N_SIDES; k++) {
		depths[k] = depth_at(normalizer, frame, &outer, k);
		if (depths[k] == 0)
			return false;
	}
	inner.left += depths[LEFT];
	inner.right -= depths[RIGHT];
	inner.top += depths[TOP];
	inner.bottom -= depths[BOTTOM];
	if (!holds_character(normalizer, frame, &inner,
			     fmax(box->right - box->left, box->bottom - box->top)))
		return false;
	*box = (struct box){(double)inner.left, (double)inner.top, (double)inner.right,
			    (double)inner.bottom};
	return true;
}
