/*
 * siblings.h - which files make up a dataset, told from one name.
 */
#ifndef DATASET_SIBLINGS_H
#define DATASET_SIBLINGS_H

#include "../base/error.h"

struct siblings {
	char *images;
	char *labels;
	char *mapping;    /* NULL: there is none */
	size_t n_classes; /* without a mapping: of the split that the name tells; 0: it tells none
			   */
	bool upright;     /* one of MNIST's own files, whose images are not transposed */
};

/*
 * Finds the files for emnist_dataset_open()'s path. labels_path and mapping_path, where not NULL,
 * are taken as they are. Release with siblings_clear(), also after a failure.
 */
enum emnist_status siblings_find(const char *path, const char *labels_path,
				 const char *mapping_path, struct siblings *siblings,
				 struct emnist_error *error);

/* The same for the labels of a dataset alone: what is known of their meaning. Where the images
 * would be is told by the name, and whether they are there is not asked. */
enum emnist_status siblings_of_labels(const char *labels_path, const char *mapping_path,
				      struct siblings *siblings, struct emnist_error *error);

/* What n values of labels mean: what the mapping file says, where there is one, else what the name
 * tells, else the smallest of EMNIST's splits that has them all. */
enum emnist_status siblings_meaning(const struct siblings *siblings, const uint8_t *values,
				    uint32_t n, struct emnist_labels **labels_ret,
				    struct emnist_error *error);

/* How much of a file's name goes into a message, so that the reason still fits. */
#define SIBLINGS_NAME_SHOWN 100

/* Puts the name of the file that an error is about before its message. Returns status. */
enum emnist_status siblings_about(enum emnist_status status, const char *path,
				  struct emnist_error *error);

void siblings_clear(struct siblings *siblings);

/* What follows the last '/' of path. */
const char *siblings_base(const char *path);

#endif
