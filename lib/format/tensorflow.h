/*
 * tensorflow.h - what the files of the TensorFlow reader share. In the order of the reading:
 *
 *	tensorflow_read.c       bytes -> messages; which node is the output; the model
 *	tensorflow_graph.c      who makes which tensor, through function calls; the order of
 *evaluation tensorflow_operators.c  what each operator does to values (trace.h) tensorflow_tensor.c
 *constants checked against the data that is there, and decoded tensorflow_variables.c  which saved
 *tensor a variable is restored from tensorflow_bundle.c     saved tensors: the files of variables/
 *	tensorflow_origin.c     what a file says of itself
 *
 * Here error is never NULL, and everything is allocated from the trace's arena.
 */
#ifndef FORMAT_TENSORFLOW_H
#define FORMAT_TENSORFLOW_H

#include "../base/cursor.h"
#include "../base/memory.h"
#include "../base/numbers.h"
#include "load.h"
#include "tensorflow.pb-c.h"
#include "trace.h"

/* Nodes of a graph or of a function, and functions. */
#define TENSORFLOW_MAX_NODES 65536

/* Inputs and attributes of a node that is evaluated. */
#define TENSORFLOW_MAX_PARTS 64

/* DataType. */
enum tensorflow_type {
	TENSORFLOW_FLOAT = 1,
	TENSORFLOW_DOUBLE = 2,
	TENSORFLOW_INT32 = 3,
	TENSORFLOW_UINT8 = 4,
	TENSORFLOW_INT16 = 5,
	TENSORFLOW_INT8 = 6,
	TENSORFLOW_STRING = 7,
	TENSORFLOW_INT64 = 9,
	TENSORFLOW_BOOL = 10,
	TENSORFLOW_BFLOAT16 = 14,
	TENSORFLOW_HALF = 19,
};

/* How numbers of a DataType are held, and what trace.h calls it; false for one that is not read. */
bool tensorflow_type_of(int32_t type, enum number_type *number_ret, enum tensor_type *tensor_ret);

/* ------------------------------------------------------------------- graph */

/* The nodes of the graph or of a function, by their names. */
struct tensorflow_scope {
	const char *name;                        /* the function's; "" */
	const Tensorflow__FunctionDef *function; /* NULL: the graph */
	Tensorflow__NodeDef **nodes;             /* (n_nodes) */
	size_t n_nodes;
	uint32_t *by_name; /* (n_nodes) sorted; NULL: not yet */
};

/* One call of a function, or the graph. */
struct tensorflow_frame {
	struct tensorflow_scope *scope;
	struct tensorflow_frame *caller;   /* NULL: the graph */
	const Tensorflow__NodeDef *call;   /* by which caller calls it */
	size_t depth;                      /* of calls */
	struct value **values;             /* (n_nodes) those that are known */
	struct tensorflow_frame **callees; /* (n_nodes) of nodes that are calls */
	unsigned char *is_open;            /* (n_nodes) its inputs are being evaluated */
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
	size_t n_compared;                /* names of functions' arguments and results, so far */
	const Tensorflow__NodeDef *input; /* NULL: the first placeholder that is met */
	const Tensorflow__TensorShapeProto *input_shape; /* of the signature; NULL: the node's */
	struct tensorflow_variables *variables;          /* NULL: none has been asked for yet */
};

/* Indexes the graph. */
enum emnist_status tensorflow_graph_init(struct tensorflow_graph *graph,
					 const Tensorflow__GraphDef *def);

/* Who makes the tensor that frame's nodes call name, through calls and arguments of functions. */
enum emnist_status tensorflow_resolve(struct tensorflow_graph *graph,
				      struct tensorflow_frame *frame, const char *name,
				      struct tensorflow_ref *ref_ret);

/* The value of a tensor, and of all that it depends on. */
enum emnist_status tensorflow_evaluate(struct tensorflow_graph *graph, struct tensorflow_ref ref,
				       struct value *value_ret);

