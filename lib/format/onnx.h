/*
 * onnx.h - ONNX's messages, types and tensors.
 *
 * The files of the ONNX reader; each uses those below it, and those that evaluate a graph use
 * trace.h:
 *
 * - onnx_read.c: the whole model (onnx_write.c writes one)
 * - onnx_origin.c: what the file says about itself
 * - onnx_labels.c: the graph's names for its classes
 * - onnx_evaluate.c: the output's value, from which the model is made
 * - onnx_operators.c, onnx_shapes.c: the operators
 * - onnx_ends.c: the input and output tensors
 * - onnx_graph.c: which node makes which tensor
 * - onnx_tensor.c: checks and decodes tensors
 * - onnx_external.c: tensors with data in other files
 * - onnx_unpack.c: bytes -> messages, at a bounded cost
 *
 * error is never NULL here.
 */
#ifndef FORMAT_ONNX_H
#define FORMAT_ONNX_H

#include "../network/model.h"
#include "onnx.pb-c.h"
#include "trace.h"

/* Operators and tensors that a graph may name. */
#define ONNX_MAX_NODES 65536

/* Inputs and attributes of one operator. The supported operators have at most 5 of each. The limit
 * keeps searching them cheaper than reading the file. */
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

/* Unpacks a model. Memory and time are bounded by a small multiple of nbytes, whatever the bytes
 * are. The raw_data of initializers may point into bytes, which must outlive the message. Free
 * *model_ret with onnx_unpacked_free(). */
enum emnist_status onnx_unpack(const void *bytes, size_t nbytes, Onnx__ModelProto **model_ret,
			       struct emnist_error *error);

/* The same with a given allocation limit in bytes. */
enum emnist_status onnx_unpack_within(const void *bytes, size_t nbytes, size_t budget_nbytes,
				      Onnx__ModelProto **model_ret, struct emnist_error *error);

/* Frees a message that was unpacked from bytes; NULL is allowed. */
void onnx_unpacked_free(Onnx__ModelProto *model, const void *bytes, size_t nbytes);

/* Whether tensor's raw_data points into bytes, and so is not the message's own. */
bool onnx_lies_in(const Onnx__TensorProto *tensor, const void *bytes, size_t nbytes);

/* ----------------------------------------------------------- external data */

struct model_source;
struct onnx_external;

/* Loads the external data of graph's tensors from files in source's folder. *nbytes_ret: their
 * size. Free *external_ret with onnx_external_free(), even after a failure; it does not own the
 * tensors' data. */
enum emnist_status onnx_external_read(Onnx__GraphProto *graph, const struct model_source *source,
				      struct onnx_external **external_ret, size_t *nbytes_ret,
				      struct emnist_error *error);

/* The files that were read. */
void onnx_external_origin(const struct onnx_external *external, struct origin *origin, bool hash);

void onnx_external_free(struct onnx_external *external);

/* ----------------------------------------------------------------- tensors */

/* A tensor whose values are in the file, with its size checked. */
struct onnx_constant {
	const char *name;
	const Onnx__TensorProto *tensor;
	size_t rank;
	size_t dims[ONNX_MAX_RANK];
	size_t n; /* of values: the product of dims */
};

/* Whether a network's numbers may have this type. */
bool onnx_type_is_float(int64_t type);

/* Whether it is an integer type that holds 0 to 255, as pixels in bytes do. */
bool onnx_type_holds_bytes(int64_t type);

/* A type's NumPy name; NULL: it has none. */
const char *onnx_type_name(int64_t type);

/* The same for messages; a type without a name is shown by its number. */
#define ONNX_TYPE_NBYTES 32
const char *onnx_type_shown(int64_t type, char text[static ONNX_TYPE_NBYTES]);

/* Checks that tensor has a supported type and as many values as its dims say. */
enum emnist_status onnx_tensor_check(const Onnx__TensorProto *tensor, const char *name,
				     struct onnx_constant *constant_ret,
				     struct emnist_error *error);

/* Decodes all n values, in the order of the data. */
void onnx_constant_values(const struct onnx_constant *constant, float *values);

/* The same as a value. Its floats stay where they are: in the file's bytes, lasting or not, or in
 * the message. */
enum emnist_status onnx_tensor_value(struct trace *trace, const Onnx__TensorProto *tensor,
				     const char *name, const void *lasting, size_t lasting_nbytes,
				     struct value *value_ret);

#endif
