/*
 * normalize_lines.c - leaving out ruled lines and the edges of a form's boxes.
 *
 * Such a line comes in across the border of the picture, is thin, straight and long. From each
 * place where thin ink crosses the border, lines of all small slopes are followed inwards. What
 * they cover is taken out of the ink, except where a stroke crosses; and put back when it turns out
 * to be a part of the character: what is left would be none, or the line is joined to it and does
 * not pass it by.
 */
#include "normalize.h"

#include <math.h>

/* What is fainter, as a share of the ink's level, is paper: rules are often printed paler than what
 * is written, and thin ones reach their level in some pixels only. */
#define EDGE_LEVEL 0.25f

/* A line is at most this thick, and at least this long, as shares of the frame's longer side and of
 * the side it runs along: EMNIST's thinnest strokes are 8 % of a character. */
#define MAX_THICKNESS 0.06
#define MIN_LENGTH    0.45

/* The steepest line, and how many slopes are tried to either side of none. */
#define MAX_SLOPE 0.16
#define N_SLOPES  12

/* Pixels without ink that do not end a line, and how far beside it the ink may lie. */
#define MAX_GAP   3
#define BESIDE    1

#define MAX_LINES 12

/* What is left counts as a character from this share of the frame's longer side on, and when it is
 * not much wider than high, as the bar of an H would be. */
#define MIN_CHARACTER 0.15
#define MIN_ASPECT    0.5

/* A plane seen along its rows or along its columns. */
struct view {
	const float *ink;
	uint8_t *lines; /* 1 + the line that covers a pixel, or 0 */
	size_t length;  /* of the side that lines run along */
	size_t across;  /* of the other */
	size_t step;    /* from pixel to pixel along, and across */
	size_t stride;
};

struct line {
	bool from_end; /* begins at the end of the side in place of its start */
	double at;     /* where it begins, across */
	double slope;
	size_t n; /* pixels that it is long */
	double thickness;
	bool upright;
};

static size_t pixel_of(const struct view *view, const struct line *line, size_t i, size_t across)
{
	return (line->from_end ? view->length - 1 - i : i) * view->step + across * view->stride;
}

/* Where the line's i-th pixel lies, which may be beyond the picture. */
static ptrdiff_t middle_of(const struct line *line, size_t i)
{
	return (ptrdiff_t)floor(line->at + line->slope * (double)i);
}

/* Where ink is, up to BESIDE from the line's i-th pixel; SIZE_MAX where there is none. */
static size_t find_near(const struct view *view, const struct line *line, size_t i)
{
	static const int order[] = {0, -1, 1};
	const ptrdiff_t middle = middle_of(line, i);

	for (size_t k = 0; k < 1 + 2 * BESIDE; k++) {
		const ptrdiff_t across = middle + order[k];

		if (across < 0 || across >= (ptrdiff_t)view->across)
			continue;
		if (view->ink[pixel_of(view, line, i, (size_t)across)] > EDGE_LEVEL)
			return (size_t)across;
	}
	return SIZE_MAX;
}

/* Sets line->n; returns how many of its pixels have ink exactly on it. */
static size_t follow(const struct view *view, struct line *line)
{
	size_t n_exact = 0, n_gap = 0;

	line->n = 0;
	for (size_t i = 0; i < view->length && n_gap <= MAX_GAP; i++) {
		const size_t near = find_near(view, line, i);

		n_gap = near == SIZE_MAX ? n_gap + 1 : 0;
		if (near == SIZE_MAX)
			continue;
		line->n = i + 1;
		n_exact += (ptrdiff_t)near == middle_of(line, i);
	}
	return n_exact;
}

/* The best of all slopes; false where none is long enough. */
static bool choose_slope(const struct view *view, struct line *line)
{
	size_t best = 0;
	struct line tried = *line;

	for (int k = -N_SLOPES; k <= N_SLOPES; k++) {
		size_t n_exact;

		tried.slope = k * MAX_SLOPE / N_SLOPES;
		n_exact = follow(view, &tried);
		if (n_exact > best) {
			best = n_exact;
			*line = tried;
		}
	}
	return best > 0 && (double)line->n >= MIN_LENGTH * (double)view->length;
}

static bool is_ink(const struct view *view, size_t pixel)
{
	return view->ink[pixel] > EDGE_LEVEL && !view->lines[pixel];
}

/* The ink across a line around the pixel at `across`, up to other lines, as [first, last]. */
static void run_across(const struct view *view, const struct line *line, size_t i, size_t across,
		       size_t *first, size_t *last)
{
	*first = *last = across;
	while (*first > 0 && is_ink(view, pixel_of(view, line, i, *first - 1)))
		--*first;
	while (*last + 1 < view->across && is_ink(view, pixel_of(view, line, i, *last + 1)))
		++*last;
}

/* Marks the line's pixels, but not where what lies across is much thicker: there a stroke passes.
 */
