/* normalize_box.c - the bounding box of the ink, and whether it may hold a character. */
#include "../base/simd.h"
#include "lanes.h"
#include "normalize.h"

#include <math.h>
#include <string.h>

/* A character's minimum share of the frame's longer side. It is not much wider than high, as the
 * bar of an H would be. */
#define MIN_CHARACTER 0.15
#define MIN_ASPECT    0.3

bool normalize_is_character(const struct frame *frame, const struct box *box)
{
	const double width = box->right - box->left, height = box->bottom - box->top;
	const double side = fmax((double)frame->width, (double)frame->height);

	return fmax(width, height) >= MIN_CHARACTER * side && height >= MIN_ASPECT * width;
}

/* Where profile (n values 0..1) first rises through a half, between the centers of two cells, from
 * its start. */
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

/* The two places where profile crosses a half, from either end; at least one cell apart. */
static void find_ends(const float *profile, size_t n, double *first_ret, double *last_ret)
{
	const double first = rise(profile, n, 1), last = (double)n - rise(profile, n, -1);
	const double middle = (first + last) / 2, half = fmax(last - first, 1) / 2;

	*first_ret = middle - half;
	*last_ret = middle + half;
}

/* Raises columns (with LANES extra values) to the kept ink of a row. Returns the row's largest
 * ink. */
SIMD_CLONES
static float raise_columns(const float *restrict ink, const uint8_t *restrict keep, size_t width,
			   float *restrict columns)
{
	float kept[WORK_SIDE + LANES];
	lanes most = {0};

	for (size_t x = 0; x < width; x++)
		kept[x] = keep[x] ? ink[x] : 0;
	memset(kept + width, 0, LANES * sizeof(*kept));
	for (size_t x = 0; x < width; x += LANES) {
		lanes_raise((lanes *)(columns + x), (const lanes *)(kept + x));
		lanes_raise(&most, (const lanes *)(kept + x));
	}
	return lanes_most(&most);
}

struct box normalize_find_box(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height;
	/* The largest ink of each column, and of each row. */
	float *columns = normalizer->rows, *rows = columns + width + LANES;
	struct box box;

	memset(columns, 0, (width + LANES + height) * sizeof(*columns));
	for (size_t y = 0; y < height; y++) {
		const uint8_t *keep = normalizer->keep + y * width;

		if (memchr(keep, 1, width))
			rows[y] = raise_columns(normalizer->ink + y * width, keep, width, columns);
	}
	find_ends(columns, width, &box.left, &box.right);
	find_ends(rows, height, &box.top, &box.bottom);
	return box;
}
