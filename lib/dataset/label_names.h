/* label_names.h - the distinct labels of a dataset's images, numbered as they first occur. */
#ifndef DATASET_LABEL_NAMES_H
#define DATASET_LABEL_NAMES_H

#include "../base/error.h"

struct label_name {
	size_t number;
	char text[];
};

/* A tree to find them by text, an array by number; {0} is empty. */
struct label_names {
	void *tree; /* of struct label_name, see tsearch(3) */
	struct label_name **names;
	size_t n;
};

/* The label with this text, which must not contain zeros; added if it is new. what and line are
 * for the message of EMNIST_ERR_LIMIT: more than so many labels. */
enum emnist_status label_names_add(struct label_names *names, const char *what, const char *text,
				   size_t nbytes, uint64_t line, uint16_t *number_ret,
				   struct emnist_error *error);

/* Whether there is a label with this text. */
bool label_names_have(const struct label_names *names, const char *text, size_t nbytes);

/* All texts, by number. Free the array with free(); NULL when memory is short. */
const char **label_names_texts(const struct label_names *names);

void label_names_clear(struct label_names *names);

#endif
