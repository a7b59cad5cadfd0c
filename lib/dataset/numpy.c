/*
 * numpy.c - NumPy arrays as a dataset.
 *
 *	images    (n, 28, 28) or (n, 784), with any dimensions of 1; numbers of any type
 *	labels    (n), likewise: numbers, or single characters
 *
 * In Fortran order the first pixels of all images come first, as in MATLAB files, and no image is
 * complete before all are read. So arrays are kept as stored, one byte per pixel, and images
 * assembled on request.
 */
#include "numpy.h"

#include "../base/memory.h"
#include "levels.h"
#include "npyfile.h"
#include "numpy_labels.h"
#include "numpy_names.h"
#include "siblings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Elements are read in parts of this size, so that memory follows the bytes that are there. */
#define PART_BYTES  ((size_t)1 << 20)
#define PART_VALUES ((size_t)512)

struct numpy {
	struct source source;
	struct buffer images;       /* (count, 784), or (784, count) if is_fortran */
	bool is_fortran, is_square; /* square: (28, 28) and not (784) */
	struct levels_numbers numbers;
};

/* In Fortran's order, the column that pixel p of an image is in, and the other way round. */
static size_t column_of(const struct numpy *numpy, size_t p)
{
	return numpy->is_square ? p % EMNIST_SIDE * EMNIST_SIDE + p / EMNIST_SIDE : p;
}

static enum emnist_status read_images(struct source *source, uint32_t index, size_t n,
				      uint8_t *pixels, struct emnist_error *error)
{
	const struct numpy *numpy = (const struct numpy *)source;

	(void)error;
	if (n && !numpy->is_fortran)
		memcpy(pixels, numpy->images.data + (size_t)index * EMNIST_VECTOR_LENGTH,
		       n * EMNIST_VECTOR_LENGTH);
	for (size_t p = 0; numpy->is_fortran && p < EMNIST_VECTOR_LENGTH; p++) {
		const uint8_t *column =
			numpy->images.data + column_of(numpy, p) * source->count + index;

		for (size_t i = 0; i < n; i++)
			pixels[i * EMNIST_VECTOR_LENGTH + p] = column[i];
	}
	return EMNIST_OK;
}

static void close_numpy(struct source *source)
{
	struct numpy *numpy = (struct numpy *)source;

	buffer_clear(&numpy->images);
	source_clear(source);
	free(numpy);
}

static const struct source_ops ops = {.read = read_images, .close = close_numpy};

static enum emnist_status about(const char *name, enum emnist_status status,
				struct emnist_error *error)
{
	return status && name ? siblings_about(status, name, error) : status;
}

/* ---------------------------------------------------------------------- images */

static enum emnist_status bad_pixel(const struct numpy *numpy, size_t at, double value,
				    const char *fault, struct emnist_error *error)
{
	const size_t count = numpy->source.count;
	const size_t column = numpy->is_fortran ? at / count : at % EMNIST_VECTOR_LENGTH;
	const size_t p = numpy->is_fortran ? column_of(numpy, column) : column;

	return error_set(error, EMNIST_ERR_CORRUPT, "image %zu, row %zu, column %zu: %g is %s",
			 numpy->is_fortran ? at % count : at / EMNIST_VECTOR_LENGTH,
			 p / EMNIST_SIDE, p % EMNIST_SIDE, value, fault);
}

/* Reads the next n pixels after those already read. */
static enum emnist_status take_pixels(struct numpy *numpy, struct npyfile *file, size_t n,
				      struct emnist_error *error)
{
	struct buffer *images = &numpy->images;
	double values[PART_VALUES];
	enum emnist_status status;

	if (file->type == NUMBER_UINT8) {
		status = npyfile_read(file, images->data + images->nbytes, n, error);
		images->nbytes += n;
		return status;
	}
	status = npyfile_values(file, values, n, error);
	for (size_t i = 0; !status && i < n; i++) {
		const size_t at = images->nbytes;
		const char *fault =
			levels_add(&numpy->numbers, values[i], images->data, at, images->data + at);

		if (fault)
			return bad_pixel(numpy, at, values[i], fault, error);
		images->nbytes++;
	}
	return status;
}

/* Sets count and is_square from the shape, ignoring dimensions of 1 after the first. */
static enum emnist_status take_shape(struct numpy *numpy, const struct npyfile *file,
				     struct emnist_error *error)
{
	char shape[NPYFILE_SHAPE_NBYTES];
	uint64_t sides[2] = {0};
	size_t n = 0;

	for (size_t i = 1; i < file->n_dimensions; i++)
		if (file->shape[i] != 1 && n++ < 2)
			sides[n - 1] = file->shape[i];
	numpy->is_square = n == 2 && sides[0] == EMNIST_SIDE && sides[1] == EMNIST_SIDE;
	if (file->is_text || (!numpy->is_square && !(n == 1 && sides[0] == EMNIST_VECTOR_LENGTH)))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "an array %s%s: images are (n, 28, 28) or (n, 784)",
				 npyfile_shape(file, shape), file->is_text ? " of text" : "");
	if (file->shape[0] > SOURCE_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "%llu images: the limit is %u",
				 (unsigned long long)file->shape[0], SOURCE_MAX_COUNT);
	numpy->source.count = (uint32_t)file->shape[0];
	numpy->is_fortran = file->is_fortran;
	return EMNIST_OK;
}

