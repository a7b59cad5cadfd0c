/*
 * fuzz_safetensors.c - any bytes as a safetensors file. What is read must also run.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../model/load.h"

/* Larger networks than this are only read: the time is for the reader. */
#define MAX_WEIGHTS ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void run(const struct emnist_model *model)
{
	float *vector = calloc(emnist_model_n_inputs(model), sizeof(*vector));
	float *probabilities = calloc(emnist_model_n_outputs(model), sizeof(*probabilities));
	struct emnist_session *session;

	if (!vector || !probabilities || emnist_session_create(model, 1, &session, NULL) ||
	    emnist_session_run(session, vector, 1, probabilities, NULL))
		abort();
	emnist_session_free(session);
	free(vector);
	free(probabilities);
}

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
		run(model);
	emnist_model_free(model);
	return 0;
}
