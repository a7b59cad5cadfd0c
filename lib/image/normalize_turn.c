/*
 * normalize_turn.c - which side of a picture is the ink: the dark one or the bright one.
 */
#include "normalize.h"

#include <math.h>

/* A border is paper when this share of it is on one side of the threshold. */
#define BORDER_SHARE 0.75f

/* Where the border does not tell, as in a tight crop: what is dark is the ink unless its shares of
 * the border and of the whole add up to more than this. In training images cropped to their ink
 * that is wrong for 2 % in dark ink and for 8 % in light ink, mostly bars that fill their box. */
#define MAX_INK_SHARES 1.1f

/* Light that passes the threshold somewhere on the border does so softly: within so many pixels of
 * the border by less than this share of the step from the mean of the dark to the mean of the
 * bright ones. */
#define EDGE_REACH 3
#define EDGE_SHARE 0.35f

/* The threshold between two classes of bytes that leaves the least variance within them (Otsu
 * 1979): the largest value of the darker class. */
static unsigned otsu_threshold(const uint32_t histogram[256])
{
	double n = 0, sum = 0, n_dark = 0, sum_dark = 0, best = -1;
	unsigned threshold = 0;

	for (unsigned v = 0; v < 256; v++) {
		n += histogram[v];
		sum += (double)v * histogram[v];
	}
	for (unsigned v = 0; v < 255; v++) {
		double gap, between;

		n_dark += histogram[v];
		sum_dark += (double)v * histogram[v];
		if (n_dark == 0 || n_dark == n)
			continue;
		gap = (sum - sum_dark) / (n - n_dark) - sum_dark / n_dark;
		between = n_dark * (n - n_dark) * gap * gap;
		if (between > best) {
			best = between;
			threshold = v;
		}
	}
	return threshold;
}

/* The share of the frame's border that is brighter than threshold. */
static float bright_border(const float *values, size_t width, size_t height, float threshold)
{
	size_t n = 0, n_bright = 0;

	for (size_t y = 0; y < height; y++) {
		const size_t step = y == 0 || y == height - 1 || width < 2 ? 1 : width - 1;

		for (size_t x = 0; x < width; x += step) {
			n++;
			n_bright += values[y * width + x] > threshold;
		}
	}
	return (float)n_bright / (float)n;
}

/* The share that the ink would have of the border, and that of the whole, if it were what is darker
 * than its surroundings: their sum. */
static float ink_shares(struct normalizer *normalizer, size_t width, size_t height)
{
	const size_t n = width * height;
	const float noise = normalize_flatten(normalizer->paper, normalizer->ink, width, height);
	const float level = normalize_ink_level(normalizer->ink, n, noise);
	size_t n_ink = 0;

	if (level == 0)
		return 2;
	for (size_t i = 0; i < n; i++)
		n_ink += normalizer->ink[i] > level / 2;
	return bright_border(normalizer->ink, width, height, level / 2) + (float)n_ink / (float)n;
}

static void invert(float *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		values[i] = 255 - values[i];
}

/* The border's values in order around the frame: n of them. */
static size_t take_border(const float *values, size_t width, size_t height,
			  float border[4 * WORK_SIDE])
{
	size_t n = 0;

	for (size_t x = 0; x < width; x++)
		border[n++] = values[x];
	for (size_t y = 1; y < height; y++)
		border[n++] = values[y * width + width - 1];
	for (size_t x = width - 1; height > 1 && x-- > 0;)
		border[n++] = values[(height - 1) * width + x];
	for (size_t y = height - 1; width > 1 && y-- > 1;)
		border[n++] = values[y * width];
	return n;
}

/* Whether brightness passes softly from one side of the threshold to the other, as light does, and
 * ink does not. */
static bool border_is_soft(const float *values, size_t width, size_t height, float threshold)
{
	float border[4 * WORK_SIDE], sums[2] = {0}, counts[2] = {0}, steepest = 0;
	const size_t n = take_border(values, width, height, border);

	for (size_t i = 0; i < n; i++) {
		const int bright = border[i] > threshold;

		sums[bright] += border[i];
		counts[bright]++;
		steepest = fmaxf(steepest, fabsf(border[(i + EDGE_REACH) % n] - border[i]));
	}
	return counts[0] > 0 && counts[1] > 0 &&
	       steepest < EDGE_SHARE * (sums[1] / counts[1] - sums[0] / counts[0]);
}

bool normalize_ink_is_bright(struct normalizer *normalizer, size_t width, size_t height)
{
	const size_t n = width * height;
	uint32_t histogram[256] = {0};
	float *paper = normalizer->paper;
	float border, threshold;
	size_t n_dark = 0;

	for (size_t i = 0; i < n; i++)
		histogram[(uint8_t)(paper[i] + 0.5f)]++;
	threshold = (float)otsu_threshold(histogram) + 0.5f;
	if (border_is_soft(paper, width, height, threshold)) {
		const float dark_shares = ink_shares(normalizer, width, height);
		float bright_shares;

		invert(paper, n);
		bright_shares = ink_shares(normalizer, width, height);
		invert(paper, n);
		return dark_shares > bright_shares;
	}
	border = bright_border(paper, width, height, threshold);
	if (border >= BORDER_SHARE)
		return false;
	if (border <= 1 - BORDER_SHARE)
		return true;
	for (size_t i = 0; i < n; i++)
		n_dark += paper[i] <= threshold;
	return (1 - border) + (float)n_dark / (float)n > MAX_INK_SHARES;
}
