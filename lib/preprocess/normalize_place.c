/*
 * normalize_place.c - places the ink in the middle of 28x28 pixels, as large and as blurred as
 * EMNIST's.
 */
#include "../base/simd.h"
#include "lanes.h"
#include "normalize.h"

#include <math.h>

/* Measured on the training images as NORMALIZE_INK_SIDE was. */
#define BLUR_SIGMA 0.6

/* Margin left around the box, in output pixels: more than soft edges and widened strokes reach. */
#define CROP_MARGIN 3

/* The standard deviation of averaging over a pixel. */
#define PIXEL_SIGMA 0.28867513459481287 /* sqrt(1 / 12) */

/* The least blur, where the picture itself is blurred already: that of EMNIST's last scaling. */
#define MIN_SIGMA PIXEL_SIGMA

/* And that which hides the squares that a small picture's pixels become, in sides of a square. */
#define SQUARE_SIGMA 0.4

/* From here on the error function is 1, to a float's last digit but one. */
#define ERF_ONE 3.7

/* Shares that are summed up at a time. */
#define STEP 4
typedef double doubles __attribute__((vector_size(8 * STEP), may_alias, aligned(8)));
typedef int64_t flags __attribute__((vector_size(8 * STEP)));
typedef float floats __attribute__((vector_size(4 * STEP), may_alias, aligned(4)));

/* *x becomes 1 + erf(*x), *x >= 0, within 3e-7 (Abramowitz and Stegun 1964, 7.1.28): a hundredth of
 * a step of the vector's, and ten times as fast as the library's. */
static inline void take_one_plus_erf(doubles *x)
{
	const doubles y = *x;
	const doubles polynomial =
		1 + y * (0.0705230784 +
			 y * (0.0422820123 +
			      y * (0.0092705272 +
				   y * (0.0001520143 + y * (0.0002765672 + y * 0.0000430638)))));
	const doubles square = polynomial * polynomial, fourth = square * square;
	const doubles eighth = fourth * fourth;

	*x = 2 - 1 / (eighth * eighth);
}

/* The cells with a significant share in a pixel of the vector. */
struct taps {
	size_t first, end;
};

/* shares[i] = the share of a normal distribution below edge first + i of the cells. Each cell is
 * `step` standard deviations times the root of two wide; edge 0 is at start. Up to STEP more shares
 * are written, all finite. */
static inline void sum_shares(double start, double step, size_t first, size_t n, double *shares)
{
	doubles edge = (double)first + (doubles){0, 1, 2, 3};
	size_t i = 0;

	for (; i < n; i += STEP, edge += STEP) {
		const doubles at = start + step * edge;
		const flags below = at < 0;
		doubles share = (doubles)((flags)at & INT64_MAX); /* of |at| */

		take_one_plus_erf(&share);
		*(doubles *)(shares + i) =
			0.5 * (doubles)((below & (flags)(2 - share)) | (~below & (flags)share));
	}
	shares[i] = 1;
}

/* weights[j][i] = the share of cell i, of n, in pixel j of the vector: the integral over the cell
 * of a normal distribution around the pixel's center; LANES zeros follow the pixel's taps. Cells
 * are `scale` pixels wide, and the vector's middle is at `middle`. */
SIMD_CLONES
static void make_weights(float weights[EMNIST_SIDE][PLACE_STRIDE], struct taps taps[EMNIST_SIDE],
			 size_t n, double middle, double scale, double sigma)
{
	const double narrow = 1 / (sigma * 1.4142135623730951), step = scale * narrow;

	for (size_t j = 0; j < EMNIST_SIDE; j++) {
		const double center = (double)j + 0.5 - EMNIST_SIDE / 2.0;
		const double start = (-middle * scale - center) * narrow;
		const double from = floor((-ERF_ONE - start) / step);
		const double to = ceil((ERF_ONE - start) / step);
		const size_t first = from > 0 ? (size_t)from : 0;
		const size_t end = to < (double)n ? (size_t)fmax(to, 0) : n;
		double shares[WORK_SIDE + 1 + STEP];

		taps[j] = (struct taps){0, 0};
		if (first >= end)
			continue;
		taps[j] = (struct taps){first, end};
		sum_shares(start, step, first, end - first + 1, shares);
		for (size_t i = 0; i < end - first; i += STEP)
			*(floats *)(weights[j] + first + i) = __builtin_convertvector(
				*(doubles *)(shares + i + 1) - *(doubles *)(shares + i), floats);
		memset(weights[j] + end, 0, LANES * sizeof(**weights));
	}
}

