/* dataset_path.h - what messages call a dataset. */
#ifndef DATASET_DATASET_PATH_H
#define DATASET_DATASET_PATH_H

#include "../emnist_dataset.h"

/* The path that it was opened by; of several as one, "a.tar and 2 more". */
const char *dataset_path(const struct emnist_dataset *dataset);

#endif
