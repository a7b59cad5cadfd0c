/*
 * save.h - what all writers of models share (save_parts.c). Each produces the bytes of one file:
 *
 * - onnx_write.c: ONNX
 * - tensorflow_write.c: GraphDef, and the saved_model.pb of a SavedModel
 * - safetensors_write.c: safetensors
 *
 * save.c checks the options and writes the files. Weights are written unchanged: no writer
 * computes.
 */
#ifndef FORMAT_SAVE_H
#define FORMAT_SAVE_H

#include "../base/memory.h"
#include "../network/model.h"

/* Metadata by these names is read back. */
#define SAVE_LABELS     "emnist.labels"
#define SAVE_PREPROCESS "emnist.preprocess"
/* Not read back, for information only: input scaling is in the weights already. */
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
	char input_scaling[INPUT_SCALING_NBYTES]; /* empty: none */
};

enum emnist_status onnx_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
			       struct emnist_error *error);
enum emnist_status tensorflow_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
				     struct emnist_error *error);
enum emnist_status safetensors_encode(const struct save *save, void **bytes_ret, size_t *nbytes_ret,
				      struct emnist_error *error);

/* The ONNX opsets that can be written. */
#define ONNX_OLDEST_WRITTEN 7
#define ONNX_NEWEST_WRITTEN 25
#define ONNX_DEFAULT_OPSET  17

/* Casts const away: protobuf-c has none in its messages, but does not change what it packs. */
char *save_text(const char *constant);

/* n floats as 4 n bytes, little-endian as in all formats. */
void save_floats(const unaligned_float *values, size_t n, uint8_t *bytes);

/* EMNIST_ERR_ARGUMENT if a name given in the options equals `inner`, a tensor inside the
 * network. */
enum emnist_status save_check_name(const struct save *save, const char *inner,
				   struct emnist_error *error);

#endif
