/*
 * emnist_origin.h - the metadata of a model's file: what its graph is called and takes, who wrote
 * it.
 *
 * See emnist.h for the rules on threads, errors, memory and options.
 */
#ifndef EMNIST_ORIGIN_H
#define EMNIST_ORIGIN_H

#include "emnist.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Texts are the file's own; missing ones are NULL. */
struct emnist_dim {
	int64_t size;     /* -1: any */
	const char *name; /* of a size that may be any: "batch" */
};
struct emnist_tensor_info {
	const char *key;               /* its name in a signature */
	const char *name;              /* its name in the graph */
	const char *type;              /* as NumPy names it: "float32" */
	const struct emnist_dim *dims; /* (rank); NULL: shape unknown */
	size_t rank;
};

/* What TensorFlow Serving calls. */
struct emnist_signature {
	const char *name;   /* "serving_default" */
	const char *method; /* "tensorflow/serving/predict" */
	const struct emnist_tensor_info *inputs, *outputs;
	size_t n_inputs, n_outputs;
};

struct emnist_origin_fact {
	const char *key;  /* "producer", "opset", "folded_input_scaling" of a SavedModel */
	const char *text; /* NULL: the value is number */
	int64_t number;
};

struct emnist_origin_file {
	const char *name; /* below the model's directory; NULL: the model's own file */
	uint64_t nbytes;
	bool has_sha256; /* with options.hash_files */
	uint8_t sha256[32];
};

/* emnist_model_origin() returns NULL for a model that was trained. */
struct emnist_origin {
	enum emnist_format format;
	const struct emnist_origin_fact *facts;            /* the first 256 */
	const struct emnist_origin_file *files;            /* that were read */
	const struct emnist_tensor_info *inputs, *outputs; /* of the graph, without constants */
	const struct emnist_signature *signatures;         /* sorted by name, tensors by key */
	size_t n_facts, n_files, n_inputs, n_outputs, n_signatures;
};
EMNIST_API const struct emnist_origin *emnist_model_origin(const struct emnist_model *model);

#ifdef __cplusplus
}
#endif

#endif
