/*
 * fuzz_onnx.c - any bytes as an ONNX model. What is read must also run, and survive being written
 * and read again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../model/load.h"

/* Larger networks than this are only read: the time is for the reader. */
#define MAX_RUN ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static size_t count_weights(const struct emnist_model *model)
{
	size_t n = 0;

	for (size_t i = 0; i < emnist_model_n_layers(model); i++) {
		const struct emnist_layer_info info = emnist_model_layer(model, i);

		n += info.n_inputs * info.n_outputs;
	}
	return n;
}

static void run(const struct emnist_model *model)
{
	const size_t n_outputs = emnist_model_n_outputs(model);
	float *vector = calloc(emnist_model_n_inputs(model), sizeof(*vector));
	float *probabilities = calloc(n_outputs, sizeof(*probabilities));
	struct emnist_session *session;

	if (!vector || !probabilities || emnist_session_create(model, 1, &session, NULL) ||
	    emnist_session_run(session, vector, 1, probabilities, NULL))
		abort();
	for (size_t i = 0; i < n_outputs; i++)
		if (!(probabilities[i] >= 0 && probabilities[i] <= 1.00001f))
			abort();
	emnist_session_free(session);
	free(vector);
	free(probabilities);
}

static void write_and_read(const struct emnist_model *model)
{
	struct emnist_model *back;
	void *bytes;
	size_t nbytes;

	if (emnist_model_encode(model, &bytes, &nbytes, NULL) ||
	    emnist_model_parse(bytes, nbytes, NULL, &back, NULL) ||
	    emnist_model_n_layers(back) != emnist_model_n_layers(model))
		abort();
	emnist_model_free(back);
	free(bytes);
}

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
	if (count_weights(model) <= MAX_RUN) {
		run(model);
		write_and_read(model);
	}
	emnist_model_free(model);
	return 0;
}
