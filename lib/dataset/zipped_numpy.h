/* zipped_numpy.h - NumPy arrays in a zip archive, such as an .npz file. */
#ifndef DATASET_ZIPPED_NUMPY_H
#define DATASET_ZIPPED_NUMPY_H

#include "numpy_names.h"
#include "source.h"
#include "zipped_members.h"

/* Finds the labels of an array of images in the archive, by its name; false: there are none. */
bool zipped_find_labels(const struct zipped_listing *listing, const char *images,
			struct numpy_names *names);

/* For an archive without images: an error that names its content if that is nothing but arrays. */
enum emnist_status zipped_check_arrays(const struct zipped_listing *listing,
				       struct emnist_error *error);

/* Opens the array of images in the archive at request->path; its labels are in the archive, too. */
enum emnist_status zipped_open_arrays(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct zipped_entry *images, struct source **source_ret,
				      struct emnist_error *error);

#endif
