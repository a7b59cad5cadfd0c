/*
 * normalize_peel.c - crops lines along the border of a picture.
 *
 * A crop of a whole cell of a form has the cell's lines along its border. A row of pixels near a
 * side belongs to such a line if it is darker or brighter than rows farther inside.
 */
#include "normalize.h"

#include <math.h>

/* The most depth of a line and what is beyond it: this share of the shorter side, and a pixel. */
#define MAX_DEPTH 0.07

/* A row differs if this share of its pixels differ, by this many levels. */
#define DIFFERENT_SHARE 0.6
#define MIN_DIFFERENCE  15.0f

/* A side's rows of pixels, from the border inward, without the corners. */
struct rows {
	const float *first; /* pixel of the row at the border */
	ptrdiff_t step;     /* from pixel to pixel along the row */
	ptrdiff_t inwards;  /* from row to row */
	size_t n;           /* pixels to a row */
};

/* depth: pixels ignored at either end of a row. */
static struct rows rows_of(const float *paper, size_t width, size_t height, enum side side,
			   size_t depth)
{
	const bool upright = side == LEFT || side == RIGHT;
	const ptrdiff_t row = (ptrdiff_t)width, last = (ptrdiff_t)(width * height) - 1;
	const ptrdiff_t step = upright ? row : 1, inwards = upright ? 1 : row;
	const size_t n = upright ? height : width;

	/* From the last pixel backward, the right and the lower side look like the others. */
	if (side == RIGHT || side == BOTTOM)
		return (struct rows){paper + last - step * (ptrdiff_t)depth, -step, -inwards,
				     n - 2 * depth};
	return (struct rows){paper + step * (ptrdiff_t)depth, step, inwards, n - 2 * depth};
}

/* Whether a row, counted from the border, differs from the one at `inner`. */
static bool differs(const struct rows *rows, size_t row, size_t inner)
{
	const float *a = rows->first + (ptrdiff_t)row * rows->inwards;
	const float *b = rows->first + (ptrdiff_t)inner * rows->inwards;
	size_t n_darker = 0, n_brighter = 0;

	for (size_t i = 0; i < rows->n; i++, a += rows->step, b += rows->step) {
		n_darker += *a < *b - MIN_DIFFERENCE;
		n_brighter += *a > *b + MIN_DIFFERENCE;
	}
	return (double)(n_darker > n_brighter ? n_darker : n_brighter) >=
	       DIFFERENT_SHARE * (double)rows->n;
}

/* Rows taken by a line at the side, and anything beyond it. */
static size_t depth_of_line(const struct rows *rows, size_t most)
{
	size_t depth = differs(rows, most, 2 * most) ? 0 : most;

	while (depth > 0 && !(differs(rows, depth - 1, most) && differs(rows, depth - 1, 2 * most)))
		depth--;
	return depth;
}

const float *normalize_peel(const float *paper, size_t *width, size_t *height, float *peeled)
{
	const size_t side = *width < *height ? *width : *height;
	const size_t most = 1 + (size_t)(MAX_DEPTH * (double)side);
	size_t depths[N_SIDES] = {0};
	const size_t row = *width;

	if (side < 6 * most)
		return paper;
	for (enum side k = LEFT; k < N_SIDES; k++) {
		const struct rows rows = rows_of(paper, *width, *height, k, 2 * most);

		depths[k] = depth_of_line(&rows, most);
	}
	if (depths[LEFT] + depths[RIGHT] + depths[TOP] + depths[BOTTOM] == 0)
		return paper;
	*width -= depths[LEFT] + depths[RIGHT];
	*height -= depths[TOP] + depths[BOTTOM];
	for (size_t y = 0; y < *height; y++)
		memcpy(peeled + y * *width, paper + (depths[TOP] + y) * row + depths[LEFT],
		       *width * sizeof(*peeled));
	return peeled;
}
