/*
 * camera.c - blur, noise, and the loss of JPEG without its bytes.
 */
#include "camera.h"

#include <math.h>
#include <string.h>

#define TAU 6.283185307179586

/* ------------------------------------------------------------------- blur */

#define MAX_REACH 256

/* weights[0 ... reach] of a Gaussian, for both sides; returns reach. */
static size_t make_kernel(double sigma, float weights[MAX_REACH + 1])
{
	const size_t wanted = (size_t)ceil(3 * sigma);
	const size_t reach = wanted < MAX_REACH ? wanted : MAX_REACH;
	double sum = 0;

	for (size_t k = 0; k <= reach; k++)
		sum += (k ? 2 : 1) * exp(-0.5 * (double)(k * k) / (sigma * sigma));
	for (size_t k = 0; k <= reach; k++)
		weights[k] = (float)(exp(-0.5 * (double)(k * k) / (sigma * sigma)) / sum);
	return reach;
}

static size_t clamped(ptrdiff_t i, size_t n)
{
	return i < 0 ? 0 : (size_t)i < n ? (size_t)i : n - 1;
}

static void blur_columns(const float *from, float *to, size_t width, size_t height,
			 const float *weights, size_t reach)
{
	memset(to, 0, width * height * sizeof(*to));
	for (size_t y = 0; y < height; y++)
		for (ptrdiff_t k = -(ptrdiff_t)reach; k <= (ptrdiff_t)reach; k++) {
			const float *row = from + clamped((ptrdiff_t)y + k, height) * width;
			const float weight = weights[k < 0 ? -k : k];

			for (size_t x = 0; x < width; x++)
				to[y * width + x] += weight * row[x];
		}
}

static float blur_clamped(const float *row, size_t width, size_t x, const float *weights,
			  size_t reach)
{
	float sum = weights[0] * row[x];

	for (size_t k = 1; k <= reach; k++)
		sum += weights[k] * (row[clamped((ptrdiff_t)x - (ptrdiff_t)k, width)] +
				     row[clamped((ptrdiff_t)(x + k), width)]);
	return sum;
}

/* Away from the ends, where nothing is clamped, the compiler makes vector code. */
static void blur_rows(const float *from, float *to, size_t width, size_t height,
		      const float *weights, size_t reach)
{
	const size_t inner = reach < width ? reach : width;
	const size_t end = width > inner + reach ? width - reach : inner;

	for (size_t y = 0; y < height; y++) {
		const float *row = from + y * width;
		float *sums = to + y * width;

		for (size_t x = 0; x < inner; x++)
			sums[x] = blur_clamped(row, width, x, weights, reach);
		for (size_t x = inner; x < end; x++)
			sums[x] = weights[0] * row[x];
		for (size_t k = 1; k <= reach; k++)
			for (size_t x = inner; x < end; x++)
				sums[x] += weights[k] * (row[x - k] + row[x + k]);
		for (size_t x = end; x < width; x++)
			sums[x] = blur_clamped(row, width, x, weights, reach);
	}
}

void camera_blur(float *plane, size_t width, size_t height, double sigma, float *scratch)
{
	float weights[MAX_REACH + 1];
	const size_t reach = make_kernel(sigma, weights);

	blur_columns(plane, scratch, width, height, weights, reach);
	blur_rows(scratch, plane, width, height, weights, reach);
}

/* ------------------------------------------------------------------ noise */

void camera_noise(float *pixels, size_t width, size_t height, double sigma, struct random *random)
{
	for (size_t i = 0; i < width * height; i++) {
		/* Box and Muller's; 1 - u is never 0. */
		const double radius = sqrt(-2 * log(1 - random_unit(random)));
		const float value = (float)(sigma * radius * cos(TAU * random_unit(random)));

		for (size_t c = 0; c < 3; c++)
			pixels[3 * i + c] += value;
	}
}

/* ------------------------------------------------------------------- JPEG */

#define BLOCK 8

