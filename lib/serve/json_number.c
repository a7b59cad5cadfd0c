/* json_number.c - reads the numbers of JSON. */
#include "json_number.h"

#include "../base/exact.h"

#include <math.h>

/* No exponent of this size leaves anything but 0 or infinity, and none overflows. */
#define MAX_EXPONENT INT64_C(10000000000)

static bool is_digit(const uint8_t *at, const uint8_t *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

static const uint8_t *read_digits(const uint8_t *at, const uint8_t *end,
				  struct exact_decimal *decimal, bool is_fraction)
{
	for (; is_digit(at, end); at++)
		exact_add_digit(decimal, *at - '0', is_fraction);
	return at;
}

static const uint8_t *read_exponent(const uint8_t *at, const uint8_t *end,
				    struct exact_decimal *decimal, const char **fault_ret)
{
	const bool is_negative = at < end && *at == '-';
	int64_t exponent = 0;

	at += at < end && (*at == '-' || *at == '+');
	if (!is_digit(at, end))
		*fault_ret = "Miss exponent in number.";
	for (; is_digit(at, end); at++)
		if (exponent < MAX_EXPONENT)
			exponent = exponent * 10 + (*at - '0');
	decimal->exponent += is_negative ? -exponent : exponent;
	return at;
}

/* The part of `at` that is the word. */
static const uint8_t *skip_word(const uint8_t *at, const uint8_t *end, const char **word)
{
	for (; **word && at < end && *at == (uint8_t) * *word; at++)
		(*word)++;
	return at;
}

static const uint8_t *read_nonfinite(const uint8_t *at, const uint8_t *end, double *number_ret,
				     const char **fault_ret)
{
	const char *word = at < end && *at == 'N' ? "NaN" : "Inf", *rest = "inity";
	const bool is_nan = *word == 'N';

	at = skip_word(at, end, &word);
	if (!*word && !is_nan && at < end && *at == 'i') {
		at = skip_word(at, end, &rest);
		word = rest;
	}
	if (*word)
		*fault_ret = "Invalid value.";
	*number_ret = is_nan ? (double)NAN : (double)INFINITY;
	return at;
}

const uint8_t *json_number_read(const uint8_t *at, const uint8_t *end, bool allow_nonfinite,
				double *number_ret, const char **fault_ret)
{
	const uint8_t *start = at;
	const bool is_negative = at < end && *at == '-';
	struct exact_decimal decimal = {.digits = at};
	double number;

	at += is_negative;
	if (!is_digit(at, end) && allow_nonfinite && at < end && (*at == 'N' || *at == 'I')) {
		at = read_nonfinite(at, end, &number, fault_ret);
		*number_ret = is_negative ? -number : number;
		return at;
	}
	if (!is_digit(at, end)) {
		*fault_ret = "Invalid value.";
		return at;
	}
	at = *at == '0' ? at + 1 : read_digits(at, end, &decimal, false);
	if (at < end && *at == '.') {
		if (!is_digit(++at, end)) {
			*fault_ret = "Miss fraction part in number.";
			return at;
		}
		at = read_digits(at, end, &decimal, true);
	}
	decimal.digits_end = at;
	if (at < end && (*at | 0x20) == 'e')
		at = read_exponent(at + 1, end, &decimal, fault_ret);
	number = exact_double(&decimal);
	if (!isfinite(number) && !*fault_ret) {
		*fault_ret = "Number too big to be stored in double.";
		return start;
	}
	*number_ret = is_negative ? -number : number;
	return at;
}

/* ---------------------------------------------------------------- arrays of numbers */

/* Digits that are taken at once, and how many a mantissa holds. */
#define MAX_TAKEN  24
#define MAX_DIGITS 19

/* A number with its sign, point, comma and blank, and what is loaded behind it. */
#define MARGIN (2 * MAX_TAKEN + 16)

/* The value of 8 digits, the first in the lowest byte, by joining neighbors: bytes, pairs, fours.
 */
static uint64_t value_of_8(uint64_t digits)
{
	const uint64_t mask = UINT64_C(0x000000ff000000ff);

	digits = digits * 10 + (digits >> 8);
	return ((digits & mask) * (100 + (UINT64_C(1000000) << 32)) +
		(digits >> 16 & mask) * (1 + (UINT64_C(10000) << 32))) >>
	       32;
}

/* Appends up to MAX_TAKEN digits to the mantissa, which may overflow. How many there are in 8 bytes
 * is computed, since no branch could predict it. */
static inline const uint8_t *take_digits(const uint8_t *at, uint64_t *mantissa)
{
	static const uint32_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};

	for (unsigned i = 0; i < MAX_TAKEN / 8; i++) {
		const uint64_t digits = number_u64(at) ^ UINT64_C(0x3030303030303030);
		const uint64_t others = ((digits + UINT64_C(0x7676767676767676)) | digits) &
					UINT64_C(0x8080808080808080);
		unsigned n;

		if (others) {
			n = (unsigned)__builtin_ctzll(others) / 8;
			*mantissa = *mantissa * powers[n] + value_of_8(digits << 8 << (56 - 8 * n));
			return at + n;
		}
		*mantissa = *mantissa * 100000000 + value_of_8(digits);
		at += 8;
	}
	return at;
}

/* Reads a number without exponent, and the comma behind it; NULL if it is anything else. */
static inline const uint8_t *take_number(const uint8_t *at, float *value_ret)
{
	const bool is_negative = *at == '-';
	const uint8_t *start = at + is_negative, *point;
	const bool is_zero = *start == '0';
	uint64_t mantissa = 0;
	double value;

	if (start[1] == '.') {
		mantissa = (uint8_t)(*start - '0');
		if (mantissa > 9)
			return NULL;
		point = start + 1;
	} else {
		point = take_digits(start, &mantissa);
	}
	at = point;
	if (*point == '.')
		at = take_digits(point + 1, &mantissa);
	if (*at != ',' || point == start || at == point + 1 || (is_zero && point != start + 1) ||
	    at - start > MAX_DIGITS + is_zero)
		return NULL;
	value = at == point ? (double)mantissa : exact_scale(mantissa, point + 1 - at);
	*value_ret = (float)(is_negative ? -value : value);
	return at + 1;
}

/* The length of a zero, the comma behind it and a blank, as usually written; else 0. Two thirds of
 * an image are zeros, in long runs: with a branch for each way to write them, the processor guesses
 * where the next number begins, and waits for nothing. */
static inline size_t length_of_zero(const uint8_t *at)
{
	const uint64_t bytes = number_u64(at);

	if ((bytes & 0xffffffffff) == 0x202c302e30) /* "0.0, " */
		return 5;
	if ((bytes & 0xffffff) == 0x202c30) /* "0, " */
		return 3;
	if ((bytes & 0xffff) == 0x2c30) /* "0," */
		return 2;
	if ((bytes & 0xffffffff) == 0x2c302e30) /* "0.0," */
		return 4;
	return 0;
}

const uint8_t *json_numbers_read(const uint8_t *at, const uint8_t *end, float *values,
				 size_t *n_ret)
{
	size_t n = 0;

	while (end - at > MARGIN) {
		const size_t length = length_of_zero(at);
		const uint8_t *next = at + length;

		values[n] = 0;
		if (length == 0) {
			next = take_number(at, values + n);
			if (!next)
				break;
			next += *next == ' ';
		}
		at = next;
		n++;
	}
	*n_ret = n;
	return at;
}
