/*
 * normalize_lines.c - removes ruled lines and the edges of a form's boxes.
 *
 * Such a line crosses the picture's border, and is thin, straight and long. At each place where
 * thin ink crosses the border, or comes close enough to cross it further on, lines of all small
 * slopes are followed. The ink that they cover is removed, except where a stroke crosses.
 *
 * A line stays if it turns out to be part of the character: nothing would be left without it, or it
 * is joined to the character and does not pass it, or is about as wide as its pen. A line along the
 * border from corner to corner is a rule, though, unless the character reaches the opposite side,
 * as it does in a tight crop. Noise, and remains of the lines themselves, do not count as the
 * character there.
 */
#include "../base/find_last.h"
#include "../base/simd.h"
#include "normalize.h"
#include "normalize_light.h"

#include <math.h>

/* Fainter, as a share of the ink's level, is paper. Rules are often printed paler than the writing,
 * and thin ones reach their level in a few pixels only. */
#define EDGE_LEVEL 0.25f

/* A line is at most this thick, and at least this long, as shares of the frame's longer side and of
 * the side it runs along: EMNIST's thinnest strokes are 8 % of a character. */
#define MAX_THICKNESS 0.06
#define MIN_LENGTH    0.45

/* Blur thickens a line by this many of its standard deviations, compared with a sharp picture. */
#define BLUR_SIGMAS 2.5
#define SHARP_SIGMA 0.7

/* The steepest line, and how many slopes are tried to either side of none. */
#define MAX_SLOPE 0.16
#define N_SLOPES  12

/* Pixels without ink that do not interrupt a line, and how far from it ink may be. */
#define MAX_GAP 3
#define BESIDE  1

/* The most lines of a form; only a grid has more. */
#define FEW_LINES 12
#define MAX_LINES 60

/* Marks what is in reach of a line. */
#define NEAR 0x80

/* After lines are removed, a component with less than this share of the largest one's pixels beyond
 * the reach of lines is a remnant or a speck. */
#define REST_SHARE 0.02f

/* A joined line is a stroke from this share of the pen's width on. */
#define STROKE_WIDTH 0.75

/* The character reaches a side if it is closer than this share of the distance between the sides.
 */
#define REACHES 0.1

/* A thicker line along the border, as a share of the picture across it, may be a stem. */
#define MAX_BORDER 0.15

/* Places along a line at which its thickness is measured. */
#define N_PLACES 15

/* A plane seen along its rows or along its columns. */
struct view {
	const float *ink;
	uint8_t *lines; /* 1 + the line that covers a pixel, or 0; later with the bit NEAR */
	size_t length;  /* of the side that lines run along */
	size_t across;  /* of the other */
	size_t step;    /* from pixel to pixel along, and across */
	size_t stride;
	bool upright;
};

struct line {
	size_t origin; /* along: where it was found */
	double at;     /* across, there */
	double slope;
	size_t first, end; /* along: the part covered */
	double thickness;
	bool upright;
};

/* What counts as a line. */
struct limits {
	double thickness;
	size_t n_lines;
};

static size_t pixel_of(const struct view *view, size_t i, size_t across)
{
	return i * view->step + across * view->stride;
}

/* The line's middle at i, which may be outside of the picture. */
static ptrdiff_t middle_of(const struct line *line, ptrdiff_t i)
{
	return (ptrdiff_t)floor(line->at + line->slope * (double)(i - (ptrdiff_t)line->origin));
}

/* The position of ink up to BESIDE from the line at i, or SIZE_MAX. */
static size_t find_near(const struct view *view, const struct line *line, size_t i)
{
	static const int order[] = {0, -1, 1};
	const ptrdiff_t middle = middle_of(line, (ptrdiff_t)i);

	for (size_t k = 0; k < 1 + 2 * BESIDE; k++) {
		const ptrdiff_t across = middle + order[k];

		if (across < 0 || across >= (ptrdiff_t)view->across)
			continue;
		if (view->ink[pixel_of(view, i, (size_t)across)] > EDGE_LEVEL)
			return (size_t)across;
	}
	return SIZE_MAX;
}

