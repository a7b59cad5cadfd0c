/*
 * files.h - a dataset whose images are files of their own.
 */
#ifndef DATASET_FILES_H
#define DATASET_FILES_H

#include "source.h"

/* A source that is being made. */
struct files;

/* An empty one. root: the folder that paths are relative to, copied; "" is the current one. NULL in
 * *files_ret after a failure. Close with source_close() of its source. */
enum emnist_status files_create(const char *root, const struct emnist_dataset_options *options,
				struct files **files_ret, struct emnist_error *error);

/* Appends an image, of the class whose number among the classes is class. */
enum emnist_status files_add(struct files *files, const char *path, size_t class,
			     struct emnist_error *error);

/* Gives the classes their names, n of them, and makes labels of these, see class_names_read().
 * what: "image files in folders named by"; the rule follows in the description. */
enum emnist_status files_name_classes(struct files *files, const char *const *names, size_t n,
				      const struct emnist_labels *mapping, const char *what,
				      struct emnist_error *error);

struct source *files_source(struct files *files);

#endif
