/*
 * cmd_model.c - emnist model: what a model is, and the forms of files that it travels in.
 */
#include "../common/subcommands.h"
#include "model_commands.h"

#include <stdio.h>

static const struct command subcommands[] = {
	{"show", "print what a model is and what its file says", model_show},
	{"convert", "write a model in another form", model_convert},
	{NULL, NULL, NULL},
};

enum exit_status cmd_model(int argc, char **argv)
{
	return subcommands_run(subcommands,
			       "Look at models, and write them in the forms that others read.",
			       argc, argv);
}

struct model_size model_size_of_layer(const struct emnist_model *model, size_t i)
{
	const struct emnist_layer_info layer = emnist_model_layer(model, i);
	const uint64_t n_weights = (uint64_t)layer.n_inputs * layer.n_outputs;

	return (struct model_size){n_weights, layer.n_outputs, 2 * n_weights};
}

struct model_size model_size_of_all(const struct emnist_model *model)
{
	struct model_size all = {0};

	for (size_t i = 0; i < emnist_model_n_layers(model); i++) {
		const struct model_size layer = model_size_of_layer(model, i);

		all.n_weights += layer.n_weights;
		all.n_biases += layer.n_biases;
		all.flops += layer.flops;
	}
	return all;
}

const char *model_preprocess_name(const struct emnist_model *model)
{
	static const char *const names[] = {"auto", "raw", "normalize"};

	return names[emnist_model_preprocess(model)];
}

void model_digest(const struct emnist_origin_file *file, char text[static MODEL_DIGEST_NBYTES])
{
	for (size_t i = 0; i < sizeof(file->sha256); i++)
		snprintf(text + 2 * i, 3, "%02x", file->sha256[i]);
}
