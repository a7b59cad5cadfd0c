/*
 * embedded.c - the model that is built into the library (default.S), read like any other.
 */
#include "model.h"

extern const unsigned char default_onnx[] __attribute__((visibility("hidden")));
extern const unsigned char default_onnx_end[] __attribute__((visibility("hidden")));

const void *emnist_model_default_file(size_t *nbytes_ret)
{
	*nbytes_ret = (size_t)((uintptr_t)default_onnx_end - (uintptr_t)default_onnx);
	return default_onnx;
}

enum emnist_status emnist_model_default(struct emnist_model **model_ret, struct emnist_error *error)
{
	size_t nbytes;
	const void *bytes = emnist_model_default_file(&nbytes);

	return emnist_model_parse(bytes, nbytes, NULL, model_ret, error);
}
