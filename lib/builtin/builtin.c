/*
 * builtin.c - the built-in model (default.S). It is read like any other, but used in place: weights
 * and panels are borrowed from the library, and only the parts of the file around the weights are
 * read.
 */
#include "../format/load.h"

extern const unsigned char default_onnx[] __attribute__((visibility("hidden")));
extern const unsigned char default_onnx_end[] __attribute__((visibility("hidden")));
extern const float default_panels[] __attribute__((visibility("hidden")));
extern const float default_panels_end[] __attribute__((visibility("hidden")));

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
		.panels = default_panels,
		.n_panels = ((uintptr_t)default_panels_end - (uintptr_t)default_panels) /
			    sizeof(*default_panels),
		.options = &options,
	};
	struct emnist_error ignored;

	source.bytes = emnist_model_default_file(&source.nbytes);
	*model_ret = NULL;
	return load_source(&source, model_ret, error ? error : &ignored);
}
