/* numbers.c - numbers as stored in models and arrays. */
#include "numbers.h"

static double load_float(const uint8_t *bytes)
{
	return (double)number_of_float_bits(number_u32(bytes));
}

static double load_double(const uint8_t *bytes)
{
	return number_of_double_bits(number_u64(bytes));
}

static double load_half(const uint8_t *bytes)
{
	return (double)number_of_half_bits(number_u16(bytes));
}

static double load_bfloat16(const uint8_t *bytes)
{
	return (double)number_of_bfloat16_bits(number_u16(bytes));
}

static double load_int8(const uint8_t *bytes)
{
	return (int8_t)bytes[0];
}

static double load_int16(const uint8_t *bytes)
{
	return (int16_t)number_u16(bytes);
}

static double load_int32(const uint8_t *bytes)
{
	return (int32_t)number_u32(bytes);
}

static double load_int64(const uint8_t *bytes)
{
	return (double)(int64_t)number_u64(bytes);
}

static double load_uint8(const uint8_t *bytes)
{
	return bytes[0];
}

static double load_uint16(const uint8_t *bytes)
{
	return number_u16(bytes);
}

static double load_uint32(const uint8_t *bytes)
{
	return number_u32(bytes);
}

static double load_uint64(const uint8_t *bytes)
{
	return (double)number_u64(bytes);
}

static double load_bool(const uint8_t *bytes)
{
	return bytes[0] != 0;
}

static const struct {
	size_t nbytes;
	bool is_float;
	double (*load)(const uint8_t *bytes);
} types[] = {
	[NUMBER_FLOAT] = {4, true, load_float},    [NUMBER_DOUBLE] = {8, true, load_double},
	[NUMBER_HALF] = {2, true, load_half},      [NUMBER_BFLOAT16] = {2, true, load_bfloat16},
	[NUMBER_INT8] = {1, false, load_int8},     [NUMBER_INT16] = {2, false, load_int16},
	[NUMBER_INT32] = {4, false, load_int32},   [NUMBER_INT64] = {8, false, load_int64},
	[NUMBER_UINT8] = {1, false, load_uint8},   [NUMBER_UINT16] = {2, false, load_uint16},
	[NUMBER_UINT32] = {4, false, load_uint32}, [NUMBER_UINT64] = {8, false, load_uint64},
	[NUMBER_BOOL] = {1, false, load_bool},
};

size_t number_nbytes(enum number_type type)
{
	return types[type].nbytes;
}

bool number_is_float(enum number_type type)
{
	return types[type].is_float;
}

void number_decode(enum number_type type, const uint8_t *bytes, size_t n, double *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = types[type].load(bytes + i * types[type].nbytes);
}
