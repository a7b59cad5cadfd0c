/*
 * idx.c - the idx format of MNIST and EMNIST.
 *
 * Big-endian: two zero bytes, the type of the elements (8: unsigned bytes), the number of
 * dimensions, then the size of each, then the elements. Images have the dimensions (n, 28, 28),
 * labels (n). (LeCun, Cortes, Burges: "The MNIST database", "File formats".)
 *
 * The number in a header is only a promise: memory for labels follows the bytes that are there.
 */
#include "idx.h"

#include "../base/cursor.h"
#include "../base/gzip.h"
#include "../base/memory.h"

#define MAGIC_IMAGES         UINT32_C(0x00000803)
#define MAGIC_LABELS         UINT32_C(0x00000801)

#define HEADER_IMAGES_NBYTES 16
#define HEADER_LABELS_NBYTES 8

/* Labels are read in parts of this many bytes, so that room is made for few that are not there. */
#define LABELS_STEP (UINT32_C(1) << 20)

struct idx_images {
	struct gzip *gzip;
	uint32_t count;
	uint32_t n_read;
};

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
				"no idx file of %s: it begins with 0x%08x, not with 0x%08x", what,
				found, magic);
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

static enum emnist_status read_images_header(struct idx_images *images, struct emnist_error *error)
{
	unsigned char bytes[HEADER_IMAGES_NBYTES];
	enum emnist_status status;
	struct cursor cursor;
	uint32_t height, width;

	status = read_header(images->gzip, bytes, sizeof(bytes), MAGIC_IMAGES, "images", &cursor,
			     &images->count, error);
	if (status)
		return status;
	height = cursor_u32_be(&cursor);
	width = cursor_u32_be(&cursor);
	if (width != EMNIST_SIDE || height != EMNIST_SIDE)
		return error_at(error, EMNIST_ERR_UNSUPPORTED, 8,
				"images of %ux%u pixels: only %dx%d are read", width, height,
				EMNIST_SIDE, EMNIST_SIDE);
	return images->count ? EMNIST_OK : check_end(images->gzip, 0, "images", error);
}

enum emnist_status idx_open(const char *path, struct idx_images **images_ret,
			    struct emnist_error *error)
{
	struct idx_images *images = alloc_zeroed(1, sizeof(*images));
	enum emnist_status status;

	*images_ret = NULL;
	if (!images)
		return error_memory(error);
	status = gzip_open(path, &images->gzip, error);
	if (!status)
		status = read_images_header(images, error);
	if (status)
		idx_close(images);
	else
		*images_ret = images;
	return status;
}

uint32_t idx_count(const struct idx_images *images)
{
	return images->count;
}

enum emnist_status idx_read(struct idx_images *images, size_t n, uint8_t *pixels,
			    struct emnist_error *error)
{
	enum emnist_status status;
	size_t nbytes;

	if (!n)
		return EMNIST_OK;
	status = gzip_read(images->gzip, pixels, n * EMNIST_VECTOR_LENGTH, &nbytes, error);
	if (status)
		return status;
	images->n_read += (uint32_t)(nbytes / EMNIST_VECTOR_LENGTH);
	if (nbytes < n * EMNIST_VECTOR_LENGTH)
		return error_set(error, EMNIST_ERR_CORRUPT, "the file ends after %u of %u images",
				 images->n_read, images->count);
	if (images->n_read == images->count)
		return check_end(images->gzip, images->count, "images", error);
	return EMNIST_OK;
}

void idx_close(struct idx_images *images)
{
	if (!images)
		return;
	gzip_close(images->gzip);
	free(images);
}

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

enum emnist_status idx_read_labels(const char *path, uint8_t **labels_ret, uint32_t *n_ret,
				   struct emnist_error *error)
{
	unsigned char bytes[HEADER_LABELS_NBYTES];
	struct buffer labels = {0};
	struct gzip *gzip = NULL;
	enum emnist_status status;
	struct cursor cursor;

	*labels_ret = NULL;
	status = gzip_open(path, &gzip, error);
	if (!status)
		status = read_header(gzip, bytes, sizeof(bytes), MAGIC_LABELS, "labels", &cursor,
				     n_ret, error);
	if (!status && !buffer_reserve(&labels, 1))
		status = error_memory(error);
	if (!status)
		status = read_all_labels(gzip, *n_ret, &labels, error);
	if (status)
		buffer_clear(&labels);
	*labels_ret = labels.data;
	gzip_close(gzip);
	return status;
}
