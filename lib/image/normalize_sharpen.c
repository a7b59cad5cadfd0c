/*
 * normalize_sharpen.c - ink that is out of focus, as sharp as can be had.
 *
 * Blur fills loops and takes thin strokes below the level at which ink is found. Some of it is
 * taken back by adding to the ink what a further blur of the same width would take away (an unsharp
 * mask), only as far as the ink is more blurred than EMNIST's images are.
 */
#include "normalize.h"

#include <math.h>

/* The blur, as a standard deviation in pixels of the vector, from which on ink is sharpened, and
 * from which on it is so fully: EMNIST's is 0.67. */
#define FIRST_SIGMA 0.6
#define FULL_SIGMA  0.9

/* How much of the difference is added. This and the blurs above were chosen with
 * lib/bench/distort.c: 1 gains half as much, 3 no more. */
#define AMOUNT 2.0

/* A Gaussian ends after so many standard deviations, and after so many pixels. */
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

/* to, n values, += weight times the values of from that lie `by` - reach further; beyond the ends
 * of from is paper, 0. */
static void add_shifted(const float *restrict from, float *restrict to, size_t n, float weight,
			size_t by, size_t reach)
{
	const size_t back = by < reach ? reach - by : 0, ahead = by > reach ? by - reach : 0;

	for (size_t i = back; i + ahead < n; i++)
		to[i] += weight * from[i + ahead - back];
}

static void blur_rows(const struct gaussian *gaussian, const float *from, float *to, size_t width,
		      size_t height)
{
	memset(to, 0, width * height * sizeof(*to));
	for (size_t y = 0; y < height; y++)
		for (size_t k = 0; k <= 2 * gaussian->reach; k++)
			add_shifted(from + y * width, to + y * width, width, gaussian->weights[k],
				    k, gaussian->reach);
}

/* In place, by way of a copy of a few columns. */
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

double normalize_edge_sigma(const float *ink, size_t width, size_t height)
{
	double sum = 0;
	size_t n = 0;

	for (size_t y = 1; y + 1 < height; y++)
		for (size_t x = 1; x + 1 < width; x++) {
			const float *p = ink + y * width + x;
			const float dx = p[1] - p[0], dy = p[width] - p[0];

			if ((p[0] < 0.5f) == (p[1] < 0.5f) && (p[0] < 0.5f) == (p[width] < 0.5f))
				continue;
			sum += sqrtf(dx * dx + dy * dy);
			n++;
		}
	return n ? 0.3989422804014327 * (double)n / sum : 0;
}

void normalize_sharpen(struct normalizer *normalizer, const struct frame *frame, double scale)
{
	const size_t width = frame->width, height = frame->height;
	const double sigma = normalize_edge_sigma(normalizer->ink, width, height);
	const double share = (sigma * scale - FIRST_SIGMA) / (FULL_SIGMA - FIRST_SIGMA);
	const float amount = (float)(AMOUNT * fmin(share, 1));
	/* The paper is not needed any more. */
	float *blurred = normalizer->paper;
	struct gaussian gaussian;

	if (share <= 0)
		return;
	gaussian = make_gaussian(sigma);
	blur_rows(&gaussian, normalizer->ink, blurred, width, height);
	blur_columns(&gaussian, blurred, width, height);
	for (size_t i = 0; i < width * height; i++) {
		const float value = normalizer->ink[i] + amount * (normalizer->ink[i] - blurred[i]);

		normalizer->ink[i] = value < 0 ? 0 : value < 1 ? value : 1;
	}
}