/* The steps of brightness at quality 50 (ITU-T T.81, table K.1). */
static const unsigned steps[BLOCK][BLOCK] = {
	{16, 11, 10, 16, 24, 40, 51, 61},     {12, 12, 14, 19, 26, 58, 60, 55},
	{14, 13, 16, 24, 40, 57, 69, 56},     {14, 17, 22, 29, 51, 87, 80, 62},
	{18, 22, 37, 56, 68, 109, 103, 77},   {24, 35, 55, 64, 81, 104, 113, 92},
	{49, 64, 78, 87, 103, 121, 120, 101}, {72, 92, 95, 98, 112, 100, 103, 99},
};

/* The step at a quality, as the Independent JPEG Group's library has it. */
static float scaled_step(unsigned step, unsigned quality)
{
	const unsigned percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
	const unsigned scaled = (step * percent + 50) / 100;

	return (float)(scaled < 1 ? 1 : scaled > 255 ? 255 : scaled);
}

/* basis[k][i]: the orthonormal cosine k at place i. */
static void make_basis(float basis[BLOCK][BLOCK])
{
	for (int k = 0; k < BLOCK; k++)
		for (int i = 0; i < BLOCK; i++)
			basis[k][i] = (float)(sqrt((k ? 2.0 : 1.0) / BLOCK) *
					      cos(TAU * (2 * i + 1) * k / (4 * BLOCK)));
}

/* to = left x from x right, each of them transposed or not. */
static void transform(float basis[BLOCK][BLOCK], float from[BLOCK][BLOCK], float to[BLOCK][BLOCK],
		      int inverse)
{
	float half[BLOCK][BLOCK] = {{0}};

	memset(to, 0, sizeof(half));
	for (int i = 0; i < BLOCK; i++)
		for (int k = 0; k < BLOCK; k++) {
			const float weight = inverse ? basis[k][i] : basis[i][k];

			for (int j = 0; j < BLOCK; j++)
				half[i][j] += weight * from[k][j];
		}
	for (int i = 0; i < BLOCK; i++)
		for (int k = 0; k < BLOCK; k++)
			for (int j = 0; j < BLOCK; j++)
				to[i][j] += half[i][k] * (inverse ? basis[k][j] : basis[j][k]);
}

static float brightness(const float *pixel)
{
	return 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
}

/* A block that reaches over the edge repeats the last row and column, as encoders do. */
static void compress_block(float *pixels, size_t width, size_t height, size_t left, size_t top,
			   float basis[BLOCK][BLOCK], float table[BLOCK][BLOCK])
{
	float block[BLOCK][BLOCK], waves[BLOCK][BLOCK], after[BLOCK][BLOCK];

	for (size_t j = 0; j < BLOCK; j++)
		for (size_t i = 0; i < BLOCK; i++) {
			const size_t x = clamped((ptrdiff_t)(left + i), width);
			const size_t y = clamped((ptrdiff_t)(top + j), height);

			block[j][i] = brightness(pixels + 3 * (y * width + x)) - 128;
		}
	transform(basis, block, waves, 0);
	for (size_t j = 0; j < BLOCK; j++)
		for (size_t i = 0; i < BLOCK; i++)
			waves[j][i] = table[j][i] * rintf(waves[j][i] / table[j][i]);
	transform(basis, waves, after, 1);
	for (size_t j = 0; j < BLOCK && top + j < height; j++)
		for (size_t i = 0; i < BLOCK && left + i < width; i++)
			for (size_t c = 0; c < 3; c++)
				pixels[3 * ((top + j) * width + left + i) + c] +=
					after[j][i] - block[j][i];
}

void camera_jpeg(float *pixels, size_t width, size_t height, unsigned quality)
{
	float basis[BLOCK][BLOCK], table[BLOCK][BLOCK];

	make_basis(basis);
	for (size_t j = 0; j < BLOCK; j++)
		for (size_t i = 0; i < BLOCK; i++)
			table[j][i] = scaled_step(steps[j][i], quality);
	for (size_t top = 0; top < height; top += BLOCK)
		for (size_t left = 0; left < width; left += BLOCK)
			compress_block(pixels, width, height, left, top, basis, table);
}