/* Sets line->first and ->end; returns the ink on the line itself. */
static float follow(const struct view *view, struct line *line)
{
	float sum = 0;

	line->first = line->end = line->origin;
	for (int back = 0; back < 2; back++) {
		size_t n_gap = 0;

		for (size_t i = line->origin - (size_t)back; i < view->length && n_gap <= MAX_GAP;
		     back ? i-- : i++) {
			const size_t near = find_near(view, line, i);

			n_gap = near == SIZE_MAX ? n_gap + 1 : 0;
			if (near == SIZE_MAX)
				continue;
			if (back)
				line->first = i;
			else
				line->end = i + 1;
			if ((ptrdiff_t)near == middle_of(line, (ptrdiff_t)i))
				sum += view->ink[pixel_of(view, i, near)];
		}
	}
	return sum;
}

/* The best of all slopes; false if none is long enough. */
static bool choose_slope(const struct view *view, struct line *line)
{
	float best = 0;
	struct line tried = *line;

	/* 0, 1, -1, 2, -2... steps: of slopes that are as good, the least one. */
	for (int k = 1; k <= 2 * N_SLOPES + 1; k++) {
		float sum;

		tried.slope = (k % 2 ? -k / 2 : k / 2) * MAX_SLOPE / N_SLOPES;
		sum = follow(view, &tried);
		if (sum > best) {
			best = sum;
			*line = tried;
		}
	}
	return best > 0 && (double)(line->end - line->first) >= MIN_LENGTH * (double)view->length;
}

static bool is_ink(const struct view *view, size_t pixel)
{
	return view->ink[pixel] > EDGE_LEVEL && !view->lines[pixel];
}

/* The ink across a line around the pixel at `across`, up to other lines, as [first, last]. */
static void run_across(const struct view *view, size_t i, size_t across, size_t *first,
		       size_t *last)
{
	*first = *last = across;
	while (*first > 0 && is_ink(view, pixel_of(view, i, *first - 1)))
		--*first;
	while (*last + 1 < view->across && is_ink(view, pixel_of(view, i, *last + 1)))
		++*last;
}

/* The median, over places along the line, of how thick it is: a stroke that crosses it, or a shadow
 * on a part of it, does not count. */
static double measure_thickness(const struct view *view, const struct line *line)
{
	float runs[N_PLACES];
	size_t n = 0;

	for (size_t k = 0; k < N_PLACES; k++) {
		const size_t i = line->first + (line->end - line->first - 1) * k / (N_PLACES - 1);
		const size_t across = find_near(view, line, i);
		size_t first, last;

		if (across == SIZE_MAX)
			continue;
		run_across(view, i, across, &first, &last);
		runs[n++] = (float)(last - first + 1);
	}
	return n ? (double)light_select(runs, n, n / 2) : line->thickness;
}

/* Marks the line's pixels, except where the ink across is much thicker: a stroke crosses there. */
static void mark(const struct view *view, const struct line *line, uint8_t number)
{
	for (size_t i = line->first; i < line->end; i++) {
		const size_t across = find_near(view, line, i);
		size_t first, last;

		if (across == SIZE_MAX)
			continue;
		run_across(view, i, across, &first, &last);
		if ((double)(last - first + 1) > 1.5 * line->thickness + 1.5)
			continue;
		/* Includes the line's soft edge. */
		first -= first > 0;
		last += last + 1 < view->across;
		for (size_t k = first; k <= last; k++)
			view->lines[pixel_of(view, i, k)] = number;
	}
}

/* Whether either end of the line leaves the picture. */
static bool leaves(const struct view *view, const struct line *line)
{
	const ptrdiff_t before = middle_of(line, (ptrdiff_t)line->first - 1 - MAX_GAP);
	const ptrdiff_t after = middle_of(line, (ptrdiff_t)line->end + MAX_GAP);

	return line->first <= MAX_GAP || line->end + MAX_GAP >= view->length || before < 0 ||
	       after < 0 || before >= (ptrdiff_t)view->across || after >= (ptrdiff_t)view->across;
}

