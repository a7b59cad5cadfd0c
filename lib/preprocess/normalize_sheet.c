/*
 * normalize_sheet.c - finds the sheet of paper in a picture with a dark table all around.
 *
 * There the border is dark, and the bright sheet would be taken for ink. The outline distinguishes
 * a sheet from a letter in chalk. It has four straight sides around a large, almost uninterrupted
 * bright area, with something dark inside that does not reach them.
 */
#include "../base/find_last.h"
#include "../base/simd.h"
#include "normalize.h"

#include <math.h>

/* A sheet covers this share of the picture's width and height, at least. */
#define MIN_SHEET 0.3

/* The outline is followed along this share of each side, since corners may be cut or bent. It is
 * straight if its mean error is at most this many pixels of the frame. */
#define FOLLOWED     0.8
#define MAX_CROOKED  1.0
#define MIN_FOLLOWED 8

/* The steepest side: 17 degrees. */
#define MAX_SLOPE 0.3

/* This many pixels inside of the outline the sheet is bright, except for ink. */
#define INSET 2

/* Ink covers no more of the sheet, and is at least this share of its longer side. */
#define MAX_INK       0.35
#define MIN_CHARACTER 0.15

/* Margin of the sheet around the ink: the same as for zooming. */
#define MARGIN 0.35

/* Places in the middle of the picture, per side, that are compared with its border: darker by this
 * many levels, at this many places. */
#define N_MIDDLE       8
#define MIN_DIFFERENCE 15.0f
#define MIN_DARKER     32

/* A side of the outline, as a line along it. */
struct edge {
	double at, slope;
};

struct sheet {
	struct edge edges[N_SIDES];
	struct box box; /* around the outline */
};

static double edge_at(const struct edge *edge, double along)
{
	return edge->at + edge->slope * along;
}

/* Whether a pixel's center is on the sheet, well inside of its outline. */
static bool is_inside(const struct sheet *sheet, double x, double y)
{
	return x + 0.5 >= edge_at(&sheet->edges[LEFT], y) + INSET &&
	       x + 0.5 <= edge_at(&sheet->edges[RIGHT], y) - INSET &&
	       y + 0.5 >= edge_at(&sheet->edges[TOP], x) + INSET &&
	       y + 0.5 <= edge_at(&sheet->edges[BOTTOM], x) - INSET;
}

/* keep = the largest component that is brighter than threshold. Writes parents and ink. */
static void keep_brightest(struct normalizer *normalizer, const struct frame *frame,
			   float threshold)
{
	const struct run *const runs = normalizer->runs;
	uint8_t *const keep = normalizer->keep;
	/* There is no ink yet. */
	uint32_t *areas = (uint32_t *)(void *)normalizer->ink, largest = 0;

	normalize_mask_above(normalizer->paper, frame->width * frame->height, threshold, keep);
	normalize_label_components(normalizer, keep, frame->width, frame->height);
	areas[largest] = 0;
	for (size_t k = 0; k < normalizer->n_runs; k++)
		areas[runs[k].first] = 0;
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		const uint32_t root = normalize_component(normalizer->parents, runs[k].first);

		areas[root] += (uint32_t)(runs[k].end - runs[k].first);
		if (areas[root] > areas[largest])
			largest = root;
	}
	for (size_t k = 0; k < normalizer->n_runs; k++)
		if (normalize_component(normalizer->parents, runs[k].first) != largest)
			memset(keep + runs[k].first, 0, (size_t)(runs[k].end - runs[k].first));
}

/* The first and last kept pixel of each row or column; 0 if there are none. */
struct ends {
	uint8_t first[WORK_SIDE], end[WORK_SIDE];
};

/* Updates the columns with the y-th row: first[x] counts the rows before. */
SIMD_CLONES
static void add_row(const uint8_t *restrict keep, size_t width, uint8_t y, uint8_t *restrict first,
		    uint8_t *restrict end)
{
	for (size_t x = 0; x < width; x++) {
		const uint8_t before = end[x];
		const uint8_t here = keep[x] ? (uint8_t)(y + 1) : 0;

		end[x] = here > before ? here : before;
		first[x] = (uint8_t)(first[x] + !(before | here));
	}
}

