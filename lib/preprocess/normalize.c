/*
 * normalize.c - turns any picture of a character into one like EMNIST's.
 *
 * EMNIST's images were made from 128x128 binary ones: blurred, cropped to the ink, centered in a
 * square with the aspect ratio kept, scaled to 28x28, and stretched to 0..255 (Cohen et al. 2017).
 * The same is done here with any picture, in these steps:
 *
 * - reduce: to a size that is fast to work on
 * - turn: paper bright, ink dark; crop to the sheet if there is a table around it or a dark band
 *   beside it
 * - flatten: subtract the paper, even in uneven light or shadow
 * - find: threshold the ink, remove bands and ruled lines, find connected components, remove
 *   specks and whatever comes in at the border
 * - sharpen: ink that is out of focus
 * - widen: strokes of a thin pen
 * - place: center and scale
 *
 * If the ink turns out to be a small part of a large picture, the steps are repeated on that part.
 *
 * The result depends on nothing but the image, and on no platform's rounding beyond IEEE floats.
 */
#include "normalize.h"
#include "../base/simd.h"

#include <math.h>

/* Margin around the ink in a second pass, as a share of the ink's long side; and the largest share
 * of the whole's long side for that part: otherwise a second pass would show no more. */
#define ZOOM_MARGIN 0.35
#define ZOOM_SHARE  0.75

/* Rounds of looking closer; two or three are usual, each takes a quarter or more off the side. */
#define MAX_ROUNDS 8

static struct frame make_frame(struct region region)
{
	const size_t side = region.width > region.height ? region.width : region.height;
	struct frame frame = {region, region.width, region.height, 1, 1, 0};

	if (side > WORK_SIDE) {
		frame.width = (region.width * WORK_SIDE + side / 2) / side;
		frame.height = (region.height * WORK_SIDE + side / 2) / side;
		frame.width += frame.width == 0;
		frame.height += frame.height == 0;
		frame.step_x = (double)region.width / (double)frame.width;
		frame.step_y = (double)region.height / (double)frame.height;
	}
	return frame;
}

/* [from, to) with a margin, in the picture's pixels and within [least, most): one at least. */
static void zoom_axis(double from, double to, double step, double margin, size_t least, size_t most,
		      size_t *start, size_t *length)
{
	const double first = (double)*start + from * step - margin;
	const double last = (double)*start + to * step + margin;
	const size_t begin = first > (double)least ? (size_t)first : least;
	const size_t end = last < (double)most ? (size_t)ceil(last) : most;

	*start = begin;
	*length = end > begin ? end - begin : 1;
}

/* The box and a margin around it, a share of its longer side, as a region of the picture within the
 * other. */
static struct region region_of(const struct region *within, const struct frame *frame,
			       const struct box *box, double margin)
{
	const double step_x = frame->step_x, step_y = frame->step_y;
	const double side =
		fmax((box->right - box->left) * step_x, (box->bottom - box->top) * step_y);
	struct region region = frame->region;

	margin *= side;
	zoom_axis(box->left, box->right, step_x, margin, within->x, within->x + within->width,
		  &region.x, &region.width);
	zoom_axis(box->top, box->bottom, step_y, margin, within->y, within->y + within->height,
		  &region.y, &region.height);
	return region;
}

/* Moves region to the box and its surroundings. False if that would not show more. */
static bool zoom(const struct region *within, const struct frame *frame, const struct box *box,
		 struct region *region)
{
	const struct region closer = region_of(within, frame, box, ZOOM_MARGIN);

	if ((frame->step_x <= 1 && frame->step_y <= 1) ||
	    fmax((double)closer.width, (double)closer.height) >
		    ZOOM_SHARE * fmax((double)frame->region.width, (double)frame->region.height))
		return false;
	*region = closer;
	return true;
}

/* paper = the region as it is worked on. */
static void reduce(struct normalizer *normalizer, const struct plane *plane, struct region region,
		   float *sums, struct frame *frame)
{
	*frame = make_frame(region);
	frame->grain = plane->grain;
	resample_average(plane, &region, normalizer->paper, frame->width, frame->height, sums);
}

SIMD_CLONES
static void turn_paper(float *paper, size_t n)
{
	for (size_t i = 0; i < n; i++)
		paper[i] = 255 - paper[i];
}

/* If the picture shows a sheet of paper on a table as bright as ink: reduces to the part of the
 * sheet with ink; else false. */
