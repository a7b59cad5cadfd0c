/*
 * siblings.h - which files make up a dataset, told from one name, and what names tell.
 */
#ifndef DATASET_SIBLINGS_H
#define DATASET_SIBLINGS_H

#include "../base/error.h"

/* How much of a file's name goes into a message, so that the reason still fits. */
#define SIBLINGS_NAME_SHOWN 100

struct siblings {
	char *labels;
	char *mapping;    /* NULL: there is none, or it was not looked for */
	size_t n_classes; /* without a mapping: of the split that the name tells; 0: it tells none
			   */
};

/* The file that emnist_dataset_open()'s path means, where it is no directory: path itself, or the
 * file whose name it is the beginning of, as far as the word "images"; with a split, which may be
 * NULL, path and "-" and the split are such a beginning too. *file_ret is freed with free(). */
enum emnist_status siblings_locate(const char *path, const char *split, char **file_ret,
				   struct emnist_error *error);

/* Finds what belongs to the file of images, but for its mapping: its labels, which are at
 * labels_path where that is not NULL. Release with siblings_clear(), also after a failure. */
enum emnist_status siblings_find(const char *images, const char *labels_path,
				 struct siblings *siblings, struct emnist_error *error);

/* The same for the labels of a dataset alone: what is known of their meaning. Where the images
 * would be is told by the name, and whether they are there is not asked. */
enum emnist_status siblings_of_labels(const char *labels_path, const char *mapping_path,
				      struct siblings *siblings, struct emnist_error *error);

/* What n values of labels mean: what the mapping file says, where there is one, else what the name
 * tells, else the smallest of EMNIST's splits that has them all. */
enum emnist_status siblings_meaning(const struct siblings *siblings, const uint8_t *values,
				    uint32_t n, struct emnist_labels **labels_ret,
				    struct emnist_error *error);

/* Which labels occur. */
struct siblings_values {
	uint32_t least, most;
	uint32_t n_different;
};

struct siblings_values siblings_values_of(const uint16_t *values, uint32_t n);

/* The labels of EMNIST's split of n_classes classes, or, where that is 0, what the values are most
 * likely to mean: the letters where they are 0 to 25, else the smallest split that has them all.
 * *what_ret, which may be NULL, says so: "the letters A to Z"; NULL where there is little doubt.
 * None has them: EMNIST_ERR_UNSUPPORTED. */
enum emnist_status siblings_default_labels(size_t n_classes, const struct siblings_values *values,
					   struct emnist_labels **labels_ret, const char **what_ret,
					   struct emnist_error *error);

/* Puts the name of the file that an error is about before its message. Returns status. */
enum emnist_status siblings_about(enum emnist_status status, const char *path,
				  struct emnist_error *error);

void siblings_clear(struct siblings *siblings);

/* The mapping file beside the file of a dataset, by its name; NULL in *mapping_ret: there is none.
 * Freed with free(). */
enum emnist_status siblings_find_mapping(const char *path, char **mapping_ret,
					 struct emnist_error *error);

/* What the name of a dataset's file or of a split tells, and no more: the number of classes, 0
 * where it tells none, and whether it is one of MNIST's own, whose images are not transposed. */
size_t siblings_n_classes(const char *name);
bool siblings_is_upright(const char *name);

/* Whether a name, as of a file without what is the same for all, is that of the split that the user
 * asked for: whether the split's words stand in it, as "test" and "byclass-test" do in
 * "emnist-byclass-test". MNIST calls its test split t10k. */
bool siblings_is_split(const char *name, size_t nbytes, const char *split);

/* What follows the last '/' of path. */
const char *siblings_base(const char *path);

/* Where "images-idx3" or "images.idx3" stands last in the last component of path; NULL: nowhere.
 * The labels' name has "labels" and a 1 there. */
const char *siblings_images_word(const char *path);

/* How much of the path of a file of images comes before "-images-idx3"; all where that is not in
 * it.
 */
size_t siblings_stem(const char *images);

#endif
