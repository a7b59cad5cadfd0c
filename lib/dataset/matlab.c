/*
 * matlab.c - a MATLAB file as a dataset, as NIST ships EMNIST.
 *
 *	dataset.train.images    (n, 784), one image per row, transposed as in the idx files
 *	dataset.train.labels    (n, 1)
 *	dataset.train.writers   (n, 1), not read
 *	dataset.test            the same
 *	dataset.mapping         (classes, 2 or 3): label and code points
 *
 * MATLAB stores column after column: the first pixels of all images come first, and no image is
 * complete before all are read. They are kept as stored, and assembled on request.
 */
#include "matlab.h"

#include "../base/memory.h"
#include "../labels/labels.h"
#include "levels.h"
#include "matfile.h"
#include "siblings.h"
#include "splits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Numbers are read in parts of this size, so that memory follows the bytes that are there. */
#define PART_NBYTES ((size_t)1 << 20)
#define PART_VALUES ((size_t)512)

struct matlab {
	struct source source;
	struct matfile *file;
	struct buffer images; /* (784, count) */
	size_t n_values;      /* labels that were read */
	struct levels_numbers numbers;
	bool found; /* the split that is wanted */
};

static const char hdf5_magic[] = "\x89HDF\r\n\x1a\n";
static const char matlab_magic[] = "MATLAB ";
static const char hdf5_version[] = "MATLAB 7.3";

static bool starts_with(const unsigned char *bytes, size_t nbytes, const char *start)
{
	return nbytes >= strlen(start) && memcmp(bytes, start, strlen(start)) == 0;
}

bool matlab_begins(const unsigned char *bytes, size_t nbytes)
{
	return starts_with(bytes, nbytes, matlab_magic) || starts_with(bytes, nbytes, hdf5_magic);
}

/* ------------------------------------------------------------------------- images */

/* To images one after the other, from columns. */
static enum emnist_status read_images(struct source *source, uint32_t index, size_t n,
				      uint8_t *pixels, struct emnist_error *error)
{
	const struct matlab *matlab = (const struct matlab *)source;

	(void)error;
	for (size_t p = 0; p < EMNIST_VECTOR_LENGTH; p++) {
		const uint8_t *column = matlab->images.data + p * source->count + index;

		for (size_t i = 0; i < n; i++)
			pixels[i * EMNIST_VECTOR_LENGTH + p] = column[i];
	}
	return EMNIST_OK;
}

static void close_matlab(struct source *source)
{
	struct matlab *matlab = (struct matlab *)source;

	matfile_close(matlab->file);
	buffer_clear(&matlab->images);
	source_clear(source);
	free(matlab);
}

static const struct source_ops ops = {.read = read_images, .close = close_matlab};

/* Reads the next n pixels after those already read. */
static enum emnist_status take_pixels(struct matlab *matlab, struct matfile_array *array, size_t n,
				      struct emnist_error *error)
{
	struct buffer *images = &matlab->images;
	enum emnist_status status;
	double values[PART_VALUES];
	const char *fault = NULL;

	if (matfile_has_bytes(array)) {
		status =
			matfile_bytes(matlab->file, array, images->data + images->nbytes, n, error);
		images->nbytes += n;
		return status;
	}
	status = matfile_values(matlab->file, array, values, n, error);
	for (size_t i = 0; !status && i < n; i++) {
		const size_t at = images->nbytes;

		fault = levels_add(&matlab->numbers, values[i], images->data, at,
				   images->data + at);
		if (fault)
			return error_set(error, EMNIST_ERR_CORRUPT, "row %zu, column %zu: %g is %s",
					 at % array->rows + 1, at / array->rows + 1, values[i],
					 fault);
		images->nbytes++;
	}
	return status;
}

static enum emnist_status take_images(struct matlab *matlab, struct matfile_array *array,
				      struct emnist_error *error)
{
	struct buffer *images = &matlab->images;
	enum emnist_status status = EMNIST_OK;

	if (array->kind != MATFILE_NUMBERS || array->columns != EMNIST_VECTOR_LENGTH)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "'images' is %ux%u%s: expected a row of 784 numbers per image",
				 array->rows, array->columns,
				 array->kind == MATFILE_NUMBERS ? "" : " and not numbers");
	if (array->rows > SOURCE_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "%u images: the limit is %u", array->rows,
				 SOURCE_MAX_COUNT);
	matlab->source.count = array->rows;
	while (!status && images->nbytes < array->n_values) {
		const uint64_t left = array->n_values - images->nbytes;
		const size_t most = matfile_has_bytes(array) ? PART_NBYTES : PART_VALUES;
		const size_t part = left < most ? (size_t)left : most;

		if (!buffer_reserve(images, images->nbytes + part))
			return error_memory(error);
		status = take_pixels(matlab, array, part, error);
	}
	return status ? error_prefix(error, status, "'images'") : EMNIST_OK;
}

