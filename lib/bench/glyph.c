/*
 * glyph.c - distance fields of an EMNIST image.
 *
 * The image is interpolated to eight times its size and cut at half its range. What is kept is not
 * that mask, but the distance of each cell from its outline and from its skeleton: a stroke drawn
 * thicker, thinner, or with another pen is then one comparison, and its edge is sharp at any size.
 */
#include "glyph.h"

#include "../image/distance.h"

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

static float pixel_at(const uint8_t *pixels, int x, int y)
{
	return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : (float)pixels[y * SIDE + x] / 255;
}

static float interpolate(const uint8_t *pixels, float x, float y)
{
	const int left = (int)floorf(x), top = (int)floorf(y);
	float rows[4];

	for (int j = 0; j < 4; j++)
		rows[j] = cubic(pixel_at(pixels, left - 1, top - 1 + j),
				pixel_at(pixels, left, top - 1 + j),
				pixel_at(pixels, left + 1, top - 1 + j),
				pixel_at(pixels, left + 2, top - 1 + j), x - (float)left);
	return fminf(fmaxf(cubic(rows[0], rows[1], rows[2], rows[3], y - (float)top), 0), 1);
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

/* Reduces mask (0 or 1, 0 at its border) to lines that are one cell wide. */
static void thin(uint8_t *mask, uint8_t *marks)
{
	for (int half = 0, n_idle = 0; n_idle < 2; half = !half) {
		int n_gone = 0;

		memset(marks, 0, GLYPH_AREA);
		for (int i = 0; i < GLYPH_AREA; i++)
			if (mask[i] && may_go(mask, i, half)) {
				marks[i] = 1;
				n_gone++;
			}
		for (int i = 0; i < GLYPH_AREA; i++)
			mask[i] &= (uint8_t)!marks[i];
		n_idle = n_gone ? 0 : n_idle + 1;
	}
}

void glyph_make(struct glyph *glyph, const uint8_t *pixels)
{
	const float cell = 1.0f / GLYPH_SCALE;

	for (int y = 0; y < GLYPH_SIDE; y++)
		for (int x = 0; x < GLYPH_SIDE; x++) {
			const float value =
				interpolate(pixels, ((float)x + 0.5f) * cell - GLYPH_MARGIN - 0.5f,
					    ((float)y + 0.5f) * cell - GLYPH_MARGIN - 0.5f);

			glyph->values[y * GLYPH_SIDE + x] = value;
			glyph->mask[y * GLYPH_SIDE + x] = value > 0.5f;
		}
	distance_transform(glyph->mask, 0, GLYPH_SIDE, GLYPH_SIDE, glyph->outline);
	distance_transform(glyph->mask, 1, GLYPH_SIDE, GLYPH_SIDE, glyph->scratch);
	for (int i = 0; i < GLYPH_AREA; i++)
		glyph->outline[i] = cell * (glyph->mask[i] ? glyph->outline[i] - 0.5f
							   : 0.5f - glyph->scratch[i]);
	thin(glyph->mask, (uint8_t *)glyph->scratch);
	distance_transform(glyph->mask, 1, GLYPH_SIDE, GLYPH_SIDE, glyph->skeleton);
	for (int i = 0; i < GLYPH_AREA; i++)
		glyph->skeleton[i] *= cell;
}

/* Between the four cells around (x, y), in cells; the nearest ones outside. */
static float sample(const float *plane, double x, double y)
{
	const double last = GLYPH_SIDE - 1.001;
	const double u = fmin(fmax(x, 0), last), v = fmin(fmax(y, 0), last);
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
	if (pen->thicker < 0)
		inside = fmaxf(inside, HAIRLINE - sample(glyph->skeleton, u, v));
	return fminf(fmaxf(inside / (float)pixel + 0.5f, 0), 1);
}
