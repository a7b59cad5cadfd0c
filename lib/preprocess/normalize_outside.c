/*
 * normalize_outside.c - removes what comes in at the border: the table next to a sheet of paper,
 * and the rest of a neighbor.
 *
 * A component that touches the border is examined if others, clear of the border, may be the
 * character. It is removed if it is entirely beyond them, on the sides that it touches: a table if
 * it fills a whole side, a neighbor if it is far enough away, the farther the larger it is.
 *
 * So a part of the character stays even if a tight crop has cut it. The bar of a 5 is close to the
 * rest, as are the halves of a K. The stem of an i is larger than its dot, and what may be a dot
 * above a stem is no neighbor.
 */
#include "normalize.h"

#include <math.h>

/* The most components at the border; with more the picture is not of a single character. */
#define MAX_PARTS 16

/* A table's minimum share of a side, and its minimum distance as a share of the character's longer
 * side: nearer ink is a bar of the character in a tight crop. */
#define MIN_FILLED 0.95
#define TABLE_GAP  0.03

/* A table fading into the light fills this share of a side up to a corner, and is as far away as
 * neighbors. */
#define MIN_FADED 0.5

/* A neighbor's minimum distance, as a share of the character's longer side. At the side, its area
 * is at most this many times the character's per such distance, and at most that many in all. Above
 * and below it is less, since what is clear of the border may be the dot of an i. */
#define MIN_GAP       0.12
#define AREA_PER_GAP  6
#define MAX_AREA      2
#define MAX_ELSEWHERE 0.5

/* A stem is no wider than this share of its height, and a dot above it no wider than the next and
 * no farther to the side of it than the last. */
#define STEM_WIDTH 0.6
#define DOT_WIDTH  0.35
#define DOT_ASIDE  0.2

/* A component that touches the border. */
struct part {
	uint32_t root;
	size_t area;
	size_t n_at[N_SIDES]; /* its pixels at each side */
	double left, right;   /* its columns */
	double gap;           /* smallest distance beyond the character; negative if not beyond */
	bool stays;
};

struct parts {
	struct part parts[MAX_PARTS];
	size_t n;
};

static struct part *find_part(struct parts *parts, uint32_t root)
{
	for (size_t k = 0; k < parts->n; k++)
		if (parts->parts[k].root == root)
			return &parts->parts[k];
	return NULL;
}

/* The part that the pixel belongs to, or NULL. */
static struct part *part_at(const struct normalizer *normalizer, struct parts *parts, size_t pixel)
{
	return normalizer->keep[pixel]
		       ? find_part(parts, normalize_component(normalizer->parents, (uint32_t)pixel))
		       : NULL;
}

/* Counts a pixel at a side of the border; false if there are too many parts. */
static bool count_at(struct parts *parts, const struct normalizer *normalizer, size_t pixel,
		     enum side side)
{
	struct part *part;
	uint32_t root;

	if (!normalizer->keep[pixel])
		return true;
	root = normalize_component(normalizer->parents, (uint32_t)pixel);
	part = find_part(parts, root);
	if (!part) {
		if (parts->n == MAX_PARTS)
			return false;
		part = &parts->parts[parts->n++];
		*part = (struct part){.root = root, .left = INFINITY};
	}
	part->n_at[side]++;
	return true;
}

static bool find_parts(const struct normalizer *normalizer, const struct frame *frame,
		       struct parts *parts)
{
	const size_t width = frame->width, height = frame->height;
	bool few = true;

	parts->n = 0;
	for (size_t x = 0; x < width && few; x++)
		few = count_at(parts, normalizer, x, TOP) &&
		      count_at(parts, normalizer, (height - 1) * width + x, BOTTOM);
	for (size_t y = 0; y < height && few; y++)
		few = count_at(parts, normalizer, y * width, LEFT) &&
		      count_at(parts, normalizer, y * width + width - 1, RIGHT);
	return few && parts->n > 0;
}

bool normalize_crosses(const struct normalizer *normalizer, const struct frame *frame)
{
	struct parts parts;
	bool crosses = false;

	if (!find_parts(normalizer, frame, &parts))
		return parts.n > 0;
	for (size_t k = 0; k < parts.n; k++) {
		int n_sides = 0;

		for (int side = 0; side < N_SIDES; side++)
			n_sides += parts.parts[k].n_at[side] > 0;
		crosses |= n_sides > 1;
	}
	return crosses;
}

/* Everything clear of the border. */
struct core {
	struct box box;
	double side; /* the longer one of the box */
	size_t area;
};

static struct core measure_core(const struct normalizer *normalizer, const struct frame *frame,
				struct parts *parts)
{
	struct core core = {.box = {.left = (double)frame->width, .top = (double)frame->height}};
	struct box *box = &core.box;

