/*
 * normalize_turn.c - decides which part of a picture is the ink: the dark or the bright one.
 *
 * Most of a picture's border is paper. In even light brightness has two levels, and the border
 * shows which one is the paper, unless they are the two sides of a shadow's edge. Otherwise a
 * smooth surface is fitted to the border, ignoring strokes and lines that cross it. It predicts the
 * paper's brightness everywhere: the ink is what departs from it most, to the dark or to the bright
 * side.
 */
#include "../base/simd.h"
#include "normalize.h"
#include "normalize_light.h"

#include <math.h>

/* Levels that explain this share of the variance are even, as no shadow's are. */
#define EVEN_LEVELS 0.95

/* A border is paper when this share of it is on one side of the threshold. */
#define BORDER_SHARE 0.75f

/* If the border does not decide, the two levels may be a shadow and the light next to it. That is
 * so if light that falls in one direction differs by at most this share of their difference, at
 * that share of the pixels. Then the ink is what departs from this light. */
#define SHADOW_OFF   0.2f
#define SHADOW_SHARE 0.75f

/* Otherwise, as in a tight crop: the dark is the ink unless its shares of the border and of the
 * whole, and so much of its share of the four corners, add up to more than this. The corners of
 * printed letters are often ink, which is why they do not count more. Where the levels are even,
 * dark ink and light ink are as likely: that is wrong for 0.3 % of the training images cropped to
 * their ink. */
#define CORNER_WEIGHT   0.25f
#define MAX_INK_SHARES  1.225f
#define EVEN_INK_SHARES 1.125f

/* Samples of the border: up to this many along each side, in lines this many pixels inside. */
#define N_ALONG  32
#define N_DEEP   2
#define DEEPER   2
#define N_BORDER (4 * N_ALONG * N_DEEP) /* at most LIGHT_MAX_SAMPLES */

/* Rounds of fitting. A sample SCALE standard deviations off has half the weight; brightness is
 * uncertain by at least MIN_SIGMA levels. */
#define N_ROUNDS  5
#define SCALE     1.5f
#define MIN_SIGMA 1.3f

/* How far the ink departs is seen at this share of the pixels, on either side: more than noise and
 * specks cover, and less than a thin pen's strokes. */
#define TAIL_SHARE 0.01f

/* Ink is dark unless what departs to the bright side does so by more than 2.4 times as much. */
#define BRIGHT_BALANCE 0.41f

/* ------------------------------------------------------------- by its levels */

/* The threshold between two classes of bytes that leaves the least variance within them (Otsu
 * 1979). */
static struct levels find_levels(const uint32_t histogram[256])
{
	struct levels levels = {.threshold = 0.5f};
	double n = 0, sum = 0, squares = 0, n_dark = 0, sum_dark = 0, best = 0;

	for (unsigned v = 0; v < 256; v++) {
		n += histogram[v];
		sum += (double)v * histogram[v];
		squares += (double)v * v * histogram[v];
	}
	for (unsigned v = 0; v < 255; v++) {
		double dark, bright, between;

		n_dark += histogram[v];
		sum_dark += (double)v * histogram[v];
		/* A level without pixels separates what the one before did. */
		if (histogram[v] == 0 || n_dark == n)
			continue;
		dark = sum_dark / n_dark;
		bright = (sum - sum_dark) / (n - n_dark);
		between = n_dark * (n - n_dark) * (bright - dark) * (bright - dark);
		if (between > best) {
			best = between;
			levels = (struct levels){(float)v + 0.5f, (float)dark, (float)bright,
						 (size_t)n_dark, 0};
		}
	}
	levels.share = best > 0 ? best / (n * squares - sum * sum) : 0;
	return levels;
}

/* Values as the nearest bytes. */
SIMD_CLONES
static void round_values(const float *restrict values, size_t n, uint8_t *restrict bytes)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(int)(values[i] + 0.5f);
}

/* Most of a page has the value of its neighbors: such are counted eight at a time. Others are
 * counted in four histograms, since two increments of one bin wait for each other. */
