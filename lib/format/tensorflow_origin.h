/* tensorflow_origin.h - collects what a TensorFlow file says about itself. */
#ifndef FORMAT_TENSORFLOW_ORIGIN_H
#define FORMAT_TENSORFLOW_ORIGIN_H

#include "tensorflow_graph.h"

/* NULL when memory is short. output: the name of the graph's output node. */
struct origin *tensorflow_origin(const struct tensorflow_graph *graph,
				 const Tensorflow__GraphDef *def, const char *output);

#endif
