/*
 * idx.h - the idx format of MNIST and EMNIST: one file of images, one of labels.
 */
#ifndef DATASET_IDX_H
#define DATASET_IDX_H

#include "source.h"

/* The most images of one file. */
#define IDX_MAX_COUNT SOURCE_MAX_COUNT

/* Whether the bytes begin as some idx file does, be it of images or not. */
bool idx_begins(const unsigned char *bytes, size_t nbytes);

/*
 * A dataset of two streams: of images, which are read when they are asked for, and of labels, which
 * are read whole. Both are taken over, also on failure; neither is NULL. The names are for
 * messages, copied, and NULL for the path that was given. What the labels mean is left to the
 * caller to set: source->labels, or n_classes, and transposed, which is true at first.
 */
enum emnist_status idx_open(struct gzip *images, const char *images_name, struct gzip *labels,
			    const char *labels_name, struct source **source_ret,
			    struct emnist_error *error);

/* The idx file of images that the stream is; its labels and mapping are found beside request->path.
 * The stream is taken over, also on failure. */
enum emnist_status idx_open_beside(struct gzip *images, const struct source_request *request,
				   struct source **source_ret, struct emnist_error *error);

/* Reads all of a file of labels. *labels_ret is freed with free(). */
enum emnist_status idx_read_labels(const char *path, uint8_t **labels_ret, uint32_t *n_ret,
				   struct emnist_error *error);

/* The same from a stream, which stays open. */
enum emnist_status idx_read_labels_stream(struct gzip *stream, uint8_t **labels_ret,
					  uint32_t *n_ret, struct emnist_error *error);

#endif
