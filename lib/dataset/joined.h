/* joined.h - datasets that are read one after the other as one. */
#ifndef DATASET_JOINED_H
#define DATASET_JOINED_H

#include "../base/error.h"
#include "../emnist_dataset.h"

struct joined;

/* Takes over the n datasets unless it fails. *labels_ret: the classes of all. */
enum emnist_status joined_create(struct emnist_dataset *const *datasets, size_t n,
				 struct joined **joined_ret, struct emnist_labels **labels_ret,
				 struct emnist_error *error);

/* The number of all images. */
uint64_t joined_count(const struct joined *joined);

/* These are what the functions of emnist_dataset.h are. */
enum emnist_status joined_read(struct joined *joined, size_t n_max, uint8_t *pixels,
			       uint16_t *classes, size_t *n_ret, struct emnist_error *error);
enum emnist_status joined_origin(struct joined *joined, uint64_t n, uint32_t *index_ret,
				 const char **path_ret, struct emnist_error *error);
enum emnist_status joined_reads(struct joined *joined, const char *path, bool *reads_ret,
				struct emnist_error *error);

/* joined may be NULL. */
void joined_free(struct joined *joined);

#endif
