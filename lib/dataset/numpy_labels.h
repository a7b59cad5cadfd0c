/* numpy_labels.h - NumPy arrays of labels, and of their meaning. */
#ifndef DATASET_NUMPY_LABELS_H
#define DATASET_NUMPY_LABELS_H

#include "../io/gzip.h"

/* Reads an array of labels, (count) numbers or characters. mapping: the classes of characters;
 * NULL: the characters are the classes, and *meaning_ret their labels, to be freed with
 * emnist_labels_free(). Otherwise *meaning_ret is NULL. Free *values_ret with free(), even after a
 * failure. */
enum emnist_status numpy_read_labels(struct gzip *stream, uint32_t count,
				     const struct emnist_labels *mapping, uint16_t **values_ret,
				     struct emnist_labels **meaning_ret,
				     struct emnist_error *error);

/* Reads the meaning of numbers from the arrays that `emnist dataset export` adds: (classes)
 * numbers, and as many strings with the characters of each. */
enum emnist_status numpy_read_classes(struct gzip *indices, struct gzip *characters,
				      struct emnist_labels **labels_ret,
				      struct emnist_error *error);

#endif
