/*
 * normalize_beside.c - removes marks next to a character: underlines, the ticks of a comb field,
 * brackets, punch holes.
 *
 * Each is recognized by its shape, and by its distance from the character: farther than the
 * character's own strokes and dots.
 */
#include "normalize_pieces.h"

#include <math.h>

/* Lengths are relative to the character's longer side, unless stated otherwise. */

/* Minimum distance from the character for a piece not to belong to it: an underline, and a long
 * one; a line above, which may be the bar of a 5; a line at the side, a short one, and one that
 * extends above and below; a comb; a bracket; a hole at the side, and above or below; a mark off a
 * corner. Nearer pieces are joined to the character first. */
#define GAP_UNDERLINE      0.05
#define GAP_LONG_UNDERLINE 0.015
#define GAP_ABOVE          0.2
#define GAP_UPRIGHT        0.25
#define GAP_TICK           0.1
#define GAP_COMB           0.04
#define GAP_BRACKET        0.02
#define GAP_HOLE           0.06
#define GAP_HOLE_OVER      0.16
#define GAP_CORNER         0.1
#define GAP_JOINED         0.16

/* By how much a line must extend above and below. */
#define GOES_ON 0.05

/* An underline has at least this share of the character's width. */
#define MIN_UNDERLINE  0.7
#define LONG_UNDERLINE 0.9

/* A tick has at most this share of the character's height, and ends no higher above its foot. */
#define MAX_TICK       0.6
#define MAX_ABOVE_FOOT 0.15

/* A bracket is no wider than this share of its height, and fills less of its box than a stem. */
#define MAX_BRACKET      0.6
#define MAX_BRACKET_FILL 0.6

/* The largest side of a compact piece, and the smallest of a hole. */
#define MAX_COMPACT 0.6
#define MIN_HOLE    0.12

/* A possible dot above a stem no wider than a share of its height: its side, its distance from the
 * stem, and its middle's horizontal offset. 98 % of the training images of i and j with a separate
 * dot are within the first. */
static const struct {
	double stem_width, side, gap, aside;
} dots[] = {{0.6, 0.7, 1, 0.25}, {1, 0.4, 0.5, 0}};

/* Weight of a piece's area in choosing the character: a horizontal line, a vertical one, thin lines
 * with another piece between them, a disc. */
#define WEIGHT_LINE    0.05
#define WEIGHT_UPRIGHT 0.1
#define WEIGHT_COMB    0.02
#define WEIGHT_DISC    0.03

/* ---------------------------------------------------------- the character */

/* Whether another piece, at least half as high, is between the ends of this one, as in a comb. */
static bool holds_another(const struct pieces *pieces, const struct piece *piece)
{
	for (size_t k = 0; k < pieces->n; k++) {
		const struct piece *other = &pieces->pieces[k];

		if (other != piece && !other->dropped && other->box.left > piece->box.left &&
		    other->box.right < piece->box.right &&
		    box_height(&other->box) >= 0.5 * box_height(&piece->box))
			return true;
	}
	return false;
}

/* Whether it is thin lines on a base. */
static bool is_comb(const struct piece *piece)
{
	return piece->based && piece_is_open(piece);
}

/* How much speaks for the piece being the character, or the largest part of it. */
static double weigh(const struct pieces *pieces, const struct piece *piece,
		    const struct frame *frame)
{
	/* From the middle of the picture, -1..1. */
	const double x = (piece->box.left + piece->box.right) / (double)frame->width - 1;
	const double y = (piece->box.top + piece->box.bottom) / (double)frame->height - 1;

	if (piece->dropped)
		return 0;
	if (piece->straight)
		return piece->area *
		       (piece->along_x > piece->along_y ? WEIGHT_LINE : WEIGHT_UPRIGHT) *
		       (1.5 - fmax(fabs(x), fabs(y)));
	if (is_comb(piece) && holds_another(pieces, piece))
		return piece->area * WEIGHT_COMB;
	return piece->area * (piece_is_disc(piece) ? WEIGHT_DISC : 1);
}

static struct piece *choose_character(struct pieces *pieces, const struct frame *frame)
{
	struct piece *chosen = NULL;
	double most = 0;

	for (size_t k = 0; k < pieces->n; k++) {
		const double weight = weigh(pieces, &pieces->pieces[k], frame);

		if (weight > most) {
			most = weight;
			chosen = &pieces->pieces[k];
		}
	}
	return chosen;
}

/* How far each piece is from the character's box, at its nearest pixel. */
static void measure_apart(struct pieces *pieces, const struct box *box)
{
	for (size_t k = 0; k < pieces->n; k++)
		pieces->pieces[k].apart = INFINITY;
	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];
		const double x = fmax(box->left - 1 - spot->x, spot->x - box->right);
		const double y = fmax(box->top - 1 - spot->y, spot->y - box->bottom);
		struct piece *piece = &pieces->pieces[spot->piece];

		piece->apart = fmin(piece->apart, fmax(x, y));
	}
}

/* ------------------------------------------------------- what is none of it */

