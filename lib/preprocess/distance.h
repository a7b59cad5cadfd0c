/* distance.h - the distance of each pixel from the nearest one of a set. */
#ifndef PREPROCESS_DISTANCE_H
#define PREPROCESS_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

/* The longest side of a distance transform. */
#define DISTANCE_SIDE 512

/* distances[i] = the Euclidean distance from the center of pixel i to the nearest pixel whose mask
 * is `wanted`, if below reach; else any number that is not. With reach INFINITY: at least width +
 * height if there is no such pixel. mask, distances: (height, width), no side longer than
 * DISTANCE_SIDE. */
void distance_transform(const uint8_t *mask, uint8_t wanted, size_t width, size_t height,
			float reach, float *distances);

#endif
