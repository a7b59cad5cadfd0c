/*
 * tensorflow_tensor.c - checks that a file holds the values that a constant claims, and decodes
 * them.
 *
 * A tensor has its values in little-endian tensor_content or in the repeated field of its type. If
 * that field is short, its last value repeats.
 */
#include <stdio.h>

#include "../base/memory.h"
#include "tensorflow.h"

static double float_at(const Tensorflow__TensorProto *proto, size_t i)
{
	return (double)proto->float_val[i];
}

static double double_at(const Tensorflow__TensorProto *proto, size_t i)
{
	return proto->double_val[i];
}

static double int_at(const Tensorflow__TensorProto *proto, size_t i)
{
	return proto->int_val[i];
}

static double int64_at(const Tensorflow__TensorProto *proto, size_t i)
{
	return (double)proto->int64_val[i];
}

static double bool_at(const Tensorflow__TensorProto *proto, size_t i)
{
	return proto->bool_val[i] != 0;
}

static double half_at(const Tensorflow__TensorProto *proto, size_t i)
{
	return (double)number_of_half_bits((uint32_t)proto->half_val[i] & 0xffff);
}

static double bfloat16_at(const Tensorflow__TensorProto *proto, size_t i)
{
	return (double)number_of_bfloat16_bits((uint32_t)proto->half_val[i]);
}

#define FIELD(name)                                                                                \
	static size_t name##_count(const Tensorflow__TensorProto *proto)                           \
	{                                                                                          \
		return proto->n_##name##_val;                                                      \
	}

FIELD(float)
FIELD(double)
FIELD(int)
FIELD(int64)
FIELD(bool)
FIELD(half)

static const struct type {
	enum tensorflow_type type;
	enum number_type number;
	enum tensor_type tensor;
	size_t (*count)(const Tensorflow__TensorProto *proto);
	double (*at)(const Tensorflow__TensorProto *proto, size_t i);
} types[] = {
	{TENSORFLOW_FLOAT, NUMBER_FLOAT, TENSOR_FLOAT, float_count, float_at},
	{TENSORFLOW_DOUBLE, NUMBER_DOUBLE, TENSOR_FLOAT, double_count, double_at},
	{TENSORFLOW_HALF, NUMBER_HALF, TENSOR_FLOAT, half_count, half_at},
	{TENSORFLOW_BFLOAT16, NUMBER_BFLOAT16, TENSOR_FLOAT, half_count, bfloat16_at},
	{TENSORFLOW_INT8, NUMBER_INT8, TENSOR_INT, int_count, int_at},
	{TENSORFLOW_INT16, NUMBER_INT16, TENSOR_INT, int_count, int_at},
	{TENSORFLOW_INT32, NUMBER_INT32, TENSOR_INT, int_count, int_at},
	{TENSORFLOW_INT64, NUMBER_INT64, TENSOR_INT, int64_count, int64_at},
	{TENSORFLOW_UINT8, NUMBER_UINT8, TENSOR_INT, int_count, int_at},
	{TENSORFLOW_BOOL, NUMBER_BOOL, TENSOR_BOOL, bool_count, bool_at},
};

static const struct type *find_type(int32_t number)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if ((int32_t)types[i].type == number)
			return &types[i];
	return NULL;
}

bool tensorflow_type_of(int32_t number, enum number_type *number_ret, enum tensor_type *tensor_ret)
{
	const struct type *type = find_type(number);

	if (!type)
		return false;
	*number_ret = type->number;
	*tensor_ret = type->tensor;
	return true;
}

/* DataType, by NumPy's names. */
static const char *const type_names[] = {
	[1] = "float32",     [2] = "float64",  [3] = "int32",     [4] = "uint8",
	[5] = "int16",       [6] = "int8",     [7] = "string",    [8] = "complex64",
	[9] = "int64",       [10] = "bool",    [14] = "bfloat16", [17] = "uint16",
	[18] = "complex128", [19] = "float16", [22] = "uint32",   [23] = "uint64",
};

const char *tensorflow_type_name(int32_t type)
{
	return type > 0 && (size_t)type < sizeof(type_names) / sizeof(*type_names)
		       ? type_names[type]
		       : NULL;
}

const char *tensorflow_type_shown(int32_t type, char text[static TENSORFLOW_TYPE_NBYTES])
{
	if (tensorflow_type_name(type))
		return tensorflow_type_name(type);
	snprintf(text, TENSORFLOW_TYPE_NBYTES, "number %d", type);
	return text;
}

static enum emnist_status read_dims(struct trace *trace, const Tensorflow__TensorShapeProto *shape,
				    size_t *rank_ret, size_t *dims)
{
	*rank_ret = shape ? shape->n_dim : 0;
	if (*rank_ret > TRACE_MAX_RANK)
		return error_set(trace->error, EMNIST_ERR_LIMIT,
				 "tensor '%.80s' has %zu dimensions: the limit is %d", trace->node,
				 *rank_ret, TRACE_MAX_RANK);
	for (size_t i = 0; i < *rank_ret; i++) {
		if (shape->dim[i]->size < 0)
			return error_set(trace->error, EMNIST_ERR_CORRUPT,
					 "tensor '%.80s' has a dimension of %lld", trace->node,
					 (long long)shape->dim[i]->size);
		dims[i] = size_clamped((uint64_t)shape->dim[i]->size);
	}
	return EMNIST_OK;
}

static enum emnist_status wrong_count(struct trace *trace, size_t expected, size_t found)
{
	return error_set(trace->error, EMNIST_ERR_CORRUPT,
			 "tensor '%.80s' should have %zu values, but has %zu", trace->node,
			 expected, found);
}

static enum emnist_status read_field(struct trace *trace, const struct type *type,
				     const Tensorflow__TensorProto *proto, size_t n, double *values)
{
	const size_t count = type->count(proto);

	if (count > n)
		return wrong_count(trace, n, count);
	for (size_t i = 0; i < n; i++)
		values[i] = count > 0 ? type->at(proto, i < count ? i : count - 1) : 0;
	return EMNIST_OK;
}

enum emnist_status tensorflow_constant(struct trace *trace, const Tensorflow__TensorProto *proto,
				       struct value *value_ret)
{
	const struct type *type = find_type(proto->dtype);
	size_t dims[TRACE_MAX_RANK], rank, nbytes;
	char shown[TENSORFLOW_TYPE_NBYTES];
	enum emnist_status status;
	double *values;

	if (proto->dtype == TENSORFLOW_STRING) {
		*value_ret = (struct value){.kind = VALUE_OTHER, .other = proto};
		return EMNIST_OK;
	}
	if (!type)
		return error_set(trace->error, EMNIST_ERR_UNSUPPORTED,
				 "tensor '%.80s' has the unsupported type %s", trace->node,
				 tensorflow_type_shown(proto->dtype, shown));
	status = read_dims(trace, proto->tensor_shape, &rank, dims);
	if (!status)
		status = tensor_make(trace, type->tensor, rank, dims, value_ret, &values);
	if (status)
		return status;
	nbytes = number_nbytes(type->number);
	if (proto->tensor_content.len == 0)
		return read_field(trace, type, proto, value_ret->tensor.n, values);
	if (proto->tensor_content.len % nbytes != 0 ||
	    proto->tensor_content.len / nbytes != value_ret->tensor.n)
		return wrong_count(trace, value_ret->tensor.n, proto->tensor_content.len / nbytes);
	number_decode(type->number, proto->tensor_content.data, value_ret->tensor.n, values);
	return EMNIST_OK;
}
