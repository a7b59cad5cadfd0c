/*
 * glyph.c - distance fields of an EMNIST image.
 *
 * The image is interpolated to eight times its size and cut at half its range. What is kept is not
 * that mask, but the distance of each cell from its outline and from its skeleton: a stroke drawn
 * thicker, thinner, or with another pen is then one comparison, and its edge is sharp at any size.
 */
#include "glyph.h"

#include "../preprocess/distance.h"

#include <math.h>
#include <string.h>

#define SIDE 28

/* The least half width that thinning leaves of a stroke. */
#define HAIRLINE 0.25f

/* Catmull and Rom's cubic through four values, `at` between the second and the third. */
static float cubic(float a, float b, float c, float d, float at)
{
	return b +
	       0.5f * at * (c - a + at * (2 * a - 5 * b + 4 * c - d + at * (3 * (b - c) + d - a)));
}

/* Of n values, stride apart, with nothing before and after them: cubic at `at`, which is a place
 * between them. */
static float interpolate(const float *values, size_t stride, int n, float at)
{
	const int first = (int)floorf(at) - 1;
	float near[4];

	for (int k = 0; k < 4; k++)
		near[k] =
			first + k < 0 || first + k >= n ? 0 : values[(size_t)(first + k) * stride];
	return cubic(near[0], near[1], near[2], near[3], at - (float)(first + 1));
}

/* Where the center of a cell lies among the centers of pixels. */
static float place_of(int cell)
{
	return ((float)cell + 0.5f) / GLYPH_SCALE - GLYPH_MARGIN - 0.5f;
}

/* values = the pixels, interpolated along the rows and then along the columns; held in 0..1. */
static void enlarge(const uint8_t *pixels, float *values)
{
	float small[SIDE * SIDE], wide[SIDE * GLYPH_SIDE];

	for (int i = 0; i < SIDE * SIDE; i++)
		small[i] = (float)pixels[i] / 255;
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < GLYPH_SIDE; x++)
			wide[y * GLYPH_SIDE + x] =
				interpolate(small + y * SIDE, 1, SIDE, place_of(x));
	for (int y = 0; y < GLYPH_SIDE; y++)
		for (int x = 0; x < GLYPH_SIDE; x++) {
			const float value = interpolate(wide + x, GLYPH_SIDE, SIDE, place_of(y));

			values[y * GLYPH_SIDE + x] = value > 0 ? value < 1 ? value : 1 : 0;
		}
}

/* Whether cell i of the mask may go in the first or second half of a round of thinning (Zhang and
 * Suen 1984): it is at an edge, no end of a line, and holds nothing together. */
static bool may_go(const uint8_t *mask, int i, int half)
{
	static const int around[8] = {-GLYPH_SIDE, 1 - GLYPH_SIDE, 1,  1 + GLYPH_SIDE,
				      GLYPH_SIDE,  GLYPH_SIDE - 1, -1, -1 - GLYPH_SIDE};
	int p[9], n_set = 0, n_rises = 0;

	for (int k = 0; k < 8; k++)
		p[k] = mask[i + around[k]] != 0;
	p[8] = p[0];
	for (int k = 0; k < 8; k++) {
		n_set += p[k];
		n_rises += !p[k] && p[k + 1];
	}
	if (n_set < 2 || n_set > 6 || n_rises != 1)
		return false;
	return half == 0 ? !(p[0] && p[2] && p[4]) && !(p[2] && p[4] && p[6])
			 : !(p[0] && p[2] && p[6]) && !(p[0] && p[4] && p[6]);
}

/* Reduces mask (0 or 1, 0 at its border) to lines that are one cell wide. cells, going: scratch,
 * for those that are left, and those of them that go. */
static void thin(uint8_t *mask, int *cells, int *going)
{
	int n = 0;

	for (int i = 0; i < GLYPH_AREA; i++)
		if (mask[i])
			cells[n++] = i;
	for (int half = 0, n_idle = 0; n_idle < 2; half = !half) {
		int n_left = 0, n_going = 0;

		for (int k = 0; k < n; k++)
			if (may_go(mask, cells[k], half))
				going[n_going++] = cells[k];
			else
				cells[n_left++] = cells[k];
		for (int k = 0; k < n_going; k++)
			mask[going[k]] = 0;
		n = n_left;
		n_idle = n_going ? 0 : n_idle + 1;
	}
}

void glyph_make(struct glyph *glyph, const uint8_t *pixels)
{
	const float cell = 1.0f / GLYPH_SCALE;

	enlarge(pixels, glyph->values);
	for (int i = 0; i < GLYPH_AREA; i++)
		glyph->mask[i] = glyph->values[i] > 0.5f;
	distance_transform(glyph->mask, 0, GLYPH_SIDE, GLYPH_SIDE, INFINITY, glyph->outline);
	distance_transform(glyph->mask, 1, GLYPH_SIDE, GLYPH_SIDE, INFINITY, glyph->skeleton);
	for (int i = 0; i < GLYPH_AREA; i++)
		glyph->outline[i] = cell * (glyph->mask[i] ? glyph->outline[i] - 0.5f
							   : 0.5f - glyph->skeleton[i]);
	glyph->has_skeleton = false;
}

void glyph_prepare(struct glyph *glyph, const struct pen *pen)
{
	if (glyph->has_skeleton || !(pen->width > 0 || pen->thicker < 0))
		return;
	glyph->has_skeleton = true;
	thin(glyph->mask, glyph->cells[0], glyph->cells[1]);
	distance_transform(glyph->mask, 1, GLYPH_SIDE, GLYPH_SIDE, INFINITY, glyph->skeleton);
	for (int i = 0; i < GLYPH_AREA; i++)
		glyph->skeleton[i] /= GLYPH_SCALE;
}

static inline double held(double value, double most)
{
	return value > 0 ? value < most ? value : most : 0;
}

/* Between the four cells around (x, y), in cells; the nearest ones outside. */
static float sample(const float *plane, double x, double y)
{
	const double last = GLYPH_SIDE - 1.001;
	const double u = held(x, last), v = held(y, last);
	const int left = (int)u, top = (int)v;
	const float *p = plane + top * GLYPH_SIDE + left;
	const float a = (float)(u - left), b = (float)(v - top);
	const float above = p[0] + a * (p[1] - p[0]);
	const float below = p[GLYPH_SIDE] + a * (p[GLYPH_SIDE + 1] - p[GLYPH_SIDE]);

	return above + b * (below - above);
}

float glyph_ink(const struct glyph *glyph, const struct pen *pen, double x, double y, double pixel)
{
	const double u = x * GLYPH_SCALE + (GLYPH_SIDE - 1) / 2.0;
	const double v = y * GLYPH_SCALE + (GLYPH_SIDE - 1) / 2.0;
	float inside;

	if (pen->grey)
		return sample(glyph->values, u, v);
	if (pen->width > 0)
		inside = (float)pen->width / 2 - sample(glyph->skeleton, u, v);
	else
		inside = sample(glyph->outline, u, v) + (float)pen->thicker;
	if (pen->thicker < 0) {
		const float hairline = HAIRLINE - sample(glyph->skeleton, u, v);

		inside = hairline > inside ? hairline : inside;
	}
	inside = inside / (float)pixel + 0.5f;
	return inside > 0 ? inside < 1 ? inside : 1 : 0;
}