/* Whether the piece may be the dot of an i or j that has this stem. */
static bool may_be_dot(const struct piece *piece, const struct box *stem)
{
	const double side = box_side(stem), middle = (piece->box.left + piece->box.right) / 2;
	const double aside = fmax(stem->left - middle, middle - stem->right);

	for (size_t k = 0; k < sizeof(dots) / sizeof(*dots); k++)
		if (piece->box.bottom <= stem->top &&
		    box_width(stem) <= dots[k].stem_width * box_height(stem) &&
		    box_side(&piece->box) <= dots[k].side * side &&
		    piece->apart <= dots[k].gap * side && aside <= dots[k].aside * side)
			return true;
	return false;
}

static bool is_line_over(const struct piece *piece, const struct box *box)
{
	const double side = box_side(box);

	if (piece->box.top >= box->bottom)
		return piece->length >= MIN_UNDERLINE * box_width(box) &&
		       piece->apart >= side * (piece->length >= LONG_UNDERLINE * side
						       ? GAP_LONG_UNDERLINE
						       : GAP_UNDERLINE);
	return piece->box.bottom <= box->top && piece->apart >= GAP_ABOVE * side &&
	       piece->length >= box_width(box) && !may_be_dot(piece, box);
}

static bool is_aside(const struct piece *piece, const struct box *box)
{
	return piece->box.right <= box->left || piece->box.left >= box->right;
}

static bool is_over(const struct piece *piece, const struct box *box)
{
	return piece->box.bottom <= box->top || piece->box.top >= box->bottom;
}

/* Whether the piece extends above and below the box. */
static bool goes_on(const struct piece *piece, const struct box *box)
{
	const double by = GOES_ON * box_side(box);

	return piece->box.top <= box->top - by && piece->box.bottom >= box->bottom + by;
}

static bool is_line_aside(const struct piece *piece, const struct box *box)
{
	const bool is_tick = piece->length <= MAX_TICK * box_height(box) &&
			     piece->box.bottom >= box->bottom - MAX_ABOVE_FOOT * box_side(box);

	return is_aside(piece, box) &&
	       piece->apart >=
		       box_side(box) * (is_tick || goes_on(piece, box) ? GAP_TICK : GAP_UPRIGHT);
}

static bool is_rule(const struct piece *piece, const struct box *box)
{
	return piece->straight && (piece->along_x > piece->along_y ? is_line_over(piece, box)
								   : is_line_aside(piece, box));
}

/* Whether the piece is a punch hole, or another small mark off a corner. */
static bool is_compact(const struct piece *piece, const struct box *box)
{
	const double side = box_side(&piece->box) / box_side(box),
		     apart = piece->apart / box_side(box);
	const bool is_hole = (piece_is_disc(piece) || piece_is_ring(piece)) && side >= MIN_HOLE;

	if (side > MAX_COMPACT || may_be_dot(piece, box))
		return false;
	if (is_aside(piece, box) && is_over(piece, box))
		return apart >= GAP_CORNER;
	return is_hole && apart >= (is_aside(piece, box) ? GAP_HOLE : GAP_HOLE_OVER);
}

/* Whether the piece is a comb that extends to the left and right of the character, or the rest of a
 * frame whose box contains the character. */
static bool is_around(const struct piece *piece, const struct box *box)
{
	return piece->box.left < box->left && piece->box.right > box->right &&
	       piece->box.bottom > box->bottom &&
	       (is_comb(piece) ||
		(piece->outline && piece_is_open(piece) && piece->box.top < box->top)) &&
	       piece->apart >= GAP_COMB * box_side(box);
}

static bool is_bracket(const struct piece *piece, const struct box *box)
{
	return is_aside(piece, box) && goes_on(piece, box) &&
	       box_width(&piece->box) <= MAX_BRACKET * box_height(&piece->box) &&
	       piece->area <= MAX_BRACKET_FILL * box_width(&piece->box) * box_height(&piece->box) &&
	       piece->apart >= GAP_BRACKET * box_side(box);
}

static bool is_beside(const struct piece *piece, const struct box *box)
{
	return is_rule(piece, box) || is_compact(piece, box) || is_around(piece, box) ||
	       is_bracket(piece, box);
}

/* Joins a nearby piece to the character in the box; false if there is none. */
static bool join_piece(struct pieces *pieces, struct box *box)
{
	for (size_t k = 0; k < pieces->n; k++) {
		struct piece *piece = &pieces->pieces[k];

		if (piece->dropped || piece->joined || piece->apart >= GAP_JOINED * box_side(box) ||
		    is_beside(piece, box))
			continue;
		piece->joined = true;
		*box = box_join(box, &piece->box);
		return true;
	}
	return false;
}

void normalize_drop_beside(struct pieces *pieces, const struct frame *frame)
{
	struct piece *character = choose_character(pieces, frame);
	struct box box;

	if (!character || !normalize_is_character(frame, &character->box))
		return;
	box = character->box;
	character->joined = true;
	do
		measure_apart(pieces, &box);
	while (join_piece(pieces, &box));
	for (size_t k = 0; k < pieces->n; k++) {
		struct piece *piece = &pieces->pieces[k];

		piece->dropped |= !piece->joined && is_beside(piece, &box);
	}
}
