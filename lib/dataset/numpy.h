/*
 * numpy.h - a dataset as arrays of NumPy's: one of images, one of labels.
 */
#ifndef DATASET_NUMPY_H
#define DATASET_NUMPY_H

#include "source.h"

/*
 * Reads an array of images. The stream is taken over, also on failure, and so is that of labels;
 * names are for messages and the description, copied, and NULL for the path that was given. The
 * source is complete when numpy_take_labels() has read its labels.
 */
enum emnist_status numpy_open(struct gzip *images, const char *images_name,
			      struct source **source_ret, struct emnist_error *error);

/* mapping: what the labels are classes of where they are characters; NULL: the characters are the
 * classes. */
enum emnist_status numpy_take_labels(struct source *source, struct gzip *labels,
				     const char *labels_name, const struct emnist_labels *mapping,
				     struct emnist_error *error);

/* The .npy file of images that the stream is; its labels and mapping are found beside
 * request->path. The stream is taken over, also on failure. */
enum emnist_status numpy_open_beside(struct gzip *images, const struct source_request *request,
				     struct source **source_ret, struct emnist_error *error);

#endif
