/*
 * tensorflow_origin.h - what a TensorFlow file says of itself.
 */
#ifndef FORMAT_TENSORFLOW_ORIGIN_H
#define FORMAT_TENSORFLOW_ORIGIN_H

#include "tensorflow_graph.h"

/* NULL when memory is short. output: the name of the node that the graph ends in. */
struct origin *tensorflow_origin(const struct tensorflow_graph *graph,
				 const Tensorflow__GraphDef *def, const char *output);

#endif
