/*
 * fuzz_tensorflow.c - any bytes as a TensorFlow graph and as a SavedModel. What is read must also
 * run, and survive being written and read again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../format/load.h"
#include "trial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void try_reader(model_reader *read, const struct model_source *source)
{
	struct emnist_model *model;
	struct emnist_error error;

	if (read(source, &model, &error)) {
		if (error.message[0] == '\0')
			abort();
		return;
	}
	trial_model(model);
	emnist_model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const struct emnist_model_options options = {0};
	const struct model_source source = {.bytes = data, .nbytes = nbytes, .options = &options};

	try_reader(tensorflow_read_graph, &source);
	try_reader(tensorflow_read_saved_model, &source);
	return 0;
}
