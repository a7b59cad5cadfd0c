/*
 * onnx.h - what the files of the ONNX reader share. In the order of the reading:
 *
 *	onnx_unpack.c   bytes -> messages, at a bounded cost
 *	onnx_external.c tensors that keep their data in other files
 *	onnx_tensor.c   tensors checked against the data that is there, and decoded
 *	onnx_graph.c    who makes which tensor; constants; the chain of nodes from input to output
 *	onnx_ends.c     which tensors are the input and the output
 *	onnx_layers.c   the chain of nodes -> layers; onnx_operators.c: what each node does to them;
 *	                onnx_shapes.c: those that only change the shape; onnx_fold.c: how that is
 *done onnx_labels.c   what the graph calls its classes onnx_origin.c   what the file says of itself
 *	onnx_read.c     all of it: emnist_model_parse() and emnist_model_read()
 *
 * and onnx_write.c for the way back. Here error is never NULL.
 */
#ifndef FORMAT_ONNX_H
#define FORMAT_ONNX_H

#include "../network/model.h"
#include "onnx.pb-c.h"

/* Operators and tensors that a graph may name, and operators between its input and its output: a
 * network of MODEL_MAX_LAYERS layers has less than a tenth of these. */
#define ONNX_MAX_NODES 65536
#define ONNX_MAX_CHAIN 4096

/* Inputs and attributes of one operator: those that are read have 5 of each at the most. The limit
 * keeps looking for one of them from costing more than reading the file did. */
#define ONNX_MAX_PARTS 64

/* Dimensions of a tensor. */
#define ONNX_MAX_RANK 8

/* TensorProto.DataType. */
enum onnx_type {
	ONNX_FLOAT = 1,
	ONNX_UINT8 = 2,
	ONNX_UINT16 = 4,
	ONNX_INT16 = 5,
	ONNX_INT32 = 6,
	ONNX_INT64 = 7,
	ONNX_STRING = 8,
	ONNX_BOOL = 9,
	ONNX_FLOAT16 = 10,
	ONNX_DOUBLE = 11,
	ONNX_UINT32 = 12,
	ONNX_UINT64 = 13,
	ONNX_BFLOAT16 = 16,
};

/* The operators of scikit-learn's models. */
#define ONNX_ML "ai.onnx.ml"

/* TensorProto.DataLocation. */
#define ONNX_EXTERNAL 1

/* AttributeProto.AttributeType. */
enum onnx_attribute_type {
	ONNX_ATTRIBUTE_FLOAT = 1,
	ONNX_ATTRIBUTE_INT = 2,
};

/* ---------------------------------------------------------------- messages */

/* Unpacks a model. The memory and time that this takes are bounded by a small multiple of nbytes,
 * whatever the bytes are. The raw_data of initializers may lie in bytes, which must live as long as
 * the message: *model_ret is freed with onnx_unpacked_free(). */
enum emnist_status onnx_unpack(const void *bytes, size_t nbytes, Onnx__ModelProto **model_ret,
			       struct emnist_error *error);

/* The same with a given number of bytes to allocate. */
enum emnist_status onnx_unpack_within(const void *bytes, size_t nbytes, size_t budget_nbytes,
				      Onnx__ModelProto **model_ret, struct emnist_error *error);

/* Frees a message that was unpacked from bytes; NULL is allowed. */
void onnx_unpacked_free(Onnx__ModelProto *model, const void *bytes, size_t nbytes);

/* Whether tensor's raw_data lies in bytes: is not the message's own. */
bool onnx_lies_in(const Onnx__TensorProto *tensor, const void *bytes, size_t nbytes);

/* ----------------------------------------------------------- external data */

struct model_source;
struct onnx_external;

/* Gives the tensors of graph that keep their data in files beside source that data. *nbytes_ret: of
 * it. *external_ret, also after a failure, is freed with onnx_external_free(); the data is not its.
 */
enum emnist_status onnx_external_read(Onnx__GraphProto *graph, const struct model_source *source,
				      struct onnx_external **external_ret, size_t *nbytes_ret,
				      struct emnist_error *error);

/* The files that were read. */
void onnx_external_origin(const struct onnx_external *external, struct origin *origin, bool hash);

void onnx_external_free(struct onnx_external *external);

/* ----------------------------------------------------------------- tensors */

/* A tensor whose values stand in the file, of a size that has been checked. */
struct onnx_constant {
	const char *name;
	const Onnx__TensorProto *tensor; /* its data, or NULL: floats are, or ints */
	const float *floats;
	const int64_t *ints;
	size_t rank;
	size_t dims[ONNX_MAX_RANK];
	size_t n;        /* of values: the product of dims */
	bool transposed; /* a matrix whose data is of shape dims[1], dims[0] */
};

/* Whether values of this type are read as numbers of a network. */
bool onnx_type_is_float(int64_t type);

/* Whether they are whole numbers that can be 0 to 255, as pixels in bytes are. */
bool onnx_type_holds_bytes(int64_t type);

/* A type by NumPy's name; NULL: it has none. */
const char *onnx_type_name(int64_t type);

/* The same for messages: a type without a name is its number. */
#define ONNX_TYPE_NBYTES 32
const char *onnx_type_shown(int64_t type, char text[static ONNX_TYPE_NBYTES]);

