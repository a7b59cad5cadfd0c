/*
 * normalize_pieces.h - the components of the ink, and their shapes.
 */
#ifndef PREPROCESS_NORMALIZE_PIECES_H
#define PREPROCESS_NORMALIZE_PIECES_H

#include "normalize.h"

/* Where there are more components it is no picture of one character. */
#define MAX_PIECES 16

/* A pixel, and which component it belongs to. */
struct spot {
	uint8_t x, y, piece;
};

struct piece {
	struct box box;
	double area; /* in pixels */
	/* As a line that is evenly thick; its direction is a vector of length 1, not negative. */
	double length, thickness;
	double along_x, along_y;
	bool straight; /* such a line, along the rows or the columns */
	bool outline;  /* all along the edges of its box, as a frame or a part of one */
	bool hollow;   /* nothing in the middle of its box */
	bool based;    /* ink all along the lower edge of its box */
	double apart;  /* from the character, in pixels; see normalize_frames.c */
	bool joined;   /* to the character */
	bool around;   /* it, if it should be a frame */
	bool dropped;
	uint32_t root;
};

struct pieces {
	struct piece pieces[MAX_PIECES];
	size_t n;
	struct spot *spots; /* all pixels, row by row */
	size_t n_spots;
};

static inline double box_width(const struct box *box)
{
	return box->right - box->left;
}

static inline double box_height(const struct box *box)
{
	return box->bottom - box->top;
}

static inline double box_side(const struct box *box)
{
	return box_width(box) > box_height(box) ? box_width(box) : box_height(box);
}

/* The least box around both. */
struct box box_join(const struct box *a, const struct box *b);

/* The components in keep, MAX_PIECES at most, with their shapes. Writes paper, where the spots are.
 */
void pieces_find(struct normalizer *normalizer, const struct frame *frame, struct pieces *pieces);

/* Whether it is thin lines in a large box. */
bool piece_is_open(const struct piece *piece);

/* Whether it is round and filled, or a ring. */
bool piece_is_disc(const struct piece *piece);
bool piece_is_ring(const struct piece *piece);

/* normalize_beside.c: sets `dropped` in what lies beside the character. */
void normalize_drop_beside(struct pieces *pieces, const struct frame *frame);

/* normalize_count.c: how many characters stand side by side, of those that are not dropped and
 * those that are dropped but may be characters as well; 0 where there are none. */
size_t normalize_count_characters(const struct pieces *pieces);

/* normalize_again.c: takes out of keep what is dropped, now and when the picture is looked at
 * again.
 */
void pieces_take_out(struct normalizer *normalizer, const struct frame *frame,
		     const struct pieces *pieces);

#endif
