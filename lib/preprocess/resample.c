/*
 * resample.c - scales planes: averages areas to shrink, interpolates to enlarge.
 *
 * Averaging goes down the rows first: whole rows are added to a row of sums, which compilers
 * vectorize. Only the finished sums are converted to grey and gathered along x.
 */
#include "../base/simd.h"
#include "preprocess.h"

/* The share of cell i (of width 1) within [from, to). */
static float overlap(size_t i, double from, double to)
{
	const double left = from > (double)i ? from : (double)i;
	const double right = to < (double)(i + 1) ? to : (double)(i + 1);

	return right > left ? (float)(right - left) : 0;
}

/* Values of a row summed at a time, first in large blocks, then in small ones. */
#define BLOCK 32
#define LANES RESAMPLE_LANES

typedef float lanes __attribute__((vector_size(4 * LANES), may_alias, aligned(4)));
typedef float half_lanes __attribute__((vector_size(2 * LANES)));

/* sums += the rows by their weights, BLOCK or LANES values each. */
static inline void add_block(const uint8_t *rows, size_t stride, const float *weights,
			     size_t n_rows, float *sums, size_t length)
{
	float block[BLOCK];

	memcpy(block, sums, length * sizeof(*block));
	for (size_t r = 0; r < n_rows; r++)
		for (size_t k = 0; k < length; k++)
			block[k] += weights[r] * (float)rows[r * stride + k];
	memcpy(sums, block, length * sizeof(*block));
}

/* sums += the rows by their weights, n values each. */
SIMD_CLONES
static void add_rows(const uint8_t *rows, size_t stride, const float *weights, size_t n_rows,
		     float *sums, size_t n)
{
	size_t i = 0;

	for (; i + BLOCK <= n; i += BLOCK)
		add_block(rows + i, stride, weights, n_rows, sums + i, BLOCK);
	for (; i + LANES <= n; i += LANES)
		add_block(rows + i, stride, weights, n_rows, sums + i, LANES);
	for (size_t r = 0; r < n_rows; r++)
		for (size_t k = i; k < n; k++)
			sums[k] += weights[r] * (float)rows[r * stride + k];
}

/* One of equal parts of a row: the shares of its first and last cell, and those between. */
struct part {
	size_t first, last;
	float first_share, last_share; /* of the part; last_share is 0 if first is last */
	float share;                   /* of each cell between */
};

/* The most parts of a row: WORK_SIDE is more than EMNIST_SIDE. */
#define MAX_PARTS WORK_SIDE

struct parts {
	struct part parts[MAX_PARTS];
	size_t n;
	/* If no part has more cells than LANES: their shares, from the first on. */
	bool are_short;
	float shares[MAX_PARTS][LANES];
};

static void fill_shares(const struct part *part, float shares[LANES])
{
	for (size_t k = 0; k < LANES; k++)
		shares[k] = part->first + k < part->last ? part->share : 0;
	shares[0] = part->first_share;
	if (part->last > part->first)
		shares[part->last - part->first] = part->last_share;
}

static void cut_row(size_t n, size_t n_parts, struct parts *parts)
{
	const double step = (double)n / (double)n_parts;

	parts->n = n_parts;
	/* Two more than are whole. */
	parts->are_short = step <= LANES - 2;
	for (size_t j = 0; j < n_parts; j++) {
		const double from = (double)j * step;
		const double end = j + 1 < n_parts ? from + step : (double)n;
		const size_t first = (size_t)from;
		size_t last = (size_t)end < n ? (size_t)end : n - 1;

		last -= last > first && !(end > (double)last);
		parts->parts[j] = (struct part){
			.first = first,
			.last = last,
			.first_share = overlap(first, from, end) / (float)(end - from),
			.last_share =
				last > first ? overlap(last, from, end) / (float)(end - from) : 0,
			.share = 1 / (float)(end - from),
		};
		if (parts->are_short)
			fill_shares(&parts->parts[j], parts->shares[j]);
	}
}

static inline float sum_lanes(const lanes *values)
{
	half_lanes halves[2];

	memcpy(halves, values, sizeof(*values));
	halves[0] += halves[1];
	return halves[0][0] + halves[0][1] + (halves[0][2] + halves[0][3]);
}

/* to[j] = average of sums over the j-th part. Reads up to LANES - 1 values behind the sums. */
SIMD_CLONES
static void gather_row(const float *sums, const struct parts *parts, float *to)
{
	for (size_t j = 0; parts->are_short && j < parts->n; j++) {
		const lanes products = *(const lanes *)(sums + parts->parts[j].first) *
				       *(const lanes *)parts->shares[j];

		to[j] = sum_lanes(&products);
	}
	for (size_t j = 0; !parts->are_short && j < parts->n; j++) {
		const struct part *part = &parts->parts[j];
		lanes between = {0};
		float sum = 0;
		size_t i = part->first + 1;

		for (; i + LANES <= part->last; i += LANES)
			between += *(const lanes *)(sums + i);
		for (; i < part->last; i++)
			sum += sums[i];
		to[j] = part->first_share * sums[part->first] +
			part->share * (sum + sum_lanes(&between)) +
			part->last_share * sums[part->last];
	}
}

