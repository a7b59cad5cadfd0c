/*
 * embedded.c - the model that is built into the library (default.S), read like any other.
 */
#include "model.h"

extern const unsigned char default_onnx[] __attribute__((visibility("hidden")));
extern const unsigned char default_onnx_end[] __attribute__((visibility("hidden")));

enum emnist_status emnist_model_default(struct emnist_model **model_ret, struct emnist_error *error)
{
	const size_t nbytes = (size_t)((uintptr_t)default_onnx_end - (uintptr_t)default_onnx);

	return emnist_model_parse(default_onnx, nbytes, NULL, model_ret, error);
}
