/* frequencies.c - counts the classes in a file of labels. */
#include "../base/memory.h"
#include "../emnist_train.h"
#include "idx.h"

#include <string.h>

/* Counts the classes of n values; frequencies: (count of labels), all zero. */
static enum emnist_status count(const struct emnist_labels *labels, const uint8_t *values,
				uint32_t n, double *frequencies, struct emnist_error *error)
{
	for (uint32_t i = 0; i < n; i++) {
		const size_t class = emnist_labels_find(labels, values[i]);

		if (class == SIZE_MAX)
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "label %u of image %u is not one of the %zu classes",
					 values[i], i, emnist_labels_count(labels));
		frequencies[class] += 1.0 / n;
	}
	return EMNIST_OK;
}

enum emnist_status emnist_labels_frequencies(const struct emnist_labels *labels, const char *path,
					     double *frequencies_ret, struct emnist_error *error)
{
	const size_t n_classes = emnist_labels_count(labels);
	double *frequencies;
	uint8_t *values;
	uint32_t n;
	enum emnist_status status = idx_read_labels(path, &values, &n, error);

	if (status)
		return status;
	frequencies = alloc_zeroed(n_classes, sizeof(*frequencies));
	status = frequencies ? count(labels, values, n, frequencies, error) : error_memory(error);
	if (!status)
		memcpy(frequencies_ret, frequencies, n_classes * sizeof(*frequencies));
	free(frequencies);
	free(values);
	return status;
}
