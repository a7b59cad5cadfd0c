/*
 * normalize_bands.c - removes dark bands along the border.
 *
 * A scan or a crop may show what lies beyond the sheet: a band as dark as ink at a side or at two,
 * from corner to corner. So is a bar or a stem in a tight crop, but there the character reaches the
 * opposite side.
 *
 * If the dark part of a picture is such bands with a character inside, and the bright part is not,
 * its ink is dark, and the other way round. The bands are then cropped before anything else is
 * measured. In pictures whose ink is known without that, as on flat paper, a band that the
 * character touches is erased later; where the character is clear of it, normalize_outside.c
 * removes it.
 */
#include "../base/simd.h"
#include "normalize_pieces.h"

#include <math.h>

/* A row of pixels belongs to a band if this share of it is ink above this level. */
#define MIN_FILLED 0.95
#define BAND_LEVEL 0.5f

/* The most depth of a band, as a share of the picture's side. */
#define MAX_DEPTH 0.3

/* The soft edge of a band: up to so many rows, which end where so little is left of it. Where they
 * do not end, it is the light that falls off. */
#define MAX_SOFT   3
#define SOFT_LEVEL 0.1f
#define SOFT_SHARE 0.5

/* A character that touches a band, or is nearer to it than the last share of its longer side, stays
 * away from the opposite side by at least the first share of what is left of the picture. Another
 * one does by the second, and so does each from another band there: what joins bars at both sides
 * is a stem. */
#define MIN_AWAY  0.1
#define MIN_CLEAR 0.02
#define MIN_GAP   0.03

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
	if (depth == rows->n_rows || share_above(rows, depth, SOFT_LEVEL) >= MIN_FILLED)
		return 0;
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
	size_t left = inside->right, right = inside->left, top = inside->bottom, bottom = 0;

	for (size_t y = inside->top; y < inside->bottom; y++) {
		const float *row = ink + y * frame->width;
		size_t first = inside->left, end = inside->right;

		while (first < end && row[first] <= BAND_LEVEL)
			first++;
		if (first == end)
			continue;
		while (end > right && row[end - 1] <= BAND_LEVEL)
			end--;
		left = first < left ? first : left;
		right = end;
		top = y < top ? y : top;
		bottom = y + 1;
	}
	return (struct box){(double)left, (double)top, (double)right, (double)bottom};
}

/* Whether none of the bands is a stroke from which the rest leads to the opposite side. At no other
 * side is there ink: what a straight cut leaves of a sloping table. *joined_ret: whether the rest
 * touches one of the bands. */
static bool is_apart(const struct box *rest, const struct inside *inside,
		     const size_t depths[N_SIDES], bool *joined_ret)
{
	/* Of the rest: from each side, and from the opposite one. */
	const double from[N_SIDES] = {
		rest->left - (double)inside->left, (double)inside->right - rest->right,
		rest->top - (double)inside->top, (double)inside->bottom - rest->bottom};
	const double sides[2] = {(double)(inside->right - inside->left),
				 (double)(inside->bottom - inside->top)};

	*joined_ret = false;
	for (int k = 0; k < N_SIDES; k++) {
		const bool between = depths[k ^ 1] > 0, near = from[k] < MIN_GAP * box_side(rest);
		const double least = between || !near ? MIN_CLEAR : MIN_AWAY;

		if (depths[k] == 0 && from[k] == 0)
			return false;
		if (depths[k] == 0)
			continue;
		if ((near || !between) && from[k ^ 1] < least * sides[k / 2])
			return false;
		*joined_ret |= from[k] == 0;
	}
	return true;
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

/* Finds bands, and a character inside of them; *joined_ret: whether it touches them. False if there
 * are none. */
static bool find_bands(const float *ink, const struct frame *frame, struct inside *inside,
		       bool *joined_ret)
{
	size_t depths[N_SIDES];
	struct box rest;
	int n = 0;

	for (enum side k = LEFT; k < N_SIDES; k++) {
		const struct rows rows = rows_of(ink, frame, k);

		depths[k] = depth_of(&rows);
		n += depths[k] > 0;
	}
	if (n == 0 || n > 2)
		return false;
	*inside = (struct inside){depths[LEFT], frame->width - depths[RIGHT], depths[TOP],
				  frame->height - depths[BOTTOM]};
	rest = find_rest(ink, frame, inside);
	return rest.left < rest.right && normalize_is_character(frame, &rest) &&
	       is_apart(&rest, inside, depths, joined_ret);
}

void normalize_trim_bands(float *ink, const struct frame *frame)
{
	struct inside inside;
	bool joined;

	if (find_bands(ink, frame, &inside, &joined) && joined)
		erase(ink, frame, &inside);
}

/* ink = values from one level, the paper's, to the other, as 0 to 1. */
SIMD_CLONES
static void take_side(const float *restrict values, size_t n, const struct levels *levels,
		      bool bright, float *restrict ink)
{
	const float paper = bright ? levels->dark : levels->bright;
	const float scale = 1 / ((bright ? levels->bright : levels->dark) - paper);

	for (size_t i = 0; i < n; i++)
		ink[i] = (values[i] - paper) * scale;
}

/* Whether the outermost row at one side or two is of a band: nearly all pictures have none. */
static bool may_have_bands(const float *ink, const struct frame *frame)
{
	int n = 0;

	for (enum side k = LEFT; k < N_SIDES; k++) {
		const struct rows rows = rows_of(ink, frame, k);

		n += share_above(&rows, 0, BAND_LEVEL) >= MIN_FILLED;
	}
	return n == 1 || n == 2;
}

bool normalize_find_bands(const float *paper, const struct levels *levels,
			  const struct frame *frame, float *ink, struct box *box, bool *bright_ret)
{
	const size_t n = frame->width * frame->height;
	struct inside inside[2];
	bool found[2], joined;

	if (levels->share < NORMALIZE_TWO_LEVELS)
		return false;
	for (int bright = 0; bright < 2; bright++) {
		take_side(paper, n, levels, bright, ink);
		found[bright] = may_have_bands(ink, frame) &&
				find_bands(ink, frame, &inside[bright], &joined);
	}
	if (found[0] == found[1])
		return false;
	*bright_ret = found[1];
	*box = (struct box){(double)inside[found[1]].left, (double)inside[found[1]].top,
			    (double)inside[found[1]].right, (double)inside[found[1]].bottom};
	return true;
}
