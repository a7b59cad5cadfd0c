/*
 * camera.h - what a lens, a sensor and a JPEG encoder do to a picture.
 */
#ifndef BENCH_CAMERA_H
#define BENCH_CAMERA_H

#include "../base/random.h"

#include <stddef.h>

/* Gaussian blur of a (height, width) plane, sigma in pixels. scratch: as large. */
void camera_blur(float *plane, size_t width, size_t height, double sigma, float *scratch);

/* Adds normal noise of the standard deviation sigma, to all three channels alike. pixels: (height,
 * width, 3). */
void camera_noise(float *pixels, size_t width, size_t height, double sigma, struct random *random);

/* What JPEG at this quality, 1..100, does to the brightness of pixels (height, width, 3): the DCT
 * of its blocks of 8 x 8 is rounded to multiples of the standard table's steps. That is all that is
 * lost in a grey JPEG; the colors' own planes, which no step here looks at, stay. */
void camera_jpeg(float *pixels, size_t width, size_t height, unsigned quality);

#endif
