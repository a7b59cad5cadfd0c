/*
 * numpy_names.h - which arrays belong together, told by the names of their files.
 */
#ifndef DATASET_NUMPY_NAMES_H
#define DATASET_NUMPY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define NUMPY_NAME_NBYTES 4096

struct numpy_names {
	char labels[NUMPY_NAME_NBYTES]; /* the path of the labels of the images */
	char split[NUMPY_NAME_NBYTES];  /* "test" of "x_test.npy" */
};

/* Finds the labels of images by their path, which ends in .npy or .npy.gz, among the files that
 * is_there() knows. False: none are there, and names->labels is the first that was looked for. */
bool numpy_find_labels(const char *images, bool (*is_there)(const void *context, const char *path),
		       const void *context, struct numpy_names *names);

/* Whether a file's name has the ending of an array; *n_stem_ret is then its length without it. */
bool numpy_is_array(const char *name, size_t *n_stem_ret);

#endif
