/*
 * soft_labels.h - the teachers' probabilities for each image in each of its variants, from a file.
 *
 * An uncompressed idx file of three dimensions: (variants, images, classes), 32-bit floats,
 * big-endian. It may be larger than memory, so rows are read when they are needed.
 */
#ifndef TRAIN_SOFT_LABELS_H
#define TRAIN_SOFT_LABELS_H

#include "../base/error.h"

struct soft_labels;

/* Opens the file at path, checks its header and size, and reads it once for its fingerprint. Close
 * with soft_labels_close(). */
enum emnist_status soft_labels_open(struct soft_labels **labels_ret, const char *path,
				    size_t n_images, size_t n_classes, struct emnist_error *error);

size_t soft_labels_n_variants(const struct soft_labels *labels);

/* A hash of the content. */
uint64_t soft_labels_fingerprint(const struct soft_labels *labels);

/* The probabilities of one image in one variant; checks that they are valid and add up to 1.
 * Thread-safe. probabilities: (n_classes). */
enum emnist_status soft_labels_read(const struct soft_labels *labels, uint64_t variant,
				    size_t image, float *probabilities, struct emnist_error *error);

/* labels may be NULL. */
void soft_labels_close(struct soft_labels *labels);

#endif
