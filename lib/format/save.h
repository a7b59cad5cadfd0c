/*
 * save.h - what the writers of models share (save_parts.c). Each makes the bytes of one file:
 *
 * - onnx_write.c: ONNX
 * - tensorflow_write.c: GraphDef, and the saved_model.pb of a SavedModel
 * - safetensors_write.c: safetensors
 *
 * save.c checks what is asked for, and puts the bytes where they belong. Weights go out as they
 * are: no writer computes with them.
 */
#ifndef FORMAT_SAVE_H
#define FORMAT_SAVE_H

#include "../base/memory.h"
#include "../network/model.h"

/* Metadata by these names is read back. */
#define SAVE_LABELS     "emnist.labels"
#define SAVE_PREPROCESS "emnist.preprocess"
/* And this one shown: it is in the weights already. */
#define SAVE_INPUT_SCALING "emnist.input_scaling"

/* What the options settle to. */
struct save {
	const struct emnist_model *model;
	enum emnist_format format;
	unsigned opset;
	unsigned batch;    /* 0: any */
	const char *input; /* names */
	const char *output;
	bool softmax;       /* is written, where the model has one */
	const char *labels; /* the text of a mapping file */
	const char *preprocess;
	char input_scaling[INPUT_SCALING_NBYTES]; /* empty: there is none */
};

enum emnist_status onnx_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
			       struct emnist_error *error);
enum emnist_status tensorflow_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
				     struct emnist_error *error);
enum emnist_status safetensors_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
				      struct emnist_error *error);

/* The opsets of ONNX that can be written. */
#define ONNX_OLDEST_WRITTEN 7
#define ONNX_NEWEST_WRITTEN 25
#define ONNX_DEFAULT_OPSET  17

/* protobuf-c has no const in its messages, but changes nothing that it packs. */
char *save_text(const char *constant);

/* n floats as 4 n bytes, least significant first, as all formats want them. */
void save_floats(const unaligned_float *values, size_t n, uint8_t *bytes);

/* EMNIST_ERR_ARGUMENT where one of the names that the options give is `inner`, that of a tensor
 * inside the network. */
enum emnist_status save_check_name(const struct save *save, const char *inner,
				   struct emnist_error *error);

#endif
