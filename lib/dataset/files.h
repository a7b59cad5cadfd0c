/* files.h - a dataset whose images are separate files. */
#ifndef DATASET_FILES_H
#define DATASET_FILES_H

#include "../emnist_dataset.h"
#include "source.h"

/* A source that is being made. */
struct files;

/* Creates an empty one. root: the folder that paths are relative to, copied; "" is the working
 * directory. *files_ret is NULL after a failure. Close with source_close() of its source. */
enum emnist_status files_create(const char *root, const struct emnist_dataset_options *options,
				struct files **files_ret, struct emnist_error *error);

/* Appends an image of the class with this index. */
enum emnist_status files_add(struct files *files, const char *path, size_t class,
			     struct emnist_error *error);

/* For images found in folders: adds to the description how many other files there are, and that
 * reading may find more. Call it before the classes get names. */
void files_pass_over(struct files *files, uint64_t n_files);

/* Names the n classes and makes labels of the names, see class_names_read(). what: "image files in
 * folders named by"; the description appends the rule. */
enum emnist_status files_name_classes(struct files *files, const char *const *names, size_t n,
				      const struct emnist_labels *mapping, const char *what,
				      struct emnist_error *error);

struct source *files_source(struct files *files);

/* ------------------------------------------------------------- members of an archive */

/* More than twice the size of EMNIST's largest split as PNG files. */
#define FILES_HELD_MAX_NBYTES (UINT64_C(1) << 30)

/* The files of a source with source->separate. */
struct files *files_of(struct source *source);

/* From now on no file is opened: paths are names in the archive at that path, and the images are
 * those given to files_hold(); others are missing. Call it before the first image is read. */
enum emnist_status files_detach(struct files *files, const char *archive,
				struct emnist_error *error);

/* The image's name in the archive. Free with free(); NULL when memory is short. */
char *files_member(const struct files *files, uint32_t index);

/* Sets the bytes of the image's file, copied. All images together may have
 * FILES_HELD_MAX_NBYTES. */
enum emnist_status files_hold(struct files *files, uint32_t index, const void *bytes, size_t nbytes,
			      struct emnist_error *error);

/* The image's file cannot be read. */
enum emnist_status files_hold_fault(struct files *files, uint32_t index,
				    const struct emnist_error *fault, struct emnist_error *error);

/* The image's file is the same as another image's. */
void files_hold_same(struct files *files, uint32_t index, uint32_t other);

#endif
