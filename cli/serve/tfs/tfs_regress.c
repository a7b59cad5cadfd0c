/* tfs_regress.c - why a signature is not one for `regress`. */
#include "tfs_regress.h"
#include "../models/tfs_signature.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

static bool has_key(const struct emnist_tensor_info *tensors, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (tensors[i].key && strcmp(tensors[i].key, key) == 0)
			return true;
	return false;
}

static void put_shape(struct text *text, const struct emnist_tensor_info *tensor)
{
	text_puts(text, "    tensor_shape {\n");
	for (size_t i = 0; tensor->dims && i < tensor->rank; i++) {
		text_puts(text, "      dim {\n");
		if (tensor->dims[i].size != 0)
			text_printf(text, "        size: %" PRId64 "\n", tensor->dims[i].size);
		if (tensor->dims[i].name && *tensor->dims[i].name)
			text_printf(text, "        name: \"%s\"\n", tensor->dims[i].name);
		text_puts(text, "      }\n");
	}
	if (!tensor->dims)
		text_puts(text, "      unknown_rank: true\n");
	text_puts(text, "    }\n");
}

/* As protobuf's text format has it. */
static void put_side(struct text *text, const char *name, const struct emnist_tensor_info *tensors,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		text_printf(text,
			    "%s {\n  key: \"%s\"\n  value {\n    name: \"%s\"\n    dtype: %s\n",
			    name, tfs_text(tensors[i].key), tfs_text(tensors[i].name),
			    tfs_type_name(&tensors[i], true));
		put_shape(text, &tensors[i]);
		text_puts(text, "  }\n}\n");
	}
}

void tfs_refuse_regression(const struct emnist_signature *signature, struct text *error)
{
	const struct emnist_signature *s = signature;

	if (s->n_inputs != 1) {
		text_puts(error, "Expected one input Tensor.");
		return;
	}
	if (s->n_outputs != 1) {
		text_puts(error, "Expected one output Tensor.");
		return;
	}
	text_printf(error, "No regression %s found in SignatureDef: ",
		    has_key(s->inputs, s->n_inputs, "inputs") ? "outputs" : "inputs");
	put_side(error, "inputs", s->inputs, s->n_inputs);
	put_side(error, "outputs", s->outputs, s->n_outputs);
	text_printf(error, "method_name: \"%s\"\n", tfs_text(s->method));
}