/* Searches across at `origin`, in [begin, end), for lines. */
static size_t find_at(const struct view *view, size_t origin, size_t begin, size_t end,
		      const struct limits *limits, struct line lines[MAX_LINES], size_t n)
{
	struct line line = {.origin = origin, .upright = view->upright};
	size_t first, last;

	for (size_t k = begin; k < end && n < limits->n_lines; k = last + 1) {
		last = k;
		if (!is_ink(view, pixel_of(view, origin, k)))
			continue;
		run_across(view, origin, k, &first, &last);
		line.thickness = (double)(last - first + 1);
		line.at = (double)(first + last + 1) / 2;
		if (line.thickness > limits->thickness || !choose_slope(view, &line) ||
		    !leaves(view, &line))
			continue;
		line.thickness = measure_thickness(view, &line);
		if (line.thickness > limits->thickness)
			continue;
		lines[n++] = line;
		mark(view, &line, (uint8_t)n);
	}
	return n;
}

/* Searches lines along the view: those that begin at its borders, and those close enough to a side
 * to leave through it. */
static size_t find_along(const struct view *view, const struct limits *limits,
			 struct line lines[MAX_LINES], size_t n)
{
	const size_t beside = (size_t)(MAX_SLOPE * (double)view->length);
	const size_t near = beside < view->across / 2 ? beside : view->across / 2;

	n = find_at(view, 0, 0, view->across, limits, lines, n);
	n = find_at(view, view->length - 1, 0, view->across, limits, lines, n);
	for (size_t quarter = 1; quarter < 4; quarter++) {
		const size_t origin = quarter * view->length / 4;

		n = find_at(view, origin, 0, near, limits, lines, n);
		n = find_at(view, origin, view->across - near, view->across, limits, lines, n);
	}
	return n;
}

/* The distance from a line's middle to the end of its soft edges. */
static ptrdiff_t reach_of(const struct line *line)
{
	return 3 + (ptrdiff_t)(line->thickness / 2);
}

/* Sets `bits` in values within reach of the line: next to it and beyond its ends. Returns whether
 * any of them was nonzero. */
static bool touch_reach(const struct view *view, const struct line *line, uint8_t bits,
			uint8_t *values)
{
	const ptrdiff_t reach = reach_of(line), length = (ptrdiff_t)view->length;
	const ptrdiff_t begin = (ptrdiff_t)line->first - reach, end = (ptrdiff_t)line->end + reach;
	uint8_t any = 0;

	for (ptrdiff_t i = begin > 0 ? begin : 0; i < end && i < length; i++) {
		const ptrdiff_t middle = middle_of(line, i);

		for (ptrdiff_t k = middle - reach; k <= middle + reach; k++)
			if (k >= 0 && k < (ptrdiff_t)view->across) {
				uint8_t *value = &values[pixel_of(view, (size_t)i, (size_t)k)];

				any |= *value;
				*value |= bits;
			}
	}
	return any;
}

/* The ink without lines. */
struct rest {
	struct box box;
	bool at_border;
};

static struct rest measure_rest(const uint8_t *mask, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height;
	struct rest rest = {.box = {.left = (double)width, .top = (double)height}};

	for (size_t y = 0; y < height; y++) {
		const uint8_t *row = mask + y * width, *first = memchr(row, 1, width);
		double left, right;

		if (!first)
			continue;
		left = (double)(first - row);
		right = (double)((const uint8_t *)find_last(row, 1, width) - row) + 1;
		rest.box.left = fmin(rest.box.left, left);
		rest.box.right = fmax(rest.box.right, right);
		rest.box.top = fmin(rest.box.top, (double)y);
		rest.box.bottom = (double)y + 1;
		rest.at_border |= left == 0 || right == (double)width || y == 0 || y == height - 1;
	}
	return rest;
}

