/* union_labels.c - the classes of a model that is trained on several datasets. */
#include "union_labels.h"
#include "../common/messages.h"

#include <stdlib.h>

static bool has_match(const struct emnist_labels *labels, const struct emnist_labels *other,
		      size_t entry)
{
	for (size_t i = 0; i < emnist_labels_count(labels); i++)
		if (emnist_labels_match(labels, i, other, entry, false))
			return true;
	return false;
}

static bool has_all(const struct emnist_labels *labels, const struct emnist_labels *other)
{
	for (size_t i = 0; i < emnist_labels_count(other); i++)
		if (!has_match(labels, other, i))
			return false;
	return true;
}

/* Whether a character is in two classes: "A" and "A or a" cannot both be answers. */
static bool overlap(const struct emnist_labels *labels)
{
	for (size_t i = 0; i < emnist_labels_count(labels); i++)
		for (size_t k = 0; k < i; k++)
			if (emnist_labels_match(labels, i, labels, k, false))
				return true;
	return false;
}

/* labels and maps: (n), for this; maps are freed. */
static bool join(struct emnist_dataset *const *datasets, size_t n,
		 const struct emnist_labels **labels, uint16_t **maps,
		 struct emnist_labels **union_ret)
{
	struct emnist_error error = {0};
	bool good = true;

	for (size_t i = 0; i < n && good; i++) {
		labels[i] = emnist_dataset_labels(datasets[i]);
		maps[i] = calloc(emnist_labels_count(labels[i]) + 1, sizeof(*maps[i]));
		good = maps[i] != NULL;
	}
	if (!good)
		complain("out of memory");
	else if (emnist_labels_join(labels, n, union_ret, maps, &error)) {
		complain("%s", error.message);
		good = false;
	}
	for (size_t i = 0; i < n; i++)
		free(maps[i]);
	if (*union_ret && overlap(*union_ret)) {
		emnist_labels_free(*union_ret);
		*union_ret = NULL;
	}
	return good;
}

bool union_labels(struct emnist_dataset *const *datasets, size_t n,
		  struct emnist_labels **union_ret)
{
	const struct emnist_labels *first = emnist_dataset_labels(datasets[0]);
	const struct emnist_labels **labels;
	uint16_t **maps;
	size_t i = 1;
	bool good;

	*union_ret = NULL;
	while (i < n && has_all(first, emnist_dataset_labels(datasets[i])))
		i++;
	if (i == n)
		return true;
	labels = calloc(n, sizeof(*labels));
	maps = calloc(n, sizeof(*maps));
	good = labels && maps;
	if (good)
		good = join(datasets, n, labels, maps, union_ret);
	else
		complain("out of memory");
	free(labels);
	free(maps);
	return good;
}
