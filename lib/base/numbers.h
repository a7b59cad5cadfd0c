/* numbers.h - numbers as stored in models and arrays: little-endian, of any type. */
#ifndef BASE_NUMBERS_H
#define BASE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t number_u16(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static inline uint32_t number_u32(const uint8_t *bytes)
{
	return number_u16(bytes) | number_u16(bytes + 2) << 16;
}

static inline uint64_t number_u64(const uint8_t *bytes)
{
	return number_u32(bytes) | (uint64_t)number_u32(bytes + 4) << 32;
}

static inline float number_of_float_bits(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static inline double number_of_double_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* IEEE 754 binary16: 1 sign bit, 5 of exponent (biased by 15), 10 of fraction. */
static inline float number_of_half_bits(uint32_t half)
{
	const uint32_t sign = (half & 0x8000) << 16;
	const uint32_t exponent = half >> 10 & 0x1f;
	const uint32_t fraction = half & 0x3ff;
	float magnitude;

	if (exponent == 0)
		magnitude = (float)fraction * 0x1p-24f;
	else if (exponent == 0x1f)
		magnitude = number_of_float_bits(0x7f800000 | fraction << 13);
	else
		magnitude = number_of_float_bits((exponent + 127 - 15) << 23 | fraction << 13);
	return sign ? -magnitude : magnitude;
}

/* The upper half of a float. */
static inline float number_of_bfloat16_bits(uint32_t bits)
{
	return number_of_float_bits(bits << 16);
}

enum number_type {
	NUMBER_FLOAT,
	NUMBER_DOUBLE,
	NUMBER_HALF,
	NUMBER_BFLOAT16,
	NUMBER_INT8,
	NUMBER_INT16,
	NUMBER_INT32,
	NUMBER_INT64,
	NUMBER_UINT8,
	NUMBER_UINT16,
	NUMBER_UINT32,
	NUMBER_UINT64,
	NUMBER_BOOL,
	NUMBER_N_TYPES,
};

/* The bytes of one number, and whether the type is floating-point. */
size_t number_nbytes(enum number_type type);
bool number_is_float(enum number_type type);

/* Decodes n numbers; integers beyond 2^53 are rounded. */
void number_decode(enum number_type type, const uint8_t *bytes, size_t n, double *values);

#endif
