/*
 * fuzz_zipped.c - any bytes as a zip or tar archive of datasets, or of images and labels.
 */
#include "../io/archive_kind.h"
#include "trial.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const char *const splits[] = {NULL, "test"};
	const enum archive_kind kind = archive_sniff(data, nbytes);
	char path[TRIAL_PATH_NBYTES];
	int fd;

	if (kind != ARCHIVE_KIND_ZIP && kind != ARCHIVE_KIND_TAR)
		return 0;
	fd = trial_file(data, nbytes, path);
	for (size_t i = 0; i < 2; i++)
		trial_dataset(path, &(const struct emnist_dataset_options){.split = splits[i]});
	close(fd);
	return 0;
}
