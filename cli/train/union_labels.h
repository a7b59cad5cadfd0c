/* union_labels.h - the classes of a model that is trained on several datasets. */
#ifndef CLI_TRAIN_UNION_LABELS_H
#define CLI_TRAIN_UNION_LABELS_H

#include <emnist_dataset.h>

#include <stdbool.h>

/* The classes of all datasets, if the first lacks some: shards need not have every class. NULL: the
 * first has them all, or a class of the one would be part of another's. Prints an error and returns
 * false on failure. */
bool union_labels(struct emnist_dataset *const *datasets, size_t n,
		  struct emnist_labels **union_ret);

#endif
