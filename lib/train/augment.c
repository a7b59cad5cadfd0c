/*
 * augment.c - random affine distortions of 28x28 images.
 *
 * Each pixel of the result looks up where it came from: source = A (target - centre) + centre +
 * shift. The source is copied into a frame of background wide enough that every clamped position
 * and its right and lower neighbours lie inside, so the inner loop has no branch.
 */
#include "augment.h"

#include "../base/simd.h"
#include "../emnist.h"

#include <math.h>
#include <string.h>

#define SIDE   EMNIST_SIDE
#define MARGIN 2
#define FRAME  (SIDE + 2 * MARGIN)
#define CENTRE ((SIDE - 1) / 2.0)
#define DEGREE (3.14159265358979323846 / 180)

/* Target to source: x' = xx x + xy y + x0, y' = yx x + yy y + y0. */
struct affine {
	double xx, xy, x0;
	double yx, yy, y0;
};

static struct affine affine_draw(const struct distortion *distortion, struct random *random)
{
	const double angle = random_within(random, distortion->rotate * DEGREE);
	const double scale_x = 1 + random_within(random, distortion->scale);
	const double scale_y = 1 + random_within(random, distortion->scale);
	const double shear = random_within(random, distortion->shear);
	const double shift_x = random_within(random, distortion->shift * SIDE);
	const double shift_y = random_within(random, distortion->shift * SIDE);
	const double c = cos(angle), s = sin(angle);
	struct affine affine;

	affine.xx = c / scale_x;
	affine.xy = (s + shear * c) / scale_x;
	affine.yx = -s / scale_y;
	affine.yy = (c - shear * s) / scale_y;
	affine.x0 = CENTRE - affine.xx * (CENTRE + shift_x) - affine.xy * (CENTRE + shift_y);
	affine.y0 = CENTRE - affine.yx * (CENTRE + shift_x) - affine.yy * (CENTRE + shift_y);
	return affine;
}

SIMD_CLONES
static void divide_by_255(const uint8_t *pixels, float *vector)
{
	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)pixels[i] / 255.0F;
}

/* Apart from its clones: what chooses among those would be exported with a name that is. */
void pixels_to_vector(const uint8_t *pixels, float *vector)
{
	divide_by_255(pixels, vector);
}

static void frame_fill(const uint8_t *pixels, float *frame)
{
	float vector[EMNIST_VECTOR_LENGTH];

	pixels_to_vector(pixels, vector);
	memset(frame, 0, sizeof(float) * FRAME * FRAME);
	for (int y = 0; y < SIDE; y++)
		memcpy(frame + (y + MARGIN) * FRAME + MARGIN, vector + y * SIDE,
		       sizeof(float) * SIDE);
}

/* One row of the result; x and y: the source of its first pixel, in the frame. */
SIMD_CLONES
static void sample_row(const float *restrict frame, float x, float y, float step_x, float step_y,
		       float *restrict row)
{
	const float last = FRAME - 2;

	for (int i = 0; i < SIDE; i++) {
		float sx = x + step_x * (float)i, sy = y + step_y * (float)i;
		int column, line, at;
		float above, below;

		sx = sx < 0 ? 0 : sx > last ? last : sx;
		sy = sy < 0 ? 0 : sy > last ? last : sy;
		column = (int)sx;
		line = (int)sy;
		sx -= (float)column;
		sy -= (float)line;
		at = line * FRAME + column;
		above = frame[at] + sx * (frame[at + 1] - frame[at]);
		below = frame[at + FRAME] + sx * (frame[at + FRAME + 1] - frame[at + FRAME]);
		row[i] = above + sy * (below - above);
	}
}

void augment(const struct distortion *distortion, struct random *random, const uint8_t *pixels,
	     float *vector)
{
	const struct affine affine = affine_draw(distortion, random);
	float frame[FRAME * FRAME];

	frame_fill(pixels, frame);
	for (int y = 0; y < SIDE; y++)
		sample_row(frame, (float)(affine.xy * y + affine.x0 + MARGIN),
			   (float)(affine.yy * y + affine.y0 + MARGIN), (float)affine.xx,
			   (float)affine.yx, vector + y * SIDE);
}

bool distortion_is_none(const struct distortion *distortion)
{
	return distortion->rotate == 0 && distortion->scale == 0 && distortion->shear == 0 &&
	       distortion->shift == 0;
}
