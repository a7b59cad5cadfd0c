/* tensorflow_call.h - the arguments of an operator. */
#ifndef FORMAT_TENSORFLOW_CALL_H
#define FORMAT_TENSORFLOW_CALL_H

#include "tensorflow_graph.h"

/* What an operator is given. */
struct tensorflow_call {
	struct tensorflow_graph *graph;
	struct trace *trace;
	const Tensorflow__NodeDef *node;
	struct value *const *inputs;
	size_t n_inputs;
	trace_function *function; /* from the operator's table row; NULL: none */
};

typedef enum emnist_status tensorflow_operation(const struct tensorflow_call *call,
						struct value *value_ret);

/* Input i as a tensor. */
enum emnist_status tensorflow_take_tensor(const struct tensorflow_call *call, size_t i,
					  const struct tensor **tensor_ret);

/* Input i as one whole number. */
enum emnist_status tensorflow_take_int(const struct tensorflow_call *call, size_t i,
				       int64_t *number_ret);

#endif
