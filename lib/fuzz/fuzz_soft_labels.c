/*
 * fuzz_soft_labels.c - any bytes as a file of soft labels for three images of four classes.
 */
#include "../train/soft_labels.h"
#include "trial.h"

#include <stdlib.h>
#include <unistd.h>

#define N_IMAGES  3
#define N_CLASSES 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void read_all(const struct soft_labels *labels)
{
	float probabilities[N_CLASSES];
	struct emnist_error error;

	for (size_t v = 0; v < soft_labels_n_variants(labels); v++)
		for (size_t i = 0; i < N_IMAGES; i++) {
			if (soft_labels_read(labels, v, i, probabilities, &error))
				continue;
			for (int c = 0; c < N_CLASSES; c++)
				if (!(probabilities[c] >= 0 && probabilities[c] < 1.1F))
					abort();
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct soft_labels *labels;
	struct emnist_error error;
	char path[TRIAL_PATH_NBYTES];
	const int fd = trial_file(data, nbytes, path);

	if (soft_labels_open(&labels, path, N_IMAGES, N_CLASSES, &error) == EMNIST_OK)
		read_all(labels);
	soft_labels_close(labels);
	close(fd);
	return 0;
}