/* ------------------------------------------------------------------------- labels */

static enum emnist_status take_label(struct matlab *matlab, double value,
				     struct emnist_error *error)
{
	if (!(value >= 0 && value <= UINT16_MAX) || value != floor(value))
		return error_set(error, EMNIST_ERR_CORRUPT, "'labels': %g is not a class number",
				 value);
	matlab->source.values[matlab->n_values++] = (uint16_t)value;
	return EMNIST_OK;
}

static enum emnist_status take_labels(struct matlab *matlab, struct matfile_array *array,
				      struct emnist_error *error)
{
	struct buffer values = {0};
	enum emnist_status status = EMNIST_OK;
	double part[PART_VALUES];
	uint64_t left = array->n_values;

	if (array->kind != MATFILE_NUMBERS || (array->rows != 1 && array->columns != 1))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "'labels' is %ux%u%s: expected one number per image", array->rows,
				 array->columns,
				 array->kind == MATFILE_NUMBERS ? "" : " and not numbers");
	while (!status && left) {
		const size_t n = left < PART_VALUES ? (size_t)left : PART_VALUES;

		status = matfile_values(matlab->file, array, part, n, error);
		if (!status && !buffer_reserve(&values, (matlab->n_values + n) * sizeof(uint16_t)))
			status = error_memory(error);
		matlab->source.values = (uint16_t *)(void *)values.data;
		for (size_t i = 0; !status && i < n; i++)
			status = take_label(matlab, part[i], error);
		left -= n;
	}
	matlab->source.values = (uint16_t *)(void *)values.data;
	return status;
}

/* A struct with the images and labels of a split. */
static enum emnist_status take_split(struct matlab *matlab, struct matfile_array *split,
				     struct emnist_error *error)
{
	bool has_images = false, has_labels = false;
	enum emnist_status status = EMNIST_OK;
	struct matfile_array field;

	if (split->kind != MATFILE_STRUCT || split->rows != 1 || split->columns != 1)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "it is not a struct with images and labels");
	for (size_t i = 0; !status && i < split->n_fields; i++) {
		const char *name = split->fields[i];

		status = matfile_field(matlab->file, split, &field, error);
		if (!status && strcmp(name, "images") == 0 && !has_images) {
			has_images = true;
			status = take_images(matlab, &field, error);
		} else if (!status && strcmp(name, "labels") == 0 && !has_labels) {
			has_labels = true;
			status = take_labels(matlab, &field, error);
		}
		if (!status)
			status = matfile_skip(matlab->file, &field, error);
	}
	if (!status && !(has_images && has_labels))
		status = error_set(error, EMNIST_ERR_FORMAT, "it has no '%s'",
				   has_images ? "labels" : "images");
	if (!status && matlab->n_values != matlab->source.count)
		status = error_set(error, EMNIST_ERR_CORRUPT, "%u images, but %zu labels",
				   matlab->source.count, matlab->n_values);
	return status;
}

/* ------------------------------------------------------------------------ mapping */

/* As a mapping file has it: the columns of the array are the columns of the text. */
static enum emnist_status parse_mapping(struct matlab *matlab, const double *values, size_t rows,
					size_t columns, struct emnist_error *error)
{
	enum emnist_status status;
	struct buffer text = {0};
	bool good = true;

	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; good && k < columns; k++)
			good = buffer_printf(&text, "%.0f%c", values[k * rows + i],
					     k + 1 < columns ? ' ' : '\n');
	status = good ? emnist_labels_parse(text.data, text.nbytes, &matlab->source.labels, error)
		      : error_memory(error);
	buffer_clear(&text);
	return status;
}

static enum emnist_status take_mapping(struct matlab *matlab, struct matfile_array *array,
				       struct emnist_error *error)
{
	const size_t n = (size_t)array->n_values;
	enum emnist_status status = EMNIST_OK;
	struct buffer values = {0};

	if (array->kind != MATFILE_NUMBERS || array->columns < 2 ||
	    array->columns > LABELS_MAX_CHARACTERS + 1 || array->rows > LABELS_MAX_COUNT ||
	    matlab->source.labels)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "'mapping' is %ux%u: expected a row per class with its label and "
				 "code points",
				 array->rows, array->columns);
	for (size_t i = 0, part; !status && i < n; i += part) {
		part = n - i < PART_VALUES ? n - i : PART_VALUES;
		if (!buffer_reserve(&values, (i + part) * sizeof(double))) {
			status = error_memory(error);
			break;
		}
		status = matfile_values(matlab->file, array, (double *)(void *)values.data + i,
					part, error);
	}
	if (!status)
		status = parse_mapping(matlab, (double *)(void *)values.data, array->rows,
				       array->columns, error);
	buffer_clear(&values);
	return status ? error_prefix(error, status, "'mapping'") : EMNIST_OK;
}