static bool take_sheet(struct normalizer *normalizer, const struct plane *plane,
		       const struct region *within, bool bright, float *sums, struct frame *frame)
{
	const size_t n = frame->width * frame->height;
	struct box box;
	bool found;

	/* Light paper on a dark table, or the negative of that. */
	if (!bright && !normalize_is_framed(normalizer->paper, frame->width, frame->height))
		return false;
	if (!bright)
		turn_paper(normalizer->paper, n);
	found = normalize_find_sheet(normalizer, frame, &box);
	if (found)
		reduce(normalizer, plane, region_of(within, frame, &box, 0), sums, frame);
	else if (!bright)
		turn_paper(normalizer->paper, n);
	return found;
}

/* Whether to invert the picture in paper. If it shows a sheet of paper on a table, the part of the
 * sheet replaces the whole. Dark bands at its border are not within the picture any more. */
static bool turns(struct normalizer *normalizer, const struct plane *plane, struct region *within,
		  float *sums, struct frame *frame)
{
	size_t width = frame->width, height = frame->height;
	struct levels levels = normalize_find_levels(normalizer->paper, width * height);
	const float *inner;
	struct box box;
	bool bright;

	if (normalize_find_bands(normalizer->paper, &levels, frame, normalizer->ink, &box,
				 &bright)) {
		*within = region_of(within, frame, &box, 0);
		reduce(normalizer, plane, *within, sums, frame);
		return bright;
	}
	bright = normalize_ink_is_bright(normalizer->paper, width, height, &levels);
	if (take_sheet(normalizer, plane, within, bright, sums, frame))
		return !bright;
	inner = normalize_peel(normalizer->paper, &width, &height, normalizer->ink);
	if (inner == normalizer->paper)
		return bright;
	levels = normalize_find_levels(inner, width * height);
	return normalize_ink_is_bright(inner, width, height, &levels);
}

/* ink = how far the paper is from being paper. Returns the noise. */
static float take_ink(struct normalizer *normalizer, const struct frame *frame, bool turn)
{
	if (turn)
		turn_paper(normalizer->paper, frame->width * frame->height);
	return normalize_flatten(normalizer->paper, normalizer->ink, frame->width, frame->height);
}

/* Finds the ink in the region; the first time, *turn_ret is set to whether to invert the picture.
 * Returns the ink's contrast to the paper, of 255, or 0 if there is none. */
static float find_ink(struct normalizer *normalizer, const struct plane *plane,
		      struct region region, bool first, struct region *within, float *sums,
		      struct frame *frame, bool *turn_ret)
{
	struct flat_paper flat;
	float contrast;

	reduce(normalizer, plane, region, sums, frame);
	if (normalize_find_flat(normalizer->paper, frame->width, frame->height, &flat) &&
	    (first || flat.ink_is_bright == *turn_ret)) {
		*turn_ret = flat.ink_is_bright;
		normalize_subtract_flat(&flat, normalizer->paper, normalizer->ink,
					frame->width * frame->height);
		return normalize_find_ink(normalizer, frame, flat.noise);
	}
	if (first)
		*turn_ret = turns(normalizer, plane, within, sums, frame);
	contrast = normalize_find_ink(normalizer, frame, take_ink(normalizer, frame, *turn_ret));
	if (contrast > 0 || !first)
		return contrast;
	/* Where the ink is faint, the light may have decided. */
	reduce(normalizer, plane, frame->region, sums, frame);
	*turn_ret = !*turn_ret;
	return normalize_find_ink(normalizer, frame, take_ink(normalizer, frame, *turn_ret));
}

/* Returns the ink's contrast, or 0 if there is none. */
static float find_character(struct normalizer *normalizer, const struct plane *plane, float *sums,
			    struct frame *frame, struct box *box)
{
	struct region within = {0, 0, plane->width, plane->height}, region = within;
	bool turn = false;
	float contrast = 0;

	normalizer->dropped_width = 0;
	normalizer->n_characters = 1;
	for (int round = 0; round < MAX_ROUNDS; round++) {
		contrast = find_ink(normalizer, plane, region, round == 0, &within, sums, frame,
				    &turn);
		if (contrast == 0)
			break;
		*box = normalize_find_box(normalizer, frame);
		if (normalize_find_inside(normalizer, frame, box))
			region = region_of(&within, frame, box, 0);
		else if (!zoom(&within, frame, box, &region))
			break;
	}
	return contrast;
}

float normalize_plane(struct normalizer *normalizer, const struct plane *plane, float *sums,
		      float *vector)
{
	struct frame frame;
	struct box box;
	const float contrast = find_character(normalizer, plane, sums, &frame, &box);

	if (contrast == 0)
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
	else
		normalize_place(normalizer, &frame, &box, vector);
	return contrast;
}