/* to, WORK_BLOCK values, = the sum of the rows of ink by their weights. */
static inline void weigh_rows(const float *ink, size_t width, const float *weights, size_t n,
			      float *to)
{
	/* Separate variables: in an array, gcc would add in memory. */
	lanes a = {0}, b = {0}, c = {0}, d = {0};

	_Static_assert(WORK_BLOCK == 4 * LANES, "four at a time");
	for (size_t y = 0; y < n; y++) {
		const lanes *row = (const lanes *)(ink + y * width);

		a += weights[y] * row[0];
		b += weights[y] * row[1];
		c += weights[y] * row[2];
		d += weights[y] * row[3];
	}
	((lanes *)to)[0] = a;
	((lanes *)to)[1] = b;
	((lanes *)to)[2] = c;
	((lanes *)to)[3] = d;
}

/* Transposes n columns of LANES rows, followed by as many empty ones. */
static inline void transpose(float rows[LANES][PLACE_STRIDE], size_t n, lanes columns[PLACE_STRIDE])
{
	for (size_t x = 0; x < n; x++)
		for (size_t k = 0; k < LANES; k++)
			columns[x][k] = rows[k][x];
	memset(columns + n, 0, LANES * sizeof(*columns));
}

/* to, LANES values, = the sum of n columns by their weights, and of those behind, up to a multiple
 * of LANES, which have no weight. */
static inline void weigh_columns(const lanes *columns, const float *weights, size_t n, float *to)
{
	lanes a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};

	_Static_assert(LANES == 8, "eight at a time");
	for (size_t i = 0; i < n; i += LANES) {
		a += columns[i] * weights[i];
		b += columns[i + 1] * weights[i + 1];
		c += columns[i + 2] * weights[i + 2];
		d += columns[i + 3] * weights[i + 3];
		e += columns[i + 4] * weights[i + 4];
		f += columns[i + 5] * weights[i + 5];
		g += columns[i + 6] * weights[i + 6];
		h += columns[i + 7] * weights[i + 7];
	}
	*(lanes *)to = ((a + e) + (b + f)) + ((c + g) + (d + h));
}

/* vector = weights of rows x ink x weights of columns, transposed: LANES rows of it at a time.
 * Reads up to a block behind the ink, which counts for nothing. */
SIMD_CLONES
static void project(struct normalizer *normalizer, const struct frame *frame,
		    const struct taps columns[EMNIST_SIDE], const struct taps rows[EMNIST_SIDE],
		    float *vector)
{
	const size_t width = frame->width;
	float sums[LANES][PLACE_STRIDE];
	float pixels[EMNIST_SIDE][LANES];
	lanes turned[PLACE_STRIDE];

	for (size_t first = 0; first < EMNIST_SIDE; first += LANES) {
		const size_t n = EMNIST_SIDE - first < LANES ? EMNIST_SIDE - first : LANES;

		for (size_t j = 0; j < n; j++) {
			const struct taps taps = rows[first + j];
			const float *weights = normalizer->weights[1][first + j] + taps.first;

			for (size_t x = 0; x < width; x += WORK_BLOCK)
				weigh_rows(normalizer->ink + taps.first * width + x, width, weights,
					   taps.end - taps.first, sums[j] + x);
		}
		transpose(sums, width, turned);
		for (size_t i = 0; i < EMNIST_SIDE; i++)
			weigh_columns(turned + columns[i].first,
				      normalizer->weights[0][i] + columns[i].first,
				      columns[i].end - columns[i].first, pixels[i]);
		for (size_t j = 0; j < n; j++)
			for (size_t i = 0; i < EMNIST_SIDE; i++)
				vector[(first + j) * EMNIST_SIDE + i] = pixels[i][j];
	}
}

/* Stretched to a maximum of 1, in steps of 1/255 as in EMNIST's files: an image written of it is
 * exactly what the network sees. */
SIMD_CLONES
static void stretch(float *vector)
{
	lanes mosts = {0};
	float most;

	_Static_assert(EMNIST_VECTOR_LENGTH % LANES == 0, "no pixels are left over");
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i += LANES)
		lanes_raise(&mosts, (const lanes *)(vector + i));
	most = lanes_most(&mosts);
	if (most == 0)
		return;
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)(int)(vector[i] / most * 255 + 0.5f) / 255;
}

/* [from, to) with a margin, in whole pixels and within n of them. */
static size_t crop_axis(double from, double to, size_t margin, size_t n, size_t *length)
{
	const double first = floor(from) - (double)margin, last = ceil(to) + (double)margin;
	const size_t start = first > 0 ? (size_t)first : 0;

	*length = (last < (double)n ? (size_t)last : n) - start;
	return start;
}

