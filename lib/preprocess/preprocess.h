/*
 * preprocess.h - from a decoded image to the vector that a network takes.
 */
#ifndef PREPROCESS_PREPROCESS_H
#define PREPROCESS_PREPROCESS_H

#include "../image/image.h"

/* 8-bit values, rows from the top, packed: of one channel, or of three that are red, green and blue
 * and are looked at in grey. */
struct plane {
	const uint8_t *values;
	size_t width;
	size_t height;
	size_t channels;
	/* Where the values were stretched: of 255, what one level of the image's own samples is.
	 * Else 0. */
	float grain;
};

/* A rectangle of a plane's pixels. */
struct region {
	size_t x;
	size_t y;
	size_t width;
	size_t height;
};

/* The longest side of the reduced image that ink is searched and measured in; 128 is what EMNIST's
 * own images were made from. */
#define WORK_SIDE 128
#define WORK_AREA (WORK_SIDE * WORK_SIDE)

/* Rows are read in blocks of up to this many values. */
#define WORK_BLOCK   32
#define PLACE_STRIDE (WORK_SIDE + WORK_BLOCK)

/* Pixels of a row that are set, [first, end) of the plane. */
struct run {
	uint16_t first, end;
};

/* What the normalizer works with; about 310 KiB. The planes are (height, width) packed, for a
 * region of at most WORK_SIDE x WORK_SIDE after reduction. */
struct normalizer {
	float paper[WORK_AREA];            /* brightness, turned so that the paper is bright */
	float ink[WORK_AREA + WORK_BLOCK]; /* how much darker than the paper, later 0..1 */
	uint32_t parents[WORK_AREA];       /* of pixels of the same component, by union-find */
	struct run runs[WORK_AREA / 2];    /* of the pixels that have parents, from the top */
	size_t n_runs;
	uint8_t keep[WORK_AREA]; /* pixels whose ink counts */
	/* Pixels that were found to be of a frame, when this region was looked at in this size;
	 * dropped_width is 0 where there are none. */
	uint8_t dropped[WORK_AREA];
	struct region dropped_region;
	size_t dropped_width, dropped_height;
	/* The most that stood side by side whenever the picture was looked at; 1 at least. */
	size_t n_characters;
	float rows[EMNIST_SIDE * WORK_SIDE];
	float weights[2][EMNIST_SIDE][PLACE_STRIDE]; /* of the columns, of the rows */
};

/* Memory that is reused from image to image; {0} at first. */
struct preprocessor {
	struct image bytes; /* of a deep image, or one that is stretched */
	struct buffer grey; /* the image in grey */
	struct buffer sums; /* of a row, when areas are averaged */
	struct normalizer *normalizer;
	/* Of the image before: its colors may show what its grey does not. */
	bool wants_colors;
	/* And how many characters stand side by side in it, as far as can be told; 1 at least. */
	size_t n_characters;
};

/* vector: (784) values in [0,1]. */
enum emnist_status preprocess_image(struct preprocessor *preprocessor, const struct image *image,
				    enum emnist_preprocess mode, float *vector,
				    struct emnist_error *error);

/* Frees the memory. */
void preprocessor_clear(struct preprocessor *preprocessor);

/* grey.c: the image in grey as Pillow's "L" has it, composited on white; grey: width x height. */
void grey_from_image(const struct image *image, uint8_t *grey);

/* grey.c: where only alpha tells the ink from its surroundings, because all that is visible is of
 * one color: 255 - alpha, dark ink on white. Else false, and grey is untouched. */
bool grey_from_alpha(const struct image *image, uint8_t *grey);

/* grey.c: one color's channel of an image of three or four, composited on white; color: 0 is red, 1
 * green, 2 blue; grey: width x height. */
void grey_from_color(const struct image *image, unsigned color, uint8_t *grey);

/* grey.c: the standard deviation of the grey of an image of three or four channels, of 255. */
float grey_deviation(const struct image *image);

/* Room behind the sums of a row, which are read so many at a time. */
#define RESAMPLE_LANES 8

/* resample.c: the region of plane as width x height values 0..255, each the average of the area
 * that it covers. to: (height, width), width at most WORK_SIDE; sums: (region.width x channels +
 * RESAMPLE_LANES) floats of scratch. */
void resample_average(const struct plane *plane, const struct region *region, float *to,
		      size_t width, size_t height, float *sums);

/* resample.c: the whole plane as width x height values 0..255: averages where it is the larger,
 * interpolated where it is the smaller, per axis. One channel. to: (height, width), width at most
 * WORK_SIDE; sums: (plane.width + RESAMPLE_LANES). */
void resample_scale(const struct plane *plane, float *to, size_t width, size_t height, float *sums);

/* normalize.c: the character in plane as EMNIST would have it; a plane without any is all zeros.
 * sums: (plane.width x channels + RESAMPLE_LANES) floats of scratch. vector: (784). Returns the
 * ink's contrast to the paper, of 255, or 0 where there is none. */
float normalize_plane(struct normalizer *normalizer, const struct plane *plane, float *sums,
		      float *vector);

#endif
