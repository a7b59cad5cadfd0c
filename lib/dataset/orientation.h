/*
 * orientation.h - whether images are stored transposed, by their looks.
 */
#ifndef DATASET_ORIENTATION_H
#define DATASET_ORIENTATION_H

#include "../base/error.h"

/* As many images as are worth looking at. */
#define ORIENTATION_MAX_IMAGES 1000

enum orientation { ORIENTATION_UNCLEAR, ORIENTATION_UPRIGHT, ORIENTATION_TRANSPOSED };

/* pixels: (n, 784), n <= ORIENTATION_MAX_IMAGES. */
enum emnist_status orientation_of(const uint8_t *pixels, size_t n,
				  enum orientation *orientation_ret, struct emnist_error *error);

/* Exchanges the rows and columns of an image. */
void orientation_transpose(uint8_t *pixels);

#endif
