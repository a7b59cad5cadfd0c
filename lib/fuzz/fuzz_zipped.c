/*
 * fuzz_zipped.c - any bytes as a zip archive of datasets.
 */
#include "trial.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const char *const splits[] = {NULL, "test"};
	char path[TRIAL_PATH_NBYTES];
	int fd;

	if (nbytes < 2 || data[0] != 'P' || data[1] != 'K')
		return 0;
	fd = trial_file(data, nbytes, path);
	for (size_t i = 0; i < 2; i++)
		trial_dataset(path, &(const struct emnist_dataset_options){.split = splits[i]});
	close(fd);
	return 0;
}
