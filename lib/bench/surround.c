/*
 * surround.c - frames, circles, combs, holes and grids, drawn with soft edges.
 */
#include "surround.h"

#include <math.h>

static double between(struct random *random, double from, double to)
{
	return from + (to - from) * random_unit(random);
}

/* Ink where the line's middle is that far away. */
static void darken(const struct sheet *sheet, size_t x, size_t y, double distance)
{
	const double cover = fmin(fmax(sheet->line / 2 + 0.5 - distance, 0), fmin(1, sheet->line));
	float *p = sheet->ink + y * sheet->width + x;

	*p = fmaxf(*p, (float)(sheet->shade * cover));
}

/* The line from (ax, ay) to (bx, by), with square ends. */
static void draw_line(const struct sheet *sheet, double ax, double ay, double bx, double by)
{
	const double length = hypot(bx - ax, by - ay), reach = sheet->line / 2 + 1;
	const double u = (bx - ax) / length, v = (by - ay) / length;

	for (size_t y = 0; y < sheet->height; y++) {
		const double row = (double)y + 0.5;

		if (row < fmin(ay, by) - reach || row > fmax(ay, by) + reach)
			continue;
		for (size_t x = 0; x < sheet->width; x++) {
			const double dx = (double)x + 0.5 - ax, dy = row - ay;
			const double along = dx * u + dy * v;
			const double beyond = fmax(-along, along - length);

			darken(sheet, x, y, fmax(fabs(dx * v - dy * u), beyond));
		}
	}
}

static void draw_box(const struct sheet *sheet, double left, double top, double right,
		     double bottom)
{
	draw_line(sheet, left, top, right, top);
	draw_line(sheet, left, bottom, right, bottom);
	draw_line(sheet, left, top, left, bottom);
	draw_line(sheet, right, top, right, bottom);
}

/* A circle; a disc where the line reaches its middle. */
static void draw_circle(const struct sheet *sheet, double x, double y, double radius)
{
	for (size_t row = 0; row < sheet->height; row++)
		for (size_t column = 0; column < sheet->width; column++) {
			const double distance =
				hypot((double)column + 0.5 - x, (double)row + 0.5 - y);

			darken(sheet, column, row, fabs(distance - radius));
		}
}

/* Lines whose outer edges are so many pixels inside of the border. */
static void draw_cell(const struct sheet *sheet, enum surround surround)
{
	const double inset = sheet->line / 2 + (surround == SURROUND_INSIDE);
	const double right = (double)sheet->width - inset, bottom = (double)sheet->height - inset;

	draw_line(sheet, inset, inset, inset, bottom);
	if (surround >= SURROUND_LEFT_TOP)
		draw_line(sheet, inset, inset, right, inset);
	if (surround >= SURROUND_LEFT_RIGHT_TOP)
		draw_line(sheet, right, inset, right, bottom);
	if (surround >= SURROUND_ALL)
		draw_line(sheet, inset, bottom, right, bottom);
}

/* At a share of the way from the character to the border. */
static void draw_frame(const struct sheet *sheet, double share)
{
	draw_box(sheet, (1 - share) * sheet->left, (1 - share) * sheet->top,
		 sheet->right + share * ((double)sheet->width - sheet->right),
		 sheet->bottom + share * ((double)sheet->height - sheet->bottom));
}

static void draw_around(const struct sheet *sheet, struct random *random)
{
	const double width = sheet->right - sheet->left, height = sheet->bottom - sheet->top;
	const double radius = hypot(width, height) / 2 * between(random, 1.1, 1.2) + sheet->line;

	draw_circle(sheet, sheet->left + width / 2, sheet->top + height / 2, radius);
}

static void underline(const struct sheet *sheet, struct random *random)
{
	const double width = sheet->right - sheet->left, height = sheet->bottom - sheet->top;
	const double y = sheet->bottom + between(random, 0.1, 0.2) * fmax(width, height);
	const double slope = random_within(random, 0.03) * width;
	const double longer = fmax(0, 0.3 * height - width / 2);

	draw_line(sheet, sheet->left - longer, y - slope, sheet->right + longer, y + slope);
}

static void draw_comb(const struct sheet *sheet, struct random *random)
{
	const double near = between(random, 0.2, 0.6), foot = between(random, 0.3, 0.9);
	const double bottom = sheet->bottom + foot * ((double)sheet->height - sheet->bottom);
	const double left = near * sheet->left;
	const double right = sheet->right + (1 - near) * ((double)sheet->width - sheet->right);
	const double tick = between(random, 0.15, 0.4) * (sheet->bottom - sheet->top);

	draw_line(sheet, left, bottom - tick, left, bottom);
	draw_line(sheet, right, bottom - tick, right, bottom);
	if (random_unit(random) < 0.5)
		draw_line(sheet, left, bottom, right, bottom);
}

static void punch(const struct sheet *sheet, struct random *random)
{
	const double radius = 0.3 * sheet->left;
	struct sheet disc = *sheet;

	disc.line = radius;
	draw_circle(&disc, between(random, 1.2, 1.8) * radius,
		    between(random, 0.15, 0.85) * (double)sheet->height, radius / 2);
}

static void draw_grid(const struct sheet *sheet, struct random *random)
{
	const double width = (double)sheet->width, height = (double)sheet->height;
	const double step = between(random, 0.08, 0.16) * fmax(width, height);

	for (double x = step * random_unit(random); x < width; x += step)
		draw_line(sheet, x, 0, x, height);
	for (double y = step * random_unit(random); y < height; y += step)
		draw_line(sheet, 0, y, width, y);
}

void surround_draw(const struct sheet *sheet, enum surround surround, struct random *random)
{
	switch (surround) {
	case SURROUND_NOTHING:
		break;
	case SURROUND_LEFT:
	case SURROUND_LEFT_TOP:
	case SURROUND_LEFT_RIGHT_TOP:
	case SURROUND_ALL:
	case SURROUND_INSIDE:
		draw_cell(sheet, surround);
		break;
	case SURROUND_FRAME:
		draw_frame(sheet, between(random, 0.4, 0.9));
		break;
	case SURROUND_CIRCLE:
		draw_around(sheet, random);
		break;
	case SURROUND_UNDERLINE:
		underline(sheet, random);
		break;
	case SURROUND_COMB:
		draw_comb(sheet, random);
		break;
	case SURROUND_HOLE:
		punch(sheet, random);
		break;
	case SURROUND_GRID:
		draw_grid(sheet, random);
		break;
	}
}
