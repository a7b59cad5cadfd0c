/* tfs_signature.c - what a model's file says it can be asked for. */
#include "tfs_signature.h"

#include <string.h>

#define DEFAULT_NAME "serving_default"

static const struct type {
	const char *numpy, *name, *enum_name;
	bool is_number, is_float;
} types[] = {
	{"float32", "float", "DT_FLOAT", true, true},
	{"float64", "double", "DT_DOUBLE", true, true},
	{"float16", "half", "DT_HALF", true, true},
	{"bfloat16", "bfloat16", "DT_BFLOAT16", true, true},
	{"int8", "int8", "DT_INT8", true, false},
	{"int16", "int16", "DT_INT16", true, false},
	{"int32", "int32", "DT_INT32", true, false},
	{"int64", "int64", "DT_INT64", true, false},
	{"uint8", "uint8", "DT_UINT8", true, false},
	{"uint16", "uint16", "DT_UINT16", true, false},
	{"uint32", "uint32", "DT_UINT32", true, false},
	{"uint64", "uint64", "DT_UINT64", true, false},
	{"bool", "bool", "DT_BOOL", true, false},
	{"string", "string", "DT_STRING", false, false},
};

static const struct type *type_of(const struct emnist_tensor_info *tensor)
{
	static const struct type unknown = {"", "INVALID", "DT_INVALID", false, false};

	for (size_t i = 0; tensor->type && i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].numpy, tensor->type) == 0)
			return &types[i];
	return &unknown;
}

const char *tfs_type_name(const struct emnist_tensor_info *tensor, bool is_enum)
{
	const struct type *type = type_of(tensor);

	return is_enum ? type->enum_name : type->name;
}

void tfs_signatures_of(const struct emnist_model *model, struct tfs_signatures *signatures)
{
	const struct emnist_origin *origin = emnist_model_origin(model);
	struct tfs_signatures *s = signatures;

	if (origin && origin->n_signatures > 0) {
		s->list = origin->signatures;
		s->n = origin->n_signatures;
		return;
	}
	s->dims[0][0] = s->dims[1][0] = (struct emnist_dim){.size = -1};
	s->dims[0][1] = (struct emnist_dim){.size = (int64_t)emnist_model_n_inputs(model)};
	s->dims[1][1] = (struct emnist_dim){.size = (int64_t)emnist_model_n_outputs(model)};
	s->images = (struct emnist_tensor_info){"images", "images:0", "float32", s->dims[0], 2};
	s->scores = (struct emnist_tensor_info){"scores", "scores:0", "float32", s->dims[1], 2};
	s->own[0] = s->own[1] = (struct emnist_signature){.method = "tensorflow/serving/predict",
							  .inputs = &s->images,
							  .outputs = &s->scores,
							  .n_inputs = 1,
							  .n_outputs = 1};
	s->own[0].name = "predict_images";
	s->own[1].name = DEFAULT_NAME;
	s->list = s->own;
	s->n = 2;
}

const struct emnist_signature *tfs_signature_find(const struct tfs_signatures *signatures,
						  const char *name, size_t nbytes)
{
	if (nbytes == 0) {
		name = DEFAULT_NAME;
		nbytes = strlen(name);
	}
	for (size_t i = 0; i < signatures->n; i++)
		if (strlen(tfs_text(signatures->list[i].name)) == nbytes &&
		    memcmp(tfs_text(signatures->list[i].name), name, nbytes) == 0)
			return &signatures->list[i];
	return NULL;
}

/* Of several, the one named after probabilities, as the reader of models chooses it. */
static const struct emnist_tensor_info *choose_output(const struct emnist_signature *signature)
{
	static const char *const names[] = {"probabilities", "scores", "softmax"};
	const struct emnist_tensor_info *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < signature->n_outputs; i++) {
		const struct emnist_tensor_info *output = &signature->outputs[i];

		if (!type_of(output)->is_float)
			continue;
		for (size_t j = 0; output->key && j < sizeof(names) / sizeof(*names); j++)
			if (strcmp(output->key, names[j]) == 0)
				return output;
		only = output;
		n++;
	}
	return n == 1 ? only : NULL;
}

static bool is_of_numbers(const struct emnist_signature *signature)
{
	return signature->n_inputs == 1 && type_of(&signature->inputs[0])->is_number &&
	       choose_output(signature);
}

/* The signature that the model was read for. */
static const struct emnist_signature *choose_main(const struct tfs_signatures *signatures)
{
	const struct emnist_signature *main = tfs_signature_find(signatures, "", 0);

	if (main && is_of_numbers(main))
		return main;
	for (size_t i = 0; i < signatures->n; i++)
		if (is_of_numbers(&signatures->list[i]))
			return &signatures->list[i];
	return NULL;
}

static bool are_same(const struct emnist_tensor_info *a, const struct emnist_tensor_info *b)
{
	return a->name && b->name && strcmp(a->name, b->name) == 0;
}

const struct emnist_tensor_info *tfs_signature_output(const struct tfs_signatures *signatures,
						      const struct emnist_signature *signature)
{
	const struct emnist_signature *main = choose_main(signatures);
	const struct emnist_tensor_info *output;

	if (!main || signature->n_inputs != 1 || !are_same(&signature->inputs[0], &main->inputs[0]))
		return NULL;
	output = choose_output(main);
	for (size_t i = 0; i < signature->n_outputs; i++)
		if (are_same(&signature->outputs[i], output))
			return &signature->outputs[i];
	return NULL;
}
