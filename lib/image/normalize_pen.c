/*
 * normalize_pen.c - strokes of a thin pen, as wide as EMNIST's.
 *
 * The mean width of strokes is twice the area of the ink by the length of its outline. That length
 * is the sum of all changes of the ink, however soft its edges are, so blur does not change it.
 * Where strokes are thinner than EMNIST's usually are, the outline is moved outwards, by the
 * distance of each pixel from it. Thick strokes stay as they are: moving the outline inwards does
 * not open the loops that have run full, and gained nothing in lib/bench/distort.c.
 */
#include "normalize.h"

#include "distance.h"

#include <math.h>

/* The mean width below which strokes are thin, and what they are brought to: of 28 pixels. A
 * quarter of EMNIST's images is below, measured like this, enlarged and normalized; widths of 2.5
 * and more, tried with the bench, cost up to 2 points in loops that close. */
#define THIN_WIDTH 2.2

/* In smaller ink, by its long side in pixels of the frame, distances between pixels are too rough.
 */
#define MIN_SIDE 40

/* Half the ink's level: where its edges are. */
#define EDGE_LEVEL 0.5f

/* In pixels of the frame; infinite where the ink has no edge. */
static double mean_width(const float *ink, size_t width, size_t height)
{
	double area = 0, outline = 0;

	for (size_t y = 0; y + 1 < height; y++) {
		const float *row = ink + y * width, *below = row + width;
		float row_area = 0, row_outline = 0;

		for (size_t x = 0; x + 1 < width; x++) {
			const float dx = row[x + 1] - row[x], dy = below[x] - row[x];

			row_area += row[x];
			row_outline += sqrtf(dx * dx + dy * dy);
		}
		area += (double)row_area;
		outline += (double)row_outline;
	}
	return outline > 0 ? 2 * area / outline : INFINITY;
}

/* Moves the outline of the ink outwards; the new one is as sharp as pixels are. */
static void widen(struct normalizer *normalizer, const struct frame *frame, float by)
{
	const size_t n = frame->width * frame->height;
	/* Neither is needed any more. */
	uint8_t *mask = normalizer->keep;
	float *distances = normalizer->paper;

	for (size_t i = 0; i < n; i++)
		mask[i] = normalizer->ink[i] > EDGE_LEVEL;
	distance_transform(mask, 1, frame->width, frame->height, distances);
	for (size_t i = 0; i < n; i++) {
		const float inside = 1 + by - distances[i];
		const float most = inside > normalizer->ink[i] ? inside : normalizer->ink[i];

		normalizer->ink[i] = most < 1 ? most : 1;
	}
}

void normalize_widen_pen(struct normalizer *normalizer, const struct frame *frame, struct box *box)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	const double width = mean_width(normalizer->ink, frame->width, frame->height);
	/* The box grows with the strokes: (width + 2 by) / (side + 2 by) is what is wanted. */
	const double by = (THIN_WIDTH * side - NORMALIZE_INK_SIDE * width) /
			  (2 * (NORMALIZE_INK_SIDE - THIN_WIDTH));

	if (side < MIN_SIDE || by <= 0)
		return;
	widen(normalizer, frame, (float)by);
	box->left -= by;
	box->right += by;
	box->top -= by;
	box->bottom += by;
}
