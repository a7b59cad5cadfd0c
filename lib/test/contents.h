/*
 * contents.h - what is in a dataset, for the tests of those that read them.
 */
#ifndef TEST_CONTENTS_H
#define TEST_CONTENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../emnist.h"
#include "../emnist_dataset.h"

#define MAX_IMAGES 64

struct contents {
	size_t n;
	uint8_t pixels[MAX_IMAGES * EMNIST_VECTOR_LENGTH];
	char texts[512]; /* of the classes, between blanks */
	char description[128];
};

/* Opens and reads all, n_step images at a time. */
static inline enum emnist_status read_dataset(const char *path,
					      const struct emnist_dataset_options *options,
					      size_t n_step, struct contents *contents,
					      struct emnist_error *error)
{
	struct emnist_dataset *dataset;
	enum emnist_status status;
	size_t n = n_step;

	*contents = (struct contents){0};
	status = emnist_dataset_open(path, options, &dataset, error);
	if (status) {
		assert_null(dataset);
		return status;
	}
	snprintf(contents->description, sizeof(contents->description), "%s",
		 emnist_dataset_describe(dataset));
	while (!status && n == n_step) {
		uint16_t classes[MAX_IMAGES];

		assert_true(contents->n + n_step <= MAX_IMAGES);
		status = emnist_dataset_read(dataset, n_step,
					     contents->pixels + contents->n * EMNIST_VECTOR_LENGTH,
					     classes, &n, error);
		for (size_t i = 0; i < n; i++) {
			strcat(contents->texts, contents->n + i ? " " : "");
			strcat(contents->texts,
			       emnist_labels_text(emnist_dataset_labels(dataset), classes[i]));
		}
		contents->n += n;
	}
	/* Images that cannot be read are left out where someone is told so. */
	if (!status && !(options && options->bad_image))
		assert_int_equal(contents->n, emnist_dataset_count(dataset));
	emnist_dataset_free(dataset);
	return status;
}

static inline void read_good(const char *path, const struct emnist_dataset_options *options,
			     struct contents *contents)
{
	struct emnist_error error;

	if (read_dataset(path, options, 7, contents, &error))
		fail_msg("%s: %s", path, error.message);
}

#endif
