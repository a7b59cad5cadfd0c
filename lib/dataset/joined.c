/*
 * joined.c - datasets that are read one after the other as one.
 *
 * Each keeps its own format, orientation and range of pixels; only the classes are brought
 * together.
 */
#include "joined.h"

#include "../base/memory.h"
#include "dataset_path.h"
#include "source.h"

#include <stdlib.h>

struct part {
	struct emnist_dataset *dataset;
	uint16_t *map; /* for each of its classes, the position in the labels of all */
	uint64_t n_read;
};

struct joined {
	struct part *parts; /* (n) */
	size_t n, current;
};

static enum emnist_status join_labels(struct joined *joined, struct emnist_labels **labels_ret,
				      struct emnist_error *error)
{
	const struct emnist_labels **labels = alloc_array(joined->n, sizeof(*labels));
	uint16_t **maps = alloc_array(joined->n, sizeof(*maps));
	bool good = labels && maps;
	enum emnist_status status;

	for (size_t i = 0; i < joined->n && good; i++) {
		struct part *part = &joined->parts[i];

		labels[i] = emnist_dataset_labels(part->dataset);
		part->map = alloc_array(emnist_labels_count(labels[i]), sizeof(*part->map));
		maps[i] = part->map;
		good = maps[i] != NULL;
	}
	status = good ? emnist_labels_join(labels, joined->n, labels_ret, maps, error)
		      : error_memory(error);
	free(labels);
	free(maps);
	return status;
}

/* All but the datasets. */
static void release(struct joined *joined)
{
	for (size_t i = 0; i < joined->n; i++)
		free(joined->parts[i].map);
	free(joined->parts);
	free(joined);
}

enum emnist_status joined_create(struct emnist_dataset *const *datasets, size_t n,
				 struct joined **joined_ret, struct emnist_labels **labels_ret,
				 struct emnist_error *error)
{
	struct joined *joined = alloc_zeroed(1, sizeof(*joined));
	enum emnist_status status;

	if (!joined)
		return error_memory(error);
	joined->parts = alloc_zeroed(n, sizeof(*joined->parts));
	joined->n = joined->parts ? n : 0;
	for (size_t i = 0; i < joined->n; i++)
		joined->parts[i].dataset = datasets[i];
	status = joined->parts ? join_labels(joined, labels_ret, error) : error_memory(error);
	if (!status && joined_count(joined) > UINT32_MAX)
		status = error_set(error, EMNIST_ERR_LIMIT, "more than %u images", UINT32_MAX);
	if (status)
		release(joined);
	else
		*joined_ret = joined;
	return status;
}

uint64_t joined_count(const struct joined *joined)
{
	uint64_t n = 0;

	for (size_t i = 0; i < joined->n; i++)
		n += emnist_dataset_count(joined->parts[i].dataset);
	return n;
}

enum emnist_status joined_read(struct joined *joined, size_t n_max, uint8_t *pixels,
			       uint16_t *classes, size_t *n_ret, struct emnist_error *error)
{
	while (*n_ret < n_max && joined->current < joined->n) {
		struct part *part = &joined->parts[joined->current];
		uint16_t *own = classes + *n_ret;
		enum emnist_status status;
		size_t n;

		status =
			emnist_dataset_read(part->dataset, n_max - *n_ret,
					    pixels + *n_ret * EMNIST_VECTOR_LENGTH, own, &n, error);
		if (status) {
			*n_ret = 0;
			return source_prefix_path(status, dataset_path(part->dataset), error);
		}
		for (size_t i = 0; i < n; i++)
			own[i] = part->map[own[i]];
		part->n_read += n;
		*n_ret += n;
		joined->current += n == 0;
	}
	return EMNIST_OK;
}

/* The last part that has read images gives the error if n is too large. */
enum emnist_status joined_origin(struct joined *joined, uint64_t n, uint32_t *index_ret,
				 const char **path_ret, struct emnist_error *error)
{
	enum emnist_status status;
	uint64_t n_before = 0;
	size_t i = 0;

	for (; i + 1 < joined->n && n >= joined->parts[i].n_read; i++) {
		n -= joined->parts[i].n_read;
		n_before += emnist_dataset_count(joined->parts[i].dataset);
	}
	status = emnist_dataset_origin(joined->parts[i].dataset, n, index_ret, path_ret, error);
	if (!status)
		*index_ret += (uint32_t)n_before;
	return status;
}

enum emnist_status joined_reads(struct joined *joined, const char *path, bool *reads_ret,
				struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; i < joined->n && !status && !*reads_ret; i++)
		status = emnist_dataset_reads(joined->parts[i].dataset, path, reads_ret, error);
	return status;
}

void joined_free(struct joined *joined)
{
	if (!joined)
		return;
	for (size_t i = 0; i < joined->n; i++)
		emnist_dataset_free(joined->parts[i].dataset);
	release(joined);
}