static void count_bytes(const uint8_t *bytes, size_t n, uint32_t histograms[4][256])
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t word;

		memcpy(&word, bytes + i, sizeof(word));
		if (word == bytes[i] * UINT64_C(0x0101010101010101)) {
			histograms[0][bytes[i]] += 8;
			continue;
		}
#pragma GCC unroll 8
		for (size_t k = 0; k < 8; k++)
			histograms[k % 4][word >> 8 * k & 0xff]++;
	}
	for (; i < n; i++)
		histograms[0][bytes[i]]++;
}

void normalize_count_values(const float *values, size_t n, uint32_t histogram[256])
{
	uint32_t histograms[4][256] = {{0}};
	uint8_t bytes[1024];

	for (size_t first = 0; first < n; first += sizeof(bytes)) {
		const size_t length = n - first < sizeof(bytes) ? n - first : sizeof(bytes);

		round_values(values + first, length, bytes);
		count_bytes(bytes, length, histograms);
	}
	for (size_t v = 0; v < 256; v++)
		histogram[v] =
			histograms[0][v] + histograms[1][v] + histograms[2][v] + histograms[3][v];
}

struct levels normalize_find_levels(const float *paper, size_t n)
{
	uint32_t histogram[256];

	normalize_count_values(paper, n, histogram);
	return find_levels(histogram);
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

/* The share of its corners that is darker. */
static float dark_corners(const float *values, size_t width, size_t height, float threshold)
{
	const float *last = values + (height - 1) * width;

	return 0.25f * (float)((values[0] <= threshold) + (values[width - 1] <= threshold) +
			       (last[0] <= threshold) + (last[width - 1] <= threshold));
}

/* Whether the two levels on either side of the threshold are those of light and shadow. */
static bool is_shadow(const float *paper, size_t width, size_t height, float threshold,
		      struct shadow *shadow)
{
	struct light_samples samples;
	float sums[2] = {0}, counts[2] = {0}, gap;

	light_sample(paper, width, height, &samples);
	for (size_t i = 0; i < samples.n; i++) {
		const int is_bright = samples.value[i] > threshold;

		sums[is_bright] += samples.value[i];
		counts[is_bright]++;
	}
	if (counts[0] == 0 || counts[1] == 0)
		return false;
	gap = sums[1] / counts[1] - sums[0] / counts[0];
	return shadow_fit(shadow, &samples, SHADOW_SHARE) <= SHADOW_OFF * gap;
}

/* Decides by the two levels; false if there are none, or if they are light and shadow. In the
 * latter case *is_shadow_ret is set, and *shadow_ret is the light. */
static bool turn_by_levels(const float *paper, size_t width, size_t height,
			   const struct levels *levels, bool *bright_ret, struct shadow *shadow_ret,
			   bool *is_shadow_ret)
{
	float border, shares;
	bool is_even, crop_is_bright;

	if (levels->share < NORMALIZE_TWO_LEVELS)
		return false;
	is_even = levels->share >= EVEN_LEVELS;
	border = bright_border(paper, width, height, levels->threshold);
	if (border > 1 - BORDER_SHARE && border < BORDER_SHARE && !is_even &&
	    is_shadow(paper, width, height, levels->threshold, shadow_ret)) {
		*is_shadow_ret = true;
		return false;
	}
	shares = (1 - border) + (float)levels->n_dark / (float)(width * height) +
		 CORNER_WEIGHT * dark_corners(paper, width, height, levels->threshold);
	crop_is_bright = shares > (is_even ? EVEN_INK_SHARES : MAX_INK_SHARES);
	*bright_ret = border <= 1 - BORDER_SHARE || (border < BORDER_SHARE && crop_is_bright);
	return true;
}

/* -------------------------------------------------------------- by its light */

static void take_border(const float *values, size_t width, size_t height,
			struct light_samples *samples)
{
	samples->n = 0;
	for (size_t deep = 0; deep < N_DEEP; deep++)
		for (size_t k = 0; k < 4 * N_ALONG; k++) {
			const size_t inside = deep * DEEPER, along = k / 4;
			const bool upright = k & 1, far = k & 2;
			const size_t across = upright ? width : height;
			const size_t length = upright ? height : width;
			const size_t at = along * (length - 1) / (N_ALONG - 1);
			const size_t off = inside < across ? inside : across - 1;
			const size_t x = upright ? (far ? width - 1 - off : off) : at;
			const size_t y = upright ? at : (far ? height - 1 - off : off);

			light_add_sample(samples, values, width, height, x, y);
		}
}

/* The light on the paper of the border, and beyond it within the range of brightness. */
static struct light fit_border(const float *values, size_t width, size_t height)
{
	struct light_samples samples;
	float residuals[N_BORDER], sorted[N_BORDER];
	struct light light = {.least = -255, .most = 510};

