/*
 * frequencies.c - how often each class occurs in a file of labels.
 */
#include "../base/memory.h"
#include "idx.h"

#include <string.h>

enum emnist_status emnist_labels_frequencies(const struct emnist_labels *labels, const char *path,
					     double *frequencies_ret, struct emnist_error *error)
{
	const size_t n_classes = emnist_labels_count(labels);
	uint8_t *values;
	uint32_t n;
	enum emnist_status status = idx_read_labels(path, &values, &n, error);

	if (status)
		return status;
	memset(frequencies_ret, 0, n_classes * sizeof(*frequencies_ret));
	for (uint32_t i = 0; i < n && !status; i++) {
		const size_t class = emnist_labels_find(labels, values[i]);

		if (class == SIZE_MAX)
			status = error_set(error, EMNIST_ERR_CORRUPT,
					   "label %u of image %u is none of the %zu classes",
					   values[i], i, n_classes);
		else
			frequencies_ret[class] += 1.0 / n;
	}
	free(values);
	return status;
}
