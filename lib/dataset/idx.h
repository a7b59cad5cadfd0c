/*
 * idx.h - the idx format of MNIST and EMNIST: one file of images, one of labels.
 */
#ifndef DATASET_IDX_H
#define DATASET_IDX_H

#include "../base/error.h"

/* The most images of one file; EMNIST's largest has 814,255. It bounds what a small gzip file that
 * unpacks to endless labels can cost. */
#define IDX_MAX_COUNT (UINT32_C(1) << 26)

/* A file of 28x28 images, read from start to end. */
struct idx_images;

/* Opens the file at path and checks its header. Close with idx_close(). */
enum emnist_status idx_open(const char *path, struct idx_images **images_ret,
			    struct emnist_error *error);

/* The number of images that the header promises. */
uint32_t idx_count(const struct idx_images *images);

/* Reads the next n images as they are stored, n being at most what is left of the promised number.
 * With the last one, that nothing follows it is checked as well. pixels: (n, 784). */
enum emnist_status idx_read(struct idx_images *images, size_t n, uint8_t *pixels,
			    struct emnist_error *error);

/* images may be NULL. */
void idx_close(struct idx_images *images);

/* Reads all of a file of labels. *labels_ret is freed with free(). */
enum emnist_status idx_read_labels(const char *path, uint8_t **labels_ret, uint32_t *n_ret,
				   struct emnist_error *error);

#endif
