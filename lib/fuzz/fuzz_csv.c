/*
 * fuzz_csv.c - any bytes as a dataset in CSV: labels and values, or paths and labels. The images
 * that a list names are not looked for.
 */
#include "trial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	trial_stream(data, nbytes, NULL);
	return 0;
}
