/*
 * fuzz_idx.c - any bytes as a dataset: the first two say how long the labels' file is (big-endian),
 * it follows, and the rest is the images' file. Either may be gzip.
 */
#include "trial.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const uint32_t indices[] = {2, 0, 1, 2};
	char images_path[TRIAL_PATH_NBYTES], labels_path[TRIAL_PATH_NBYTES];
	struct emnist_dataset_options options = {.labels_path = labels_path};
	size_t n_labels = nbytes < 2 ? 0 : (size_t)data[0] << 8 | data[1];
	size_t n_left = nbytes < 2 ? 0 : nbytes - 2;
	int images, labels;

	if (n_labels > n_left)
		return 0;
	labels = trial_file(data + 2, n_labels, labels_path);
	images = trial_file(data + 2 + n_labels, n_left - n_labels, images_path);
	for (int i = 0; i < 2; i++) {
		trial_dataset(images_path, &options);
		options.indices = indices;
		options.n_indices = sizeof(indices) / sizeof(indices[0]);
	}
	close(images);
	close(labels);
	return 0;
}
