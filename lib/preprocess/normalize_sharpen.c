/*
 * normalize_sharpen.c - sharpens ink that is out of focus.
 *
 * Blur fills loops and makes thin strokes too faint to be found. An unsharp mask undoes some of it:
 * it adds to the ink what a further blur of the same width would remove. It applies only as far as
 * the ink is more blurred than EMNIST's.
 */
#include "../base/simd.h"
#include "lanes.h"
#include "normalize.h"

#include <math.h>

/* The blur, as a standard deviation in pixels of the vector, from which on ink is sharpened, and
 * from which on it is so fully: EMNIST's is 0.67. */
#define FIRST_SIGMA 0.6
#define FULL_SIGMA  0.9

/* How much of the difference is added. This and the blurs above were chosen with
 * lib/bench/distort.c: 1 gains half as much, 3 no more. */
#define AMOUNT 2.0

/* Where a Gaussian is cut off, in standard deviations and in pixels. */
#define REACH_SIGMAS 2.5
#define MAX_REACH    40

/* Columns that are filtered at a time. */
#define STRIP 16

struct gaussian {
	size_t reach;
	float weights[2 * MAX_REACH + 1]; /* of -reach ... reach; their sum is 1 */
};

static struct gaussian make_gaussian(double sigma)
{
	const double wanted = ceil(REACH_SIGMAS * sigma);
	struct gaussian gaussian = {.reach = wanted < MAX_REACH ? (size_t)wanted : MAX_REACH};
	double sum = 0;

	for (size_t k = 0; k <= 2 * gaussian.reach; k++) {
		const double at = ((double)k - (double)gaussian.reach) / sigma;
		const double weight = exp(-0.5 * at * at);

		gaussian.weights[k] = (float)weight;
		sum += weight;
	}
	for (size_t k = 0; k <= 2 * gaussian.reach; k++)
		gaussian.weights[k] /= (float)sum;
	return gaussian;
}

/* Beyond the ends of a row is paper, 0. Writes LANES values behind a row, which the next one
 * overwrites. */
SIMD_CLONES
static void blur_rows(const struct gaussian *gaussian, const float *from, float *to, size_t width,
		      size_t height)
{
	float row[WORK_SIDE + 2 * MAX_REACH + LANES] = {0};

	for (size_t y = 0; y < height; y++) {
		memcpy(row + gaussian->reach, from + y * width, width * sizeof(*row));
		for (size_t x = 0; x < width; x += LANES) {
			lanes sum = {0};

			for (size_t k = 0; k <= 2 * gaussian->reach; k++)
				sum += gaussian->weights[k] * *(const lanes *)(row + x + k);
			*(lanes *)(to + y * width + x) = sum;
		}
	}
}

/* In place, by way of a copy of a few columns. */
SIMD_CLONES
static void blur_columns(const struct gaussian *gaussian, float *values, size_t width,
			 size_t height)
{
	float strip[WORK_SIDE * STRIP];

	for (size_t first = 0; first < width; first += STRIP) {
		const size_t n = width - first < STRIP ? width - first : STRIP;

		for (size_t y = 0; y < height; y++) {
			memcpy(strip + y * STRIP, values + y * width + first, n * sizeof(*strip));
			memset(values + y * width + first, 0, n * sizeof(*strip));
		}
		for (size_t y = 0; y < height; y++) {
			const size_t begin = y > gaussian->reach ? y - gaussian->reach : 0;
			float *to = values + y * width + first;

			for (size_t k = begin; k < height && k <= y + gaussian->reach; k++) {
				const float weight = gaussian->weights[k + gaussian->reach - y];

				for (size_t x = 0; x < n; x++)
					to[x] += weight * strip[k * STRIP + x];
			}
		}
	}
}

typedef int64_t wide_lanes __attribute__((vector_size(4 * LANES)));

/* struct edges, lane by lane. */
struct edge_lanes {
	lanes area, outline, crossed;
	mask_lanes n_crossed;
};

/* Adds the first n, at most LANES, of pixels that have neighbors to the right and below. Always
 * reads LANES of them. */
static inline void add_edges(const float *ink, size_t width, size_t n, struct edge_lanes *edges)
{
	static const int32_t starts[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
	const mask_lanes counts = *(const mask_lanes *)(starts + LANES - n);
	const lanes here = *(const lanes *)ink, right = *(const lanes *)(ink + 1);
	const lanes below = *(const lanes *)(ink + width), dx = right - here, dy = below - here;
	const mask_lanes inside = here < 0.5f;
	const mask_lanes crossed = counts & ((inside ^ (right < 0.5f)) | (inside ^ (below < 0.5f)));
	lanes slopes = (lanes)(counts & (mask_lanes)(dx * dx + dy * dy));
	const wide_lanes any = (wide_lanes)(slopes != 0);

	edges->area += (lanes)(counts & (mask_lanes)here);
	if (!(any[0] | any[1] | any[2] | any[3]))
		return;
	for (size_t k = 0; k < LANES; k++)
		slopes[k] = sqrtf(slopes[k]);
	edges->outline += slopes;
	edges->crossed += (lanes)((mask_lanes)slopes & crossed);
	edges->n_crossed -= crossed;
}

SIMD_CLONES
static struct edges measure(const float *ink, size_t width, size_t height)
{
	struct edge_lanes sums = {{0}, {0}, {0}, {0}};
	struct edges edges = {0};

	for (size_t y = 0; y + 1 < height; y++) {
		const float *row = ink + y * width;
		size_t x = 0;

		for (; x + LANES < width; x += LANES)
			add_edges(row + x, width, LANES, &sums);
		add_edges(row + x, width, width - 1 - x, &sums);
	}
	for (size_t k = 0; k < LANES; k++) {
		edges.area += (double)sums.area[k];
		edges.outline += (double)sums.outline[k];
		edges.crossed += (double)sums.crossed[k];
		edges.n_crossed += sums.n_crossed[k];
	}
	return edges;
}

struct edges normalize_measure_edges(const float *ink, size_t width, size_t height)
{
	return measure(ink, width, height);
}

double normalize_edge_sigma(const struct edges *edges)
{
	return edges->n_crossed ? 0.3989422804014327 * edges->n_crossed / edges->crossed : 0;
}

SIMD_CLONES
static void add_difference(float *restrict ink, const float *restrict blurred, size_t n,
			   float amount)
{
	for (size_t i = 0; i < n; i++) {
		const float value = ink[i] + amount * (ink[i] - blurred[i]);
		const float positive = value > 0 ? value : 0;

		ink[i] = positive < 1 ? positive : 1;
	}
}

void normalize_sharpen(struct normalizer *normalizer, const struct frame *frame, double scale,
		       struct edges *edges)
{
	const size_t width = frame->width, height = frame->height;
	const double sigma = normalize_edge_sigma(edges);
	const double share = (sigma * scale - FIRST_SIGMA) / (FULL_SIGMA - FIRST_SIGMA);
	/* The paper is not needed any more. */
	float *blurred = normalizer->paper;
	struct gaussian gaussian;

	if (share <= 0)
		return;
	gaussian = make_gaussian(sigma);
	blur_rows(&gaussian, normalizer->ink, blurred, width, height);
	blur_columns(&gaussian, blurred, width, height);
	add_difference(normalizer->ink, blurred, width * height, (float)(AMOUNT * fmin(share, 1)));
	*edges = normalize_measure_edges(normalizer->ink, width, height);
}
