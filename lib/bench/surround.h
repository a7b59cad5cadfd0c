/*
 * surround.h - what forms and people draw around a character.
 */
#ifndef BENCH_SURROUND_H
#define BENCH_SURROUND_H

#include "../base/random.h"

#include <stddef.h>

enum surround {
	SURROUND_NOTHING,
	/* Lines along the border of the picture, as of a cell that is cut out of a form. */
	SURROUND_LEFT,
	SURROUND_LEFT_TOP,
	SURROUND_LEFT_RIGHT_TOP,
	SURROUND_ALL,
	SURROUND_INSIDE, /* a pixel inside of it */
	SURROUND_FRAME,  /* in the middle of the margin */
	SURROUND_CIRCLE,
	SURROUND_UNDERLINE, /* as long as the ink is wide */
	SURROUND_COMB,      /* a baseline with short ticks at its ends */
	SURROUND_HOLE,      /* of a punch, at the left */
	SURROUND_GRID,      /* of graph paper */
};

/* A plane of ink, 0..1, and where the character is in it; lengths are in pixels. */
struct sheet {
	float *ink;
	size_t width, height;
	double left, top, right, bottom; /* of the character */
	double line;                     /* width of lines */
	double shade;                    /* their ink */
};

/* Draws it, with what chance leaves open. */
void surround_draw(const struct sheet *sheet, enum surround surround, struct random *random);

#endif