/* The brightness of red, green and blue, as in grey.c. */
static inline float grey_of(const float rgb[3])
{
	return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2]) * (1.0f / 65536);
}

/* Rows that are added at a time. */
#define MAX_ROWS 16

/* sums = average of the rows, in grey, in the j-th of `height` equal parts of the region. */
static void average_rows(const struct plane *plane, const struct region *region, size_t j,
			 size_t height, float *sums)
{
	const double step = (double)region->height / (double)height;
	const double from = (double)j * step;
	const double end = j + 1 < height ? from + step : (double)region->height;
	const size_t stride = plane->width * plane->channels, n = region->width * plane->channels;
	const uint8_t *first = plane->values + region->y * stride + region->x * plane->channels;

	size_t row = (size_t)from;

	memset(sums, 0, (n + LANES) * sizeof(*sums));
	while (row < region->height && (double)row < end) {
		const uint8_t *rows = first + row * stride;
		float weights[MAX_ROWS];
		size_t n_rows = 0;

		for (; n_rows < MAX_ROWS && row < region->height && (double)row < end; row++)
			weights[n_rows++] = overlap(row, from, end) / (float)(end - from);
		add_rows(rows, stride, weights, n_rows, sums, n);
	}
	if (plane->channels == 3)
		for (size_t i = 0; i < region->width; i++)
			sums[i] = grey_of(sums + 3 * i);
}

/* The region as it is: the average of an area of one pixel. */
SIMD_CLONES
static void take_as_is(const struct plane *plane, const struct region *region, float *to)
{
	/* Whole rows are contiguous. */
	const size_t n_rows = region->width == plane->width ? 1 : region->height;
	const size_t n = region->width * region->height / n_rows;

	for (size_t y = 0; y < n_rows; y++) {
		const uint8_t *row = plane->values + (region->y + y) * plane->width + region->x;

		for (size_t x = 0; x < n; x++)
			to[y * n + x] = (float)row[x];
	}
}

void resample_average(const struct plane *plane, const struct region *region, float *to,
		      size_t width, size_t height, float *sums)
{
	struct parts parts;

	if (plane->channels == 1 && width == region->width && height == region->height) {
		take_as_is(plane, region, to);
		return;
	}
	cut_row(region->width, width, &parts);
	for (size_t j = 0; j < height; j++) {
		average_rows(plane, region, j, height, sums);
		gather_row(sums, &parts, to + j * width);
	}
}

/* Position of the center of cell j of n_to between the centers of n cells: *at_ret and the next,
 * with this share of the next. */
static float between(size_t j, size_t n_to, size_t n, size_t *at_ret)
{
	double at = ((double)j + 0.5) * (double)n / (double)n_to - 0.5;

	if (at < 0)
		at = 0;
	if (at > (double)(n - 1))
		at = (double)(n - 1);
	*at_ret = n < 2 ? 0 : (size_t)at < n - 2 ? (size_t)at : n - 2;
	return (float)(at - (double)*at_ret);
}

/* One row of the enlargement in y: sums = the row at cell j of height. */
static void blend_rows(const struct plane *plane, size_t j, size_t height, float *sums)
{
	size_t y;
	const float share = between(j, height, plane->height, &y);
	const uint8_t *above = plane->values + y * plane->width;
	const uint8_t *below = plane->height > 1 ? above + plane->width : above;

	for (size_t i = 0; i < plane->width; i++)
		sums[i] = (float)above[i] + share * ((float)below[i] - (float)above[i]);
	memset(sums + plane->width, 0, LANES * sizeof(*sums));
}

static void blend_columns(const float *sums, size_t n, float *to, size_t n_to)
{
	for (size_t j = 0; j < n_to; j++) {
		size_t x;
		const float share = between(j, n_to, n, &x);
		const float next = n > 1 ? sums[x + 1] : sums[x];

		to[j] = sums[x] + share * (next - sums[x]);
	}
}

void resample_scale(const struct plane *plane, float *to, size_t width, size_t height, float *sums)
{
	const struct region whole = {0, 0, plane->width, plane->height};
	struct parts parts;

	cut_row(plane->width, width, &parts);
	for (size_t j = 0; j < height; j++) {
		if (plane->height < height)
			blend_rows(plane, j, height, sums);
		else
			average_rows(plane, &whole, j, height, sums);
		if (plane->width < width)
			blend_columns(sums, plane->width, to + j * width, width);
		else
			gather_row(sums, &parts, to + j * width);
	}
}
