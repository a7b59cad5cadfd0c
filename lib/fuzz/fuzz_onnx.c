/*
 * fuzz_onnx.c - any bytes as an ONNX model. What is read must also run, and survive being written
 * and read again.
 */
#include <stdint.h>

#include "../format/load.h"
#include "trial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const struct emnist_model_options options = {0};
	/* Models of an odd length borrow their weights, as from a file that is kept. */
	const struct model_source source = {.bytes = data,
					    .nbytes = nbytes,
					    .is_lasting = nbytes % 2 != 0,
					    .options = &options};
	struct emnist_model *model;
	struct emnist_error error;

	if (load_source(&source, &model, &error))
		return error.message[0] == '\0';
	trial_model(model);
	emnist_model_free(model);
	return 0;
}
