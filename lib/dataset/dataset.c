/*
 * dataset.c - labeled images: a source with streamed images, and labels that are known once it is
 * open.
 *
 * Images may be requested by index, in any order and repeatedly, while a packed file can only be
 * read in order. The first such request gathers all images in memory in one pass. Images in
 * separate files are read from where they are.
 */
#include "../base/error.h"
#include "../base/memory.h"
#include "../labels/labels.h"
#include "dataset_path.h"
#include "formats.h"
#include "joined.h"
#include "levels.h"
#include "orientation.h"
#include "siblings.h"

#include <stdio.h>
#include <string.h>

struct emnist_dataset {
	struct joined *joined; /* the datasets that it is made of, instead of a source */
	struct source *source;
	char *path;
	struct emnist_labels *labels;
	uint16_t *classes; /* (source->count) positions in labels: the source's values, mapped */
	bool transposed;
	char *description; /* NULL: the source's */
	uint8_t most;      /* the most that a pixel is stored as */
	uint8_t *ahead;    /* (n_ahead, 784) first images of a stream, read for a look at them */
	uint32_t n_ahead;
	struct emnist_error fault; /* of the stream behind these, if its code is one */
	uint64_t n_images;         /* images to read */
	uint64_t n_passed;         /* of them: given, or left out since they are damaged */
	uint32_t *indices;         /* (n_images); NULL: all */
	uint8_t *gathered;         /* (n_images, 784) as stored */
	bool knows_files;          /* source->files has those of images, too */
	struct buffer left_out;    /* of uint64_t: n_passed before each image that was */
	int (*bad_image)(void *context, const char *path, const struct emnist_error *error);
	void *context;
};

struct wanted {
	uint32_t index;
	size_t position;
};

/* ------------------------------------------------------------------- opening */

/* What ordered_run() takes. */
#define MAX_THREADS 1024

static enum emnist_status check_options(const struct emnist_dataset_options *options,
					struct emnist_error *error)
{
	if (options->transpose > EMNIST_TRANSPOSE_NO)
		return error_set(error, EMNIST_ERR_ARGUMENT, "unknown value of transpose: %d",
				 (int)options->transpose);
	if ((unsigned)options->preprocess > EMNIST_PREPROCESS_NORMALIZE)
		return error_set(error, EMNIST_ERR_ARGUMENT, "unknown value of preprocess: %d",
				 (int)options->preprocess);
	if (options->n_threads > MAX_THREADS)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%u threads: must be 0 to %d",
				 options->n_threads, MAX_THREADS);
	return EMNIST_OK;
}

static enum emnist_status prefix_labels(const struct source *source, enum emnist_status status,
					struct emnist_error *error)
{
	return source->labels_name ? siblings_about(status, source->labels_name, error) : status;
}

/* given: the user's own labels, which are taken over; NULL: none. */
static enum emnist_status find_labels(struct emnist_dataset *dataset, struct emnist_labels *given,
				      struct emnist_error *error)
{
	struct source *source = dataset->source;
	struct siblings_values values;
	enum emnist_status status;
	const char *what;

	dataset->labels = given ? given : source->labels;
	if (!given)
		source->labels = NULL;
	if (dataset->labels)
		return EMNIST_OK;
	values = siblings_values_of(source->values, source->count);
	status =
		siblings_default_labels(source->n_classes, &values, &dataset->labels, &what, error);
	if (status)
		return status == EMNIST_ERR_UNSUPPORTED ? prefix_labels(source, status, error)
							: status;
	if (what &&
	    !source_assume(source, EMNIST_ASSUMED_MAPPING, "assuming that labels %u to %u mean %s",
			   values.least, values.most, what))
		return error_memory(error);
	return EMNIST_OK;
}

/* Converts the source's values into positions in the labels, in place. */
static enum emnist_status classify(struct emnist_dataset *dataset, struct emnist_error *error)
{
	const struct source *source = dataset->source;
	uint16_t last_value = 0;
	size_t last = emnist_labels_find(dataset->labels, 0);

