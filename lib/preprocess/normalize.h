/*
 * normalize.h - the steps of the normalizer, in their order; normalize.c takes them.
 */
#ifndef PREPROCESS_NORMALIZE_H
#define PREPROCESS_NORMALIZE_H

#include "preprocess.h"

/* Ink that differs from the paper by less, of 255, is none: what scanners and JPEG make of an empty
 * page stays below. */
#define NORMALIZE_MIN_CONTRAST 10.0f

/* Measured on the training images: at 50 % of the ink, the long side is 20 to 24 pixels; enlarged
 * eightfold, made binary and normalized again, they come back closest with this side. */
#define NORMALIZE_INK_SIDE 22.25

struct frame {
	struct region region; /* of the picture */
	size_t width;         /* of the region when reduced */
	size_t height;
	/* The picture's pixels to one of the frame: they differ where one side is very short. */
	double step_x;
	double step_y;
	float grain; /* of the plane */
};

/* A rectangle in reduced pixels, its edges where the ink is at half its level. */
struct box {
	double left, top, right, bottom;
};

/* The sides of a picture or of a box. */
enum side { LEFT, RIGHT, TOP, BOTTOM, N_SIDES };

/* normalize_box.c: whether what lies in the box may be a character, by its size and shape. */
bool normalize_is_character(const struct frame *frame, const struct box *box);

/* Paper of one brightness all over. */
struct flat_paper {
	float level; /* of 255 */
	float noise; /* as a standard deviation */
	bool ink_is_bright;
};

/* normalize_flat.c: whether values 0..255 show flat paper, and ink on it that is not faint; false
 * also where that cannot be told from a few of them. */
bool normalize_find_flat(const float *paper, size_t width, size_t height, struct flat_paper *flat);

/* normalize_flat.c: ink = how far n values of paper depart from the flat paper, to the ink's side.
 */
void normalize_subtract_flat(const struct flat_paper *flat, const float *paper, float *ink,
			     size_t n);

/* normalize_turn.c: whether the ink is the bright part of the picture in paper. */
bool normalize_ink_is_bright(const float *paper, size_t width, size_t height);

/* normalize_peel.c: the picture in paper without the lines along its border; width and height
 * become those of what is left. peeled: as large as paper; what is returned points to it, or to
 * paper where there are no such lines. */
const float *normalize_peel(const float *paper, size_t *width, size_t *height, float *peeled);

/* normalize_turn.c: of n values of paper, 0..255, what best separates the bright from the dark. */
float normalize_threshold(const float *paper, size_t n);

/* normalize_turn.c: histogram[v] = how many of n values, 0..255, are nearest to v. */
void normalize_count_values(const float *values, size_t n, uint32_t histogram[256]);

/* normalize_sheet.c: whether most of the middle of paper is darker than its border. */
bool normalize_is_framed(const float *paper, size_t width, size_t height);

/* normalize_sheet.c: in a picture whose border is dark, where the ink on a sheet of paper is, with
 * what paper there is around it. False where no sheet is seen. Writes keep, parents and ink. */
bool normalize_find_sheet(struct normalizer *normalizer, const struct frame *frame,
			  struct box *box);

/* normalize_flatten.c: ink = how much darker than the light on it each pixel of paper is. Returns
 * the noise of the paper, as a standard deviation. */
float normalize_flatten(const float *paper, float *ink, size_t width, size_t height);

/* normalize_shade.c: subtracts from ink, which may be negative, what is dark over large parts.
 * False where nothing is. */
bool normalize_subtract_shade(float *ink, size_t width, size_t height);

/* normalize_find.c: from normalizer->ink, as normalize_flatten() makes it, and the noise: ink as
 * shares of its level there, and the pixels of components in keep. Returns the level, of 255, or 0
 * where there is no ink. */
float normalize_find_ink(struct normalizer *normalizer, const struct frame *frame, float noise);

/* normalize_noise.c: whether ink, in shares of its level, lies at random, as noise does that covers
 * much of the frame. */
bool normalize_is_random(const float *ink, const struct frame *frame);

/* normalize_noise.c: whether what was found is no ink, but noise. keep: the pixels that are above
 * some share of the level; areas: (n) of each component's pixels, how many are above half of it, at
 * the component's root. */
