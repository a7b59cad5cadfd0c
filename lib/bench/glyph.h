/*
 * glyph.h - an EMNIST image as a shape that can be drawn at any size, with any pen.
 */
#ifndef BENCH_GLYPH_H
#define BENCH_GLYPH_H

#include <stdbool.h>
#include <stdint.h>

/* Cells to an EMNIST pixel, and the pixels of paper around its image. */
#define GLYPH_SCALE  8
#define GLYPH_MARGIN 4
#define GLYPH_SIDE   (GLYPH_SCALE * (28 + 2 * GLYPH_MARGIN))
#define GLYPH_AREA   (GLYPH_SIDE * GLYPH_SIDE)

/* Planes of (GLYPH_SIDE, GLYPH_SIDE); lengths are in EMNIST pixels. */
struct glyph {
	float values[GLYPH_AREA];   /* the image, interpolated, 0..1 */
	float outline[GLYPH_AREA];  /* how far inside the ink, negative outside */
	float skeleton[GLYPH_AREA]; /* how far from the middle of a stroke; see glyph_prepare() */
	bool has_skeleton;
	uint8_t mask[GLYPH_AREA]; /* scratch */
	int cells[2][GLYPH_AREA]; /* scratch */
};

/* How a glyph is drawn. */
struct pen {
	bool grey;      /* EMNIST's own soft values in place of a sharp outline */
	double thicker; /* by so many EMNIST pixels on either side; strokes never vanish */
	double width;   /* > 0: redrawn along the middle of the strokes with a pen of this width */
};

/* pixels: (784). */
void glyph_make(struct glyph *glyph, const uint8_t *pixels);

/* Finds the skeleton, which takes its time, where drawing with the pen needs it. */
void glyph_prepare(struct glyph *glyph, const struct pen *pen);

/* How much ink, 0..1, is at (x, y), in EMNIST pixels from the middle of the image, in a pixel whose
 * side is `pixel` EMNIST pixels. */
float glyph_ink(const struct glyph *glyph, const struct pen *pen, double x, double y, double pixel);

#endif
