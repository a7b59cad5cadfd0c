/*
 * files.h - a dataset whose images are files of their own.
 */
#ifndef DATASET_FILES_H
#define DATASET_FILES_H

#include "../emnist_dataset.h"
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

/* The images are what lies in folders: says in the description that so many other files lie among
 * them, and that more may show when they are read. Before classes have names. */
void files_pass_over(struct files *files, uint64_t n_files);

/* Gives the classes their names, n of them, and makes labels of these, see class_names_read().
 * what: "image files in folders named by"; the rule follows in the description. */
enum emnist_status files_name_classes(struct files *files, const char *const *names, size_t n,
				      const struct emnist_labels *mapping, const char *what,
				      struct emnist_error *error);

struct source *files_source(struct files *files);

/* ------------------------------------------------------------- members of an archive */

/* More than twice what EMNIST's largest split has as PNG files. */
#define FILES_HELD_MAX_NBYTES (UINT64_C(1) << 30)

/* Of a source whose images are files: source->separate. */
struct files *files_of(struct source *source);

/* From now on nothing is opened: paths are names in the archive at that path, and the images are
 * what files_hold() is given; others are missing. All before the first is read. */
enum emnist_status files_detach(struct files *files, const char *archive,
				struct emnist_error *error);

/* The image's name in the archive. Freed with free(); NULL: memory is short. */
char *files_member(const struct files *files, uint32_t index);

/* The image's file is these bytes, which are copied, and which all images together may have
 * FILES_HELD_MAX_NBYTES of. */
enum emnist_status files_hold(struct files *files, uint32_t index, const void *bytes, size_t nbytes,
			      struct emnist_error *error);

/* The image's file cannot be read. */
enum emnist_status files_hold_fault(struct files *files, uint32_t index,
				    const struct emnist_error *fault, struct emnist_error *error);

/* The image's file is that of another image. */
void files_hold_same(struct files *files, uint32_t index, uint32_t other);

#endif
