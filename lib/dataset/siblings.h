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

void siblings_clear(struct siblings *siblings);

/* What follows the last '/' of path. */
const char *siblings_base(const char *path);

#endif
