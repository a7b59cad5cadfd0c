/*
 * fuzz_strokes.c - any bytes as pen strokes in JSON Lines: all characters, those of one donor, and
 * those of the others; each is drawn in two ways.
 */
#include "trial.h"

#include <unistd.h>

/* Characters that are drawn: of many points, each takes its time. */
#define MAX_DRAWN 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void draw_some(const char *path, const struct emnist_dataset_options *options)
{
	uint8_t pixels[EMNIST_VECTOR_LENGTH];
	struct emnist_dataset *dataset;
	struct emnist_error error;

	if (emnist_dataset_open(path, options, &dataset, &error))
		return;
	for (uint64_t i = 0; i < emnist_dataset_count(dataset) && i < MAX_DRAWN; i++)
		if (emnist_dataset_is_drawn(dataset))
			emnist_dataset_draw(dataset, i, i + 1, pixels);
	emnist_dataset_free(dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	char path[TRIAL_PATH_NBYTES];
	const int file = trial_file(data, nbytes, path);

	trial_stream(data, nbytes, NULL);
	draw_some(path, &(const struct emnist_dataset_options){.donors = "a"});
	draw_some(path, &(const struct emnist_dataset_options){.without_donors = "a"});
	close(file);
	return 0;
}