static void find_outline(const struct normalizer *normalizer, const struct frame *frame,
			 struct ends *rows, struct ends *columns)
{
	memset(columns, 0, sizeof(*columns));
	for (size_t y = 0; y < frame->height; y++) {
		const uint8_t *row = normalizer->keep + y * frame->width;
		const uint8_t *first = memchr(row, 1, frame->width);
		const uint8_t *last = find_last(row, 1, frame->width);

		rows->first[y] = (uint8_t)(first ? first - row : 0);
		rows->end[y] = (uint8_t)(last ? last - row + 1 : 0);
		add_row(row, frame->width, (uint8_t)y, columns->first, columns->end);
	}
}

/* [first, end): the rows or columns that are not empty. */
static size_t find_span(const struct ends *ends, size_t n, size_t *end_ret)
{
	size_t first = 0, end = n;

	while (first < n && !ends->end[first])
		first++;
	while (end > first && !ends->end[end - 1])
		end--;
	*end_ret = end;
	return first;
}

/* Fits a line to the values in [first, end); false if they are not on one. */
static bool fit_edge(const uint8_t *values, size_t first, size_t end, struct edge *edge)
{
	const size_t left_out = (size_t)((double)(end - first) * (1 - FOLLOWED) / 2);
	const size_t begin = first + left_out, stop = end - left_out;
	const double n = (double)(stop - begin), middle = ((double)begin + (double)stop - 1) / 2;
	double sum = 0, moment = 0, squares = 0, off = 0;

	if (n < MIN_FOLLOWED)
		return false;
	for (size_t i = begin; i < stop; i++) {
		sum += values[i];
		moment += ((double)i - middle) * values[i];
		squares += ((double)i - middle) * ((double)i - middle);
	}
	edge->slope = moment / squares;
	edge->at = sum / n - edge->slope * middle;
	for (size_t i = begin; i < stop; i++)
		off += fabs(values[i] - edge_at(edge, (double)i));
	return fabs(edge->slope) <= MAX_SLOPE && off <= MAX_CROOKED * n;
}

/* The sheet formed by the kept pixels; false if they are none. */
static bool fit_sheet(const struct normalizer *normalizer, const struct frame *frame,
		      struct sheet *sheet)
{
	struct ends rows, columns;
	size_t top, bottom, left, right;

	find_outline(normalizer, frame, &rows, &columns);
	top = find_span(&rows, frame->height, &bottom);
	left = find_span(&columns, frame->width, &right);
	sheet->box = (struct box){(double)left, (double)top, (double)right, (double)bottom};
	return (double)(right - left) >= MIN_SHEET * (double)frame->width &&
	       (double)(bottom - top) >= MIN_SHEET * (double)frame->height &&
	       fit_edge(rows.first, top, bottom, &sheet->edges[LEFT]) &&
	       fit_edge(rows.end, top, bottom, &sheet->edges[RIGHT]) &&
	       fit_edge(columns.first, left, right, &sheet->edges[TOP]) &&
	       fit_edge(columns.end, left, right, &sheet->edges[BOTTOM]);
}

/* [first, end): the pixels, of n, with centers from low to high. */
static size_t pixels_between(double low, double high, size_t n, size_t *end_ret)
{
	const double first = fmin(fmax(ceil(low - 0.5), 0), (double)n);

	*end_ret = (size_t)fmin(fmax(floor(high - 0.5) + 1, first), (double)n);
	return (size_t)first;
}

/* What is visible of the sheet, well inside of its outline. */
struct inside {
	struct ends columns;         /* the first and last of each */
	uint8_t any_dark[WORK_SIDE]; /* in each */
	uint32_t n, n_dark;
};

/* Takes in the y-th row from pixel first to end. */
SIMD_CLONES
static void look_at_row(const uint8_t *restrict keep, size_t first, size_t end, uint8_t y,
			struct inside *inside)
{
	uint32_t n = 0, n_dark = 0;

	for (size_t x = first; x < end; x++) {
		const uint8_t is_inside =
			(y >= inside->columns.first[x]) & (y < inside->columns.end[x]);
		const uint8_t is_dark = is_inside & (keep[x] ^ 1);

		n += is_inside;
		n_dark += is_dark;
		inside->any_dark[x] |= is_dark;
	}
	inside->n += n;
	inside->n_dark += n_dark;
}

static void find_columns(const struct sheet *sheet, const struct frame *frame, struct ends *columns)
{
	for (size_t x = 0; x < frame->width; x++) {
		size_t end;

		columns->first[x] = (uint8_t)pixels_between(
			edge_at(&sheet->edges[TOP], (double)x) + INSET,
			edge_at(&sheet->edges[BOTTOM], (double)x) - INSET, frame->height, &end);
		columns->end[x] = (uint8_t)end;
	}
}

