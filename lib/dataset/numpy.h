/* numpy.h - NumPy arrays as a dataset: one of images, one of labels. */
#ifndef DATASET_NUMPY_H
#define DATASET_NUMPY_H

#include "source.h"

/*
 * Reads an array of images. Takes over both streams, images and labels, even on failure. Names are
 * for messages and the description, and copied; NULL stands for the path given. The source is
 * complete after numpy_take_labels().
 */
enum emnist_status numpy_open(struct gzip *images, const char *images_name,
			      struct source **source_ret, struct emnist_error *error);

/* mapping: the classes of labels that are characters; NULL: the characters are the classes. */
enum emnist_status numpy_take_labels(struct source *source, struct gzip *labels,
				     const char *labels_name, const struct emnist_labels *mapping,
				     struct emnist_error *error);

/* Opens a stream that is an .npy file of images; its labels and mapping are found next to
 * request->path. Takes over the stream, even on failure. */
enum emnist_status numpy_open_beside(struct gzip *images, const struct source_request *request,
				     struct source **source_ret, struct emnist_error *error);

#endif