/* ------------------------------------------------------------------------ dataset */

/* The dataset field of the chosen split. A split's name is the file's with the field's appended, as
 * for idx files. */
static enum emnist_status choose_split(const struct source_request *request,
				       const struct matfile_array *dataset, size_t *chosen_ret,
				       struct emnist_error *error)
{
	const char *base = siblings_base(request->path);
	struct splits splits = {0};
	enum emnist_status status = EMNIST_OK;
	size_t chosen;

	for (size_t i = 0; !status && i < dataset->n_fields; i++) {
		char name[256];
		int n;

		if (strcmp(dataset->fields[i], "mapping") == 0)
			continue;
		n = snprintf(name, sizeof(name), "%.*s-%s", (int)strcspn(base, "."), base,
			     dataset->fields[i]);
		if (!splits_add(&splits, name, n < 256 ? (size_t)n : 255, (void *)(uintptr_t)i))
			status = error_memory(error);
	}
	if (!status && !splits.n)
		status = error_set(error, EMNIST_ERR_FORMAT,
				   "'dataset' has no fields but 'mapping'");
	if (!status)
		status = splits_choose(&splits, request->split, &chosen, error);
	if (!status)
		*chosen_ret = (size_t)(uintptr_t)splits.items[chosen].what;
	splits_clear(&splits);
	return status;
}

static enum emnist_status take_dataset(struct matlab *matlab, const struct source_request *request,
				       struct matfile_array *dataset, struct emnist_error *error)
{
	enum emnist_status status;
	struct matfile_array field;
	size_t chosen;

	if (dataset->kind != MATFILE_STRUCT || dataset->rows != 1 || dataset->columns != 1)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the variable 'dataset' is not a struct, as in NIST's files");
	status = choose_split(request, dataset, &chosen, error);
	for (size_t i = 0; !status && i < dataset->n_fields; i++) {
		status = matfile_field(matlab->file, dataset, &field, error);
		if (!status && i == chosen) {
			status = take_split(matlab, &field, error);
			if (status)
				error_prefix(error, status, dataset->fields[i]);
		} else if (!status && strcmp(dataset->fields[i], "mapping") == 0) {
			status = take_mapping(matlab, &field, error);
		}
		if (!status)
			status = matfile_skip(matlab->file, &field, error);
	}
	if (!status &&
	    !source_describe(&matlab->source, "MATLAB, dataset.%s%s", dataset->fields[chosen],
			     matlab->numbers.has_fractions ? ", fractions of 0 to 1 times 255"
							   : ""))
		status = error_memory(error);
	return status;
}

/* Reads all variables: the last one must be complete as well. */
static enum emnist_status read_all(struct matlab *matlab, const struct source_request *request,
				   struct emnist_error *error)
{
	struct matfile_array variable;
	enum emnist_status status;
	bool end = false;

	while (!(status = matfile_next(matlab->file, &variable, &end, error)) && !end) {
		if (matlab->found || strcmp(variable.name, "dataset") != 0)
			continue;
		matlab->found = true;
		status = take_dataset(matlab, request, &variable, error);
		if (status)
			return status;
	}
	if (!status && !matlab->found)
		status = error_set(error, EMNIST_ERR_FORMAT,
				   "it has no variable 'dataset', as NIST's files have");
	return status;
}

static enum emnist_status open_matlab(struct matlab *matlab, struct gzip *stream,
				      const struct source_request *request,
				      struct emnist_error *error)
{
	const unsigned char *head;
	enum emnist_status status;
	size_t n;

	matlab->source.ops = &ops;
	matlab->source.transposed = true;
	matlab->source.orientation = SOURCE_ORIENTATION_USUAL;
	matlab->source.is_kept = true;
	status = gzip_peek(stream, sizeof(hdf5_version), &head, &n, error);
	if (!status && (starts_with(head, n, hdf5_version) || starts_with(head, n, hdf5_magic)))
		status = error_set(
			error, EMNIST_ERR_UNSUPPORTED,
			"MATLAB 7.3 (HDF5) is not supported: save the file with save('-v7')");
	if (!status)
		status = matfile_open(stream, &matlab->file, error);
	if (!status)
		status = read_all(matlab, request, error);
	matfile_close(matlab->file);
	matlab->file = NULL;
	return status;
}

enum emnist_status matlab_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error)
{
	struct matlab *matlab = alloc_zeroed(1, sizeof(*matlab));
	enum emnist_status status;

	*source_ret = NULL;
	if (!matlab) {
		gzip_close(stream);
		return error_memory(error);
	}
	status = open_matlab(matlab, stream, request, error);
	gzip_close(stream);
	if (status)
		source_prefix_other(request, status, error);
	else
		status = source_find_meaning(&matlab->source, request, error);
	if (status)
		close_matlab(&matlab->source);
	else
		*source_ret = &matlab->source;
	return status;
}
