/* tensorflow_operators.h - evaluates a TensorFlow graph. */
#ifndef FORMAT_TENSORFLOW_OPERATORS_H
#define FORMAT_TENSORFLOW_OPERATORS_H

#include "tensorflow_graph.h"

/* The value of a tensor; evaluates everything that it depends on. */
enum emnist_status tensorflow_evaluate(struct tensorflow_graph *graph,
				       const struct tensorflow_ref *ref, struct value *value_ret);

#endif