/* Crops ink and keep to the box and a margin, and moves the box with them. */
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

/* The most that ink reaches: WORK_SIDE is not six times NORMALIZE_INK_SIDE. */
#define MAX_REACH 6

#define N_BYTES   32
typedef uint8_t bytes __attribute__((vector_size(N_BYTES), may_alias, aligned(1)));

/* Each of n values = any of itself and the 2 * reach that follow at that step, joined from ever
 * longer windows. Changes up to N_BYTES values behind the last, too. */
static inline void spread(uint8_t *values, size_t n, size_t step, size_t reach)
{
	for (size_t joined = 1; joined < 2 * reach + 1;) {
		const size_t left = 2 * reach + 1 - joined, by = joined < left ? joined : left;

		n -= by * step;
		for (size_t i = 0; i < n; i += N_BYTES)
			*(bytes *)(values + i) |= *(bytes *)(values + i + by * step);
		joined += by;
	}
}

/* Zeroes ink farther than `reach` pixels, in rows and columns, from kept pixels. */
SIMD_CLONES
static void clean(struct normalizer *normalizer, const struct frame *frame, size_t reach)
{
	const size_t width = frame->width, height = frame->height, stride = width + 2 * reach;
	/* Rows with `reach` empty values before and behind, then columns. */
	uint8_t rows[WORK_SIDE * (WORK_SIDE + 2 * MAX_REACH) + N_BYTES];
	uint8_t near[(WORK_SIDE + 2 * MAX_REACH) * WORK_SIDE + N_BYTES];

	memset(rows, 0, height * stride + N_BYTES);
	for (size_t y = 0; y < height; y++)
		memcpy(rows + y * stride + reach, normalizer->keep + y * width, width);
	spread(rows, height * stride, 1, reach);
	memset(near, 0, reach * width);
	for (size_t y = 0; y < height; y++)
		memcpy(near + (reach + y) * width, rows + y * stride, width);
	memset(near + (reach + height) * width, 0, reach * width + N_BYTES);
	spread(near, (height + 2 * reach) * width, width, reach);
	for (size_t i = 0; i < width * height; i++)
		normalizer->ink[i] = near[i] ? normalizer->ink[i] : 0;
}

/* Pixels of the vector to one of the picture. */
static double scale_of(const struct frame *frame, const struct box *box)
{
	return NORMALIZE_INK_SIDE / fmax((box->right - box->left) * frame->step_x,
					 (box->bottom - box->top) * frame->step_y);
}

static void place(struct normalizer *normalizer, const struct frame *frame, const struct box *box,
		  const struct edges *edges, float *vector)
{
	const double step_x = frame->step_x, step_y = frame->step_y;
	const double scale = scale_of(frame, box);
	const double blurred = normalize_edge_sigma(edges) * fmin(step_x, step_y) * scale;
	const double wanted = BLUR_SIGMA * BLUR_SIGMA + PIXEL_SIGMA * PIXEL_SIGMA;
	const double least = fmax(MIN_SIGMA, SQUARE_SIGMA * scale * fmax(step_x, step_y));
	const double sigma = sqrt(fmax(wanted - blurred * blurred, least * least));
	struct taps columns[EMNIST_SIDE], rows[EMNIST_SIDE];

	make_weights(normalizer->weights[0], columns, frame->width, (box->left + box->right) / 2,
		     step_x * scale, sigma);
	make_weights(normalizer->weights[1], rows, frame->height, (box->top + box->bottom) / 2,
		     step_y * scale, sigma);
	project(normalizer, frame, columns, rows, vector);
	stretch(vector);
}

void normalize_place(struct normalizer *normalizer, const struct frame *frame,
		     const struct box *box, float *vector)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);
	/* One output pixel: the width of the ink's blurred edge. */
	const size_t reach = 1 + (size_t)(side / NORMALIZE_INK_SIDE);
	struct frame cropped = *frame;
	struct box moved = *box;

	struct edges edges;

	crop(normalizer, &cropped, &moved, CROP_MARGIN * reach);
	clean(normalizer, &cropped, reach);
	edges = normalize_measure_edges(normalizer->ink, cropped.width, cropped.height);
	normalize_sharpen(normalizer, &cropped,
			  scale_of(&cropped, &moved) * fmin(frame->step_x, frame->step_y), &edges);
	normalize_widen_pen(normalizer, &cropped, &moved, &edges);
	place(normalizer, &cropped, &moved, &edges, vector);
}