	for (size_t y = 0; y < frame->height; y++)
		for (size_t x = 0; x < frame->width; x++) {
			struct part *part = part_at(normalizer, parts, y * frame->width + x);

			if (part)
				part->area++;
			if (part || !normalizer->keep[y * frame->width + x])
				continue;
			core.area++;
			box->left = fmin(box->left, (double)x);
			box->top = fmin(box->top, (double)y);
			box->right = fmax(box->right, (double)x + 1);
			box->bottom = (double)y + 1;
		}
	core.side = fmax(box->right - box->left, box->bottom - box->top);
	return core;
}

/* How far the pixel is beyond the character, on the sides where its part touches the border. */
static double distance_beyond(const struct part *part, const struct box *box, double x, double y)
{
	const double distances[N_SIDES] = {box->left - 1 - x, x - box->right, box->top - 1 - y,
					   y - box->bottom};
	double most = -1;

	for (int k = 0; k < N_SIDES; k++)
		if (part->n_at[k] > 0)
			most = fmax(most, distances[k]);
	return most;
}

static void measure_gaps(const struct normalizer *normalizer, const struct frame *frame,
			 struct parts *parts, const struct box *box)
{
	for (size_t k = 0; k < parts->n; k++)
		parts->parts[k].gap = INFINITY;
	for (size_t y = 0; y < frame->height; y++)
		for (size_t x = 0; x < frame->width; x++) {
			struct part *part = part_at(normalizer, parts, y * frame->width + x);

			if (!part)
				continue;
			part->left = fmin(part->left, (double)x);
			part->right = fmax(part->right, (double)x + 1);
			part->gap =
				fmin(part->gap, distance_beyond(part, box, (double)x, (double)y));
		}
}

/* Whether the part, which touches the top, may be the dot of an i or j. */
static bool may_be_dot(const struct part *part, const struct core *core)
{
	const struct box *box = &core->box;
	const double middle = (part->left + part->right) / 2, aside = DOT_ASIDE * core->side;

	return box->right - box->left <= STEM_WIDTH * (box->bottom - box->top) &&
	       part->right - part->left <= DOT_WIDTH * core->side && middle >= box->left - aside &&
	       middle <= box->right + aside;
}

/* The largest share of a side that the part fills; of sides that it leaves round a corner where
 * only those count. */
static double share_filled(const struct part *part, const struct frame *frame, bool round_corner)
{
	const size_t lengths[N_SIDES] = {frame->height, frame->height, frame->width, frame->width};
	double most = 0;

	for (int k = 0; k < N_SIDES; k++) {
		const bool upright = k == LEFT || k == RIGHT;
		const size_t n_beside = upright ? part->n_at[TOP] + part->n_at[BOTTOM]
						: part->n_at[LEFT] + part->n_at[RIGHT];

		if (n_beside > 0 || !round_corner)
			most = fmax(most, (double)part->n_at[k] / (double)lengths[k]);
	}
	return most;
}

/* gap: in sides of the character. */
static bool is_table(const struct part *part, const struct frame *frame, double gap)
{
	return (gap >= TABLE_GAP && share_filled(part, frame, false) >= MIN_FILLED) ||
	       (gap >= MIN_GAP && share_filled(part, frame, true) >= MIN_FADED);
}

/* Whether the part is the table's, or a neighbor's. */
static bool is_outside(const struct part *part, const struct core *core, const struct frame *frame)
{
	const double area = (double)part->area / (double)core->area, gap = part->gap / core->side;

	if (is_table(part, frame, gap))
		return true;
	if (gap < MIN_GAP || (part->n_at[TOP] > 0 && may_be_dot(part, core)))
		return false;
	return area <= (part->n_at[TOP] > 0 || part->n_at[BOTTOM] > 0
				? MAX_ELSEWHERE
				: fmin(AREA_PER_GAP * gap, MAX_AREA));
}

void normalize_drop_outside(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t n = frame->width * frame->height;
	struct parts parts;
	struct core core;

	if (!find_parts(normalizer, frame, &parts))
		return;
	core = measure_core(normalizer, frame, &parts);
	if (core.area == 0 || !normalize_is_character(frame, &core.box))
		return;
	measure_gaps(normalizer, frame, &parts, &core.box);
	for (size_t k = 0; k < parts.n; k++)
		parts.parts[k].stays = !is_outside(&parts.parts[k], &core, frame);
	for (size_t i = 0; i < n; i++) {
		const struct part *part = part_at(normalizer, &parts, i);

		normalizer->keep[i] &= !part || part->stays;
	}
}