/* Checks that tensor is of a type that is read and has as many values as its dims say. */
enum emnist_status onnx_tensor_check(const Onnx__TensorProto *tensor, const char *name,
				     struct onnx_constant *constant_ret,
				     struct emnist_error *error);

/* Decodes all n values, in the order of the data. */
void onnx_constant_values(const struct onnx_constant *constant, float *values);

/* Decodes a matrix; transpose: of its transpose. values: (dims[0], dims[1]), or the other way
 * round. False when memory is short. */
bool onnx_constant_matrix(const struct onnx_constant *constant, bool transpose, float *values);

/* Where those values lie in bytes as they are; NULL where they do not. */
const void *onnx_constant_in_place(const struct onnx_constant *constant, bool transpose,
				   const void *bytes, size_t nbytes);

/* ------------------------------------------------------------------- graph */

/* A tensor's name and who makes it. */
struct onnx_name {
	const char *name;
	const Onnx__NodeProto *node; /* or NULL: the initializer */
	const Onnx__TensorProto *initializer;
};

struct onnx_graph {
	const Onnx__GraphProto *proto;
	int64_t opset;           /* of ONNX's own operators */
	struct onnx_name *names; /* sorted */
	size_t n_names;
	const Onnx__ValueInfoProto *input; /* the one that is no initializer */
	const char *output;
	/* That live as long as the model, which may borrow from them; NULL: it may not. */
	const void *lasting;
	size_t lasting_nbytes;
};

/* A node of the chain, and which of its inputs the chain comes in by. */
struct onnx_step {
	const Onnx__NodeProto *node;
	size_t data_input;
};

/* Release with onnx_graph_clear(), after a failure too. */
enum emnist_status onnx_graph_index(const Onnx__GraphProto *proto, struct onnx_graph *graph,
				    struct emnist_error *error);

void onnx_graph_clear(struct onnx_graph *graph);

/* Finds input and output, a step of onnx_graph_index(). */
enum emnist_status onnx_graph_ends(struct onnx_graph *graph, struct emnist_error *error);

/* The tensor by this name, or NULL. */
const struct onnx_name *onnx_graph_find(const struct onnx_graph *graph, const char *name);

/* The node that makes the tensor by this name, gone back through those that only hand its values
 * on; NULL: none does. */
const Onnx__NodeProto *onnx_graph_maker(const struct onnx_graph *graph, const char *name);

/* Whether there is a tensor by this name that is an initializer or made by a node. */
bool onnx_graph_makes(const struct onnx_graph *graph, const char *name);

/* The nodes from the graph's input to its output. *steps_ret is freed with free(). */
enum emnist_status onnx_graph_chain(const struct onnx_graph *graph, struct onnx_step **steps_ret,
				    size_t *n_steps_ret, struct emnist_error *error);

/* What a tensor's name leads to. */
enum onnx_found {
	ONNX_COMPUTED, /* it depends on the graph's input, or on what is not evaluated here */
	ONNX_CONSTANT,
	ONNX_BAD, /* a constant that cannot be read: error is set */
};

/* Finds the constant by this name, through a Transpose, a Cast, or an Identity of constants. */
enum onnx_found onnx_graph_constant(const struct onnx_graph *graph, const char *name,
				    struct onnx_constant *constant_ret, struct emnist_error *error);

/* Input i of node, or NULL where it is left out. */
const char *onnx_node_input(const Onnx__NodeProto *node, size_t i);

/* The attribute of this name, or NULL. */
const Onnx__AttributeProto *onnx_node_attribute(const Onnx__NodeProto *node, const char *name);
int64_t onnx_node_int(const Onnx__NodeProto *node, const char *name, int64_t otherwise);
float onnx_node_float(const Onnx__NodeProto *node, const char *name, float otherwise);

/* Whether node is operator op of domain, NULL being ONNX's own. */
bool onnx_node_is(const Onnx__NodeProto *node, const char *domain, const char *op);

/* Whether node is of ONNX's own operators. */
bool onnx_node_is_standard(const Onnx__NodeProto *node);

/* Sets error to "operator OP (node 'NAME') is not supported: WHY" and returns
 * EMNIST_ERR_UNSUPPORTED. */
enum emnist_status onnx_refuse(const Onnx__NodeProto *node, struct emnist_error *error,
			       const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What the graph calls the n_outputs classes: ZipMap's labels, or those that the other output picks
 * from. *labels_ret is NULL where it does not say it. */
enum emnist_status onnx_class_labels(const struct onnx_graph *graph, size_t n_outputs,
				     struct emnist_labels **labels_ret, struct emnist_error *error);

/* What the file says of itself, but for its bytes; to be settled. NULL when memory is short. */
struct origin *onnx_origin(const Onnx__ModelProto *proto, const struct onnx_graph *graph);

/* ----------------------------------------------------------------- folding */

/* Makes the layers of the chain from graph's input. The numbers that they hold in all are at most
 * max_floats: a file may not multiply its weights by naming them again and again. *model_ret is
 * still to be given to model_finish(). */
enum emnist_status onnx_layers(const struct onnx_graph *graph, const struct onnx_step *steps,
			       size_t n_steps, size_t max_floats, struct emnist_model **model_ret,
			       struct emnist_error *error);

#endif
