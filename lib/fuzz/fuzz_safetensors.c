/*
 * fuzz_safetensors.c - any bytes as a safetensors file. What is read must also run.
 */
#include <stdint.h>

#include "../format/load.h"
#include "trial.h"

/* Larger networks than this are only read: the time is for the reader. */
#define MAX_WEIGHTS ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const struct emnist_model_options options = {.hash_files = true};
	const struct model_source source = {.bytes = data, .nbytes = nbytes, .options = &options};
	struct emnist_model *model;
	struct emnist_error error;

	/* What is told from other formats by its first nine bytes. */
	if (nbytes < 9)
		return 0;
	if (safetensors_read(&source, &model, &error))
		return error.message[0] == '\0';
	if (nbytes <= MAX_WEIGHTS)
		trial_run(model);
	emnist_model_free(model);
	return 0;
}
