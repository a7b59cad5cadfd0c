/*
 * normalize_place.c - the ink in the middle of 28x28 pixels, as large and as blurred as EMNIST's.
 */
#include "normalize.h"

#include <math.h>

/* Measured on the training images as NORMALIZE_INK_SIDE was. */
#define BLUR_SIGMA 0.6

/* What is left of the frame around the box, in output pixels: more than the ink's soft edges and
 * the widening of a thin pen's strokes reach. */
#define CROP_MARGIN 3

/* The standard deviation of averaging over a pixel. */
#define PIXEL_SIGMA 0.28867513459481287 /* sqrt(1 / 12) */

/* The least blur, where the picture itself is blurred already: that of EMNIST's last scaling. */
#define MIN_SIGMA PIXEL_SIGMA

/* And that which hides the squares that a small picture's pixels become, in sides of a square. */
#define SQUARE_SIGMA 0.4

/* From here on the error function is 1, to a float's last digit but one. */
#define ERF_ONE 3.7

/* weights[j][i] = the share of cell i, of n, in pixel j of the vector: what a normal distribution
 * around the pixel's centre has over the cell. Cells are `scale` pixels wide, and the middle of the
 * vector lies at `middle`. */
static void make_weights(float *weights, size_t n, double middle, double scale, double sigma)
{
	const double narrow = 1 / (sigma * 1.4142135623730951);

	for (size_t j = 0; j < EMNIST_SIDE; j++) {
		const double centre = (double)j + 0.5 - EMNIST_SIDE / 2.0;
		double before = erf((-middle * scale - centre) * narrow);

		for (size_t i = 0; i < n; i++) {
			const double edge = ((double)(i + 1) - middle) * scale - centre;
			const double after = edge * narrow > ERF_ONE    ? 1
					     : edge * narrow < -ERF_ONE ? -1
									: erf(edge * narrow);

			weights[j * n + i] = (float)(0.5 * (after - before));
			before = after;
		}
	}
}

/* The first and last + 1 of n weights that are not nothing. */
static void trim_weights(const float *weights, size_t n, size_t *first_ret, size_t *end_ret)
{
	size_t first = 0, end = n;

	while (first < end && weights[first] < 1e-6f)
		first++;
	while (end > first && weights[end - 1] < 1e-6f)
		end--;
	*first_ret = first;
	*end_ret = end;
}

/* vector = weights of rows x ink x weights of columns, transposed. */
static void project(struct normalizer *normalizer, const struct frame *frame, float *vector)
{
	const size_t width = frame->width, height = frame->height;

	memset(normalizer->rows, 0, EMNIST_SIDE * width * sizeof(float));
	for (size_t j = 0; j < EMNIST_SIDE; j++) {
		const float *weights = normalizer->weights[1] + j * height;
		float *row = normalizer->rows + j * width;
		size_t first, end;

		trim_weights(weights, height, &first, &end);
		for (size_t y = first; y < end; y++)
			for (size_t x = 0; x < width; x++)
				row[x] += weights[y] * normalizer->ink[y * width + x];
	}
	for (size_t i = 0; i < EMNIST_SIDE; i++) {
		const float *weights = normalizer->weights[0] + i * width;
		size_t first, end;

		trim_weights(weights, width, &first, &end);
		for (size_t j = 0; j < EMNIST_SIDE; j++) {
			const float *row = normalizer->rows + j * width;
			float sum = 0;

			for (size_t x = first; x < end; x++)
				sum += weights[x] * row[x];
			vector[j * EMNIST_SIDE + i] = sum;
		}
	}
}

/* Stretched so that the most is 1, in steps of 1/255 as in EMNIST's files: what is written as an
 * image is exactly what the network sees. */
static void stretch(float *vector)
{
	float most = 0;

	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		most = vector[i] > most ? vector[i] : most;
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = most > 0 ? (float)(int)(vector[i] / most * 255 + 0.5f) / 255 : 0;
}

/* to[i] = whether any of from[i - reach ... i + reach] is set; n values, stride apart. */
static void spread(const uint8_t *from, size_t stride, size_t n, size_t reach, uint8_t *to)
{
	size_t since = reach + 1; /* how far the last set value lies back */

	for (size_t i = 0; i < n; i++) {
		since = from[i * stride] ? 0 : since + 1;
		to[i * stride] = since <= reach;
	}
	since = reach + 1;
	for (size_t i = n; i-- > 0;) {
		since = from[i * stride] ? 0 : since + 1;
		to[i * stride] |= since <= reach;
	}
}