/* The bounding box of dark pixels on the sheet; false if that cannot be a character. */
static bool find_ink_on(const struct normalizer *normalizer, const struct frame *frame,
			const struct sheet *sheet, struct box *box)
{
	const double longer =
		fmax(sheet->box.right - sheet->box.left, sheet->box.bottom - sheet->box.top);
	const size_t width = frame->width, height = frame->height;
	struct inside inside = {.n = 0};
	size_t top = height, bottom = 0;
	const uint8_t *leftmost;

	find_columns(sheet, frame, &inside.columns);
	for (size_t y = 0; y < height; y++) {
		const uint32_t n_before = inside.n_dark;
		size_t end;
		const size_t first = pixels_between(
			edge_at(&sheet->edges[LEFT], (double)y) + INSET,
			edge_at(&sheet->edges[RIGHT], (double)y) - INSET, width, &end);

		look_at_row(normalizer->keep + y * width, first, end, (uint8_t)y, &inside);
		if (inside.n_dark == n_before)
			continue;
		top = y < top ? y : top;
		bottom = y + 1;
	}
	leftmost = memchr(inside.any_dark, 1, width);
	if (!leftmost || (double)inside.n_dark > MAX_INK * (double)inside.n)
		return false;
	box->left = (double)(leftmost - inside.any_dark);
	box->right =
		(double)((const uint8_t *)find_last(inside.any_dark, 1, width) - inside.any_dark) +
		1;
	box->top = (double)top;
	box->bottom = (double)bottom;
	return fmax(box->right - box->left, box->bottom - box->top) >= MIN_CHARACTER * longer;
}

static bool box_is_inside(const struct sheet *sheet, const struct box *box)
{
	return is_inside(sheet, box->left, box->top) &&
	       is_inside(sheet, box->right - 1, box->top) &&
	       is_inside(sheet, box->left, box->bottom - 1) &&
	       is_inside(sheet, box->right - 1, box->bottom - 1);
}

/* Moves the sides of the box outward, pixel by pixel, up to the margin and within the sheet. */
static void add_margins(const struct sheet *sheet, struct box *box)
{
	const double side = fmax(box->right - box->left, box->bottom - box->top);

	for (double margin = 1; margin <= MARGIN * side; margin++)
		for (int k = 0; k < N_SIDES; k++) {
			struct box larger = *box;

			larger.left -= k == LEFT;
			larger.right += k == RIGHT;
			larger.top -= k == TOP;
			larger.bottom += k == BOTTOM;
			if (box_is_inside(sheet, &larger))
				*box = larger;
		}
}

/* The mean of the values at the border, at N_MIDDLE places of each side. */
static float mean_border(const float *paper, size_t width, size_t height)
{
	const float *bottom = paper + (height - 1) * width;
	float sum = 0;

	for (size_t k = 0; k < N_MIDDLE; k++) {
		const size_t x = (2 * k + 1) * width / (2 * N_MIDDLE);
		const size_t y = (2 * k + 1) * height / (2 * N_MIDDLE);

		sum += paper[x] + bottom[x] + paper[y * width] + paper[y * width + width - 1];
	}
	return sum / (4 * N_MIDDLE);
}

bool normalize_is_framed(const float *paper, size_t width, size_t height)
{
	const float limit = mean_border(paper, width, height) - MIN_DIFFERENCE;
	unsigned n_darker = 0;

	/* The middle half of either side. */
	for (size_t i = 0; i < N_MIDDLE; i++)
		for (size_t j = 0; j < N_MIDDLE; j++) {
			const size_t x = (N_MIDDLE + 2 * j + 1) * width / (4 * N_MIDDLE);
			const size_t y = (N_MIDDLE + 2 * i + 1) * height / (4 * N_MIDDLE);

			n_darker += paper[y * width + x] < limit;
		}
	return n_darker >= MIN_DARKER;
}

bool normalize_find_sheet(struct normalizer *normalizer, const struct frame *frame, struct box *box)
{
	const size_t n = frame->width * frame->height;
	struct sheet sheet;

	keep_brightest(normalizer, frame, normalize_find_levels(normalizer->paper, n).threshold);
	if (!fit_sheet(normalizer, frame, &sheet) || !find_ink_on(normalizer, frame, &sheet, box))
		return false;
	add_margins(&sheet, box);
	return true;
}
