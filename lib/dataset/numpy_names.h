/* numpy_names.h - pairs arrays of images and labels by their file names. */
#ifndef DATASET_NUMPY_NAMES_H
#define DATASET_NUMPY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define NUMPY_NAME_NBYTES 4096

struct numpy_names {
	char labels[NUMPY_NAME_NBYTES]; /* the path of the labels of the images */
	char split[NUMPY_NAME_NBYTES];  /* "test" of "x_test.npy" */
};

/* Finds the labels for the images at this path (.npy or .npy.gz) among the files that is_there()
 * accepts. False: none exist, and names->labels is the first name tried. */
bool numpy_find_labels(const char *images, bool (*is_there)(const void *context, const char *path),
		       const void *context, struct numpy_names *names);

/* Whether a file name has an array's extension; *n_stem_ret is then its length without it. */
bool numpy_is_array(const char *name, size_t *n_stem_ret);

#endif
