/*
 * siblings.h - finds the files that make up a dataset from the name of one, and reads hints from
 * names.
 */
#ifndef DATASET_SIBLINGS_H
#define DATASET_SIBLINGS_H

#include "../base/error.h"

/* Bytes of a file's name shown in a message, so that the reason still fits. */
#define SIBLINGS_NAME_SHOWN 100

struct siblings {
	char *labels;
	char *mapping;    /* NULL: none, or not searched */
	size_t n_classes; /* without a mapping: of the split in the name; 0: the name has none */
};

/* The file meant by emnist_dataset_open()'s path, unless it is a directory: path itself, or a file
 * whose name begins with it, up to the word "images". With a split (may be NULL), path, "-" and the
 * split are such a beginning, too. Free *file_ret with free(). */
enum emnist_status siblings_locate(const char *path, const char *split, char **file_ret,
				   struct emnist_error *error);

/* Finds the files belonging to a file of images, except the mapping. The labels are at labels_path
 * unless NULL. Release with siblings_clear(), even after a failure. */
enum emnist_status siblings_find(const char *images, const char *labels_path,
				 struct siblings *siblings, struct emnist_error *error);

/* The same for a file of labels alone. The name of the images follows from it; they need not
 * exist. */
enum emnist_status siblings_of_labels(const char *labels_path, const char *mapping_path,
				      struct siblings *siblings, struct emnist_error *error);

/* The meaning of n label values: from the mapping file if there is one, else from the name, else
 * from the smallest EMNIST split that has them all. */
enum emnist_status siblings_meaning(const struct siblings *siblings, const uint8_t *values,
				    uint32_t n, struct emnist_labels **labels_ret,
				    struct emnist_error *error);

/* Which labels occur. */
struct siblings_values {
	uint32_t least, most;
	uint32_t n_different;
};

struct siblings_values siblings_values_of(const uint16_t *values, uint32_t n);

/* The labels of EMNIST's split of n_classes classes. If that is 0, the most likely ones: letters
 * for values of 0 to 25, else the smallest split that has all values. *what_ret (may be NULL)
 * describes the guess, "the letters A to Z"; NULL if there is little doubt. EMNIST_ERR_UNSUPPORTED
 * if no split has them. */
enum emnist_status siblings_default_labels(size_t n_classes, const struct siblings_values *values,
					   struct emnist_labels **labels_ret, const char **what_ret,
					   struct emnist_error *error);

/* Prefixes an error's message with the name of its file. Returns status. */
enum emnist_status siblings_about(enum emnist_status status, const char *path,
				  struct emnist_error *error);

void siblings_clear(struct siblings *siblings);

/* The mapping file next to a dataset's file, by its name; *mapping_ret is NULL if there is none.
 * Free it with free(). */
enum emnist_status siblings_find_mapping(const char *path, char **mapping_ret,
					 struct emnist_error *error);

/* What the name of a dataset's file or split says: the number of classes, 0 if it says none, and
 * whether it is one of MNIST's own, whose images are not transposed. */
size_t siblings_n_classes(const char *name);
bool siblings_is_upright(const char *name);

/* Whether a name is that of the split asked for: all words of the split are in it, as "test" and
 * "byclass-test" are in "emnist-byclass-test". MNIST calls its test split t10k. */
bool siblings_is_split(const char *name, size_t nbytes, const char *split);

/* What follows the last '/' of path. */
const char *siblings_base(const char *path);

/* The last "images-idx3" or "images.idx3" in the last component of path, or NULL. The labels' name
 * has "labels" and a 1 there. */
const char *siblings_images_word(const char *path);

/* Length of an image file's path before "-images-idx3"; the whole length if it has none. */
size_t siblings_stem(const char *images);

#endif
