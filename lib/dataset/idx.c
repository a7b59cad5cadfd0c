/*
 * idx.c - the idx format of MNIST and EMNIST.
 *
 * Big-endian: two zero bytes, the type of the elements (8: unsigned bytes), the number of
 * dimensions, the size of each, then the elements. Images have the dimensions (n, 28, 28), labels
 * (n). (LeCun, Cortes, Burges: "The MNIST database", "File formats".)
 *
 * The count in a header is not trusted: memory for labels grows with the bytes that are there.
 */
#include "idx.h"

#include "../base/cursor.h"
#include "../base/memory.h"
#include "siblings.h"

#include <string.h>

#define MAGIC_IMAGES         UINT32_C(0x00000803)
#define MAGIC_LABELS         UINT32_C(0x00000801)

#define HEADER_IMAGES_NBYTES 16
#define HEADER_LABELS_NBYTES 8

/* Labels are read in parts of this many bytes, so that room is made for few that are not there. */
#define LABELS_STEP (UINT32_C(1) << 20)

struct idx {
	struct source source;
	struct gzip *images;
	uint32_t n_read;
};

bool idx_begins(const unsigned char *bytes, size_t nbytes)
{
	return nbytes >= 4 && bytes[0] == 0 && bytes[1] == 0 && bytes[2] && bytes[3];
}

/* Reads a header of nbytes bytes, its magic number and its count. */
static enum emnist_status read_header(struct gzip *gzip, unsigned char *bytes, size_t nbytes,
				      uint32_t magic, const char *what, struct cursor *cursor,
				      uint32_t *count_ret, struct emnist_error *error)
{
	enum emnist_status status;
	uint32_t found;
	size_t n;

	status = gzip_read(gzip, bytes, nbytes, &n, error);
	if (status)
		return status;
	*cursor = cursor_over(bytes, n);
	found = cursor_u32_be(cursor);
	if (!cursor->failed && found != magic)
		return error_at(error, EMNIST_ERR_FORMAT, 0,
				"not an idx file of %s: it begins with 0x%08x instead of 0x%08x",
				what, found, magic);
	if (n < nbytes)
		return error_at(error, EMNIST_ERR_CORRUPT, n,
				"the idx header ends after %zu of %zu bytes", n, nbytes);
	*count_ret = cursor_u32_be(cursor);
	if (*count_ret > IDX_MAX_COUNT)
		return error_at(error, EMNIST_ERR_LIMIT, 4, "%u %s: the limit is %u", *count_ret,
				what, IDX_MAX_COUNT);
	return EMNIST_OK;
}

/* That the file ends here. */
static enum emnist_status check_end(struct gzip *gzip, uint32_t count, const char *what,
				    struct emnist_error *error)
{
	enum emnist_status status;
	uint8_t byte;
	size_t n;

	status = gzip_read(gzip, &byte, 1, &n, error);
	if (!status && n)
		return error_set(error, EMNIST_ERR_CORRUPT, "trailing bytes after the %u %s", count,
				 what);
	return status;
}

/* ---------------------------------------------------------------------- images */

static enum emnist_status read_images_header(struct idx *idx, struct emnist_error *error)
{
	unsigned char bytes[HEADER_IMAGES_NBYTES];
	enum emnist_status status;
	struct cursor cursor;
	uint32_t height, width;

	status = read_header(idx->images, bytes, sizeof(bytes), MAGIC_IMAGES, "images", &cursor,
			     &idx->source.count, error);
	if (status)
		return status;
	height = cursor_u32_be(&cursor);
	width = cursor_u32_be(&cursor);
	if (width != EMNIST_SIDE || height != EMNIST_SIDE)
		return error_at(error, EMNIST_ERR_UNSUPPORTED, 8,
				"images of %ux%u pixels: only %dx%d is supported", width, height,
				EMNIST_SIDE, EMNIST_SIDE);
	return idx->source.count ? EMNIST_OK : check_end(idx->images, 0, "images", error);
}

/* With the last image, that nothing follows it is checked as well. */
static enum emnist_status read_images(struct source *source, uint32_t index, size_t n,
				      uint8_t *pixels, struct emnist_error *error)
{
	struct idx *idx = (struct idx *)source;
	enum emnist_status status;
	size_t nbytes;

	(void)index;
	if (!n)
		return EMNIST_OK;
	status = gzip_read(idx->images, pixels, n * EMNIST_VECTOR_LENGTH, &nbytes, error);
	if (status)
		return status;
	idx->n_read += (uint32_t)(nbytes / EMNIST_VECTOR_LENGTH);
	if (nbytes < n * EMNIST_VECTOR_LENGTH)
		return error_set(error, EMNIST_ERR_CORRUPT, "the file ends after %u of %u images",
				 idx->n_read, source->count);
	if (idx->n_read == source->count)
		return check_end(idx->images, source->count, "images", error);
	return EMNIST_OK;
}

static void close_idx(struct source *source)
{
	struct idx *idx = (struct idx *)source;

	gzip_close(idx->images);
	source_clear(source);
	free(idx);
}

static const struct source_ops ops = {.read = read_images, .close = close_idx};

/* ---------------------------------------------------------------------- labels */

static enum emnist_status read_all_labels(struct gzip *gzip, uint32_t count, struct buffer *labels,
					  struct emnist_error *error)
{
	enum emnist_status status;
	size_t n;