/* [from, to) with a margin, in whole pixels and within n of them. */
static size_t crop_axis(double from, double to, size_t margin, size_t n, size_t *length)
{
	const double first = floor(from) - (double)margin, last = ceil(to) + (double)margin;
	const size_t start = first > 0 ? (size_t)first : 0;

	*length = (last < (double)n ? (size_t)last : n) - start;
	return start;
}

/* Packs ink and what is kept of it to the box and a margin; the box moves with them. */
static void crop(struct normalizer *normalizer, struct frame *frame, struct box *box, size_t margin)
{
	size_t width, height;
	const size_t left = crop_axis(box->left, box->right, margin, frame->width, &width);
	const size_t top = crop_axis(box->top, box->bottom, margin, frame->height, &height);

	for (size_t y = 0; y < height; y++) {
		const size_t from = (top + y) * frame->width + left;

		memmove(normalizer->ink + y * width, normalizer->ink + from,
			width * sizeof(*normalizer->ink));
		memmove(normalizer->keep + y * width, normalizer->keep + from, width);
	}
	frame->width = width;
	frame->height = height;
	box->left -= (double)left;
	box->right -= (double)left;
	box->top -= (double)top;
	box->bottom -= (double)top;
}

/* Sets ink to zero that is farther than `reach` pixels, by rows and columns, from what is kept. */
static void clean(struct normalizer *normalizer, const struct frame *frame, size_t reach)
{
	const size_t width = frame->width, height = frame->height;
	uint8_t *near_row = (uint8_t *)normalizer->parents;

	for (size_t y = 0; y < height; y++)
		spread(normalizer->keep + y * width, 1, width, reach, near_row + y * width);
	for (size_t x = 0; x < width; x++)
		spread(near_row + x, width, height, reach, normalizer->keep + x);
	for (size_t i = 0; i < width * height; i++)
		normalizer->ink[i] = normalizer->keep[i] ? normalizer->ink[i] : 0;
}

/* Pixels of the vector to one of the picture. */
static double scale_of(const struct frame *frame, const struct box *box)
{
	return NORMALIZE_INK_SIDE / fmax((box->right - box->left) * frame->step_x,
					 (box->bottom - box->top) * frame->step_y);
}

static void place(struct normalizer *normalizer, const struct frame *frame, const struct box *box,
		  float *vector)
{
	const double step_x = frame->step_x, step_y = frame->step_y;
	const double scale = scale_of(frame, box);
	const double blurred = normalize_edge_sigma(normalizer->ink, frame->width, frame->height) *
			       fmin(step_x, step_y) * scale;
	const double wanted = BLUR_SIGMA * BLUR_SIGMA + PIXEL_SIGMA * PIXEL_SIGMA;
	const double least = fmax(MIN_SIGMA, SQUARE_SIGMA * scale * fmax(step_x, step_y));
	const double sigma = sqrt(fmax(wanted - blurred * blurred, least * least));

	make_weights(normalizer->weights[0], frame->width, (box->left + box->right) / 2,
		     step_x * scale, sigma);
	make_weights(normalizer->weights[1], frame->height, (box->top + box->bottom) / 2,
		     step_y * scale, sigma);
	project(normalizer, frame, vector);
	stretch(vector);
}

void normalize_place(struct normalizer *normalizer, const struct frame *frame,
		     const struct box *box, float *vector)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	/* An output pixel: as far as the edge of the ink is blurred. */
	const size_t reach = 1 + (size_t)(side / NORMALIZE_INK_SIDE);
	struct frame cropped = *frame;
	struct box moved = *box;

	crop(normalizer, &cropped, &moved, CROP_MARGIN * reach);
	clean(normalizer, &cropped, reach);
	normalize_sharpen(normalizer, &cropped,
			  scale_of(&cropped, &moved) * fmin(frame->step_x, frame->step_y));
	normalize_widen_pen(normalizer, &cropped, &moved);
	place(normalizer, &cropped, &moved, vector);
}
