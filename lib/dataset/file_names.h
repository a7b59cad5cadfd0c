/*
 * file_names.h - what the names of files and folders tell of their part in a dataset, where content
 * is not looked at.
 */
#ifndef DATASET_FILE_NAMES_H
#define DATASET_FILE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the file is an image of a class's folder: it has the ending of one, or none. */
bool file_name_is_image(const char *base);

/* How long the ending of the name is where it is that of a dataset or a list; else 0. */
size_t file_name_dataset_ending(const char *name);

/* The list that a folder of image files has: "labels.csv". */
bool file_name_is_list(const char *base);

/* What folders are called that are no classes: "train". */
bool file_name_is_split(const char *base);

/* How deep folders may lie in a class's folder, or around all of them: NIST's hsf_0 lie at 1. */
#define FILE_NAMES_MAX_DEPTH 16

#endif
