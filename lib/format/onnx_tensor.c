/*
 * onnx_tensor.c - checks that a file holds the values that a tensor claims, and decodes them.
 *
 * A tensor has its values in little-endian raw_data or in the repeated field of its type. One table
 * of types describes both.
 */
#include <stdio.h>
#include <string.h>

#include "../base/memory.h"
#include "../base/numbers.h"
#include "onnx.h"

static void raw_float(const uint8_t *raw, size_t n, float *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = number_of_float_bits(number_u32(raw + 4 * i));
}

static void raw_double(const uint8_t *raw, size_t n, float *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (float)number_of_double_bits(number_u64(raw + 8 * i));
}

static void raw_half(const uint8_t *raw, size_t n, float *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = number_of_half_bits(number_u16(raw + 2 * i));
}

static void raw_bfloat16(const uint8_t *raw, size_t n, float *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = number_of_bfloat16_bits(number_u16(raw + 2 * i));
}

static void raw_int32(const uint8_t *raw, size_t n, float *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (float)(int32_t)number_u32(raw + 4 * i);
}

static void raw_int64(const uint8_t *raw, size_t n, float *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (float)(int64_t)number_u64(raw + 8 * i);
}

static void raw_bool(const uint8_t *raw, size_t n, float *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = raw[i] ? 1 : 0;
}

static size_t count_float(const Onnx__TensorProto *tensor)
{
	return tensor->n_float_data;
}

static size_t count_double(const Onnx__TensorProto *tensor)
{
	return tensor->n_double_data;
}

static size_t count_int32(const Onnx__TensorProto *tensor)
{
	return tensor->n_int32_data;
}

static size_t count_int64(const Onnx__TensorProto *tensor)
{
	return tensor->n_int64_data;
}

static float field_float(const Onnx__TensorProto *tensor, size_t i)
{
	return tensor->float_data[i];
}

static float field_double(const Onnx__TensorProto *tensor, size_t i)
{
	return (float)tensor->double_data[i];
}

static float field_half(const Onnx__TensorProto *tensor, size_t i)
{
	return number_of_half_bits((uint32_t)tensor->int32_data[i] & 0xffff);
}

static float field_bfloat16(const Onnx__TensorProto *tensor, size_t i)
{
	return number_of_bfloat16_bits((uint32_t)tensor->int32_data[i]);
}

static float field_int32(const Onnx__TensorProto *tensor, size_t i)
{
	return (float)tensor->int32_data[i];
}

static float field_int64(const Onnx__TensorProto *tensor, size_t i)
{
	return (float)tensor->int64_data[i];
}

static float field_bool(const Onnx__TensorProto *tensor, size_t i)
{
	return tensor->int32_data[i] ? 1 : 0;
}

static const struct type {
	enum onnx_type number;
	enum tensor_type tensor;
	size_t value_nbytes; /* in raw_data */
	void (*raw)(const uint8_t *raw, size_t n, float *values);
	size_t (*count)(const Onnx__TensorProto *tensor);
	float (*field)(const Onnx__TensorProto *tensor, size_t i);
} types[] = {
	{ONNX_FLOAT, TENSOR_FLOAT, 4, raw_float, count_float, field_float},
	{ONNX_DOUBLE, TENSOR_FLOAT, 8, raw_double, count_double, field_double},
	{ONNX_FLOAT16, TENSOR_FLOAT, 2, raw_half, count_int32, field_half},
	{ONNX_BFLOAT16, TENSOR_FLOAT, 2, raw_bfloat16, count_int32, field_bfloat16},
	{ONNX_INT32, TENSOR_INT, 4, raw_int32, count_int32, field_int32},
	{ONNX_INT64, TENSOR_INT, 8, raw_int64, count_int64, field_int64},
	{ONNX_BOOL, TENSOR_BOOL, 1, raw_bool, count_int32, field_bool},
};

static const struct type *find_type(int64_t number)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if ((int64_t)types[i].number == number)
			return &types[i];
	return NULL;
}

bool onnx_type_is_float(int64_t number)
{
	const struct type *type = find_type(number);

	return type && type->tensor == TENSOR_FLOAT;
}

bool onnx_type_holds_bytes(int64_t number)
{
	static const enum onnx_type types_of_bytes[] = {ONNX_UINT8,  ONNX_UINT16, ONNX_INT16,
							ONNX_UINT32, ONNX_INT32,  ONNX_UINT64,
							ONNX_INT64};

	for (size_t i = 0; i < sizeof(types_of_bytes) / sizeof(*types_of_bytes); i++)
		if (number == (int64_t)types_of_bytes[i])
			return true;
	return false;
}

/* TensorProto.DataType, by NumPy's names and those of its extensions. */
static const char *const type_names[] = {
	NULL,
	"float32",
	"uint8",
	"int8",
	"uint16",
	"int16",
	"int32",
	"int64",
	"string",
	"bool",
	"float16",
	"float64",
	"uint32",
	"uint64",
	"complex64",
	"complex128",
	"bfloat16",
	"float8_e4m3fn",
	"float8_e4m3fnuz",
	"float8_e5m2",
	"float8_e5m2fnuz",
	"uint4",
	"int4",
	"float4_e2m1fn",
	"float8_e8m0fnu",
	"uint2",
	"int2",
	"float6_e2m3fn",
	"float6_e3m2fn",
};

