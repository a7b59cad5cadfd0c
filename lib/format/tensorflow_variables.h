/* tensorflow_variables.h - the values of variables. */
#ifndef FORMAT_TENSORFLOW_VARIABLES_H
#define FORMAT_TENSORFLOW_VARIABLES_H

#include "tensorflow_graph.h"

/* The value that the variable made by node is restored to. */
enum emnist_status tensorflow_variable(struct tensorflow_graph *graph,
				       const Tensorflow__NodeDef *node, struct value *value_ret);

/* Adds the names and digests of the files with the variables' values to origin. */
void tensorflow_variables_origin(const struct tensorflow_graph *graph, struct origin *origin);

/* Frees what is not in the arena. */
void tensorflow_variables_clear(struct tensorflow_graph *graph);

#endif
