/*
 * dataset.c - labelled images: an images' file that is streamed, and its labels, which are small
 * and read whole when the dataset is opened.
 *
 * Images that are wanted by index may come in any order and more than once, while a gzip file is
 * read in its own order only. They are gathered in memory in one pass, when they are first asked
 * for.
 */
#include "../base/error.h"
#include "../base/memory.h"
#include "idx.h"
#include "labels.h"
#include "siblings.h"

#include <string.h>

/* A label is one byte of an idx file. */
#define N_LABEL_VALUES 256

struct emnist_dataset {
	struct emnist_labels *labels;
	struct idx_images *images;
	char *images_name; /* for messages; NULL where it is the path that was given */
	bool transposed;
	uint32_t count; /* of the files */
	uint8_t *values;
	uint16_t class_of[N_LABEL_VALUES];
	uint64_t n_images; /* that reading gives */
	uint64_t n_given;
	uint32_t *indices; /* (n_images); NULL: all */
	uint8_t *gathered; /* (n_images, 784) as stored */
};

struct wanted {
	uint32_t index;
	size_t position;
};

static enum emnist_status check_options(const struct emnist_dataset_options *options,
					struct emnist_error *error)
{
	if (options->transpose > EMNIST_TRANSPOSE_NO)
		return error_set(error, EMNIST_ERR_ARGUMENT, "transpose: no such choice: %d",
				 (int)options->transpose);
	return EMNIST_OK;
}

/* ------------------------------------------------------------------- opening */

static enum emnist_status classify_labels(struct emnist_dataset *dataset,
					  const struct siblings *siblings,
					  struct emnist_error *error)
{
	bool known[N_LABEL_VALUES];

	for (uint32_t value = 0; value < N_LABEL_VALUES; value++) {
		size_t position = emnist_labels_find(dataset->labels, value);

		known[value] = position != SIZE_MAX;
		dataset->class_of[value] = (uint16_t)(known[value] ? position : 0);
	}
	for (uint32_t i = 0; i < dataset->count; i++)
		if (!known[dataset->values[i]]) {
			error_set(error, EMNIST_ERR_CORRUPT,
				  "image %u has the label %u, which is none of the %zu classes", i,
				  dataset->values[i], emnist_labels_count(dataset->labels));
			return siblings_about(EMNIST_ERR_CORRUPT, siblings->labels, error);
		}
	return EMNIST_OK;
}

static enum emnist_status copy_indices(struct emnist_dataset *dataset, const uint32_t *indices,
				       size_t n, struct emnist_error *error)
{
	for (size_t i = 0; i < n; i++)
		if (indices[i] >= dataset->count)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "there is no image %u: the dataset has %u", indices[i],
					 dataset->count);
	dataset->indices = alloc_array(n, sizeof(*indices));
	if (!dataset->indices)
		return error_memory(error);
	memcpy(dataset->indices, indices, n * sizeof(*indices));
	dataset->n_images = n;
	return EMNIST_OK;
}

static enum emnist_status open_images(struct emnist_dataset *dataset, const char *path,
				      const struct siblings *siblings, struct emnist_error *error)
{
	enum emnist_status status;

	if (strcmp(path, siblings->images) != 0) {
		dataset->images_name = strdup(siblings->images);
		if (!dataset->images_name)
			return error_memory(error);
	}
	status = idx_open(siblings->images, &dataset->images, error);
	return status && dataset->images_name ? siblings_about(status, siblings->images, error)
					      : status;
}

static enum emnist_status read_labels(struct emnist_dataset *dataset,
				      const struct siblings *siblings, struct emnist_error *error)
{
	enum emnist_status status;

	status = idx_read_labels(siblings->labels, &dataset->values, &dataset->count, error);
	if (status)
		return siblings_about(status, siblings->labels, error);
	if (dataset->count != idx_count(dataset->images))
		return error_set(error, EMNIST_ERR_CORRUPT, "%u images, but %u labels in '%.*s'",
				 idx_count(dataset->images), dataset->count, SIBLINGS_NAME_SHOWN,
				 siblings_base(siblings->labels));
	dataset->n_images = dataset->count;
	return EMNIST_OK;
}

static enum emnist_status open_all(struct emnist_dataset *dataset, const char *path,
				   const struct emnist_dataset_options *options,
				   const struct siblings *siblings, struct emnist_error *error)
{
	enum emnist_status status;

	status = open_images(dataset, path, siblings, error);
	if (!status)
		status = read_labels(dataset, siblings, error);
	if (!status)
		status = siblings_meaning(siblings, dataset->values, dataset->count,
					  &dataset->labels, error);
	if (!status)
		status = classify_labels(dataset, siblings, error);
	if (!status && options->indices)
		status = copy_indices(dataset, options->indices, options->n_indices, error);
	dataset->transposed = options->transpose == EMNIST_TRANSPOSE_YES ||
			      (options->transpose == EMNIST_TRANSPOSE_AUTO && !siblings->upright);
	return status;
}

