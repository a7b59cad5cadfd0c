/*
 * fuzz_numpy.c - any bytes as two arrays of NumPy's: the first two say how long the one of labels
 * is (big-endian), it follows, and the rest is the one of images. The same two are also read as
 * what the numbers of classes are and what these mean.
 */
#include "trial.h"

#include "../dataset/npyfile.h"
#include "../dataset/numpy_labels.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void read_classes(const char *indices_path, const char *characters_path)
{
	struct gzip *indices, *characters;
	struct emnist_labels *labels = NULL;
	struct emnist_error error;

	if (gzip_open(indices_path, &indices, &error) ||
	    gzip_open(characters_path, &characters, &error))
		abort();
	numpy_read_classes(indices, characters, &labels, &error);
	emnist_labels_free(labels);
	gzip_close(indices);
	gzip_close(characters);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	const size_t n_labels = nbytes < 2 ? 0 : (size_t)data[0] << 8 | data[1];
	char images_path[TRIAL_PATH_NBYTES], labels_path[TRIAL_PATH_NBYTES];
	int images, labels;

	/* What begins otherwise is not for this reader. */
	if (nbytes < 2 + n_labels || !npyfile_begins(data + 2 + n_labels, nbytes - 2 - n_labels))
		return 0;
	labels = trial_file(data + 2, n_labels, labels_path);
	images = trial_file(data + 2 + n_labels, nbytes - 2 - n_labels, images_path);
	trial_dataset(images_path,
		      &(const struct emnist_dataset_options){.labels_path = labels_path});
	read_classes(labels_path, images_path);
	close(images);
	close(labels);
	return 0;
}
