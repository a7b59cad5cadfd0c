/*
 * zipped_numpy.h - arrays of NumPy's in a zip archive, as an .npz file is one.
 */
#ifndef DATASET_ZIPPED_NUMPY_H
#define DATASET_ZIPPED_NUMPY_H

#include "numpy_names.h"
#include "source.h"
#include "zipped_members.h"

/* Finds the labels of an array of images, by its name, in the archive; false: they are not there.
 */
bool zipped_find_labels(const struct zipped_listing *listing, const char *images,
			struct numpy_names *names);

/* Of an archive in which no images were found: an error that names what is in it where it is
 * nothing but arrays. */
enum emnist_status zipped_check_arrays(const struct zipped_listing *listing,
				       struct emnist_error *error);

/* Opens the array of images in the archive at request->path, whose labels are in it. */
enum emnist_status zipped_open_arrays(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct zipped_entry *images, struct source **source_ret,
				      struct emnist_error *error);

#endif
