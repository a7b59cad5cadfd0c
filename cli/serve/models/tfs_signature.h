/*
 * tfs_signature.h - what a model's file says it can be asked for.
 *
 * A signature has a name, and names for inputs and outputs. A SavedModel has its own; any other
 * model gets those that `emnist model convert` would give it.
 */
#ifndef CLI_SERVE_TFS_SIGNATURE_H
#define CLI_SERVE_TFS_SIGNATURE_H

#include <emnist_origin.h>

/* A text of the model's file; missing ones are empty in protobuf, and NULL here. */
static inline const char *tfs_text(const char *text)
{
	return text ? text : "";
}

struct tfs_signatures {
	const struct emnist_signature *list; /* sorted by name */
	size_t n;
	/* Of a model without any. */
	struct emnist_signature own[2];
	struct emnist_tensor_info images, scores;
	struct emnist_dim dims[2][2];
};

/* signatures points into itself and into the model. */
void tfs_signatures_of(const struct emnist_model *model, struct tfs_signatures *signatures);

/* The signature with this name; "" is the default. NULL: there is none. */
const struct emnist_signature *tfs_signature_find(const struct tfs_signatures *signatures,
						  const char *name, size_t nbytes);

/* The output of the signature that the model computes. NULL: this signature has other inputs or
 * outputs than those that the model was read for. */
const struct emnist_tensor_info *tfs_signature_output(const struct tfs_signatures *signatures,
						      const struct emnist_signature *signature);

/* The type of a tensor as TensorFlow calls it: "float"; with is_enum, "DT_FLOAT". */
const char *tfs_type_name(const struct emnist_tensor_info *tensor, bool is_enum);

#endif
