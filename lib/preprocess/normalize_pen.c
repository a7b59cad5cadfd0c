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

/* In smaller ink, by its long side in pixels of the frame, distances between pixels are too rough.
 */
#define MIN_SIDE 40

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

void normalize_widen_pen(struct normalizer *normalizer, const struct frame *frame, struct box *box,
			 struct edges *edges)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	const double width = edges->outline > 0 ? 2 * edges->area / edges->outline : INFINITY;
	/* The box grows with the strokes: (width + 2 by) / (side + 2 by) is the goal. */
	const double by = (THIN_WIDTH * side - NORMALIZE_INK_SIDE * width) /
			  (2 * (NORMALIZE_INK_SIDE - THIN_WIDTH));

	if (side < MIN_SIDE || by <= 0)
		return;
	widen(normalizer, frame, (float)by);
	box->left -= by;
	box->right += by;
	box->top -= by;
	box->bottom += by;
	*edges = normalize_measure_edges(normalizer->ink, frame->width, frame->height);
}
