/*
 * fuzz_zipped.c - any bytes as a zip archive of datasets.
 */
#include "../emnist.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_ROWS   5
#define MAX_READ 64 /* images; enough to pass every boundary */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

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
	static const char *const splits[] = {NULL, "test"};
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];

	if (nbytes < 2 || data[0] != 'P' || data[1] != 'K') {
		close(fd);
		return 0;
	}
	if (fd < 0 || write(fd, data, nbytes) != (ssize_t)nbytes)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < 2; i++) {
		const struct emnist_dataset_options options = {.split = splits[i]};
		struct emnist_dataset *dataset;
		struct emnist_error error;

		if (!emnist_dataset_open(path, &options, &dataset, &error)) {
			read_some(dataset);
			emnist_dataset_free(dataset);
		}
	}
	close(fd);
	return 0;
}
