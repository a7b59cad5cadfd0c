/*
 * file_names.h - the roles of files and folders in a dataset, by their names, without reading them.
 */
#ifndef DATASET_FILE_NAMES_H
#define DATASET_FILE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the file is an image in a class's folder: it has an image's extension, or none. */
bool file_name_is_image(const char *base);

/* Length of the name's extension if it is that of a dataset or a list; else 0. */
size_t file_name_dataset_ending(const char *name);

/* The list of a folder of image files: "labels.csv". */
bool file_name_is_list(const char *base);

/* Names of folders that are splits and not classes: "train". */
bool file_name_is_split(const char *base);

/*
 * How deep folders may be nested in a class's folder, or around all of them: NIST's hsf_0 are at 1.
 */
#define FILE_NAMES_MAX_DEPTH 16

#endif
