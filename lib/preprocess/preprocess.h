/* preprocess.h - turns a decoded image into a network's input vector. */
#ifndef PREPROCESS_PREPROCESS_H
#define PREPROCESS_PREPROCESS_H

#include "../image/image.h"

/* 8-bit values, rows from the top, packed: one channel, or red, green and blue, which are read as
 * grey. */
struct plane {
	const uint8_t *values;
	size_t width;
	size_t height;
	size_t channels;
	/* If values were stretched: one level of the original samples, in units of 1/255. Else
	 * 0. */
	float grain;
};

/* A rectangle of a plane's pixels. */
struct region {
	size_t x;
	size_t y;
	size_t width;
	size_t height;
};

/* The longest side of the reduced image in which ink is searched and measured; EMNIST's own images
 * were made from 128. */
#define WORK_SIDE 128
#define WORK_AREA (WORK_SIDE * WORK_SIDE)

/* Rows are read in blocks of up to this many values. */
#define WORK_BLOCK   32
#define PLACE_STRIDE (WORK_SIDE + WORK_BLOCK)

/* Adjacent set pixels of a row, [first, end) in the plane. */
struct run {
	uint16_t first, end;
};

/* Working memory of the normalizer; about 310 KiB. The planes are packed (height, width), for a
 * region of at most WORK_SIDE x WORK_SIDE after reduction. */
struct normalizer {
	float paper[WORK_AREA]; /* brightness, inverted if necessary so that the paper is bright */
	float ink[WORK_AREA + WORK_BLOCK]; /* how much darker than the paper, later 0..1 */
	uint32_t parents[WORK_AREA];       /* union-find over the pixels of a component */
	struct run runs[WORK_AREA / 2];    /* of the pixels with parents, from the top */
	size_t n_runs;
	uint8_t keep[WORK_AREA]; /* pixels whose ink belongs to components */
	/* Pixels found to belong to a frame in an earlier pass over this region at this size;
	 * dropped_width is 0 if there are none. */
	uint8_t dropped[WORK_AREA];
	struct region dropped_region;
	size_t dropped_width, dropped_height;
	/* The largest count of characters side by side over all passes; at least 1. */
	size_t n_characters;
	float rows[EMNIST_SIDE * WORK_SIDE];
	float weights[2][EMNIST_SIDE][PLACE_STRIDE]; /* of the columns, of the rows */
};

/* Memory that is reused from image to image; {0} at first. */
struct preprocessor {
	struct image bytes; /* of a deep or stretched image */
	struct buffer grey; /* the image in grey */
	struct buffer sums; /* of a row, when areas are averaged */
	struct normalizer *normalizer;
	/* Of the last image: its colors may show what its grey does not. */
	bool wants_colors;
	/* And its number of characters side by side, as far as known; at least 1. */
	size_t n_characters;
};

/* vector: (784) values in [0,1]. */
enum emnist_status preprocess_image(struct preprocessor *preprocessor, const struct image *image,
				    enum emnist_preprocess mode, float *vector,
				    struct emnist_error *error);

/* Frees the memory. */
void preprocessor_clear(struct preprocessor *preprocessor);

/* grey.c: the image in grey like Pillow's "L", composited on white; grey: width x height. */
void grey_from_image(const struct image *image, uint8_t *grey);

/* grey.c: if everything visible has one color, so that only alpha shows the ink: 255 - alpha, dark
 * ink on white. Else false, and grey is unchanged. */
bool grey_from_alpha(const struct image *image, uint8_t *grey);

/* grey.c: one color channel of an image with three or four, composited on white; color: 0 red, 1
 * green, 2 blue; grey: width x height. */
void grey_from_color(const struct image *image, unsigned color, uint8_t *grey);

/* grey.c: the standard deviation of grey in an image of three or four channels, of 255. */
float grey_deviation(const struct image *image);

/* Space behind the sums of a row, which are read in groups of this size. */
#define RESAMPLE_LANES 8

/* resample.c: the region of plane as width x height values 0..255, each the average of its area.
 * to: (height, width), width at most WORK_SIDE; sums: (region.width x channels + RESAMPLE_LANES)
 * floats of scratch. */
void resample_average(const struct plane *plane, const struct region *region, float *to,
		      size_t width, size_t height, float *sums);

/* resample.c: the whole plane as width x height values 0..255, averaged or interpolated along each
 * axis as needed. One channel. to: (height, width), width at most WORK_SIDE; sums: (plane.width +
 * RESAMPLE_LANES). */
void resample_scale(const struct plane *plane, float *to, size_t width, size_t height, float *sums);

/* normalize.c: the character in plane, normalized like EMNIST's; all zeros if there is none. sums:
 * (plane.width x channels + RESAMPLE_LANES) floats of scratch. vector: (784). Returns the ink's
 * contrast to the paper, of 255, or 0 without ink. */
float normalize_plane(struct normalizer *normalizer, const struct plane *plane, float *sums,
		      float *vector);

#endif