	take_border(values, width, height, &samples);
	for (int round = 0; round <= N_ROUNDS; round++) {
		float scale;

		light_fit(&light, &samples);
		light_residuals(&light, &samples, residuals);
		memcpy(sorted, residuals, sizeof(sorted));
		scale = LIGHT_SIGMA_OF_MEDIAN * light_select(sorted, N_BORDER, N_BORDER / 2);
		scale = SCALE * (scale + MIN_SIGMA);
		for (size_t i = 0; i < N_BORDER; i++) {
			const float off = residuals[i] / scale;

			samples.weight[i] = 1 / (1 + off * off);
		}
	}
	return light;
}

/* The first bin, from one end, up to which there are n values. */
static int find_tail(const uint32_t *histogram, int first, int step, uint32_t n)
{
	int bin = first;

	for (uint32_t sum = histogram[bin]; sum <= n; sum += histogram[bin])
		bin += step;
	return bin;
}

/* Departures from -255 to 255 have a bin each, those beyond the last ones. */
#define N_BINS 512

/* Whether what departs from the light does so to the bright side. */
static bool departs_brightly(const uint32_t histogram[N_BINS], size_t n)
{
	const uint32_t tail = (uint32_t)(TAIL_SHARE * (float)n);
	const float darkest = (float)(find_tail(histogram, 0, 1, tail) - N_BINS / 2);
	const float brightest = (float)(find_tail(histogram, N_BINS - 1, -1, tail) - N_BINS / 2);

	return brightest + darkest > BRIGHT_BALANCE * (brightest - darkest + 1);
}

static void count_departure(uint32_t histogram[N_BINS], float departure)
{
	const float off = departure + N_BINS / 2;

	histogram[off > 0 ? off < N_BINS - 1 ? (size_t)off : N_BINS - 1 : 0]++;
}

static bool turn_by_light(const float *paper, size_t width, size_t height)
{
	const struct light light = fit_border(paper, width, height);
	uint32_t histogram[N_BINS] = {0};
	float row[WORK_SIDE];

	for (size_t y = 0; y < height; y++) {
		light_on_row(&light, light_place(y, height), row, width);
		for (size_t x = 0; x < width; x++)
			count_departure(histogram, paper[y * width + x] - row[x]);
	}
	return departs_brightly(histogram, width * height);
}

static bool turn_by_shadow(const float *paper, size_t width, size_t height,
			   const struct shadow *shadow)
{
	uint32_t histogram[N_BINS] = {0};
	float row[WORK_SIDE];

	for (size_t y = 0; y < height; y++) {
		shadow_on_row(shadow, light_place(y, height), row, width);
		for (size_t x = 0; x < width; x++)
			count_departure(histogram, paper[y * width + x] - row[x]);
	}
	return departs_brightly(histogram, width * height);
}

bool normalize_ink_is_bright(const float *paper, size_t width, size_t height,
			     const struct levels *levels)
{
	struct shadow shadow;
	bool bright, is_shadow = false;

	if (turn_by_levels(paper, width, height, levels, &bright, &shadow, &is_shadow))
		return bright;
	return is_shadow ? turn_by_shadow(paper, width, height, &shadow)
			 : turn_by_light(paper, width, height);
}
