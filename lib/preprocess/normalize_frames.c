/*
 * normalize_frames.c - removes drawings around a character: frames, boxes, circles.
 *
 * Such a drawing is a component that is visible in all directions from the middle of the likely
 * character. If the picture's border cuts it, the rest touches the border and is visible in most
 * directions.
 */
#include "normalize_pieces.h"

#include <math.h>

/* Directions; in how many of them a frame must be visible, since a hand-drawn circle may have a
 * gap; and in how many something inside may appear beyond it. */
#define N_DIRECTIONS 32
#define MIN_SEEN     29
#define MIN_SEEN_CUT 12
#define MAX_BEYOND   1

/* The most thickness of a frame cut by the border, as a share of the picture's longer side: a
 * character's strokes in so tight a crop are thicker. */
#define MAX_CUT_THICKNESS 0.05

/* The content's minimum share of the frame's longer side, larger in a circle, which might be an O;
 * and the most distance between their middles, as a share of that side. */
#define MIN_IN_FRAME   0.15
#define MIN_IN_CIRCLE  0.35
#define MAX_OFF_FRAME  0.3
#define MAX_OFF_CIRCLE 0.15

/* And is at least so high for its width, as characters are. */
#define MIN_ASPECT 0.3

static bool is_within(const struct box *inner, const struct box *outer)
{
	return inner->left > outer->left && inner->right < outer->right &&
	       inner->top > outer->top && inner->bottom < outer->bottom;
}

/* The box around all pieces that are neither dropped nor around, and inside a frame's box; false if
 * there are none. */
static bool find_inner(const struct pieces *pieces, const struct box *frame, struct box *inner)
{
	*inner = (struct box){INFINITY, INFINITY, 0, 0};
	for (size_t k = 0; k < pieces->n; k++) {
		const struct piece *piece = &pieces->pieces[k];

		if (!piece->dropped && !piece->around && is_within(&piece->box, frame))
			*inner = box_join(inner, &piece->box);
	}
	return inner->left < inner->right;
}

/* The direction of (x, y) from the middle, one of N_DIRECTIONS. */
static size_t direction_of(double x, double y)
{
	const double sum = fabs(x) + fabs(y), share = sum > 0 ? y / sum : 0;
	const double turn = x >= 0 ? 1 + share : 3 - share; /* 0..4 */
	const size_t direction = (size_t)(turn * (N_DIRECTIONS / 4));

	return direction < N_DIRECTIONS ? direction : 0;
}

/* Whether the surrounding pieces are visible in enough directions from the middle of the inner box,
 * with the box's content nearer. */
static bool goes_around(const struct pieces *pieces, const struct box *inner, unsigned least_seen)
{
	const double x = (inner->left + inner->right - 1) / 2;
	const double y = (inner->top + inner->bottom - 1) / 2;
	double nearest[N_DIRECTIONS], farthest[N_DIRECTIONS] = {0};
	unsigned n_seen = 0, n_beyond = 0;

	for (size_t k = 0; k < N_DIRECTIONS; k++)
		nearest[k] = INFINITY;
	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];
		const struct piece *piece = &pieces->pieces[spot->piece];
		const double distance = hypot(spot->x - x, spot->y - y);
		const size_t direction = direction_of(spot->x - x, spot->y - y);

		if (piece->around)
			nearest[direction] = fmin(nearest[direction], distance);
		else if (!piece->dropped && spot->x >= inner->left && spot->x < inner->right &&
			 spot->y >= inner->top && spot->y < inner->bottom)
			farthest[direction] = fmax(farthest[direction], distance);
	}
	for (size_t k = 0; k < N_DIRECTIONS; k++) {
		n_seen += nearest[k] < INFINITY;
		n_beyond += farthest[k] > nearest[k];
	}
	return n_seen >= least_seen && n_beyond <= MAX_BEYOND;
}

/* Whether the piece is around others that may be the character. */
static bool is_frame(const struct pieces *pieces, const struct piece *piece)
{
	const double side = box_side(&piece->box);
	struct box inner;
	double off;

	if (!find_inner(pieces, &piece->box, &inner))
		return false;
	off = fmax(fabs(inner.left + inner.right - piece->box.left - piece->box.right),
		   fabs(inner.top + inner.bottom - piece->box.top - piece->box.bottom)) /
	      2;
	return box_side(&inner) >= (piece->outline ? MIN_IN_FRAME : MIN_IN_CIRCLE) * side &&
	       box_height(&inner) >= MIN_ASPECT * box_width(&inner) &&
	       off <= (piece->outline ? MAX_OFF_FRAME : MAX_OFF_CIRCLE) * side &&
	       goes_around(pieces, &inner, MIN_SEEN);
}

/* Whether the pieces at the border are the rest of a cut frame; sets `around` in them. */
static bool is_cut_frame(struct pieces *pieces, const struct frame *frame)
{
	const struct box picture = {0, 0, (double)frame->width, (double)frame->height};
	struct box inner;
	size_t n_around = 0;

	for (size_t k = 0; k < pieces->n; k++) {
		struct piece *piece = &pieces->pieces[k];

		piece->around =
			!piece->dropped && piece_is_open(piece) &&
			!is_within(&piece->box, &picture) &&
			piece->area <= MAX_CUT_THICKNESS * box_side(&picture) *
					       (box_width(&piece->box) + box_height(&piece->box));
		n_around += piece->around;
	}
	return n_around > 0 && find_inner(pieces, &picture, &inner) &&
	       box_side(&inner) >= MIN_IN_CIRCLE * box_side(&picture) &&
	       box_height(&inner) >= MIN_ASPECT * box_width(&inner) &&
	       goes_around(pieces, &inner, MIN_SEEN_CUT);
}

static void drop_frames(struct pieces *pieces, const struct frame *frame)
{
	/* The inner one of two frames begins farther down. */
	for (size_t k = pieces->n; k-- > 0;) {
		struct piece *piece = &pieces->pieces[k];

		piece->around = true;
		piece->dropped |= is_frame(pieces, piece);
		piece->around = false;
	}
	if (is_cut_frame(pieces, frame))
		for (size_t k = 0; k < pieces->n; k++)
			pieces->pieces[k].dropped |= pieces->pieces[k].around;
}

void normalize_drop_frames(struct normalizer *normalizer, const struct frame *frame, size_t n)
{
	struct pieces pieces;
	size_t n_characters;

	if (n < 2 || n > MAX_PIECES)
		return;
	pieces_find(normalizer, frame, &pieces);
	normalize_drop_cut(&pieces, frame);
	drop_frames(&pieces, frame);
	normalize_drop_beside(&pieces, frame);
	n_characters = normalize_count_characters(&pieces);
	if (n_characters > normalizer->n_characters)
		normalizer->n_characters = n_characters;
	pieces_take_out(normalizer, frame, &pieces);
}
