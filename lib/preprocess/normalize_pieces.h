/*
 * normalize_pieces.h - the components of the ink, and their shapes.
 */
#ifndef PREPROCESS_NORMALIZE_PIECES_H
#define PREPROCESS_NORMALIZE_PIECES_H

#include "normalize.h"

/* With more components the picture is not of a single character. */
#define MAX_PIECES 16

/* A pixel and its component. */
struct spot {
	uint8_t x, y, piece;
};

struct piece {
	struct box box;
	double area; /* in pixels */
	/* As a line of even thickness; its direction is a non-negative unit vector. */
	double length, thickness;
	double along_x, along_y;
	bool straight; /* such a line, along the rows or the columns */
	bool outline;  /* along all edges of its box, as a frame or a part of one */
	bool hollow;   /* nothing in the middle of its box */
	bool based;    /* ink along the whole lower edge of its box */
	double apart;  /* distance from the character, in pixels; see normalize_frames.c */
	bool joined;   /* to the character */
	bool around;   /* it, if it should be a frame */
	enum side cut; /* by the border of that side, see normalize_cut.c; else N_SIDES */
	bool neighbor; /* surely what is cut of one */
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

/* The components in keep, MAX_PIECES at most, with their shapes. Writes paper, which holds the
 * spots. */
void pieces_find(struct normalizer *normalizer, const struct frame *frame, struct pieces *pieces);

/* Whether it is thin lines in a large box. */
bool piece_is_open(const struct piece *piece);

/* Whether it is round and filled, or a ring. */
bool piece_is_disc(const struct piece *piece);
bool piece_is_ring(const struct piece *piece);

/* normalize_cut.c: sets `dropped` for what is left of neighbors at the left and right border. */
void normalize_drop_cut(struct pieces *pieces, const struct frame *frame);

/* normalize_beside.c: sets `dropped` for marks next to the character. */
void normalize_drop_beside(struct pieces *pieces, const struct frame *frame);

/* normalize_count.c: the number of characters side by side, including dropped pieces that may be
 * characters; 0 if there are none. */
size_t normalize_count_characters(const struct pieces *pieces);

/* normalize_again.c: removes dropped pieces from keep, now and in later passes over the picture. */
void pieces_take_out(struct normalizer *normalizer, const struct frame *frame,
		     const struct pieces *pieces);

#endif
