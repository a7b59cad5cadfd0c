/*
 * normalize_cut.c - removes the rest of neighbors that the left or the right border has cut.
 *
 * Letters of a sign or a word are closer to each other than what normalize_outside.c removes, and
 * the character may touch the border itself. Pieces at a side's border are removed if they are
 * apart from the character in each row and mostly beyond it, and if one of these shows that they
 * are no loose part of it:
 *
 * - there is room at the other side: a crop that cuts a part, or ends there, is tight at both
 * - there is a neighbor at the other side, too
 * - they are narrower than a stroke, so that they are cut
 * - the border has cut one in two places with paper between them, as the curve of an O
 * - they are far away
 */
#include "normalize_pieces.h"

#include <math.h>

/* Lengths are shares of the character's longer side. */
#define MIN_GAP 0.04
#define FAR_GAP 0.12

/* Of pieces that the border has cut in two places. */
#define MIN_OPEN_GAP 0.015

/* The largest width of such pieces, and the share of it that is beyond the character's box. */
#define MAX_WIDTH  0.45
#define MIN_BEYOND 0.5

/* Room at the other side. */
#define MIN_ROOM 0.2

/* A stem has at least this share of the character's height, and fills so much of its box. */
#define MIN_STEM 0.8
#define MIN_FILL 0.8

/* Narrower than a stroke: at most this share of the mean length of the character's runs of pixels.
 */
#define MAX_SLIVER 0.5

/* The character's minimum height and area as shares of those of all pieces together. */
#define MIN_HEIGHT 0.8
#define MIN_AREA   0.5

/* The character is the largest piece, and the less likely the farther it is off the middle; this
 * share of the picture's width is too far. */
#define MAX_OFF 0.6

/* A side of the picture. */
struct rest {
	double width; /* of the widest piece cut there; 0 if there is none */
	double gap;   /* from those to the character, along the rows */
	double room;  /* from the character to the border */
	bool beyond;  /* whether all are beyond the character */
	bool is_stem; /* whether one of them may be a stem of it */
	bool is_open; /* whether the border has cut one of them in two places */
};

/* The pieces that are not cut, and where their ink begins and ends in each row and the rows beside
 * it. */
struct core {
	struct box box;
	double pen; /* mean length of runs */
	double ends[2][1 + WORK_SIDE + 1];
};

/* The side whose border alone the piece touches, LEFT or RIGHT; else N_SIDES. */
static enum side side_of(const struct piece *piece, const struct frame *frame)
{
	const bool left = piece->box.left <= 0, right = piece->box.right >= (double)frame->width;

	return left == right ? N_SIDES : left ? LEFT : RIGHT;
}

static struct piece *choose_character(struct pieces *pieces, const struct frame *frame)
{
	struct piece *chosen = &pieces->pieces[0];
	double most = 0;

	for (size_t k = 0; k < pieces->n; k++) {
		struct piece *piece = &pieces->pieces[k];
		const double middle = (piece->box.left + piece->box.right) / 2;
		const double off = fabs(middle / (double)frame->width - 0.5);
		const double weight = piece->area * (MAX_OFF - off);

		if (weight > most) {
			most = weight;
			chosen = piece;
		}
	}
	return chosen;
}

/* Sets `cut` in the pieces. False if the border cuts none, or too much for the rest to be the
 * character; else sets the box of the rest. */
static bool find_cut(struct pieces *pieces, const struct frame *frame, struct box *box)
{
	struct piece *const character = choose_character(pieces, frame);
	struct box all = character->box;
	double area = 0;
	bool any = false;

	*box = all;
	for (size_t k = 0; k < pieces->n; k++) {
		struct piece *piece = &pieces->pieces[k];

		piece->cut = piece == character ? N_SIDES : side_of(piece, frame);
		all = box_join(&all, &piece->box);
		if (piece->cut < N_SIDES) {
			any = true;
			continue;
		}
		*box = box_join(box, &piece->box);
		area += piece->area;
	}
	return any && normalize_is_character(frame, box) &&
	       area >= MIN_AREA * (double)pieces->n_spots &&
	       box_height(box) >= MIN_HEIGHT * box_height(&all);
}