const char *onnx_type_name(int64_t number)
{
	return number > 0 && (size_t)number < sizeof(type_names) / sizeof(*type_names)
		       ? type_names[number]
		       : NULL;
}

const char *onnx_type_shown(int64_t number, char text[static ONNX_TYPE_NBYTES])
{
	if (onnx_type_name(number))
		return onnx_type_name(number);
	snprintf(text, ONNX_TYPE_NBYTES, "number %lld", (long long)number);
	return text;
}

static enum emnist_status check_dims(const Onnx__TensorProto *tensor,
				     struct onnx_constant *constant, struct emnist_error *error)
{
	if (tensor->n_dims > ONNX_MAX_RANK)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "tensor '%.80s' has %zu dimensions: the limit is %d",
				 constant->name, tensor->n_dims, ONNX_MAX_RANK);
	constant->rank = tensor->n_dims;
	constant->n = 1;
	for (size_t i = 0; i < tensor->n_dims; i++) {
		const int64_t dim = tensor->dims[i];

		if (dim <= 0)
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "tensor '%.80s' has a dimension of %lld", constant->name,
					 (long long)dim);
		if (size_mul_overflows(constant->n, (uint64_t)dim, &constant->n))
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "tensor '%.80s' has dimensions that do not fit in memory",
					 constant->name);
		constant->dims[i] = (size_t)dim;
	}
	return EMNIST_OK;
}

enum emnist_status onnx_tensor_check(const Onnx__TensorProto *tensor, const char *name,
				     struct onnx_constant *constant_ret, struct emnist_error *error)
{
	const struct type *type = find_type(tensor->data_type);
	char shown[ONNX_TYPE_NBYTES];
	enum emnist_status status;
	size_t n;

	*constant_ret = (struct onnx_constant){.name = name, .tensor = tensor};
	if (tensor->data_location == ONNX_EXTERNAL)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "tensor '%.80s' keeps its data in another file: save the model as "
				 "one file",
				 name);
	if (!type)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "tensor '%.80s' has the unsupported type %s", name,
				 onnx_type_shown(tensor->data_type, shown));
	status = check_dims(tensor, constant_ret, error);
	if (status)
		return status;
	if (tensor->has_raw_data && tensor->raw_data.len % type->value_nbytes != 0)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' has data that are not a whole number of values",
				 name);
	n = tensor->has_raw_data ? tensor->raw_data.len / type->value_nbytes : type->count(tensor);
	if (n != constant_ret->n)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "tensor '%.80s' should have %zu values, but has %zu", name,
				 constant_ret->n, n);
	return EMNIST_OK;
}

void onnx_constant_values(const struct onnx_constant *constant, float *values)
{
	const Onnx__TensorProto *tensor = constant->tensor;
	const struct type *type = find_type(tensor->data_type);

	if (tensor->has_raw_data) {
		type->raw(tensor->raw_data.data, constant->n, values);
		return;
	}
	for (size_t i = 0; i < constant->n; i++)
		values[i] = type->field(tensor, i);
}

/* Floats are stored least significant byte first. */
#define IS_STORED_AS_USED (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

/* The values as floats in the file, or NULL. */
static const unaligned_float *find_floats(const Onnx__TensorProto *tensor)
{
	if (tensor->data_type != ONNX_FLOAT)
		return NULL;
	if (!tensor->has_raw_data)
		return tensor->float_data;
	return IS_STORED_AS_USED ? (const unaligned_float *)tensor->raw_data.data : NULL;
}

enum emnist_status onnx_tensor_value(struct trace *trace, const Onnx__TensorProto *proto,
				     const char *name, const void *lasting, size_t lasting_nbytes,
				     struct value *value_ret)
{
	struct onnx_constant constant;
	const enum emnist_status status = onnx_tensor_check(proto, name, &constant, trace->error);
	struct tensor *tensor = &value_ret->tensor;
	float *floats;

	if (status)
		return status;
	*value_ret = (struct value){
		.kind = VALUE_TENSOR,
		.tensor = {.type = find_type(proto->data_type)->tensor,
			   .rank = constant.rank,
			   .n = constant.n,
			   .floats = find_floats(proto),
			   .is_lasting = onnx_lies_in(proto, lasting, lasting_nbytes)}};
	memcpy(tensor->dims, constant.dims, sizeof(tensor->dims));
	if (tensor->floats)
		return EMNIST_OK;
	floats = arena_alloc(&trace->arena, tensor->n, sizeof(*floats));
	if (!floats)
		return trace_memory(trace);
	onnx_constant_values(&constant, floats);
	tensor->floats = floats;
	tensor->is_lasting = false;
	return EMNIST_OK;
}
