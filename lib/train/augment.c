/*
 * augment.c - random affine and elastic distortions of 28x28 images.
 *
 * Each result pixel looks up its source position: source = A (target - center) + center + shift +
 * field(target). The field is Simard's elastic distortion (2003), noise smoothed over 4 pixels. It
 * is computed cheaply: random displacements at the knots of a cubic B-spline, whose basis functions
 * have that width.
 *
 * The source is copied into a frame of background, wide enough that every clamped position and its
 * right and lower neighbors are inside: the inner loop has no branch. The four pixels to
 * interpolate are bytes of one word, so that a vector of results needs one gather instead of four;
 * gathers take most of the time.
 */
#include "augment.h"

#include "../base/simd.h"
#include "../emnist.h"

#include <math.h>
#include <string.h>

#define SIDE   EMNIST_SIDE
#define MARGIN 2
#define FRAME  (SIDE + 2 * MARGIN)
#define CENTER ((SIDE - 1) / 2.0)
#define SPILL  4
#define DEGREE (3.14159265358979323846 / 180)

/* Knots are 7 pixels apart: a cubic B-spline's basis function then has a standard deviation of
 * 7 / sqrt(3) = 4.04 pixels. Four intervals need seven knots. */
#define KNOT_DISTANCE 7
#define N_KNOTS       (SIDE / KNOT_DISTANCE + 3)

/* The basis functions' squares add up to this on average, along each axis: 151/315. */
#define BASIS_POWER (151.0 / 315)

/* The cubic B-spline's four pieces at the center of pixel k of an interval. */
#define AT(k)     (((k) + 0.5F) / KNOT_DISTANCE)
#define PIECE0(t) ((1 - (t)) * (1 - (t)) * (1 - (t)) / 6)
#define PIECE1(t) ((3 * (t) * (t) * (t)-6 * (t) * (t) + 4) / 6)
#define PIECE2(t) ((-3 * (t) * (t) * (t) + 3 * (t) * (t) + 3 * (t) + 1) / 6)
#define PIECE3(t) ((t) * (t) * (t) / 6)
#define PIECES(p)                                                                                  \
	{                                                                                          \
		p(AT(0)), p(AT(1)), p(AT(2)), p(AT(3)), p(AT(4)), p(AT(5)), p(AT(6))               \
	}
static const float spline[4][KNOT_DISTANCE] = {
	PIECES(PIECE0),
	PIECES(PIECE1),
	PIECES(PIECE2),
	PIECES(PIECE3),
};

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
	affine.x0 = CENTER - affine.xx * (CENTER + shift_x) - affine.xy * (CENTER + shift_y);
	affine.y0 = CENTER - affine.yx * (CENTER + shift_x) - affine.yy * (CENTER + shift_y);
	return affine;
}

SIMD_CLONES
static void divide_by_255(const uint8_t *pixels, float *vector)
{
	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)pixels[i] / 255.0F;
}

/* Not cloned itself: the resolver of an exported function's clones would be exported, too. */
void pixels_to_vector(const uint8_t *pixels, float *vector)
{
	divide_by_255(pixels, vector);
}

/* fours[i] = the pixels at i, right of it, below it, and right of that, from the lowest byte on. */
SIMD_CLONES
static void pack_fours(const uint8_t *restrict frame, uint32_t *restrict fours)
{
	for (int i = 0; i < FRAME * FRAME; i++)
		fours[i] = (uint32_t)frame[i] | (uint32_t)frame[i + 1] << 8 |
			   (uint32_t)frame[i + FRAME] << 16 | (uint32_t)frame[i + FRAME + 1] << 24;
}

static void frame_fill(const uint8_t *pixels, uint32_t *fours)
{
	uint8_t frame[FRAME * FRAME + FRAME + 1] = {0};

	for (int y = 0; y < SIDE; y++)
		memcpy(frame + (y + MARGIN) * FRAME + MARGIN, pixels + y * SIDE, SIDE);
	pack_fours(frame, fours);
}

