/*
 * numpy_names.c - pairs arrays of images and labels by their file names.
 *
 *	x_test.npy, y_test.npy              one word differs: images or labels
 *	test-images.npy, test-labels.npy
 *	letters.npy, letters-labels.npy     as `emnist dataset export` names them
 */
#include "numpy_names.h"

#include "siblings.h"

#include <stdio.h>
#include <string.h>

/* Images and labels as they are called together. */
static const struct {
	const char *images, *labels;
} words[] = {
	{"images", "labels"},
	{"image", "label"},
	{"imgs", "labels"},
	{"x", "y"},
	{"X", "y"},
	{"X", "Y"},
	{"data", "labels"},
	{"data", "target"},
	{"data", "targets"},
	{"features", "labels"},
	{"features", "targets"},
	{"pixels", "labels"},
	{"inputs", "labels"},
	{"inputs", "targets"},
	{"arr_0", "arr_1"},
};
#define N_WORDS (sizeof(words) / sizeof(words[0]))

static const char *const suffixes[] = {"-labels", "_labels"};
static const char *const endings[] = {".npy", ".npy.gz"};

bool numpy_is_array(const char *name, size_t *n_stem_ret)
{
	const size_t nbytes = strlen(name);

	for (size_t i = 0; i < 2; i++) {
		const size_t n = strlen(endings[i]);

		if (nbytes > n && strcmp(name + nbytes - n, endings[i]) == 0) {
			*n_stem_ret = nbytes - n;
			return true;
		}
	}
	return false;
}

static bool is_boundary(char c)
{
	return strchr("-_./", c) != NULL;
}

/* Position of the word in the last component of the path, which has n_stem bytes. */
static bool find_word(const char *path, size_t n_stem, const char *word, size_t *at_ret)
{
	const size_t n = strlen(word), first = (size_t)(siblings_base(path) - path);

	for (size_t at = first; at + n <= n_stem; at++) {
		*at_ret = at;
		if (strncmp(path + at, word, n) == 0 &&
		    (at == first || is_boundary(path[at - 1])) &&
		    (at + n == n_stem || is_boundary(path[at + n])))
			return true;
	}
	return false;
}

/* Tries the stem with the word at `at` replaced, with both extensions. Keeps the first path tried
 * if none exists. */
static bool try_stem(const char *images, size_t n_stem, size_t at, size_t n_word, const char *word,
		     bool (*is_there)(const void *context, const char *path), const void *context,
		     struct numpy_names *names)
{
	const bool is_first = names->labels[0] == '\0';
	char path[NUMPY_NAME_NBYTES];

	for (size_t i = 0; i < 2; i++) {
		const int n =
			snprintf(path, sizeof(path), "%.*s%s%.*s%s", (int)at, images, word,
				 (int)(n_stem - at - n_word), images + at + n_word, endings[i]);

		if (n >= (int)sizeof(path))
			return false;
		if (is_first && i == 0)
			strcpy(names->labels, path);
		if (is_there(context, path)) {
			strcpy(names->labels, path);
			return true;
		}
	}
	return false;
}

/* The name of the images without the word, and without what ties it to the rest. */
static void set_split(const char *images, size_t n_stem, size_t at, size_t n_word,
		      struct numpy_names *names)
{
	const size_t first = (size_t)(siblings_base(images) - images);
	const size_t end = at + n_word;
	const size_t before = at - first - (at > first);
	const size_t after = at == first && end < n_stem ? end + 1 : end;

	snprintf(names->split, sizeof(names->split), "%.*s%.*s", (int)before, images + first,
		 (int)(n_stem - after), images + after);
}

bool numpy_find_labels(const char *images, bool (*is_there)(const void *context, const char *path),
		       const void *context, struct numpy_names *names)
{
	size_t n_stem, at;

	names->labels[0] = '\0';
	if (!numpy_is_array(images, &n_stem))
		n_stem = strlen(images);
	for (size_t i = 0; i < N_WORDS; i++) {
		const size_t n = strlen(words[i].images);

		if (!find_word(images, n_stem, words[i].images, &at))
			continue;
		set_split(images, n_stem, at, n, names);
		if (try_stem(images, n_stem, at, n, words[i].labels, is_there, context, names))
			return true;
	}
	snprintf(names->split, sizeof(names->split), "%.*s",
		 (int)(n_stem - (size_t)(siblings_base(images) - images)), siblings_base(images));
	for (size_t i = 0; i < 2; i++)
		if (try_stem(images, n_stem, n_stem, 0, suffixes[i], is_there, context, names))
			return true;
	return false;
}
