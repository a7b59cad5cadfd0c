/*
 * ink.c - draws pen strokes.
 *
 * The character is distorted before the pen draws it, so that its lines stay as thick and as sharp
 * as a pen's: distorted pixels look different.
 */
#include "ink.h"

#include "conversion.h"
#include "look.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define SIDE 96 /* of the picture: the largest character, and the pen's width around it */

struct point {
	double x, y;
};

/* The place of coordinates in the picture. */
struct frame {
	double left, top, scale, margin;
};

struct picture {
	size_t width, height;
	uint8_t mask[SIDE * SIDE]; /* (height, width) */
};

/* Point i of a stroke, distorted. */
static struct point point_at(const struct look *look, const uint16_t *points, size_t i,
			     struct point offset)
{
	const double x = points[2 * i], y = points[2 * i + 1];

	return (struct point){look->xx * x + look->xy * y + offset.x,
			      look->yx * x + look->yy * y + offset.y};
}

/* How far a stroke, of this number, is from its place. */
static struct point misplaced(const struct look *look, uint64_t drawing, uint64_t stroke)
{
	struct random random = random_stream(drawing, RANDOM_DRAWING, 1, stroke);
	const double most = look->misplace * INK_RANGE;

	return (struct point){random_within(&random, most), random_within(&random, most)};
}

/* Fits the distorted points into a picture of the look's size. */
static struct frame fit(const struct look *look, const uint16_t *strokes, uint64_t drawing,
			struct picture *picture)
{
	double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
	const double margin = look->width / 2 * (1 + look->pressure) + 1;
	struct frame frame;

	for (uint64_t s = 0; *strokes; s++, strokes += 1 + 2 * (size_t)*strokes) {
		const struct point offset = misplaced(look, drawing, s);

		for (size_t i = 0; i < *strokes; i++) {
			const struct point p = point_at(look, strokes + 1, i, offset);

			left = fmin(left, p.x);
			right = fmax(right, p.x);
			top = fmin(top, p.y);
			bottom = fmax(bottom, p.y);
		}
	}
	frame = (struct frame){left, top, 0, margin};
	if (right - left > 0 || bottom - top > 0)
		frame.scale = (look->side - look->width) / fmax(right - left, bottom - top);
	picture->width = (size_t)ceil((right - left) * frame.scale + 2 * margin);
	picture->height = (size_t)ceil((bottom - top) * frame.scale + 2 * margin);
	memset(picture->mask, 0, picture->width * picture->height);
	return frame;
}

static struct point place(const struct frame *frame, struct point p)
{
	return (struct point){(p.x - frame->left) * frame->scale + frame->margin,
			      (p.y - frame->top) * frame->scale + frame->margin};
}

/* Part of a row of pixels; empty if it ends before it begins. */
struct span {
	double begin, end;
};

static const struct span everywhere = {-INFINITY, INFINITY}, nowhere = {INFINITY, -INFINITY};

/* The u for which least <= slope u + offset <= most. */
static struct span span_between(double slope, double offset, double least, double most)
{
	const double a = (least - offset) / slope, b = (most - offset) / slope;

	if (slope == 0)
		return offset >= least && offset <= most ? everywhere : nowhere;
	return a < b ? (struct span){a, b} : (struct span){b, a};
}

/* Where a disc around u = 0 covers the row at height v from its middle. */
static struct span span_of_disc(double radius, double v)
{
	const double square = radius * radius - v * v;

	return square < 0 ? nowhere : (struct span){-sqrt(square), sqrt(square)};
}

/* Where the pen covers the row at height v from the start of its way (dx, dy), measured from there:
 * the discs at both ends, and the rectangle between them. All together they are one span. */
static struct span span_of_pen(double dx, double dy, double radius, double v)
{
	const double length = sqrt(dx * dx + dy * dy);
	const struct span first = span_of_disc(radius, v), last = span_of_disc(radius, v - dy);
	const struct span beside = span_between(dy, -v * dx, -radius * length, radius * length);
	const struct span along = span_between(dx, v * dy, 0, length * length);
	struct span span = {fmax(beside.begin, along.begin), fmin(beside.end, along.end)};

	if (length == 0 || span.begin > span.end)
		span = nowhere;
	span.begin = fmin(span.begin, fmin(first.begin, last.begin + dx));
	span.end = fmax(span.end, fmax(first.end, last.end + dx));
	return span;
}

/* The first of n pixels whose center is behind that place. */
static size_t first_pixel(double at, size_t n)
{
	return at > 0 ? at < (double)n ? (size_t)(at + 0.5) : n : 0;
}

/* Inks the pixels whose centers are within the pen's radius of the line between two points. */
static void draw_piece(struct picture *picture, struct point from, struct point to, double radius)
{
	const size_t n = picture->height;
	const size_t end = first_pixel(fmax(from.y, to.y) + radius, n);

	for (size_t y = first_pixel(fmin(from.y, to.y) - radius, n); y < end; y++) {
		const struct span span =
			span_of_pen(to.x - from.x, to.y - from.y, radius, (double)y + 0.5 - from.y);
		const size_t left = first_pixel(from.x + span.begin, picture->width);
		const size_t right = first_pixel(from.x + span.end, picture->width);

		if (left < right)
			memset(picture->mask + y * picture->width + left, 1, right - left);
	}
}

static void draw_stroke(const struct look *look, const struct frame *frame, const uint16_t *points,
			size_t n, uint64_t drawing, uint64_t stroke, struct picture *picture)
{
	struct random random = random_stream(drawing, RANDOM_DRAWING, 2, stroke);
	const struct point offset = misplaced(look, drawing, stroke);
	const double first = look->width / 2 * (1 + random_within(&random, look->pressure));
	const double last = look->width / 2 * (1 + random_within(&random, look->pressure));
	struct point from = place(frame, point_at(look, points, 0, offset));

	for (size_t i = n > 1; i < n; i++) {
		const struct point to = place(frame, point_at(look, points, i, offset));

		draw_piece(picture, from, to, first + (last - first) * (double)i / (double)n);
		from = to;
	}
}

void ink_draw(const uint16_t *strokes, uint64_t drawing, uint8_t *pixels)
{
	struct random random = random_stream(drawing, RANDOM_DRAWING, 0, 0);
	const struct look look = drawing ? look_draw(&random) : look_usual();
	struct picture picture;
	const struct frame frame = fit(&look, strokes, drawing, &picture);

	for (uint64_t s = 0; *strokes; s++, strokes += 1 + 2 * (size_t)*strokes)
		draw_stroke(&look, &frame, strokes + 1, *strokes, drawing, s, &picture);
	conversion_apply(picture.mask, picture.width, picture.height, pixels);
}
