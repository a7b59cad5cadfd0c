/* tensor_names.h - what a model's input and output are called. */
#ifndef CLI_SERVE_TENSOR_NAMES_H
#define CLI_SERVE_TENSOR_NAMES_H

#include <emnist.h>

struct tensor_names {
	const char *input, *output; /* of the model, or constant */
};

/* As TensorFlow Serving names them for a SavedModel, else as the model's graph does. */
struct tensor_names tensor_names_of(const struct emnist_model *model);

#endif