	dataset->classes = source->values;
	for (uint32_t i = 0; i < source->count; i++) {
		const uint16_t value = source->values[i];

		if (value != last_value) {
			last = emnist_labels_find(dataset->labels, value);
			last_value = value;
		}
		if (last == SIZE_MAX)
			return prefix_labels(
				source,
				error_set(error, EMNIST_ERR_CORRUPT,
					  "image %u has the label %u, which is not one "
					  "of the %zu classes",
					  i, value, emnist_labels_count(dataset->labels)),
				error);
		dataset->classes[i] = (uint16_t)last;
	}
	return EMNIST_OK;
}

static enum emnist_status copy_indices(struct emnist_dataset *dataset, const uint32_t *indices,
				       size_t n, struct emnist_error *error)
{
	for (size_t i = 0; i < n; i++)
		if (indices[i] >= dataset->source->count)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "no image %u: the dataset has %u", indices[i],
					 dataset->source->count);
	dataset->indices = alloc_array(n, sizeof(*indices));
	if (!dataset->indices)
		return error_memory(error);
	memcpy(dataset->indices, indices, n * sizeof(*indices));
	dataset->n_images = n;
	return EMNIST_OK;
}

/* The pixels of n images from index on, as stored, but stretched; in a stream, the next ones. */
static enum emnist_status read_source(struct emnist_dataset *dataset, uint32_t index, size_t n,
				      uint8_t *pixels, struct emnist_error *error)
{
	const size_t held = index < dataset->n_ahead ? dataset->n_ahead - index : 0;
	const size_t part = n < held ? n : held;
	enum emnist_status status;

	if (part)
		memcpy(pixels, dataset->ahead + (size_t)index * EMNIST_VECTOR_LENGTH,
		       part * EMNIST_VECTOR_LENGTH);
	if (part < n && dataset->fault.code) {
		status = dataset->fault.code;
		if (error)
			*error = dataset->fault;
		return status;
	}
	if (part == n)
		status = EMNIST_OK;
	else
		status = dataset->source->ops->read(dataset->source, index + (uint32_t)part,
						    n - part, pixels + part * EMNIST_VECTOR_LENGTH,
						    error);
	levels_stretch(dataset->most, pixels, n * EMNIST_VECTOR_LENGTH);
	return status;
}

/* Copies images to look at from all over the dataset, which may be sorted by class. */
static enum emnist_status sample_kept(struct emnist_dataset *dataset, size_t n, uint8_t *pixels,
				      struct emnist_error *error)
{
	const uint32_t count = dataset->source->count;
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; i < n && !status; i++)
		status = read_source(dataset, (uint32_t)(i * count / n), 1,
				     pixels + i * EMNIST_VECTOR_LENGTH, error);
	return status;
}

/* Reads ahead in a stream, which can be read only once, and keeps the next of the first `n` images.
 * A fault after them is reported when it is reached. */
static bool read_ahead(struct emnist_dataset *dataset, size_t n)
{
	struct source *source = dataset->source;
	uint8_t *pixels;

	if (dataset->n_ahead == n || dataset->fault.code)
		return false;
	pixels = dataset->ahead + (size_t)dataset->n_ahead * EMNIST_VECTOR_LENGTH;
	if (!source->ops->read(source, dataset->n_ahead, 1, pixels, &dataset->fault))
		dataset->n_ahead++;
	return !dataset->fault.code;
}

/* The number of images that may be examined; allocates memory to keep them for a stream. 0: memory
 * is short, or there are none. */
static size_t may_look(struct emnist_dataset *dataset)
{
	const struct source *source = dataset->source;
	const size_t n =
		source->count < ORIENTATION_MAX_IMAGES ? source->count : ORIENTATION_MAX_IMAGES;

	if (n && !source->is_kept && !dataset->ahead)
		dataset->ahead = alloc_array(n, EMNIST_VECTOR_LENGTH);
	return source->is_kept || dataset->ahead ? n : 0;
}

static enum emnist_status look(struct emnist_dataset *dataset, enum orientation *orientation_ret,
			       struct emnist_error *error)
{
	const size_t n = may_look(dataset);
	uint8_t *pixels = n ? alloc_array(n, EMNIST_VECTOR_LENGTH) : NULL;
	enum emnist_status status;

