/*
 * names.h - which files make up a dataset, told from one name.
 */
#ifndef DATASET_NAMES_H
#define DATASET_NAMES_H

#include "../base/error.h"

struct dataset_names {
	char *images;
	char *labels;
	char *mapping;    /* NULL: there is none */
	size_t n_classes; /* without a mapping: of the split that the name tells; 0: it tells none
			   */
	bool upright;     /* one of MNIST's own files, whose images are not transposed */
};

/*
 * Finds the files for emnist_dataset_open()'s path. labels_path and mapping_path, where not NULL,
 * are taken as they are. Release with names_clear(), also after a failure.
 */
enum emnist_status names_find(const char *path, const char *labels_path, const char *mapping_path,
			      struct dataset_names *names, struct emnist_error *error);

void names_clear(struct dataset_names *names);

/* What follows the last '/' of path. */
const char *names_base(const char *path);

#endif
