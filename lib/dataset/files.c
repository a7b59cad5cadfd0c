/*
 * files.c - a dataset whose images are files of their own, decoded when they are read.
 *
 * An image becomes a vector first, and then the bytes that all datasets have: one that is EMNIST's
 * already comes out as it was.
 */
#include "files.h"

#include "../base/memory.h"
#include "class_names.h"
#include "labels.h"
#include "listing.h"

#include <math.h>
#include <string.h>

struct files {
	struct source source;
	struct emnist_reader *reader;
	char *root;
	char *path;            /* of the image that was asked for last */
	struct buffer paths;   /* terminated, one after the other */
	struct buffer offsets; /* of size_t: where each begins in paths */
	struct buffer classes; /* of uint16_t */
};

static const char *path_of(struct source *source, uint32_t index)
{
	struct files *files = (struct files *)source;
	const char *path = (const char *)files->paths.data +
			   ((const size_t *)(const void *)files->offsets.data)[index];

	free(files->path);
	files->path =
		*path == '/' || !*files->root ? strdup(path) : listing_join(files->root, path);
	return files->path;
}

static enum emnist_status read_files(struct source *source, uint32_t index, size_t n,
				     uint8_t *pixels, struct emnist_error *error)
{
	struct files *files = (struct files *)source;
	float vector[EMNIST_VECTOR_LENGTH];

	for (size_t k = 0; k < n; k++, pixels += EMNIST_VECTOR_LENGTH) {
		const char *path = path_of(source, index + (uint32_t)k);
		enum emnist_status status;

		status = path ? emnist_read_file(files->reader, path, vector, error)
			      : error_memory(error);
		if (status)
			return status;
		for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
			pixels[i] = (uint8_t)lrintf(vector[i] * 255);
	}
	return EMNIST_OK;
}

static void close_files(struct source *source)
{
	struct files *files = (struct files *)source;

	emnist_reader_free(files->reader);
	free(files->root);
	free(files->path);
	buffer_clear(&files->paths);
	buffer_clear(&files->offsets);
	buffer_clear(&files->classes);
	source_clear(source);
	free(files);
}

static const struct source_ops ops = {.read = read_files, .close = close_files, .path = path_of};

enum emnist_status files_create(const char *root, const struct emnist_dataset_options *options,
				struct files **files_ret, struct emnist_error *error)
{
	const struct emnist_reader_options reader = {.limits = options->limits,
						     .preprocess = options->preprocess};
	struct files *files = alloc_zeroed(1, sizeof(*files));
	enum emnist_status status;

	*files_ret = NULL;
	if (!files)
		return error_memory(error);
	files->source.ops = &ops;
	files->source.separate = true;
	files->root = strdup(root);
	status = files->root ? emnist_reader_create(&reader, &files->reader, error)
			     : error_memory(error);
	if (status)
		close_files(&files->source);
	else
		*files_ret = files;
	return status;
}

enum emnist_status files_add(struct files *files, const char *path, size_t class,
			     struct emnist_error *error)
{
	const size_t n = files->source.count, nbytes = strlen(path) + 1;

	if (n == SOURCE_MAX_COUNT || class >= LABELS_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %u images or %d classes",
				 SOURCE_MAX_COUNT, LABELS_MAX_COUNT);
	if (!buffer_reserve(&files->paths, files->paths.nbytes + nbytes) ||
	    !buffer_reserve(&files->offsets, (n + 1) * sizeof(size_t)) ||
	    !buffer_reserve(&files->classes, (n + 1) * sizeof(uint16_t)))
		return error_memory(error);
	((size_t *)(void *)files->offsets.data)[n] = files->paths.nbytes;
	((uint16_t *)(void *)files->classes.data)[n] = (uint16_t) class;
	memcpy(files->paths.data + files->paths.nbytes, path, nbytes);
	files->paths.nbytes += nbytes;
	files->source.count++;
	return EMNIST_OK;
}

enum emnist_status files_name_classes(struct files *files, const char *const *names, size_t n,
				      const struct emnist_labels *mapping, const char *what,
				      struct emnist_error *error)
{
	uint16_t *values = alloc_array(n, sizeof(*values));
	enum emnist_status status;
	const char *rule;

	if (!values)
		return error_memory(error);
	status = class_names_read(names, n, mapping, values, &files->source.labels, &rule, error);
	if (!status) {
		/* The classes are turned into their values where they stand. */
		files->source.values = (uint16_t *)(void *)files->classes.data;
		files->classes = (struct buffer){0};
		for (uint32_t i = 0; i < files->source.count; i++)
			files->source.values[i] = values[files->source.values[i]];
		if (!source_describe(&files->source, "%s %s", what, rule))
			status = error_memory(error);
	}
	free(values);
	return status;
}

struct source *files_source(struct files *files)
{
	return &files->source;
}
