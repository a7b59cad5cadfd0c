/*
 * augment.h - random affine and elastic distortions of 28x28 images.
 */
#ifndef TRAIN_AUGMENT_H
#define TRAIN_AUGMENT_H

#include "../base/random.h"

#include <stdbool.h>

/* The limits of each parameter, drawn uniformly around no distortion; elastic is separate. */
struct distortion {
	double rotate;  /* degrees */
	double scale;   /* share, each axis by itself */
	double shear;   /* horizontal displacement as a fraction of the height */
	double shift;   /* share of the side, each axis */
	double elastic; /* standard deviation of a pixel's displacement along each axis, pixels */
};

/* pixels: (784) bytes, row-major; vector: (784) values in [0,1]: the image distorted by a draw from
 * random, sampled bilinearly, with background beyond its edges. */
void augment(const struct distortion *distortion, struct random *random, const uint8_t *pixels,
	     float *vector);

/* The same for an image by its position, in one of training's variants: the draw depends on seed,
 * variant and position alone. */
void augment_variant(const struct distortion *distortion, uint64_t seed, uint64_t variant,
		     uint32_t position, const uint8_t *pixels, float *vector);

/* value / 255 of each pixel. */
void pixels_to_vector(const uint8_t *pixels, float *vector);

/* The same distortion with all limits multiplied by strength. */
struct distortion distortion_scaled(const struct distortion *distortion, double strength);

/* Whether distortion changes images at all. */
bool distortion_is_none(const struct distortion *distortion);

#endif
