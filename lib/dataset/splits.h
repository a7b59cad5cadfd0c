/* splits.h - chooses one of several datasets. */
#ifndef DATASET_SPLITS_H
#define DATASET_SPLITS_H

#include "source.h"

/* {0} is an empty list. */
struct splits {
	size_t n;
	struct splits_item {
		char *name; /* "emnist-byclass-test" */
		void *what; /* the caller's; not touched */
	} * items;          /* (n) */
};

/* Appends a split and copies its name. False when memory is short. */
bool splits_add(struct splits *splits, const char *name, size_t nbytes, void *what);

/*
 * The split that wanted names, by its words or whole; the only one if wanted is NULL. An error
 * lists all of them, or those that match; n is then unchanged.
 */
enum emnist_status splits_choose(const struct splits *splits, const char *wanted,
				 size_t *chosen_ret, struct emnist_error *error);

void splits_clear(struct splits *splits);

#endif
