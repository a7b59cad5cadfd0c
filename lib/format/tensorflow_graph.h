/*
 * tensorflow_graph.h - finds the node that makes a tensor of a TensorFlow graph, across function
 * calls.
 */
#ifndef FORMAT_TENSORFLOW_GRAPH_H
#define FORMAT_TENSORFLOW_GRAPH_H

#include "load.h"
#include "tensorflow.h"

struct tensorflow_named {
	const char *name;
	size_t i; /* of the scope's nodes */
};

/* The nodes of the graph or of a function, by name. */
struct tensorflow_scope {
	const char *name;                        /* the function's; "" */
	const Tensorflow__FunctionDef *function; /* NULL: the graph */
	Tensorflow__NodeDef **nodes;             /* (n_nodes) */
	size_t n_nodes;
	struct tensorflow_named *by_name; /* (n_nodes) sorted; NULL: not yet */
};

/* One call of a function, or the graph. */
struct tensorflow_frame {
	struct tensorflow_scope *scope;
	struct tensorflow_frame *caller;   /* NULL: the graph */
	const Tensorflow__NodeDef *call;   /* by which caller calls it */
	size_t depth;                      /* of calls */
	struct tensorflow_step *steps;     /* (n_nodes) */
	struct tensorflow_frame **callees; /* (n_nodes) of nodes that are calls */
};

/* A node of a frame, as it is evaluated. */
struct tensorflow_step {
	struct trace_node head;
	struct tensorflow_frame *frame;
	size_t node;
	bool is_other_output; /* than the first, of that node */
};

/* A node, and one of its outputs. */
struct tensorflow_ref {
	struct tensorflow_frame *frame;
	size_t node;
	size_t output;
};

struct tensorflow_graph {
	struct trace trace;
	const struct model_source *source;
	const Tensorflow__MetaGraphDef *meta; /* NULL: the file is a GraphDef */
	struct tensorflow_scope *scopes;      /* the graph, and functions sorted by name */
	size_t n_scopes;
	struct tensorflow_frame *main;
	size_t n_compared; /* names of functions' arguments and results compared so far */
	const Tensorflow__NodeDef *input;                /* NULL: the first placeholder found */
	const Tensorflow__TensorShapeProto *input_shape; /* of the signature; NULL: the node's */
	struct tensorflow_variables *variables;          /* NULL: not needed so far */
};

/* Indexes the graph. */
enum emnist_status tensorflow_graph_init(struct tensorflow_graph *graph,
					 const Tensorflow__GraphDef *def);

/*
 * The node that makes what frame's nodes call `name`, followed through calls and arguments of
 * functions.
 */
enum emnist_status tensorflow_resolve(struct tensorflow_graph *graph,
				      struct tensorflow_frame *frame, const char *name,
				      struct tensorflow_ref *ref_ret);

/* The step that gives the tensor. */
enum emnist_status tensorflow_step_of(struct tensorflow_graph *graph,
				      const struct tensorflow_ref *ref,
				      struct tensorflow_step **step_ret);

/* Whether an input is a control dependency and not a tensor. */
bool tensorflow_is_control(const char *input);

const Tensorflow__NodeDef *tensorflow_node(const struct tensorflow_ref *ref);

/* The node's position in scope, or SIZE_MAX. name has nbytes bytes. */
size_t tensorflow_find(const struct tensorflow_scope *scope, const char *name, size_t nbytes);

/* An attribute of node, or NULL. */
const Tensorflow__AttrValue *tensorflow_attribute(const Tensorflow__NodeDef *node,
						  const char *name);
int64_t tensorflow_int(const Tensorflow__NodeDef *node, const char *name, int64_t otherwise);
bool tensorflow_flag(const Tensorflow__NodeDef *node, const char *name);

/* Whether node is of operator op. */
bool tensorflow_is(const Tensorflow__NodeDef *node, const char *op);

/* The name of the function that node calls; NULL if it calls none. */
const char *tensorflow_callee(const Tensorflow__NodeDef *node);

/* A node's name, or "". */
const char *tensorflow_name(const Tensorflow__NodeDef *node);

#endif
