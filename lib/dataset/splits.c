/*
 * splits.c - chooses one of several datasets.
 *
 * Names are listed without their common prefix: users see "byclass-test" and may write it for
 * "emnist-byclass-test".
 */
#include "splits.h"

#include "../base/memory.h"
#include "siblings.h"

#include <stdio.h>
#include <string.h>

bool splits_add(struct splits *splits, const char *name, size_t nbytes, void *what)
{
	/* Doubled whenever the number is a power of two. */
	if ((splits->n & (splits->n - 1)) == 0) {
		const size_t capacity = splits->n ? 2 * splits->n : 1;
		struct splits_item *items =
			resize_array(splits->items, capacity, sizeof(*splits->items));

		if (!items)
			return false;
		splits->items = items;
	}
	splits->items[splits->n].name = strndup(name, nbytes);
	splits->items[splits->n].what = what;
	if (!splits->items[splits->n].name)
		return false;
	splits->n++;
	return true;
}

/* The bytes that all names begin with, up to the end of a word. */
static size_t common_nbytes(const struct splits *splits)
{
	const char *first = splits->items[0].name;
	size_t n = splits->n > 1 ? strlen(first) : 0;

	for (size_t i = 1; i < splits->n; i++) {
		size_t same = 0;

		while (same < n && splits->items[i].name[same] == first[same])
			same++;
		n = same;
	}
	while (n && !strchr("-_.", first[n - 1]))
		n--;
	return n;
}

/* Lists the names that match wanted (NULL: all), separated by commas. */
static void list(const struct splits *splits, const char *wanted, char *text, size_t capacity)
{
	const size_t skipped = common_nbytes(splits);
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < splits->n && n < capacity; i++) {
		const char *name = splits->items[i].name;

		if (!wanted || siblings_is_split(name, strlen(name), wanted))
			n += (size_t)snprintf(text + n, capacity - n, "%s%s", n ? ", " : "",
					      name + skipped);
	}
	if (n >= capacity)
		memcpy(text + capacity - sizeof("..."), "...", sizeof("..."));
}

enum emnist_status splits_choose(const struct splits *splits, const char *wanted,
				 size_t *chosen_ret, struct emnist_error *error)
{
	const size_t skipped = common_nbytes(splits);
	char names[sizeof(error->message)];
	size_t n_fitting = 0, fitting = 0;

	for (size_t i = 0; i < splits->n; i++) {
		const char *name = splits->items[i].name;

		if (wanted && (strcmp(name, wanted) == 0 || strcmp(name + skipped, wanted) == 0)) {
			*chosen_ret = i;
			return EMNIST_OK;
		}
		if (!wanted || siblings_is_split(name, strlen(name), wanted)) {
			n_fitting++;
			fitting = i;
		}
	}
	if (n_fitting == 1) {
		*chosen_ret = fitting;
		return EMNIST_OK;
	}
	list(splits, n_fitting ? wanted : NULL, names, sizeof(names));
	if (n_fitting)
		return error_set(error, EMNIST_ERR_ARGUMENT, "choose a split: %s", names);
	return error_set(error, EMNIST_ERR_ARGUMENT, "no split '%.*s': only %s",
			 SIBLINGS_NAME_SHOWN, wanted, names);
}

void splits_clear(struct splits *splits)
{
	for (size_t i = 0; i < splits->n; i++)
		free(splits->items[i].name);
	free(splits->items);
	*splits = (struct splits){0};
}