static void measure_core(const struct pieces *pieces, struct core *core)
{
	size_t n = 0, n_runs = 0;

	for (size_t y = 0; y < sizeof(core->ends[0]) / sizeof(core->ends[0][0]); y++) {
		core->ends[LEFT][y] = INFINITY;
		core->ends[RIGHT][y] = -INFINITY;
	}
	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];

		if (pieces->pieces[spot->piece].cut < N_SIDES)
			continue;
		n++;
		n_runs += i == 0 || spot[-1].y != spot->y || spot[-1].x + 1 != spot->x;
		for (size_t y = spot->y; y <= spot->y + 2U; y++) {
			core->ends[LEFT][y] = fmin(core->ends[LEFT][y], spot->x);
			core->ends[RIGHT][y] = fmax(core->ends[RIGHT][y], spot->x + 1);
		}
	}
	core->pen = (double)n / (double)n_runs;
}

/* Whether the border has cut piece k in two places, with paper between them. */
static bool is_cut_open(const struct pieces *pieces, const struct frame *frame, size_t k)
{
	const enum side side = pieces->pieces[k].cut;
	bool cut[WORK_SIDE] = {false}, reached[WORK_SIDE] = {false};
	bool before = false, off = false;

	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];

		if (spot->piece != k)
			continue;
		reached[spot->y] = true;
		cut[spot->y] |= side == LEFT ? spot->x == 0 : spot->x == frame->width - 1;
	}
	for (size_t y = 0; y < frame->height; y++) {
		if (cut[y] && off)
			return true;
		before |= cut[y];
		off = before && reached[y] && !cut[y];
	}
	return false;
}

static void measure_rests(const struct pieces *pieces, const struct frame *frame,
			  const struct core *core, struct rest rests[2])
{
	const struct box *box = &core->box;

	rests[LEFT] = (struct rest){0, INFINITY, box->left, true, false, false};
	rests[RIGHT] =
		(struct rest){0, INFINITY, (double)frame->width - box->right, true, false, false};
	for (size_t k = 0; k < pieces->n; k++) {
		const struct piece *piece = &pieces->pieces[k];
		const double width = box_width(&piece->box);
		struct rest *rest = &rests[piece->cut % 2];

		if (piece->cut == N_SIDES)
			continue;
		rest->width = fmax(rest->width, width);
		rest->beyond &= rest->room >= MIN_BEYOND * width;
		rest->is_open |= is_cut_open(pieces, frame, k);
		rest->is_stem |= box_height(&piece->box) >= MIN_STEM * box_height(box) &&
				 piece->area >= MIN_FILL * width * box_height(&piece->box);
	}
	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];
		const enum side cut = pieces->pieces[spot->piece].cut;

		if (cut == LEFT)
			rests[LEFT].gap =
				fmin(rests[LEFT].gap, core->ends[LEFT][spot->y + 1] - spot->x - 1);
		else if (cut == RIGHT)
			rests[RIGHT].gap =
				fmin(rests[RIGHT].gap, spot->x - core->ends[RIGHT][spot->y + 1]);
	}
}

/* Whether the pieces cut at a side may be a neighbor's. */
static bool may_be_neighbor(const struct rest *rest, double side)
{
	return rest->width > 0 && rest->width <= MAX_WIDTH * side && rest->beyond &&
	       rest->gap >= (rest->is_open ? MIN_OPEN_GAP : MIN_GAP) * side;
}

/* What becomes of the pieces that are cut at a side. */
struct verdict {
	bool neighbor, far;
};

static struct verdict judge(const struct rest rests[2], enum side k, const struct core *core)
{
	const struct rest *rest = &rests[k], *other = &rests[!k];
	const double side = box_side(&core->box);
	const bool far = rest->gap >= FAR_GAP * side;

	if (!may_be_neighbor(rest, side))
		return (struct verdict){false, false};
	return (struct verdict){
		/* What is farther away may be a character that is whole. */
		.neighbor = (rest->is_open && !far) || may_be_neighbor(other, side) ||
			    (other->room >= MIN_ROOM * side && !rest->is_stem) ||
			    rest->width <= MAX_SLIVER * core->pen,
		.far = far,
	};
}

void normalize_drop_cut(struct pieces *pieces, const struct frame *frame)
{
	struct verdict verdicts[2];
	struct rest rests[2];
	struct core core;

	if (!find_cut(pieces, frame, &core.box))
		return;
	measure_core(pieces, &core);
	measure_rests(pieces, frame, &core, rests);
	for (enum side k = LEFT; k <= RIGHT; k++)
		verdicts[k] = judge(rests, k, &core);
	for (size_t k = 0; k < pieces->n; k++) {
		struct piece *piece = &pieces->pieces[k];

		if (piece->cut == N_SIDES)
			continue;
		piece->neighbor = verdicts[piece->cut].neighbor;
		piece->dropped |= piece->neighbor || verdicts[piece->cut].far;
	}
}
