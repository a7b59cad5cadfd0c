/*
 * fuzz_idx.c - any bytes as a dataset: the first two say how long the labels' file is (big-endian),
 * it follows, and the rest is the images' file. Either may be gzip.
 */
#include "../emnist.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_ROWS   5
#define MAX_READ 64 /* images; enough to pass every boundary */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

/* A file in memory, opened by a name. */
static int make_file(const uint8_t *bytes, size_t nbytes, char path[static 64])
{
	int fd = memfd_create("fuzz", 0);

	if (fd < 0)
		abort();
	if (nbytes && write(fd, bytes, nbytes) != (ssize_t)nbytes)
		abort();
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void read_some(struct emnist_dataset *dataset)
{
	uint8_t pixels[N_ROWS * EMNIST_VECTOR_LENGTH];
	uint16_t classes[N_ROWS];
	const struct emnist_labels *labels = emnist_dataset_labels(dataset);
	struct emnist_error error;
	size_t n = N_ROWS;

	for (size_t n_read = 0; n == N_ROWS && n_read < MAX_READ; n_read += n) {
		if (emnist_dataset_read(dataset, N_ROWS, pixels, classes, &n, &error))
			return;
		for (size_t i = 0; i < n; i++)
			if (classes[i] >= emnist_labels_count(labels))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const uint32_t indices[] = {2, 0, 1, 2};
	char images_path[64], labels_path[64];
	struct emnist_dataset_options options = {.labels_path = labels_path};
	size_t n_labels = nbytes < 2 ? 0 : (size_t)data[0] << 8 | data[1];
	size_t n_left = nbytes < 2 ? 0 : nbytes - 2;
	int images, labels;

	if (n_labels > n_left)
		return 0;
	labels = make_file(data + 2, n_labels, labels_path);
	images = make_file(data + 2 + n_labels, n_left - n_labels, images_path);
	for (int i = 0; i < 2; i++) {
		struct emnist_dataset *dataset;
		struct emnist_error error;

		if (!emnist_dataset_open(images_path, &options, &dataset, &error)) {
			read_some(dataset);
			emnist_dataset_free(dataset);
		}
		options.indices = indices;
		options.n_indices = sizeof(indices) / sizeof(indices[0]);
	}
	close(images);
	close(labels);
	return 0;
}