bool normalize_is_noise(const struct normalizer *normalizer, const struct frame *frame,
			const uint32_t *areas, float level, float noise);

/* normalize_components.c: mask[i] = whether value i of n is above the level. */
void normalize_mask_above(const float *values, size_t n, float level, uint8_t *mask);

/* normalize_components.c: the runs of pixels that mask, 0 or 1, has set; and as their parents a
 * pixel of the same component (touching by side or corner), or the pixel itself where it is the
 * component's root, which is the first of a run. */
void normalize_label_components(struct normalizer *normalizer, const uint8_t *mask, size_t width,
				size_t height);

/* normalize_components.c: the root of the component that pixel i belongs to. */
uint32_t normalize_component(const uint32_t *parents, uint32_t i);

/* normalize_components.c: of mask, whose components are labeled, keeps the pixels of all but
 * specks, and returns how many components those are. What counts of a component is its ink above
 * half the level: a large shadow has none, and weighs nothing. areas: (n) of scratch, then as for
 * normalize_is_noise(). */
size_t normalize_keep_components(struct normalizer *normalizer, uint32_t *areas, uint8_t *mask);

/* normalize_lines.c: sets ink, in shares of its level, to zero where it is of ruled lines, or of
 * the many lines of a grid. Writes all of the normalizer. */
void normalize_remove_lines(struct normalizer *normalizer, const struct frame *frame, bool grid);

/* normalize_again.c: what was found to be of frames stays out when the picture is looked at again:
 * sets ink to zero there. Writes keep. */
void normalize_drop_again(struct normalizer *normalizer, const struct frame *frame);

/* normalize_frames.c: of the components in keep, which are n at most, takes those out that are
 * drawn around the character or beside it, and counts the characters. Writes paper. */
void normalize_drop_frames(struct normalizer *normalizer, const struct frame *frame, size_t n);

/* normalize_outside.c: of the components in keep, takes those out that come in from beyond the
 * character: the table beside the sheet, the rest of a neighbor. */
void normalize_drop_outside(struct normalizer *normalizer, const struct frame *frame);

/* normalize_box.c: the box around the ink that was found. */
struct box normalize_find_box(struct normalizer *normalizer, const struct frame *frame);

/* What the edges of ink, in shares of its level, tell: sums over all pixels that have neighbors to
 * the right and below, by which the ink's slope is measured. */
struct edges {
	double area;    /* of the ink */
	double outline; /* of the slope: the length of the outline, however soft the edges are */
	double crossed; /* of the slope, where the ink passes half its level */
	int n_crossed;  /* such pixels */
};

/* normalize_sharpen.c: measures them. */
struct edges normalize_measure_edges(const float *ink, size_t width, size_t height);

/* normalize_inside.c: whether all of the box of the ink is a frame that the character in it
 * touches: the box becomes the frame's inside. */
bool normalize_find_inside(const struct normalizer *normalizer, const struct frame *frame,
			   struct box *box);

/* normalize_sharpen.c: how blurred the edges are, as a standard deviation in pixels: an edge with
 * normal blur climbs by at most 1 / (sigma sqrt(2 pi)) a pixel. 0 where there is no edge. */
double normalize_edge_sigma(const struct edges *edges);

/* normalize_sharpen.c: sharpens ink, in shares of its level, that is more blurred than EMNIST's.
 * scale: pixels of the vector to one of the frame. Writes normalizer->paper, and measures the edges
 * anew where that changes them. */
void normalize_sharpen(struct normalizer *normalizer, const struct frame *frame, double scale,
		       struct edges *edges);

/* normalize_pen.c: widens strokes, in normalizer->ink, that are thinner than EMNIST's, and the box
 * with them. Writes normalizer->keep and normalizer->paper, and measures the edges anew where that
 * changes them. */
void normalize_widen_pen(struct normalizer *normalizer, const struct frame *frame, struct box *box,
			 struct edges *edges);

/* normalize_place.c: the ink in the box as a vector. */
void normalize_place(struct normalizer *normalizer, const struct frame *frame,
		     const struct box *box, float *vector);

#endif
