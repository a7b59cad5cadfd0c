/* normalize.h - the steps of the normalizer, in the order in which normalize.c calls them. */
#ifndef PREPROCESS_NORMALIZE_H
#define PREPROCESS_NORMALIZE_H

#include "preprocess.h"

/* Lower contrast to the paper, of 255, is no ink: scanner noise and JPEG artifacts of an empty page
 * stay below. */
#define NORMALIZE_MIN_CONTRAST 10.0f

/* Measured on the training images: at 50 % of the ink, the long side is 20 to 24 pixels. Enlarged
 * eightfold, made binary and normalized again, they come back closest with this side. */
#define NORMALIZE_INK_SIDE 22.25

struct frame {
	struct region region; /* of the picture */
	size_t width;         /* of the region when reduced */
	size_t height;
	/* The picture's pixels per pixel of the frame; they differ if one side is very short. */
	double step_x;
	double step_y;
	float grain; /* of the plane */
};

/* A rectangle in reduced pixels, with edges where the ink is at half its level. */
struct box {
	double left, top, right, bottom;
};

/* The sides of a picture or of a box. */
enum side { LEFT, RIGHT, TOP, BOTTOM, N_SIDES };

/* normalize_box.c: whether the content of the box may be a character, by its size and shape. */
bool normalize_is_character(const struct frame *frame, const struct box *box);

/* Paper of one brightness all over. */
struct flat_paper {
	float level; /* of 255 */
	float noise; /* as a standard deviation */
	bool ink_is_bright;
};

/* normalize_flat.c: whether values 0..255 show flat paper with ink that is not faint. False also if
 * a few samples cannot decide that. */
bool normalize_find_flat(const float *paper, size_t width, size_t height, struct flat_paper *flat);

/* normalize_flat.c: ink = how far n values of paper differ from the flat paper, toward the ink. */
void normalize_subtract_flat(const struct flat_paper *flat, const float *paper, float *ink,
			     size_t n);

/* The two levels of brightness that the best threshold separates: their means, 0..255, the number
 * of dark pixels, and the share of the variance that it explains. */
struct levels {
	float threshold, dark, bright;
	size_t n_dark;
	double share;
};

/* There are two when it explains this share: below, more of the bench's pictures are turned wrongly
 * by their levels than by their light, above it is the other way round. */
#define NORMALIZE_TWO_LEVELS 0.8

/* normalize_turn.c: the levels of n values of paper, 0..255. */
struct levels normalize_find_levels(const float *paper, size_t n);

/* normalize_turn.c: whether the ink is the bright part of the picture in paper, which has these
 * levels. */
bool normalize_ink_is_bright(const float *paper, size_t width, size_t height,
			     const struct levels *levels);

/* normalize_peel.c: the picture in paper without lines along its border; updates width and height.
 * peeled: as large as paper. The result points to peeled, or to paper if there are no such
 * lines. */
const float *normalize_peel(const float *paper, size_t *width, size_t *height, float *peeled);

/* normalize_turn.c: histogram[v] = how many of n values, 0..255, round to v. */
void normalize_count_values(const float *values, size_t n, uint32_t histogram[256]);

/* normalize_sheet.c: whether most of paper's middle is darker than its border. */
bool normalize_is_framed(const float *paper, size_t width, size_t height);

/* normalize_sheet.c: in a picture with a dark border, the region of the ink on a sheet of paper,
 * with the paper around it. False if no sheet is found. Writes keep, parents and ink. */
bool normalize_find_sheet(struct normalizer *normalizer, const struct frame *frame,
			  struct box *box);

/* normalize_flatten.c: ink = how much darker each pixel of paper is than the light on it. Returns
 * the paper's noise, as a standard deviation. */
float normalize_flatten(const float *paper, float *ink, size_t width, size_t height);

/* normalize_shade.c: subtracts large dark areas from ink, which may be negative. False if there are
 * none. */
bool normalize_subtract_shade(float *ink, size_t width, size_t height);

/* normalize_find.c: from normalizer->ink, as normalize_flatten() leaves it, and the noise: scales
 * ink to shares of its level, and sets keep to the pixels of components. Returns the level, of 255,
 * or 0 if there is no ink. */
float normalize_find_ink(struct normalizer *normalizer, const struct frame *frame, float noise);

/* normalize_noise.c: whether ink, in shares of its level, is scattered randomly, like noise that
 * covers much of the frame. */
bool normalize_is_random(const float *ink, const struct frame *frame);

/* normalize_noise.c: whether the ink found is noise. keep: the pixels above some share of the
 * level; areas: (n) at each component's root, how many of its pixels are above half of it. */
bool normalize_is_noise(const struct normalizer *normalizer, const struct frame *frame,
			const uint32_t *areas, float level, float noise);

/* normalize_noise.c: the same of what was searched as faint ink. It is noise, too, if the picture
 * was stretched, or if a component leads from one side to another: the edge of a shadow. */
bool normalize_is_faint_noise(const struct normalizer *normalizer, const struct frame *frame,
			      const uint32_t *areas);

/* normalize_components.c: mask[i] = whether value i of n is above the level. */
void normalize_mask_above(const float *values, size_t n, float level, uint8_t *mask);