	if (!pixels)
		return dataset->source->count ? error_memory(error) : EMNIST_OK;
	if (dataset->source->is_kept) {
		status = sample_kept(dataset, n, pixels, error);
		if (!status)
			status = orientation_of(pixels, n, orientation_ret, error);
	} else {
		while (read_ahead(dataset, n))
			;
		memcpy(pixels, dataset->ahead, dataset->n_ahead * (size_t)EMNIST_VECTOR_LENGTH);
		levels_stretch(dataset->most, pixels,
			       dataset->n_ahead * (size_t)EMNIST_VECTOR_LENGTH);
		status = orientation_of(pixels, dataset->n_ahead, orientation_ret, error);
	}
	free(pixels);
	return status;
}

/* Examines all images in memory; of a stream as many of the first as needed. */
static enum emnist_status find_most(struct emnist_dataset *dataset, struct emnist_error *error)
{
	struct source *source = dataset->source;
	uint8_t pixels[EMNIST_VECTOR_LENGTH], most = 0;
	const size_t n = may_look(dataset);

	if (source->count && !n)
		return error_memory(error);
	for (uint32_t i = 0; source->is_kept && i < source->count && most < LEVELS_ENOUGH; i++) {
		const enum emnist_status status = source->ops->read(source, i, 1, pixels, error);

		if (status)
			return status;
		most = levels_most(most, pixels, sizeof(pixels));
	}
	while (!source->is_kept && most < LEVELS_ENOUGH && read_ahead(dataset, n))
		most = levels_most(most,
				   dataset->ahead +
					   (size_t)(dataset->n_ahead - 1) * EMNIST_VECTOR_LENGTH,
				   EMNIST_VECTOR_LENGTH);
	dataset->most = most;
	return EMNIST_OK;
}

/* Adds to the description that pixels are stretched. */
static bool tell_most(struct emnist_dataset *dataset)
{
	char *description;

	if (dataset->most == 0 || dataset->most >= LEVELS_ENOUGH)
		return true;
	if (asprintf(&description, "%s, pixels of 0 to %u stretched to 255",
		     emnist_dataset_describe(dataset), dataset->most) < 0)
		return false;
	free(dataset->description);
	dataset->description = description;
	return true;
}

/* Describes the orientation: always if the format does not determine it, else only if images look
 * different. */
static bool tell_orientation(struct emnist_dataset *dataset, enum orientation orientation)
{
	struct source *source = dataset->source;
	const char *what = dataset->transposed ? "transposed" : "upright";

	if (source->orientation == SOURCE_ORIENTATION_UNKNOWN &&
	    asprintf(&dataset->description, "%s, %s", source->description, what) < 0) {
		dataset->description = NULL;
		return false;
	}
	if (source->orientation == SOURCE_ORIENTATION_UNKNOWN && orientation == ORIENTATION_UNCLEAR)
		return source_assume(source, EMNIST_ASSUMED_TRANSPOSE,
				     "assuming %s images, as is usual for CSV %s a header; the "
				     "images do not show it",
				     what, dataset->transposed ? "without" : "with");
	if (source->orientation == SOURCE_ORIENTATION_UNKNOWN ||
	    dataset->transposed != source->transposed)
		return source_assume(
			source, EMNIST_ASSUMED_TRANSPOSE,
			"assuming %s images, since the built-in model is more confident that way",
			what);
	return true;
}

static enum emnist_status find_orientation(struct emnist_dataset *dataset,
					   enum emnist_transpose asked, struct emnist_error *error)
{
	const struct source *source = dataset->source;
	enum orientation orientation = ORIENTATION_UNCLEAR;
	enum emnist_status status = EMNIST_OK;

	dataset->transposed =
		asked == EMNIST_TRANSPOSE_AUTO ? source->transposed : asked == EMNIST_TRANSPOSE_YES;
	if (asked != EMNIST_TRANSPOSE_AUTO || source->orientation == SOURCE_ORIENTATION_KNOWN)
		return EMNIST_OK;
	status = look(dataset, &orientation, error);
	if (status)
		return status;
	if (orientation != ORIENTATION_UNCLEAR)
		dataset->transposed = orientation == ORIENTATION_TRANSPOSED;
	return tell_orientation(dataset, orientation) ? EMNIST_OK : error_memory(error);
}