static enum emnist_status take_images(struct numpy *numpy, struct gzip *stream,
				      struct emnist_error *error)
{
	struct npyfile file;
	enum emnist_status status = npyfile_open(stream, &file, error);

	if (!status)
		status = take_shape(numpy, &file, error);
	while (!status && file.n_left) {
		const size_t most = file.type == NUMBER_UINT8 ? PART_BYTES : PART_VALUES;
		const size_t part = file.n_left < most ? (size_t)file.n_left : most;

		if (!buffer_reserve(&numpy->images, numpy->images.nbytes + part))
			return error_memory(error);
		status = take_pixels(numpy, &file, part, error);
	}
	return status ? status : npyfile_end(&file, error);
}

static bool copy_name(const char *name, char **copy_ret)
{
	*copy_ret = name ? strdup(name) : NULL;
	return *copy_ret || !name;
}

enum emnist_status numpy_open(struct gzip *images, const char *images_name,
			      struct source **source_ret, struct emnist_error *error)
{
	struct numpy *numpy = alloc_zeroed(1, sizeof(*numpy));
	enum emnist_status status;

	*source_ret = NULL;
	if (!numpy) {
		gzip_close(images);
		return error_memory(error);
	}
	numpy->source.ops = &ops;
	numpy->source.orientation = SOURCE_ORIENTATION_USUAL;
	numpy->source.is_kept = true;
	if (copy_name(images_name, &numpy->source.images_name))
		status = about(images_name, take_images(numpy, images, error), error);
	else
		status = error_memory(error);
	gzip_close(images);
	if (status)
		close_numpy(&numpy->source);
	else
		*source_ret = &numpy->source;
	return status;
}

/* ---------------------------------------------------------------------- labels */

/* "x_test" of "x_test.npy", for people. */
static size_t n_shown(const char *name)
{
	size_t n;

	return numpy_is_array(name, &n) ? n : strlen(name);
}

static bool describe(struct source *source, const char *labels_name)
{
	const struct numpy *numpy = (const struct numpy *)source;
	const char *images = source->images_name;
	const char *fractions =
		numpy->numbers.has_fractions ? ", fractions of 0 to 1 times 255" : "";

	if (!images || !labels_name)
		return source_describe(source, "NumPy%s", fractions);
	return source_describe(source, "NumPy, %.*s and %.*s%s", (int)n_shown(images), images,
			       (int)n_shown(labels_name), labels_name, fractions);
}

enum emnist_status numpy_take_labels(struct source *source, struct gzip *labels,
				     const char *labels_name, const struct emnist_labels *mapping,
				     struct emnist_error *error)
{
	struct emnist_labels *meaning;
	enum emnist_status status;

	status =
		numpy_read_labels(labels, source->count, mapping, &source->values, &meaning, error);
	gzip_close(labels);
	about(labels_name, status, error);
	if (meaning)
		source->labels = meaning;
	if (!status &&
	    (!describe(source, labels_name) || !copy_name(labels_name, &source->labels_name)))
		status = error_memory(error);
	return status;
}

/* ------------------------------------------------------------- beside each other */

static bool is_on_disk(const void *context, const char *path)
{
	struct stat st;

	(void)context;
	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

static enum emnist_status find_labels(const struct source_request *request,
				      struct numpy_names *names, struct emnist_error *error)
{
	char what[160];

	if (numpy_find_labels(request->path, is_on_disk, NULL, names))
		return EMNIST_OK;
	snprintf(what, sizeof(what), "no labels '%.100s'", siblings_base(names->labels));
	return error_errno(error, ENOENT, what);
}

static enum emnist_status take_labels_beside(struct source *source,
					     const struct source_request *request,
					     struct emnist_error *error)
{
	const char *path = request->options->labels_path;
	enum emnist_status status = EMNIST_OK;
	struct numpy_names names;
	struct gzip *stream;

	if (!path) {
		status = find_labels(request, &names, error);
		path = names.labels;
	}
	if (!status)
		status = about(path, gzip_open(path, &stream, error), error);
	if (!status)
		status = numpy_take_labels(source, stream, path, request->mapping, error);
	if (!status)
		status = source_reads(source, path, error);
	return status;
}

enum emnist_status numpy_open_beside(struct gzip *images, const struct source_request *request,
				     struct source **source_ret, struct emnist_error *error)
{
	const bool is_given = request->given && strcmp(request->given, request->path) == 0;
	enum emnist_status status;

	status = numpy_open(images, is_given ? NULL : request->path, source_ret, error);
	if (!status)
		status = take_labels_beside(*source_ret, request, error);
	if (!status)
		status = source_find_meaning(*source_ret, request, error);
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	return status;
}