/* Whether the line goes from border to border with paper on both sides. */
static bool passes_by(const struct view *view, const struct line *line)
{
	const double begin = line->at - line->slope * (double)line->origin;
	const double end = begin + line->slope * (double)view->length;
	const double near = fmin(begin, end), far = fmax(begin, end);

	return line->end - line->first + MAX_GAP >= view->length && near > 2 * line->thickness &&
	       far < (double)view->across - 2 * line->thickness;
}

/* Whether the line goes along a border from corner to corner, with the rest in the box away from
 * the opposite side. */
static bool is_border(const struct view *view, const struct line *line, const struct box *box)
{
	const double across = (double)view->across, beside = 2 * line->thickness;
	const double begin = line->at - line->slope * (double)line->origin;
	const double end = begin + line->slope * (double)view->length;
	const double near = view->upright ? box->left : box->top;
	const double far = view->upright ? box->right : box->bottom;

	if (line->end - line->first + 2 * MAX_GAP < view->length ||
	    line->thickness > MAX_BORDER * across)
		return false;
	return (fmax(begin, end) <= beside && far < (1 - REACHES) * across) ||
	       (fmin(begin, end) >= across - beside && near > REACHES * across);
}

/* The median, over places along the line, of the ink across it. */
static double measure_ink(const struct view *view, const struct line *line)
{
	float sums[N_PLACES];
	size_t n = 0;

	for (size_t k = 0; k < N_PLACES; k++) {
		const size_t i = line->first + (line->end - line->first - 1) * k / (N_PLACES - 1);
		const size_t across = find_near(view, line, i);
		size_t at = across;

		if (across == SIZE_MAX)
			continue;
		while (at > 0 && view->ink[pixel_of(view, i, at - 1)] > EDGE_LEVEL)
			at--;
		sums[n] = 0;
		for (; at < view->across && view->ink[pixel_of(view, i, at)] > EDGE_LEVEL; at++)
			sums[n] += view->ink[pixel_of(view, i, at)];
		n++;
	}
	return n ? (double)light_select(sums, n, n / 2) : 0;
}

/* The width of the pen that drew the rest, in mask. Writes paper. */
static double measure_pen(struct normalizer *normalizer, const struct frame *frame,
			  const uint8_t *mask)
{
	const size_t n = frame->width * frame->height;
	float *rest = normalizer->paper;
	struct edges edges;

	for (size_t i = 0; i < n; i++)
		rest[i] = mask[i] ? normalizer->ink[i] : 0;
	edges = normalize_measure_edges(rest, frame->width, frame->height);
	return edges.outline > 0 ? 2 * edges.area / edges.outline : INFINITY;
}

/* Whether the line is about as wide as the pen that drew the rest. pen: its width, or 0 as long as
 * it is not measured. */
static bool is_stroke(struct normalizer *normalizer, const struct frame *frame,
		      const struct view *view, const struct line *line, const uint8_t *mask,
		      double *pen)
{
	if (*pen == 0)
		*pen = measure_pen(normalizer, frame, mask);
	return measure_ink(view, line) >= STROKE_WIDTH * *pen;
}

/* mask = ink outside of lines. */
SIMD_CLONES
static void mask_off_lines(const float *restrict ink, const uint8_t *restrict numbers, size_t n,
			   uint8_t *restrict mask)
{
	for (size_t i = 0; i < n; i++)
		mask[i] = (ink[i] > EDGE_LEVEL) & ((numbers[i] & ~NEAR) == 0);
}

/* mask = the remaining pixels without remnants of lines and specks. numbers: the line covering each
 * pixel, or 0, with the bit NEAR. */
static void mask_rest(struct normalizer *normalizer, const struct frame *frame,
		      const uint8_t *numbers, uint8_t *mask)
{
	const struct run *const runs = normalizer->runs;
	const uint32_t *parents = normalizer->parents;
	/* The paper is not needed any more. */
	uint32_t *areas = (uint32_t *)(void *)normalizer->paper, largest = 1;

	mask_off_lines(normalizer->ink, numbers, frame->width * frame->height, mask);
	normalize_label_components(normalizer, mask, frame->width, frame->height);
	for (size_t k = 0; k < normalizer->n_runs; k++)
		areas[runs[k].first] = 0;
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		uint32_t *area = &areas[normalize_component(parents, runs[k].first)];

		for (size_t i = runs[k].first; i < runs[k].end; i++)
			*area += numbers[i] == 0;
		largest = *area > largest ? *area : largest;
	}
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		const uint32_t area = areas[normalize_component(parents, runs[k].first)];

		if (area == 0 || (float)area < REST_SHARE * (float)largest)
			memset(mask + runs[k].first, 0, (size_t)(runs[k].end - runs[k].first));
	}
}

