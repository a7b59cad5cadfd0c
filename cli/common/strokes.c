/*
 * strokes.c - random characters of curved strokes, for measurements without a dataset.
 */
#include "strokes.h"

#include <math.h>

#define N_STROKES 4
#define N_PIECES  12  /* straight pieces of a stroke */
#define PEN       1.6 /* radius, of 28 */

struct point {
	double x, y;
};

double strokes_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(*state >> 40) / (double)(1 << 24);
}

/* A random point, at a height between two shares of the side. */
static struct point draw_point(uint64_t *state, double from, double to, size_t side)
{
	const double x = 0.14 + 0.72 * strokes_random(state);
	const double y = from + (to - from) * strokes_random(state);

	return (struct point){x * (double)side, y * (double)side};
}

static double distance_to_piece(struct point p, struct point a, struct point b)
{
	const double dx = b.x - a.x, dy = b.y - a.y;
	const double length = dx * dx + dy * dy;
	double t = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/* The ink of a pen on its way from a to b; visits nearby pixels only. */
static void draw_piece(struct point a, struct point b, size_t side, float *ink)
{
	const double radius = PEN * (double)side / 28;
	const double left = fmin(a.x, b.x) - radius - 1, right = fmax(a.x, b.x) + radius + 1;
	const double top = fmin(a.y, b.y) - radius - 1, bottom = fmax(a.y, b.y) + radius + 1;
	const size_t x_end = right < (double)side ? (size_t)right : side;
	const size_t y_end = bottom < (double)side ? (size_t)bottom : side;

	for (size_t y = top > 0 ? (size_t)top : 0; y < y_end; y++)
		for (size_t x = left > 0 ? (size_t)left : 0; x < x_end; x++) {
			const struct point p = {(double)x + 0.5, (double)y + 0.5};
			const double value = radius + 0.5 - distance_to_piece(p, a, b);

			if (value > (double)ink[y * side + x])
				ink[y * side + x] = value < 1 ? (float)value : 1;
		}
}

/* From a to c, bent toward b. */
static void draw_stroke(struct point a, struct point b, struct point c, size_t side, float *ink)
{
	struct point before = a;

	for (int i = 1; i <= N_PIECES; i++) {
		const double t = (double)i / N_PIECES, u = 1 - t;
		const struct point next = {u * u * a.x + 2 * u * t * b.x + t * t * c.x,
					   u * u * a.y + 2 * u * t * b.y + t * t * c.y};

		draw_piece(before, next, side, ink);
		before = next;
	}
}

void strokes_draw(uint32_t number, size_t side, float *ink)
{
	uint64_t state = number;

	for (size_t i = 0; i < side * side; i++)
		ink[i] = 0;
	strokes_random(&state);
	for (int i = 0; i < N_STROKES; i++) {
		const struct point a = draw_point(&state, 0.12, 0.4, side);
		const struct point b = draw_point(&state, 0.12, 0.88, side);
		const struct point c = draw_point(&state, 0.6, 0.88, side);

		draw_stroke(a, b, c, side, ink);
	}
}
