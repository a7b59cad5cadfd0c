/* tensor_names.c - what a model's input and output are called. */
#include "tensor_names.h"
#include "tfs_signature.h"

#include <string.h>

/* Of a graph; a classifier may have its labels as an output, too, which are no floats. */
static const char *output_of(const struct emnist_origin *origin)
{
	for (size_t i = 0; i < origin->n_outputs; i++) {
		const struct emnist_tensor_info *output = &origin->outputs[i];

		if (!output->type || strncmp(output->type, "float", 5) == 0)
			return output->name;
	}
	return NULL;
}

/* The signature without a name is the default. */
static bool use_signatures(const struct emnist_model *model, struct tensor_names *names)
{
	struct tfs_signatures signatures;
	const struct emnist_signature *signature;
	const struct emnist_tensor_info *output;

	tfs_signatures_of(model, &signatures);
	signature = tfs_signature_find(&signatures, "", 0);
	output = signature ? tfs_signature_output(&signatures, signature) : NULL;
	for (size_t i = 0; !output && i < signatures.n; i++) {
		signature = &signatures.list[i];
		output = tfs_signature_output(&signatures, signature);
	}
	if (!output)
		return false;
	names->input = signature->inputs[0].key;
	names->output = output->key;
	return true;
}

struct tensor_names tensor_names_of(const struct emnist_model *model)
{
	struct tensor_names names = {"images", "probabilities"};
	const struct emnist_origin *origin = emnist_model_origin(model);

	if (!origin)
		return names;
	if (origin->n_signatures > 0 && use_signatures(model, &names))
		return names;
	if (origin->n_inputs > 0 && origin->inputs[0].name)
		names.input = origin->inputs[0].name;
	if (output_of(origin))
		names.output = output_of(origin);
	return names;
}