/* mapping: labels that the user gave, taken over; NULL: none. */
static enum emnist_status open_all(struct emnist_dataset *dataset, const char *path,
				   const struct emnist_dataset_options *options,
				   struct emnist_labels *mapping, struct emnist_error *error)
{
	const struct source_request request = {
		.path = path, .split = options->split, .mapping = mapping, .options = options};
	enum emnist_status status;

	status = formats_open(&request, &dataset->source, error);
	if (status) {
		emnist_labels_free(mapping);
		return status;
	}
	status = find_labels(dataset, mapping, error);
	if (!status)
		status = classify(dataset, error);
	if (!status && options->mapping_path)
		status = source_reads(dataset->source, options->mapping_path, error);
	dataset->n_images = dataset->source->count;
	if (!status && options->indices)
		status = copy_indices(dataset, options->indices, options->n_indices, error);
	if (!status && !dataset->source->separate)
		status = find_most(dataset, error);
	if (!status)
		status = find_orientation(dataset, options->transpose, error);
	if (!status && !tell_most(dataset))
		status = error_memory(error);
	dataset->bad_image = options->bad_image;
	dataset->context = options->context;
	return status;
}

enum emnist_status emnist_dataset_open(const char *path,
				       const struct emnist_dataset_options *options,
				       struct emnist_dataset **dataset_ret,
				       struct emnist_error *error)
{
	static const struct emnist_dataset_options defaults;
	struct emnist_dataset *dataset;
	struct emnist_labels *mapping = NULL;
	enum emnist_status status;

	*dataset_ret = NULL;
	if (!options)
		options = &defaults;
	status = check_options(options, error);
	if (!status && options->mapping_path) {
		status = emnist_labels_read(options->mapping_path, &mapping, error);
		if (status)
			siblings_about(status, options->mapping_path, error);
	}
	if (status)
		return status;
	dataset = alloc_zeroed(1, sizeof(*dataset));
	if (dataset)
		dataset->path = strdup(path);
	if (!dataset || !dataset->path) {
		free(dataset);
		emnist_labels_free(mapping);
		return error_memory(error);
	}
	status = open_all(dataset, path, options, mapping, error);
	if (status)
		emnist_dataset_free(dataset);
	else
		*dataset_ret = dataset;
	return status;
}

/* ------------------------------------------------------------------- joining */

const char *dataset_path(const struct emnist_dataset *dataset)
{
	return dataset->path;
}

enum emnist_status emnist_dataset_join(struct emnist_dataset *const *datasets, size_t n,
				       struct emnist_dataset **joined_ret,
				       struct emnist_error *error)
{
	struct emnist_dataset *dataset;
	enum emnist_status status;

