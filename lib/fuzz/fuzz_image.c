/*
 * fuzz_image.c - any bytes as an image file, all the way to the vector, in each of the three ways.
 */
#include "../emnist.h"

#include <stdlib.h>

/* Small, so that runs are fast. */
#define MAX_PIXELS 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	for (int mode = EMNIST_PREPROCESS_AUTO; mode <= EMNIST_PREPROCESS_NORMALIZE; mode++) {
		const struct emnist_reader_options options = {
			.limits = {.n_pixels = MAX_PIXELS},
			.preprocess = (enum emnist_preprocess)mode,
		};
		float vector[EMNIST_VECTOR_LENGTH];
		struct emnist_reader *reader;
		struct emnist_error error;

		if (emnist_reader_create(&options, &reader, &error))
			return 0;
		if (emnist_read_bytes(reader, data, nbytes, vector, &error)) {
			if (!error.message[0])
				abort();
		} else {
			for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
				if (!(vector[i] >= 0 && vector[i] <= 1))
					abort();
		}
		emnist_reader_free(reader);
	}
	return 0;
}