/* normalize_components.c: finds the connected components of mask (0 or 1), where pixels touch by
 * side or corner: the runs of set pixels, and for each pixel its parent in the component. A root,
 * the first pixel of a run, is its own parent. */
void normalize_label_components(struct normalizer *normalizer, const uint8_t *mask, size_t width,
				size_t height);

/* normalize_components.c: the root of the component that pixel i belongs to. */
uint32_t normalize_component(const uint32_t *parents, uint32_t i);

/* normalize_components.c: zeroes the specks in mask, whose components are labeled, and returns the
 * number of the other components. A component counts by its ink above half the level: a large
 * shadow has none. areas: (n) of scratch, then as for normalize_is_noise(). */
size_t normalize_keep_components(struct normalizer *normalizer, uint32_t *areas, uint8_t *mask);

/* normalize_table.c: whether the kept pixels are a table along a side of the picture. */
bool normalize_is_table(const uint8_t *keep, size_t width, size_t height);

/* normalize_table.c: zeroes ink on and around the kept pixels. */
void normalize_drop_table(struct normalizer *normalizer, const struct frame *frame);

/* normalize_specks.c: removes specks away from the character from keep, if the ink is faint: of
 * that level. areas: as for normalize_is_noise(). */
void normalize_drop_specks(struct normalizer *normalizer, const struct frame *frame,
			   const uint32_t *areas, float level);

/* normalize_lines.c: zeroes ink, in shares of its level, on ruled lines or the lines of a grid.
 * Writes all of the normalizer. */
void normalize_remove_lines(struct normalizer *normalizer, const struct frame *frame, bool grid);

/* normalize_bands.c: zeroes ink, in shares of its level, of dark bands at one or two sides that the
 * character touches. */
void normalize_trim_bands(float *ink, const struct frame *frame);

/* normalize_bands.c: the box of the picture in paper, which has these levels, without such bands,
 * whether the character touches them or not, and whether its ink, which is as they are, is bright.
 * False if there are none. Writes ink. */
bool normalize_find_bands(const float *paper, const struct levels *levels,
			  const struct frame *frame, float *ink, struct box *box, bool *bright_ret);

/* normalize_again.c: zeroes ink that an earlier pass found to belong to frames. Writes keep. */
void normalize_drop_again(struct normalizer *normalizer, const struct frame *frame);

/* normalize_frames.c: removes from keep, which has n components at most, those drawn around the
 * character or next to it, and counts the characters. Writes paper. */
void normalize_drop_frames(struct normalizer *normalizer, const struct frame *frame, size_t n);

/* normalize_outside.c: whether a component in keep leads from one side of the picture to another,
 * or there are too many at the border. */
bool normalize_crosses(const struct normalizer *normalizer, const struct frame *frame);

/* normalize_outside.c: removes from keep the components that come in from beyond the character: the
 * table next to the sheet, the rest of a neighbor. */
void normalize_drop_outside(struct normalizer *normalizer, const struct frame *frame);

/* normalize_box.c: the box around the ink that was found. */
struct box normalize_find_box(struct normalizer *normalizer, const struct frame *frame);

/* Sums over the edges of ink, in shares of its level: over all pixels with neighbors to the right
 * and below, which give the ink's slope. */
struct edges {
	double area;    /* of the ink */
	double outline; /* of the slope: the length of the outline, however soft its edges */
	double crossed; /* of the slope, where the ink crosses half its level */
	int n_crossed;  /* such pixels */
};

/* normalize_sharpen.c: measures them. Reads up to LANES values behind the ink. */
struct edges normalize_measure_edges(const float *ink, size_t width, size_t height);

/* normalize_inside.c: whether the box of the ink is a frame that the character touches. If so, the
 * box becomes the frame's inside. */
bool normalize_find_inside(const struct normalizer *normalizer, const struct frame *frame,
			   struct box *box);

/* normalize_sharpen.c: the blur of the edges, as a standard deviation in pixels. An edge with
 * normal blur rises by at most 1 / (sigma sqrt(2 pi)) per pixel. 0 if there are no edges. */
double normalize_edge_sigma(const struct edges *edges);

/* normalize_sharpen.c: sharpens ink, in shares of its level, that is more blurred than EMNIST's.
 * scale: pixels of the vector per pixel of the frame. Writes normalizer->paper, and measures
 * changed edges again. */
void normalize_sharpen(struct normalizer *normalizer, const struct frame *frame, double scale,
		       struct edges *edges);

/* normalize_pen.c: widens strokes in normalizer->ink that are thinner than EMNIST's, and the box
 * with them. Enlarges small ink, with its frame, for that. Writes normalizer->keep and
 * normalizer->paper, and measures changed edges again. */
void normalize_widen_pen(struct normalizer *normalizer, struct frame *frame, struct box *box,
			 struct edges *edges);

/* normalize_enlarge.c: to = the ink in from, enlarged to width x height, at most WORK_SIDE each. */
void normalize_enlarge(const float *from, size_t from_width, size_t from_height, float *to,
		       size_t width, size_t height);

/* normalize_place.c: the ink in the box as a vector. */
void normalize_place(struct normalizer *normalizer, const struct frame *frame,
		     const struct box *box, float *vector);

#endif
