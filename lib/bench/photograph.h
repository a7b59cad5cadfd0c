/*
 * photograph.h - a glyph as somebody might have drawn and photographed it, as an image file.
 */
#ifndef BENCH_PHOTOGRAPH_H
#define BENCH_PHOTOGRAPH_H

#include "../base/memory.h"
#include "../base/random.h"
#include "glyph.h"
#include "surround.h"

enum ruling {
	RULING_NONE,
	RULING_BASELINE, /* a line from side to side, at the foot of the ink or below */
	RULING_EDGE,     /* one edge of a form's box, at a side of the picture */
	RULING_CORNER,   /* two edges that meet */
	RULING_BOX,      /* all four */
	RULING_FOOT,     /* a line from side to side through the foot of the ink */
};

/* Lengths are in EMNIST pixels, so that a picture's size does not change what it shows; the ink is
 * about 22 of them long. */
struct photograph {
	double zoom; /* pixels of the picture to one of EMNIST's */
	struct pen pen;
	double rotation;   /* degrees */
	double slant;      /* of the height */
	double tilt[2];    /* perspective: how much nearer one side is than the other */
	double margins[4]; /* around the ink: left, right, top, bottom */
	double square;     /* > 0: the side of the picture, in place of margins */
	/* > 0: to a neighbor, the same ink again, at the left and right; a share of the ink's
	 * longer side. In place of margins, so much of the neighbor's width is shown. */
	double gaps[2];
	double shown;
	/* > 0: a stroke from the ink to that side, as in a word; the share of the ink's height. */
	double links[2];
	double slit, split; /* slit > 0: as wide a gap from top to bottom, at that share of the
			     * ink's width */
	enum ruling ruling; /* with lines of width line, as dark as shade of the ink */
	double line;
	double shade;
	double bands[4];         /* ink along the border, so wide at a side: as margins */
	enum surround surround;  /* with lines of the same width and shade */
	double paper[3], ink[3]; /* RGB, 0..255 */
	double table[4]; /* > 0: beyond the sheet, a share of the side: as margins, left first */
	double table_slopes[4]; /* of the sheet's edges there, clockwise */
	double table_color[3];  /* RGB, 0..255 */
	double roughness;       /* of the table: so much lighter or darker, of 255 levels */
	double gradient[2];     /* change of the light from side to side, a share */
	double vignette;        /* light lost in the corners, a share */
	double shadow;          /* light lost behind a soft edge across the picture, a share */
	double shadow_softness; /* of that edge */
	double blur;            /* standard deviation */
	double noise;           /* standard deviation, of 255 levels */
	unsigned jpeg_quality;  /* 0: not compressed */
	bool negative;          /* the exact negative of the picture that it would be */
	bool transparent;       /* ink on nothing, in alpha */
	uint64_t seed;          /* of what is drawn by chance: noise, grain, place of lines... */
};

/* Memory that is kept from picture to picture; {0} at first. */
struct darkroom {
	struct buffer ink;    /* (height, width) floats: how much ink, 0..1 */
	struct buffer table;  /* as large: how much table, 0..1 */
	struct buffer rows;   /* scratch, as large */
	struct buffer pixels; /* (height, width, 3) floats */
	struct buffer file;   /* an image file: PPM, or TGA where it has alpha */
};

/* A plain picture: dark ink on white, sharp, ten pixels to one. */
struct photograph photograph_plain(void);

/* Makes darkroom->file; false when memory is short. */
bool photograph_take(const struct photograph *photograph, struct glyph *glyph,
		     struct darkroom *darkroom);

void darkroom_clear(struct darkroom *darkroom);

#endif
