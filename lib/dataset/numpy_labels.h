/*
 * numpy_labels.h - labels, and what they mean, as arrays of NumPy's.
 */
#ifndef DATASET_NUMPY_LABELS_H
#define DATASET_NUMPY_LABELS_H

#include "../io/gzip.h"

/* Reads an array of labels, (count) numbers or characters. mapping: what characters are classes of;
 * NULL: they are the classes, and *meaning_ret says so, to be freed with emnist_labels_free(); it
 * is NULL otherwise. *values_ret is to be freed with free(), also after a failure. */
enum emnist_status numpy_read_labels(struct gzip *stream, uint32_t count,
				     const struct emnist_labels *mapping, uint16_t **values_ret,
				     struct emnist_labels **meaning_ret,
				     struct emnist_error *error);

/* What numbers mean, from the arrays that `emnist dataset export` adds: (classes) numbers, and as
 * many texts, whose characters each is. */
enum emnist_status numpy_read_classes(struct gzip *indices, struct gzip *characters,
				      struct emnist_labels **labels_ret,
				      struct emnist_error *error);

#endif