/* Removes the lines that are no part of the rest in mask, with their soft edges. */
static void take_out(float *ink, size_t n_pixels, const struct view views[2],
		     const struct line *lines, const bool *is_part, size_t n, const uint8_t *mask)
{
	uint8_t *numbers = views[0].lines;

	for (size_t i = 0; i < n_pixels; i++)
		numbers[i] &= (uint8_t)~NEAR;
	for (size_t k = 0; k < n; k++)
		if (!is_part[k])
			touch_reach(&views[lines[k].upright], &lines[k], NEAR, numbers);
	for (size_t i = 0; i < n_pixels; i++) {
		const uint8_t number = numbers[i] & (uint8_t)~NEAR;

		if (number ? !is_part[number - 1] : numbers[i] && !mask[i])
			ink[i] = 0;
	}
}

/* Whether there is ink at the border, which lines must cross. */
static bool reaches_border(const float *ink, size_t width, size_t height)
{
	for (size_t y = 0; y < height; y++) {
		const size_t step = y == 0 || y == height - 1 || width < 2 ? 1 : width - 1;

		for (size_t x = 0; x < width; x += step)
			if (ink[y * width + x] > EDGE_LEVEL)
				return true;
	}
	return false;
}

/* The thickest that a line may be. */
static double most_thickness(const float *ink, size_t width, size_t height)
{
	const struct edges edges = normalize_measure_edges(ink, width, height);
	const double blur = normalize_edge_sigma(&edges);

	return 1 + MAX_THICKNESS * (double)(width > height ? width : height) +
	       BLUR_SIGMAS * fmax(0, blur - SHARP_SIGMA);
}

void normalize_remove_lines(struct normalizer *normalizer, const struct frame *frame, bool grid)
{
	const size_t width = frame->width, height = frame->height, n_pixels = width * height;
	uint8_t *numbers = normalizer->keep;
	/* The weights are made later. */
	uint8_t *mask = (uint8_t *)(void *)normalizer->weights;
	const struct view views[2] = {{normalizer->ink, numbers, width, height, 1, width, false},
				      {normalizer->ink, numbers, height, width, width, 1, true}};
	struct limits limits = {.n_lines = grid ? MAX_LINES : FEW_LINES};
	struct line lines[MAX_LINES];
	bool is_part[MAX_LINES];
	struct rest rest;
	double pen = 0;
	size_t n = 0;

	if (!reaches_border(normalizer->ink, width, height))
		return;
	limits.thickness = most_thickness(normalizer->ink, width, height);
	memset(numbers, 0, n_pixels);
	for (int k = 0; k < 2; k++)
		n = find_along(&views[k], &limits, lines, n);
	if (n == 0)
		return;
	for (size_t k = 0; k < n; k++)
		touch_reach(&views[lines[k].upright], &lines[k], NEAR, numbers);
	mask_rest(normalizer, frame, numbers, mask);
	rest = measure_rest(mask, frame);
	if (!normalize_is_character(frame, &rest.box))
		return;
	for (size_t k = 0; k < n; k++) {
		const struct view *view = &views[lines[k].upright];

		is_part[k] = !grid && touch_reach(view, &lines[k], 0, mask) &&
			     !is_border(view, &lines[k], &rest.box) &&
			     (rest.at_border || !passes_by(view, &lines[k]) ||
			      is_stroke(normalizer, frame, view, &lines[k], mask, &pen));
	}
	take_out(normalizer->ink, n_pixels, views, lines, is_part, n, mask);
}