/* Whether an input is no tensor, but what must be done before. */
bool tensorflow_is_control(const char *input);

const Tensorflow__NodeDef *tensorflow_node(const struct tensorflow_ref *ref);

/* The node's position in scope, or SIZE_MAX. name: of nbytes bytes. */
size_t tensorflow_find(const struct tensorflow_scope *scope, const char *name, size_t nbytes);

/* An attribute of node, or NULL. */
const Tensorflow__AttrValue *tensorflow_attribute(const Tensorflow__NodeDef *node,
						  const char *name);
int64_t tensorflow_int(const Tensorflow__NodeDef *node, const char *name, int64_t otherwise);
bool tensorflow_flag(const Tensorflow__NodeDef *node, const char *name);

/* Whether node is of operator op. */
bool tensorflow_is(const Tensorflow__NodeDef *node, const char *op);

/* --------------------------------------------------------------- operators */

/* The value of node from those of its inputs: inputs[0..n_inputs). */
enum emnist_status tensorflow_operate(struct tensorflow_graph *graph,
				      struct tensorflow_frame *frame,
				      const Tensorflow__NodeDef *node, struct value *const *inputs,
				      size_t n_inputs, struct value *value_ret);

/* Whether node calls a function, and which: its name, or NULL. */
const char *tensorflow_callee(const Tensorflow__NodeDef *node);

/* ----------------------------------------------------------------- tensors */

/* Decodes the tensor that node's attribute "value" is. */
enum emnist_status tensorflow_constant(struct trace *trace, const Tensorflow__TensorProto *proto,
				       struct value *value_ret);

/* ---------------------------------------------------------------- variables */

/* The value that the variable made by node is restored to. */
enum emnist_status tensorflow_variable(struct tensorflow_graph *graph,
				       const Tensorflow__NodeDef *node, struct value *value_ret);

/* The names of the files that the variables' values came from go to origin, with their digests. */
void tensorflow_variables_origin(const struct tensorflow_graph *graph, struct origin *origin);

/* Frees what is not of the arena. */
void tensorflow_variables_clear(struct tensorflow_graph *graph);

/* ------------------------------------------------------------------ bundle */

struct tensorflow_bundle;

/* Reads the index of the tensor bundle whose files begin with "variables/variables" beside source.
 * Release with tensorflow_bundle_free(). */
enum emnist_status tensorflow_bundle_open(const struct model_source *source,
					  struct tensorflow_bundle **bundle_ret,
					  struct emnist_error *error);

/* The same from the bytes of the index, which become the bundle's own. */
enum emnist_status tensorflow_bundle_index(const struct model_source *source, struct buffer index,
					   struct tensorflow_bundle **bundle_ret,
					   struct emnist_error *error);

/* The tensor that is saved as key (nbytes bytes), decoded and its checksum checked. */
enum emnist_status tensorflow_bundle_tensor(struct tensorflow_bundle *bundle, struct trace *trace,
					    const void *key, size_t nbytes,
					    struct value *value_ret);

/* The only text of the tensor that is saved as key. *text_ret belongs to the bundle. */
enum emnist_status tensorflow_bundle_text(struct tensorflow_bundle *bundle, struct trace *trace,
					  const char *key, struct cursor *text_ret);

void tensorflow_bundle_origin(const struct tensorflow_bundle *bundle, struct origin *origin,
			      bool hash);

void tensorflow_bundle_free(struct tensorflow_bundle *bundle);

/* ------------------------------------------------------------------ origin */

/* A DataType by NumPy's name; NULL: it has none. */
const char *tensorflow_type_name(int32_t type);

/* The same for messages: a type without a name is its number. */
#define TENSORFLOW_TYPE_NBYTES 24
const char *tensorflow_type_shown(int32_t type, char text[static TENSORFLOW_TYPE_NBYTES]);

struct origin *tensorflow_origin(const struct tensorflow_graph *graph,
				 const Tensorflow__GraphDef *def, const char *output);

#endif
