/* soft_labels.c - rows of a large idx file of probabilities, read on demand. */
#include "soft_labels.h"

#include "../base/cursor.h"
#include "../base/memory.h"
#include "../network/model.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC         UINT32_C(0x00000d03)
#define HEADER_NBYTES 16
#define MAX_VARIANTS  65536

/* Bytes read at once for the fingerprint. */
#define PART_NBYTES ((size_t)1 << 20)

/* How far the probabilities of an image may add up to something else than 1: room for half
 * precision on the way. */
#define SUM_TOLERANCE 0.01F

struct soft_labels {
	int fd;
	size_t n_variants, n_images, n_classes;
	uint64_t fingerprint;
};

/* Reads nbytes at offset; fewer only at the end of the file. */
static enum emnist_status read_at(int fd, uint64_t offset, unsigned char *bytes, size_t nbytes,
				  struct emnist_error *error)
{
	size_t done = 0;

	while (done < nbytes) {
		ssize_t n = pread(fd, bytes + done, nbytes - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(error, errno, "cannot read");
		if (n == 0)
			return error_at(error, EMNIST_ERR_CORRUPT, offset + done,
					"the soft labels end too soon");
		done += (size_t)n;
	}
	return EMNIST_OK;
}

static enum emnist_status read_header(struct soft_labels *labels, struct emnist_error *error)
{
	unsigned char bytes[HEADER_NBYTES] = {0};
	struct cursor cursor = cursor_over(bytes, sizeof(bytes));
	enum emnist_status status = read_at(labels->fd, 0, bytes, sizeof(bytes), error);
	uint32_t magic, n_variants, n_images, n_classes;

	if (status)
		return status;
	magic = cursor_u32_be(&cursor);
	n_variants = cursor_u32_be(&cursor);
	n_images = cursor_u32_be(&cursor);
	n_classes = cursor_u32_be(&cursor);
	if (magic != MAGIC)
		return error_at(
			error, EMNIST_ERR_FORMAT, 0,
			"not an idx file of soft labels: it begins with 0x%08x instead of 0x%08x",
			magic, MAGIC);
	if (n_variants < 1 || n_variants > MAX_VARIANTS)
		return error_at(error, EMNIST_ERR_LIMIT, 4,
				"soft labels for %u variants: must be 1 to %d", n_variants,
				MAX_VARIANTS);
	if (n_images != labels->n_images || n_classes != labels->n_classes)
		return error_at(error, EMNIST_ERR_ARGUMENT, 8,
				"soft labels for %u images and %u classes instead of %zu and %zu",
				n_images, n_classes, labels->n_images, labels->n_classes);
	labels->n_variants = n_variants;
	return EMNIST_OK;
}

static enum emnist_status open_file(struct soft_labels *labels, const char *path,
				    struct stat *st_ret, struct emnist_error *error)
{
	/* Does not wait for the writer of a FIFO. */
	labels->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (labels->fd < 0)
		return error_errno(error, errno, NULL);
	if (fstat(labels->fd, st_ret) < 0)
		return error_errno(error, errno, "cannot read");
	if (S_ISDIR(st_ret->st_mode))
		return error_errno(error, EISDIR, NULL);
	if (!S_ISREG(st_ret->st_mode))
		return error_set(error, EMNIST_ERR_ARGUMENT, "soft labels must be a regular file");
	return EMNIST_OK;
}

/* Checks that the file is as long as its header says. */
static enum emnist_status check_size(const struct soft_labels *labels, const struct stat *st,
				     struct emnist_error *error)
{
	const uint64_t n_rows = (uint64_t)labels->n_variants * labels->n_images;
	uint64_t nbytes;

	if (__builtin_mul_overflow(n_rows, labels->n_classes * sizeof(float), &nbytes) ||
	    nbytes > INT64_MAX - HEADER_NBYTES)
		return error_set(error, EMNIST_ERR_LIMIT, "more soft labels than a file can hold");
	nbytes += HEADER_NBYTES;
	if ((uint64_t)st->st_size != nbytes)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "%llu bytes of soft labels: the header promises %llu",
				 (unsigned long long)st->st_size, (unsigned long long)nbytes);
	return EMNIST_OK;
}

static enum emnist_status take_fingerprint(struct soft_labels *labels, struct emnist_error *error)
{
	unsigned char *bytes = malloc(PART_NBYTES);
	uLong crc = crc32_z(0, NULL, 0);
	uint64_t offset = 0;
	ssize_t n = bytes ? 1 : 0;

	if (!bytes)
		return error_memory(error);
	while (n > 0 || (n < 0 && errno == EINTR)) {
		n = pread(labels->fd, bytes, PART_NBYTES, (off_t)offset);
		if (n > 0) {
			crc = crc32_z(crc, bytes, (size_t)n);
			offset += (uint64_t)n;
		}
	}
	free(bytes);
	labels->fingerprint = crc;
	return n < 0 ? error_errno(error, errno, "cannot read") : EMNIST_OK;
}

enum emnist_status soft_labels_open(struct soft_labels **labels_ret, const char *path,
				    size_t n_images, size_t n_classes, struct emnist_error *error)
{
	struct soft_labels *labels;
	enum emnist_status status;
	struct stat st;

	*labels_ret = NULL;
	if (n_images > UINT32_MAX || n_classes > MODEL_MAX_WIDTH)
		return error_set(error, EMNIST_ERR_LIMIT, "too many images or classes");
	labels = alloc_zeroed(1, sizeof(*labels));
	if (!labels)
		return error_memory(error);
	labels->n_images = n_images;
	labels->n_classes = n_classes;
	status = open_file(labels, path, &st, error);
	if (!status)
		status = read_header(labels, error);
	if (!status)
		status = check_size(labels, &st, error);
	if (!status)
		status = take_fingerprint(labels, error);
	if (status) {
		soft_labels_close(labels);
		return status;
	}
	*labels_ret = labels;
	return EMNIST_OK;
}

size_t soft_labels_n_variants(const struct soft_labels *labels)
{
	return labels->n_variants;
}

uint64_t soft_labels_fingerprint(const struct soft_labels *labels)
{
	return labels->fingerprint;
}

enum emnist_status soft_labels_read(const struct soft_labels *labels, uint64_t variant,
				    size_t image, float *probabilities, struct emnist_error *error)
{
	const size_t nbytes = labels->n_classes * sizeof(float);
	const uint64_t offset = HEADER_NBYTES + (variant * labels->n_images + image) * nbytes;
	unsigned char *bytes = (unsigned char *)probabilities;
	struct cursor cursor = cursor_over(bytes, nbytes);
	enum emnist_status status = read_at(labels->fd, offset, bytes, nbytes, error);
	float sum = 0;
	bool good = true;

	if (status)
		return status;
	for (size_t c = 0; c < labels->n_classes; c++) {
		const uint32_t bits = cursor_u32_be(&cursor);

		memcpy(&probabilities[c], &bits, sizeof(bits));
		good = good && probabilities[c] >= 0;
		sum += probabilities[c];
	}
	if (!good || !(fabsf(sum - 1) <= SUM_TOLERANCE))
		return error_at(error, EMNIST_ERR_CORRUPT, offset,
				"image %zu of variant %llu: values are not probabilities", image,
				(unsigned long long)variant);
	return EMNIST_OK;
}

void soft_labels_close(struct soft_labels *labels)
{
	if (!labels)
		return;
	if (labels->fd >= 0)
		close(labels->fd);
	free(labels);
}
