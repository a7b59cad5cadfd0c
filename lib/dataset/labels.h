/*
 * labels.h - the inside of struct emnist_labels, for those who make labels.
 */
#ifndef DATASET_LABELS_H
#define DATASET_LABELS_H

#include "../base/error.h"

/* The most characters that one class may stand for, and the most classes: EMNIST needs 2 and 62. */
#define LABELS_MAX_CHARACTERS 64
#define LABELS_MAX_COUNT      65535

/* A copy, or NULL when memory is short. */
struct emnist_labels *labels_copy(const struct emnist_labels *labels);

/* The text of a mapping file that parses to the same labels. *text_ret is freed with free();
 * false when memory is short. */
bool labels_format(const struct emnist_labels *labels, char **text_ret, size_t *nbytes_ret);

/* The file index of entry i. */
uint32_t labels_index(const struct emnist_labels *labels, size_t i);

#endif
