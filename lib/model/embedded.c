/*
 * embedded.c - the model that is built into the library (default.S), read like any other, but used
 * in place: weights and strips are borrowed from the library, and of the file only what is around
 * the weights is looked at.
 */
#include "load.h"

extern const unsigned char default_onnx[] __attribute__((visibility("hidden")));
extern const unsigned char default_onnx_end[] __attribute__((visibility("hidden")));
extern const float default_strips[] __attribute__((visibility("hidden")));
extern const float default_strips_end[] __attribute__((visibility("hidden")));

const void *emnist_model_default_file(size_t *nbytes_ret)
{
	*nbytes_ret = (size_t)((uintptr_t)default_onnx_end - (uintptr_t)default_onnx);
	return default_onnx;
}

enum emnist_status emnist_model_default(struct emnist_model **model_ret, struct emnist_error *error)
{
	static const struct emnist_model_options options = {0};
	struct model_source source = {
		.is_lasting = true,
		.strips = default_strips,
		.n_strips = ((uintptr_t)default_strips_end - (uintptr_t)default_strips) /
			    sizeof(*default_strips),
		.options = &options,
	};
	struct emnist_error ignored;

	source.bytes = emnist_model_default_file(&source.nbytes);
	*model_ret = NULL;
	return load_source(&source, model_ret, error ? error : &ignored);
}
