/*
 * idx.h - the idx format of MNIST and EMNIST: one file of images, one of labels.
 */
#ifndef DATASET_IDX_H
#define DATASET_IDX_H

#include "source.h"

/* The most images of one file. */
#define IDX_MAX_COUNT SOURCE_MAX_COUNT

/* Whether the bytes begin like any idx file, of images or not. */
bool idx_begins(const unsigned char *bytes, size_t nbytes);

/*
 * A dataset from two streams: images, read on request, and labels, read at once. Takes over both
 * streams, even on failure; neither is NULL. The names are for messages and copied; NULL stands for
 * the path given. The caller still sets what the labels mean: source->labels or n_classes, and
 * transposed, which starts as true.
 */
enum emnist_status idx_open(struct gzip *images, const char *images_name, struct gzip *labels,
			    const char *labels_name, struct source **source_ret,
			    struct emnist_error *error);

/* Opens a stream that is an idx file of images; its labels and mapping are found next to
 * request->path. Takes over the stream, even on failure. */
enum emnist_status idx_open_beside(struct gzip *images, const struct source_request *request,
				   struct source **source_ret, struct emnist_error *error);

/* Reads a whole file of labels. Free *labels_ret with free(). */
enum emnist_status idx_read_labels(const char *path, uint8_t **labels_ret, uint32_t *n_ret,
				   struct emnist_error *error);

/* The same from a stream, which stays open. */
enum emnist_status idx_read_labels_stream(struct gzip *stream, uint8_t **labels_ret,
					  uint32_t *n_ret, struct emnist_error *error);

#endif
