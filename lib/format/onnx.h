/*
 * onnx.h - ONNX's messages, types and tensors, and the files of the ONNX reader. Each uses those
 * that stand below it, and those that evaluate a graph use trace.h:
 *
 * - onnx_read.c: all of it; the way back is onnx_write.c
 * - onnx_origin.c: what the file says of itself
 * - onnx_labels.c: what the graph calls its classes
 * - onnx_evaluate.c: the output's value, which makes the model
 * - onnx_operators.c, onnx_shapes.c: what each operator does to values
 * - onnx_ends.c: which tensors are the input and the output
 * - onnx_graph.c: who makes which tensor
 * - onnx_tensor.c: tensors checked against the data that is there, and decoded
 * - onnx_external.c: tensors that keep their data in other files
 * - onnx_unpack.c: bytes -> messages, at a bounded cost
 *
 * Here error is never NULL.
 */
#ifndef FORMAT_ONNX_H
#define FORMAT_ONNX_H

#include "../network/model.h"
#include "onnx.pb-c.h"
#include "trace.h"

/* Operators and tensors that a graph may name. */
#define ONNX_MAX_NODES 65536

/* Inputs and attributes of one operator: those that are read have 5 of each at the most. The limit
 * keeps looking for one of them from costing more than reading the file did. */
#define ONNX_MAX_PARTS TRACE_MAX_INPUTS

/* Dimensions of a tensor. */
#define ONNX_MAX_RANK TRACE_MAX_RANK

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
	const Onnx__TensorProto *tensor;
	size_t rank;
	size_t dims[ONNX_MAX_RANK];
	size_t n; /* of values: the product of dims */
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

/* The same as a value, whose floats stay where they lie: in the file's bytes, which are lasting or
 * not, or in the message. */
enum emnist_status onnx_tensor_value(struct trace *trace, const Onnx__TensorProto *tensor,
				     const char *name, const void *lasting, size_t lasting_nbytes,
				     struct value *value_ret);

#endif