static void mark(const struct view *view, const struct line *line, uint8_t number)
{
	for (size_t i = 0; i < line->n; i++) {
		const size_t across = find_near(view, line, i);
		size_t first, last;

		if (across == SIZE_MAX)
			continue;
		run_across(view, line, i, across, &first, &last);
		if ((double)(last - first + 1) > 1.5 * line->thickness + 1.5)
			continue;
		/* The soft edge of the line goes with it. */
		first -= first > 0;
		last += last + 1 < view->across;
		for (size_t k = first; k <= last; k++)
			view->lines[pixel_of(view, line, i, k)] = number;
	}
}

/* Looks along one border, which view->length runs away from, for lines that begin there. */
static size_t find_from(const struct view *view, bool from_end, bool upright, double max_thickness,
			struct line lines[MAX_LINES], size_t n)
{
	struct line line = {.from_end = from_end, .upright = upright};
	size_t first, last;

	for (size_t k = 0; k < view->across && n < MAX_LINES; k = last + 1) {
		const size_t at = pixel_of(view, &line, 0, k);

		last = k;
		if (!(view->ink[at] > EDGE_LEVEL))
			continue;
		run_across(view, &line, 0, k, &first, &last);
		line.thickness = (double)(last - first + 1);
		line.at = (double)(first + last + 1) / 2;
		if (line.thickness > max_thickness || view->lines[at] || !choose_slope(view, &line))
			continue;
		lines[n++] = line;
		mark(view, &line, (uint8_t)n);
	}
	return n;
}

/* What is left when the lines are out. */
struct rest {
	struct box box;
	bool at_border;
};

static struct rest measure_rest(const struct normalizer *normalizer, const struct frame *frame,
				const uint8_t *lines)
{
	const size_t width = frame->width, height = frame->height;
	struct rest rest = {.box = {.left = (double)width, .top = (double)height}};

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			const size_t i = y * width + x;

			if (!(normalizer->ink[i] > EDGE_LEVEL) || lines[i])
				continue;
			rest.box.left = fmin(rest.box.left, (double)x);
			rest.box.right = fmax(rest.box.right, (double)x + 1);
			rest.box.top = fmin(rest.box.top, (double)y);
			rest.box.bottom = fmax(rest.box.bottom, (double)y + 1);
			rest.at_border |= x == 0 || y == 0 || x == width - 1 || y == height - 1;
		}
	return rest;
}

static bool is_character(const struct frame *frame, const struct rest *rest)
{
	const double width = rest->box.right - rest->box.left;
	const double height = rest->box.bottom - rest->box.top;
	const double side = fmax((double)frame->width, (double)frame->height);

	return fmax(width, height) >= MIN_CHARACTER * side && height >= MIN_ASPECT * width;
}

/* Whether ink that is left lies beside the line. */
static bool is_joined(const struct view *view, const struct line *line)
{
	const ptrdiff_t reach = 2 + (ptrdiff_t)line->thickness;

	for (size_t i = 0; i < line->n; i++) {
		const ptrdiff_t middle = middle_of(line, i);

		for (ptrdiff_t k = middle - reach; k <= middle + reach; k++)
			if (k >= 0 && k < (ptrdiff_t)view->across &&
			    is_ink(view, pixel_of(view, line, i, (size_t)k)))
				return true;
	}
	return false;
}

/* Whether the line goes from border to border with paper on both sides of it. */
static bool passes_by(const struct view *view, const struct line *line)
{
	const double end = line->at + line->slope * (double)view->length;
	const double near = fmin(line->at, end), far = fmax(line->at, end);

	return line->n + MAX_GAP >= view->length && near > 2 * line->thickness &&
	       far < (double)view->across - 2 * line->thickness;
}

void normalize_remove_lines(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height, n_pixels = width * height;
	uint8_t *numbers = normalizer->keep;
	const struct view along = {normalizer->ink, numbers, width, height, 1, width};
	const struct view down = {normalizer->ink, numbers, height, width, width, 1};
	const double thickness = 1 + MAX_THICKNESS * (double)(width > height ? width : height);
	struct line lines[MAX_LINES];
	bool part[MAX_LINES + 1] = {false};
	struct rest rest;
	size_t n = 0;

	memset(numbers, 0, n_pixels);
	n = find_from(&along, false, false, thickness, lines, n);
	n = find_from(&along, true, false, thickness, lines, n);
	n = find_from(&down, false, true, thickness, lines, n);
	n = find_from(&down, true, true, thickness, lines, n);
	if (n == 0)
		return;
	rest = measure_rest(normalizer, frame, numbers);
	if (!is_character(frame, &rest))
		return;
	for (size_t k = 0; k < n; k++) {
		const struct view *view = lines[k].upright ? &down : &along;

		part[k + 1] = is_joined(view, &lines[k]) &&
			      (rest.at_border || !passes_by(view, &lines[k]));
	}
	for (size_t i = 0; i < n_pixels; i++)
		if (numbers[i] && !part[numbers[i]])
			normalizer->ink[i] = 0;
}