enum emnist_status emnist_dataset_open(const char *path,
				       const struct emnist_dataset_options *options,
				       struct emnist_dataset **dataset_ret,
				       struct emnist_error *error)
{
	static const struct emnist_dataset_options defaults;
	struct emnist_dataset *dataset = NULL;
	struct siblings siblings = {0};
	enum emnist_status status;

	*dataset_ret = NULL;
	if (!options)
		options = &defaults;
	status = check_options(options, error);
	if (!status)
		status = siblings_find(path, options->labels_path, options->mapping_path, &siblings,
				       error);
	if (status)
		goto out;
	dataset = alloc_zeroed(1, sizeof(*dataset));
	status = dataset ? open_all(dataset, path, options, &siblings, error) : error_memory(error);
	if (status)
		goto out;
	*dataset_ret = dataset;
	dataset = NULL;
out:
	emnist_dataset_free(dataset);
	siblings_clear(&siblings);
	return status;
}

/* ------------------------------------------------------------------- reading */

uint64_t emnist_dataset_count(const struct emnist_dataset *dataset)
{
	return dataset->n_images;
}

const struct emnist_labels *emnist_dataset_labels(const struct emnist_dataset *dataset)
{
	return dataset->labels;
}

static void transpose(uint8_t *pixels)
{
	uint8_t stored[EMNIST_VECTOR_LENGTH];

	memcpy(stored, pixels, sizeof(stored));
	for (size_t y = 0; y < EMNIST_SIDE; y++)
		for (size_t x = 0; x < EMNIST_SIDE; x++)
			pixels[y * EMNIST_SIDE + x] = stored[x * EMNIST_SIDE + y];
}

static int by_index(const void *a, const void *b)
{
	const struct wanted *wanted_a = a, *wanted_b = b;

	return (wanted_a->index > wanted_b->index) - (wanted_a->index < wanted_b->index);
}

/* Reads the images that are wanted, in the order of the file, each to its positions. */
static enum emnist_status gather_sorted(struct emnist_dataset *dataset, const struct wanted *wanted,
					struct emnist_error *error)
{
	uint8_t pixels[EMNIST_VECTOR_LENGTH];
	uint32_t n_read = 0;

	for (size_t i = 0; i < dataset->n_images; i++) {
		for (; n_read <= wanted[i].index; n_read++) {
			enum emnist_status status = idx_read(dataset->images, 1, pixels, error);

			if (status)
				return status;
		}
		memcpy(dataset->gathered + wanted[i].position * sizeof(pixels), pixels,
		       sizeof(pixels));
	}
	return EMNIST_OK;
}

static enum emnist_status gather(struct emnist_dataset *dataset, struct emnist_error *error)
{
	const size_t n = (size_t)dataset->n_images;
	struct wanted *wanted = alloc_array(n, sizeof(*wanted));
	enum emnist_status status;

	dataset->gathered = alloc_array(n, EMNIST_VECTOR_LENGTH);
	if (wanted && dataset->gathered) {
		for (size_t i = 0; i < n; i++)
			wanted[i] = (struct wanted){dataset->indices[i], i};
		qsort(wanted, n, sizeof(*wanted), by_index);
		status = gather_sorted(dataset, wanted, error);
	} else {
		status = error_memory(error);
	}
	if (status) {
		free(dataset->gathered);
		dataset->gathered = NULL;
	}
	free(wanted);
	return status;
}

/* The pixels of the next n images, as they are stored. */
static enum emnist_status read_stored(struct emnist_dataset *dataset, size_t n, uint8_t *pixels,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	if (!dataset->indices)
		return idx_read(dataset->images, n, pixels, error);
	if (!dataset->gathered)
		status = gather(dataset, error);
	if (!status)
		memcpy(pixels, dataset->gathered + dataset->n_given * EMNIST_VECTOR_LENGTH,
		       n * EMNIST_VECTOR_LENGTH);
	return status;
}

enum emnist_status emnist_dataset_read(struct emnist_dataset *dataset, size_t n_max,
				       uint8_t *pixels, uint16_t *classes, size_t *n_ret,
				       struct emnist_error *error)
{
	const uint64_t left = dataset->n_images - dataset->n_given;
	const size_t n = n_max < left ? n_max : (size_t)left;
	enum emnist_status status;

	*n_ret = 0;
	status = read_stored(dataset, n, pixels, error);
	if (status)
		return dataset->images_name ? siblings_about(status, dataset->images_name, error)
					    : status;
	for (size_t i = 0; i < n; i++) {
		uint64_t given = dataset->n_given + i;
		uint64_t index = dataset->indices ? dataset->indices[given] : given;

		if (dataset->transposed)
			transpose(pixels + i * EMNIST_VECTOR_LENGTH);
		classes[i] = dataset->class_of[dataset->values[index]];
	}
	dataset->n_given += n;
	*n_ret = n;
	return EMNIST_OK;
}

void emnist_dataset_free(struct emnist_dataset *dataset)
{
	if (!dataset)
		return;
	idx_close(dataset->images);
	emnist_labels_free(dataset->labels);
	free(dataset->images_name);
	free(dataset->values);
	free(dataset->indices);
	free(dataset->gathered);
	free(dataset);
}