	while (labels->nbytes < count) {
		size_t left = count - labels->nbytes;
		size_t part = left < LABELS_STEP ? left : LABELS_STEP;

		if (!buffer_reserve(labels, labels->nbytes + part))
			return error_memory(error);
		status = gzip_read(gzip, labels->data + labels->nbytes, part, &n, error);
		if (status)
			return status;
		labels->nbytes += n;
		if (n < part)
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "the file ends after %zu of %u labels", labels->nbytes,
					 count);
	}
	return check_end(gzip, count, "labels", error);
}

enum emnist_status idx_read_labels_stream(struct gzip *stream, uint8_t **labels_ret,
					  uint32_t *n_ret, struct emnist_error *error)
{
	unsigned char bytes[HEADER_LABELS_NBYTES];
	struct buffer labels = {0};
	enum emnist_status status;
	struct cursor cursor;

	*labels_ret = NULL;
	status = read_header(stream, bytes, sizeof(bytes), MAGIC_LABELS, "labels", &cursor, n_ret,
			     error);
	if (!status && !buffer_reserve(&labels, 1))
		status = error_memory(error);
	if (!status)
		status = read_all_labels(stream, *n_ret, &labels, error);
	if (status)
		buffer_clear(&labels);
	*labels_ret = labels.data;
	return status;
}

enum emnist_status idx_read_labels(const char *path, uint8_t **labels_ret, uint32_t *n_ret,
				   struct emnist_error *error)
{
	struct gzip *gzip = NULL;
	enum emnist_status status;

	*labels_ret = NULL;
	status = gzip_open(path, &gzip, error);
	if (!status)
		status = idx_read_labels_stream(gzip, labels_ret, n_ret, error);
	gzip_close(gzip);
	return status;
}

/* Reads the labels of the images whose header has been read. */
static enum emnist_status take_labels(struct source *source, struct gzip *labels,
				      struct emnist_error *error)
{
	uint8_t *values = NULL;
	enum emnist_status status;
	uint32_t n;

	status = idx_read_labels_stream(labels, &values, &n, error);
	if (status)
		return source->labels_name ? siblings_about(status, source->labels_name, error)
					   : status;
	if (n != source->count) {
		const char *name = source->labels_name ? source->labels_name : "labels";

		status = error_set(error, EMNIST_ERR_CORRUPT, "%u images, but %u labels in '%.*s'",
				   source->count, n, SIBLINGS_NAME_SHOWN, siblings_base(name));
		goto out;
	}
	source->values = alloc_array(n, sizeof(*source->values));
	if (!source->values) {
		status = error_memory(error);
		goto out;
	}
	for (uint32_t i = 0; i < n; i++)
		source->values[i] = values[i];
out:
	free(values);
	return status;
}

/* --------------------------------------------------------------------- opening */

static bool copy_name(const char *name, char **copy_ret)
{
	*copy_ret = name ? strdup(name) : NULL;
	return !name || *copy_ret;
}

/* Takes the stream of images over; labels are not read yet. */
static enum emnist_status open_images(struct gzip *images, const char *images_name,
				      const char *labels_name, struct source **source_ret,
				      struct emnist_error *error)
{
	struct idx *idx = alloc_zeroed(1, sizeof(*idx));
	enum emnist_status status;

	*source_ret = NULL;
	if (!idx) {
		gzip_close(images);
		return error_memory(error);
	}
	idx->images = images;
	idx->source.ops = &ops;
	idx->source.transposed = true;
	idx->source.orientation = SOURCE_ORIENTATION_USUAL;
	if (!copy_name(images_name, &idx->source.images_name) ||
	    !copy_name(labels_name, &idx->source.labels_name) ||
	    !source_describe(&idx->source, "idx"))
		status = error_memory(error);
	else
		status = read_images_header(idx, error);
	if (status && images_name)
		siblings_about(status, images_name, error);
	if (status)
		close_idx(&idx->source);
	else
		*source_ret = &idx->source;
	return status;
}

enum emnist_status idx_open(struct gzip *images, const char *images_name, struct gzip *labels,
			    const char *labels_name, struct source **source_ret,
			    struct emnist_error *error)
{
	enum emnist_status status;

	status = open_images(images, images_name, labels_name, source_ret, error);
	if (!status)
		status = take_labels(*source_ret, labels, error);
	gzip_close(labels);
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	return status;
}

enum emnist_status idx_open_beside(struct gzip *images, const struct source_request *request,
				   struct source **source_ret, struct emnist_error *error)
{
	const char *given = request->given;
	struct siblings siblings;
	struct gzip *labels = NULL;
	enum emnist_status status;

	*source_ret = NULL;
	status = siblings_find(request->path, request->options->labels_path, &siblings, error);
	if (!status) {
		status = gzip_open(siblings.labels, &labels, error);
		if (status)
			siblings_about(status, siblings.labels, error);
	}
	if (status)
		gzip_close(images);
	else
		status = idx_open(images,
				  given && strcmp(given, request->path) == 0 ? NULL : request->path,
				  labels, siblings.labels, source_ret, error);
	if (!status)
		status = source_reads(*source_ret, siblings.labels, error);
	if (!status)
		status = source_find_meaning(*source_ret, request, error);
	if (!status)
		source_name_orients(*source_ret, request->path);
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	siblings_clear(&siblings);
	return status;
}