/* field[y * SIDE + x] = a smooth random displacement, deviation being its standard deviation. */
static void field_draw(struct random *random, double deviation, float *field)
{
	/* Of a uniform distribution over [-range, range] it is range / sqrt(3). */
	const double range = deviation * sqrt(3) / BASIS_POWER;
	float knots[N_KNOTS][N_KNOTS], columns[SIDE][N_KNOTS] = {{0}};

	for (int j = 0; j < N_KNOTS; j++)
		for (int i = 0; i < N_KNOTS; i++)
			knots[j][i] = (float)random_within(random, range);
	for (int y = 0; y < SIDE; y++)
		for (int piece = 0; piece < 4; piece++)
			for (int i = 0; i < N_KNOTS; i++)
				columns[y][i] += spline[piece][y % KNOT_DISTANCE] *
						 knots[y / KNOT_DISTANCE + piece][i];
	memset(field, 0, sizeof(float) * SIDE * SIDE);
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x += KNOT_DISTANCE)
			for (int piece = 0; piece < 4; piece++)
				for (int k = 0; k < KNOT_DISTANCE; k++)
					field[y * SIDE + x + k] +=
						spline[piece][k] *
						columns[y][x / KNOT_DISTANCE + piece];
}

/* The source position of each pixel along one axis: of_x x + of_y y + start and its displacement. A
 * row counts as 32 long, which is whole vectors: the next row overwrites the excess, and SPILL
 * follows the last one. */
SIMD_CLONES
static void find_places(double of_x, double of_y, double start, const float *restrict displacements,
			float *restrict places)
{
	const float step = (float)of_x, last = FRAME - 2;

	for (int y = 0; y < SIDE; y++) {
		const float first = (float)(of_y * y + start + MARGIN);

		for (int x = 0; x < SIDE + SPILL; x++) {
			const float at = first + step * (float)x + displacements[y * SIDE + x];
			const float inside = at > 0 ? at : 0;

			places[y * SIDE + x] = inside < last ? inside : last;
		}
	}
}

static inline float mix(int from, int to, float share)
{
	return (float)from + share * (float)(to - from);
}

/* x and y: the source position of each pixel in the frame. */
SIMD_CLONES
static void sample(const uint32_t *restrict fours, const float *restrict x, const float *restrict y,
		   float *restrict vector)
{
	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++) {
		const int column = (int)x[i], line = (int)y[i];
		const float sx = x[i] - (float)column, sy = y[i] - (float)line;
		const uint32_t four = fours[line * FRAME + column];
		const float above = mix((int)(four & 0xff), (int)(four >> 8 & 0xff), sx);
		const float below = mix((int)(four >> 16 & 0xff), (int)(four >> 24), sx);

		vector[i] = (above + sy * (below - above)) * (1 / 255.0F);
	}
}

void augment(const struct distortion *distortion, struct random *random, const uint8_t *pixels,
	     float *vector)
{
	const struct affine affine = affine_draw(distortion, random);
	uint32_t fours[FRAME * FRAME];
	float field_x[SIDE * SIDE + SPILL] = {0}, field_y[SIDE * SIDE + SPILL] = {0};
	float from_x[SIDE * SIDE + SPILL], from_y[SIDE * SIDE + SPILL];

	frame_fill(pixels, fours);
	if (distortion->elastic > 0) {
		field_draw(random, distortion->elastic, field_x);
		field_draw(random, distortion->elastic, field_y);
	}
	find_places(affine.xx, affine.xy, affine.x0, field_x, from_x);
	find_places(affine.yx, affine.yy, affine.y0, field_y, from_y);
	sample(fours, from_x, from_y, vector);
}

struct distortion distortion_scaled(const struct distortion *distortion, double strength)
{
	return (struct distortion){
		.rotate = distortion->rotate * strength,
		.scale = distortion->scale * strength,
		.shear = distortion->shear * strength,
		.shift = distortion->shift * strength,
		.elastic = distortion->elastic * strength,
	};
}

bool distortion_is_none(const struct distortion *distortion)
{
	return distortion->rotate == 0 && distortion->scale == 0 && distortion->shear == 0 &&
	       distortion->shift == 0 && distortion->elastic == 0;
}

void augment_variant(const struct distortion *distortion, uint64_t seed, uint64_t variant,
		     uint32_t position, const uint8_t *pixels, float *vector)
{
	struct random random = random_stream(seed, RANDOM_AUGMENT, variant, position);

	if (distortion_is_none(distortion))
		pixels_to_vector(pixels, vector);
	else
		augment(distortion, &random, pixels, vector);
}