	*joined_ret = n == 1 ? datasets[0] : NULL;
	if (n < 2)
		return n ? EMNIST_OK : error_set(error, EMNIST_ERR_ARGUMENT, "no datasets");
	dataset = alloc_zeroed(1, sizeof(*dataset));
	if (!dataset)
		return error_memory(error);
	if (asprintf(&dataset->path, "%s and %zu more", datasets[0]->path, n - 1) < 0)
		dataset->path = NULL;
	if (asprintf(&dataset->description, "%zu datasets, the first: %s", n,
		     emnist_dataset_describe(datasets[0])) < 0)
		dataset->description = NULL;
	status = dataset->path && dataset->description
			 ? joined_create(datasets, n, &dataset->joined, &dataset->labels, error)
			 : error_memory(error);
	if (status) {
		emnist_dataset_free(dataset);
		return status;
	}
	dataset->n_images = joined_count(dataset->joined);
	*joined_ret = dataset;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------- reading */

uint64_t emnist_dataset_count(const struct emnist_dataset *dataset)
{
	return dataset->n_images;
}

const char *emnist_dataset_describe(const struct emnist_dataset *dataset)
{
	return dataset->description ? dataset->description : dataset->source->description;
}

const char *emnist_dataset_assumed(const struct emnist_dataset *dataset, enum emnist_assumed kind)
{
	return dataset->source && kind < EMNIST_N_ASSUMED ? dataset->source->assumed[kind] : NULL;
}

const struct emnist_labels *emnist_dataset_labels(const struct emnist_dataset *dataset)
{
	return dataset->labels;
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
			enum emnist_status status = read_source(dataset, n_read, 1, pixels, error);

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

/* The pixels of the next n images of a stream, as they are stored. */
static enum emnist_status read_stored(struct emnist_dataset *dataset, size_t n, uint8_t *pixels,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	if (!dataset->indices)
		return read_source(dataset, (uint32_t)dataset->n_passed, n, pixels, error);
	if (!dataset->gathered)
		status = gather(dataset, error);
	if (!status)
		memcpy(pixels, dataset->gathered + dataset->n_passed * EMNIST_VECTOR_LENGTH,
		       n * EMNIST_VECTOR_LENGTH);
	return status;
}

/* The position in the source of the image that comes in n images from now. */
static uint32_t index_ahead(const struct emnist_dataset *dataset, size_t n)
{
	const uint64_t position = dataset->n_passed + n;

	return dataset->indices ? dataset->indices[position] : (uint32_t)position;
}

static enum emnist_status read_stream(struct emnist_dataset *dataset, size_t n_max, uint8_t *pixels,
				      uint16_t *classes, size_t *n_ret, struct emnist_error *error)
{
	const uint64_t left = dataset->n_images - dataset->n_passed;
	const size_t n = n_max < left ? n_max : (size_t)left;
	const char *name = dataset->source->images_name;
	enum emnist_status status;

	status = read_stored(dataset, n, pixels, error);
	if (status)
		return name ? siblings_about(status, name, error) : status;
	for (size_t i = 0; i < n; i++)
		classes[i] = dataset->classes[index_ahead(dataset, i)];
	dataset->n_passed += n;
	*n_ret = n;
	return EMNIST_OK;
}

/* The next image in a file of its own; *read_ret is false if it is damaged and was skipped. */
static bool note_left_out(struct emnist_dataset *dataset, uint64_t position)
{
	struct buffer *left_out = &dataset->left_out;

	if (!buffer_reserve(left_out, left_out->nbytes + sizeof(position)))
		return false;
	memcpy(left_out->data + left_out->nbytes, &position, sizeof(position));
	left_out->nbytes += sizeof(position);
	return true;
}

/* Whether the file is not an image but was found among them, and its name, such as README, did not
 * show that. */
static bool is_other(const struct source *source, const char *path,
		     const struct emnist_error *fault)
{
	return source->takes_all && fault->code == EMNIST_ERR_FORMAT &&
	       !strchr(siblings_base(path), '.');
}

static enum emnist_status read_file(struct emnist_dataset *dataset, uint8_t *pixels,
				    uint16_t *class_ret, bool *read_ret, struct emnist_error *error)
{
	struct source *source = dataset->source;
	const uint32_t index = index_ahead(dataset, 0);
	struct emnist_error fault;
	enum emnist_status status = source->ops->read(source, index, 1, pixels, &fault);
	const char *path;

	dataset->n_passed++;
	*class_ret = dataset->classes[index];
	*read_ret = status == EMNIST_OK;
	if (!status)
		return EMNIST_OK;
	if (!note_left_out(dataset, dataset->n_passed - 1))
		return error_memory(error);
	/* What the process is short of is no fault of the image. */
	path = emnist_error_is_shortage(&fault) ? NULL : source->ops->path(source, index);
	if (path && is_other(source, path, &fault))
		return EMNIST_OK;
	if (path && dataset->bad_image && !dataset->bad_image(dataset->context, path, &fault))
		return EMNIST_OK;
	if (error)
		*error = fault;
	return path ? source_prefix_path(status, path, error) : status;
}

static enum emnist_status read_files(struct emnist_dataset *dataset, size_t n_max, uint8_t *pixels,
				     uint16_t *classes, size_t *n_ret, struct emnist_error *error)
{
	while (*n_ret < n_max && dataset->n_passed < dataset->n_images) {
		bool read;
		enum emnist_status status =
			read_file(dataset, pixels + *n_ret * EMNIST_VECTOR_LENGTH, classes + *n_ret,
				  &read, error);

		if (status) {
			*n_ret = 0;
			return status;
		}
		*n_ret += read;
	}
	return EMNIST_OK;
}

enum emnist_status emnist_dataset_read(struct emnist_dataset *dataset, size_t n_max,
				       uint8_t *pixels, uint16_t *classes, size_t *n_ret,
				       struct emnist_error *error)
{
	enum emnist_status status;

	*n_ret = 0;
	if (dataset->joined)
		status = joined_read(dataset->joined, n_max, pixels, classes, n_ret, error);
	else if (dataset->source->separate)
		status = read_files(dataset, n_max, pixels, classes, n_ret, error);
	else
		status = read_stream(dataset, n_max, pixels, classes, n_ret, error);
	for (size_t i = 0; dataset->transposed && i < *n_ret; i++)
		orientation_transpose(pixels + i * EMNIST_VECTOR_LENGTH);
	return status;
}

bool emnist_dataset_is_drawn(const struct emnist_dataset *dataset)
{
	return dataset->source && dataset->source->ops->draw;
}

void emnist_dataset_draw(const struct emnist_dataset *dataset, uint64_t n, uint64_t drawing,
			 uint8_t *pixels)
{
	const uint32_t index = dataset->indices ? dataset->indices[n] : (uint32_t)n;

	dataset->source->ops->draw(dataset->source, index, drawing, pixels);
	if (dataset->transposed)
		orientation_transpose(pixels);
}

/* How many skipped images come at or before the one returned after n others. The list ascends: an
 * entry counts if at most n images were returned before it. */
static uint64_t left_out_before(const struct buffer *left_out, uint64_t n)
{
	const size_t count = left_out->nbytes / sizeof(uint64_t);
	size_t first = 0, end = count;

	while (first < end) {
		const size_t middle = first + (end - first) / 2;
		uint64_t position;

		memcpy(&position, left_out->data + middle * sizeof(position), sizeof(position));
		if (position - middle <= n)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

enum emnist_status emnist_dataset_origin(struct emnist_dataset *dataset, uint64_t n,
					 uint32_t *index_ret, const char **path_ret,
					 struct emnist_error *error)
{
	const uint64_t position = n + left_out_before(&dataset->left_out, n);

	*path_ret = NULL;
	if (dataset->joined)
		return joined_origin(dataset->joined, n, index_ret, path_ret, error);
	if (position >= dataset->n_passed)
		return error_set(error, EMNIST_ERR_ARGUMENT, "only %llu images were read",
				 (unsigned long long)dataset->n_passed);
	*index_ret = dataset->indices ? dataset->indices[position] : (uint32_t)position;
	if (dataset->source->separate) {
		*path_ret = dataset->source->ops->path(dataset->source, *index_ret);
		if (!*path_ret)
			return error_memory(error);
	}
	return EMNIST_OK;
}

/* Of images that are files of their own; those in an archive are nowhere. */
static enum emnist_status note_images(struct emnist_dataset *dataset, struct emnist_error *error)
{
	struct source *source = dataset->source;

	for (uint32_t i = 0; i < source->count && source->separate; i++) {
		const char *path = source->ops->path(source, i);
		enum emnist_status status =
			path ? source_reads(source, path, error) : error_memory(error);

		if (status)
			return status;
	}
	dataset->knows_files = true;
	return EMNIST_OK;
}

enum emnist_status emnist_dataset_reads(struct emnist_dataset *dataset, const char *path,
					bool *reads_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	*reads_ret = false;
	if (dataset->joined)
		return joined_reads(dataset->joined, path, reads_ret, error);
	if (!dataset->knows_files)
		status = note_images(dataset, error);
	if (!status)
		*reads_ret = file_ids_have(&dataset->source->files, path);
	return status;
}

void emnist_dataset_free(struct emnist_dataset *dataset)
{
	if (!dataset)
		return;
	joined_free(dataset->joined);
	source_close(dataset->source);
	emnist_labels_free(dataset->labels);
	free(dataset->path);
	free(dataset->description);
	free(dataset->ahead);
	free(dataset->indices);
	free(dataset->gathered);
	buffer_clear(&dataset->left_out);
	free(dataset);
}
