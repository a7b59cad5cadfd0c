/*
 * fuzz_matlab.c - any bytes behind a MATLAB file's first word, as a dataset of which the split
 * "test" is read.
 */
#include "trial.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	/* What begins otherwise is not for this reader. */
	if (nbytes < 7 || memcmp(data, "MATLAB ", 7) != 0)
		return 0;
	trial_stream(data, nbytes, "test");
	return 0;
}
