/*
 * normalize_pen.c - widens the strokes of a thin pen to EMNIST's stroke width.
 *
 * The mean stroke width is twice the area of the ink divided by the length of its outline. That
 * length is the sum of all changes of the ink, however soft its edges are, so blur does not change
 * it. If strokes are thinner than is usual in EMNIST, the outline moves outward, by the distance
 * of each pixel from it. Thick strokes stay: moving the outline inward does not reopen filled
 * loops, and gained nothing in lib/bench/distort.c.
 */
#include "../base/simd.h"
#include "normalize.h"

#include "distance.h"

#include <math.h>

/* Strokes with a smaller mean width, in 28 pixels, are thin, and are widened to it. A quarter of
 * EMNIST's images, enlarged, normalized and measured like this, are below. Widths of 2.5 and more,
 * tried with the bench, cost up to 2 points by closing loops. */
#define THIN_WIDTH 2.2

/* In smaller ink, by its long side in pixels of the frame, distances between pixels are too rough:
 * it is enlarged to the next. Enlarged to 64 it takes longer, and gains no more. Nor do strokes of
 * the last width and more, in 28 pixels, which are most of those that would be widened. */
#define MIN_SIDE      40
#define ENLARGED_SIDE 48
#define SMALL_WIDTH   1.6

/* Half the ink's level defines its edges. */
#define EDGE_LEVEL 0.5f

/* Ink, or what `reach` is farther than a pixel's distance, up to 1. */
SIMD_CLONES
static void darken(float *restrict ink, const float *restrict distances, size_t n, float reach)
{
	for (size_t i = 0; i < n; i++) {
		const float inside = reach - distances[i];
		const float most = inside > ink[i] ? inside : ink[i];

		ink[i] = most < 1 ? most : 1;
	}
}

/* Moves the outline of the ink outward; the new one is as sharp as pixels are. */
static void widen(struct normalizer *normalizer, const struct frame *frame, float by)
{
	const size_t n = frame->width * frame->height;
	/* Neither is needed any more. */
	uint8_t *mask = normalizer->keep;
	float *distances = normalizer->paper;

	normalize_mask_above(normalizer->ink, n, EDGE_LEVEL, mask);
	distance_transform(mask, 1, frame->width, frame->height, 1 + by, distances);
	darken(normalizer->ink, distances, n, 1 + by);
}

/* Returns how many times the ink, with the frame and the box, has become larger: up to so many. */
static double enlarge(struct normalizer *normalizer, struct frame *frame, struct box *box,
		      double times)
{
	const size_t width = frame->width, height = frame->height;
	const size_t longer = width > height ? width : height;
	double x, y;

	times = fmin(times, WORK_SIDE / (double)longer);
	frame->width = (size_t)(times * (double)width);
	frame->height = (size_t)(times * (double)height);
	x = (double)frame->width / (double)width;
	y = (double)frame->height / (double)height;
	memcpy(normalizer->paper, normalizer->ink, width * height * sizeof(*normalizer->ink));
	normalize_enlarge(normalizer->paper, width, height, normalizer->ink, frame->width,
			  frame->height);
	frame->step_x /= x;
	frame->step_y /= y;
	*box = (struct box){x * box->left, y * box->top, x * box->right, y * box->bottom};
	return fmin(x, y);
}

void normalize_widen_pen(struct normalizer *normalizer, struct frame *frame, struct box *box,
			 struct edges *edges)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	const double width = edges->outline > 0 ? 2 * edges->area / edges->outline : INFINITY;
	const double thin = side < MIN_SIDE ? SMALL_WIDTH : THIN_WIDTH;
	/* The box grows with the strokes: (width + 2 by) / (side + 2 by) is the goal. */
	double by = (THIN_WIDTH * side - NORMALIZE_INK_SIDE * width) /
		    (2 * (NORMALIZE_INK_SIDE - THIN_WIDTH));

	if (NORMALIZE_INK_SIDE * width >= thin * side)
		return;
	if (side < MIN_SIDE)
		by *= enlarge(normalizer, frame, box, ENLARGED_SIDE / side);
	widen(normalizer, frame, (float)by);
	box->left -= by;
	box->right += by;
	box->top -= by;
	box->bottom += by;
	*edges = normalize_measure_edges(normalizer->ink, frame->width, frame->height);
}
