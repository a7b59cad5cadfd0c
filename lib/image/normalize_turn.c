/*
 * normalize_turn.c - which side of a picture is the ink: the dark one or the bright one.
 */
#include "normalize.h"

/* A border is paper when this share of it is on one side of the threshold. */
#define BORDER_SHARE 0.75f

/* Where the border does not tell, as in a tight crop: what is dark is the ink unless its shares of
 * the border and of the whole add up to more than this. In training images cropped to their ink
 * that is wrong for 2 % in dark ink and for 8 % in light ink, mostly bars that fill their box. */
#define MAX_INK_SHARES 1.1f

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

bool normalize_ink_is_bright(const float *values, size_t width, size_t height)
{
	const size_t n = width * height;
	uint32_t histogram[256] = {0};
	float border, threshold;
	size_t n_dark = 0;

	for (size_t i = 0; i < n; i++)
		histogram[(uint8_t)(values[i] + 0.5f)]++;
	threshold = (float)otsu_threshold(histogram) + 0.5f;
	border = bright_border(values, width, height, threshold);
	if (border >= BORDER_SHARE)
		return false;
	if (border <= 1 - BORDER_SHARE)
		return true;
	for (size_t i = 0; i < n; i++)
		n_dark += values[i] <= threshold;
	return (1 - border) + (float)n_dark / (float)n > MAX_INK_SHARES;
}
