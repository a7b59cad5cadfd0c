/* zipped_samples.h - labeled image files in an archive, as webdataset has them. */
#ifndef DATASET_ZIPPED_SAMPLES_H
#define DATASET_ZIPPED_SAMPLES_H

#include "source.h"
#include "zipped_members.h"

/* Whether most images in the archive have a label beside them: KEY.json, KEY.cls or KEY.txt. */
bool zipped_has_samples(const struct zipped_listing *listing);

/* Opens them as a dataset, in the order of the archive. */
enum emnist_status zipped_open_samples(const struct source_request *request,
				       const struct zipped_listing *listing,
				       struct source **source_ret, struct emnist_error *error);

#endif
