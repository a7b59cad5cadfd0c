/*
 * pack_model.c - writes the packed panels of a model's layers to standard output (panels.h): run
 * when the library is built, on the model that is to be part of it.
 */
#include <stdio.h>

#include "../network/model.h"

static bool write_panels(const struct emnist_model *model)
{
	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];
		size_t n;

		if (!panels_count(layer->n_inputs, layer->n_outputs, &n) ||
		    fwrite(layer->panels, sizeof(float), n, stdout) != n)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct emnist_model *model;
	struct emnist_error error;
	bool is_written;

	if (argc != 2) {
		fputs("usage: pack_model MODEL.onnx >PANELS\n", stderr);
		return 2;
	}
	if (emnist_model_read(argv[1], NULL, &model, &error)) {
		fprintf(stderr, "pack_model: '%s': %s\n", argv[1], error.message);
		return 2;
	}
	is_written = write_panels(model);
	emnist_model_free(model);
	if (fclose(stdout) != 0 || !is_written) {
		perror("pack_model: standard output");
		return 2;
	}
	return 0;
}
