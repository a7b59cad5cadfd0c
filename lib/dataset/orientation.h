/* orientation.h - detects from the images whether they are stored transposed. */
#ifndef DATASET_ORIENTATION_H
#define DATASET_ORIENTATION_H

#include "../base/error.h"

/* More images than this do not improve the answer. */
#define ORIENTATION_MAX_IMAGES 1000

enum orientation { ORIENTATION_UNCLEAR, ORIENTATION_UPRIGHT, ORIENTATION_TRANSPOSED };

/* pixels: (n, 784), n <= ORIENTATION_MAX_IMAGES. */
enum emnist_status orientation_of(const uint8_t *pixels, size_t n,
				  enum orientation *orientation_ret, struct emnist_error *error);

/* Transposes an image. */
void orientation_transpose(uint8_t *pixels);

#endif
