/* json_number.c - reads the numbers of JSON. */
#include "json_number.h"

#include "../base/exact.h"

#include <math.h>

static bool is_digit(const uint8_t *at, const uint8_t *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

/* Skips what is as the word has it; returns what is left of that. */
static const char *skip_word(const uint8_t **at, const uint8_t *end, const char *word)
{
	for (; *word && *at < end && **at == (uint8_t)*word; word++)
		(*at)++;
	return word;
}

/* NaN, Inf or Infinity. */
static const uint8_t *read_nonfinite(const uint8_t *at, const uint8_t *end, double *number_ret,
				     const char **fault_ret)
{
	const bool is_nan = *at == 'N';
	const char *left = skip_word(&at, end, is_nan ? "NaN" : "Inf");

	if (!*left && !is_nan && at < end && *at == 'i')
		left = skip_word(&at, end, "inity");
	if (*left)
		*fault_ret = "Invalid value.";
	*number_ret = is_nan ? (double)NAN : (double)INFINITY;
	return at;
}

static const uint8_t *read_finite(const uint8_t *at, const uint8_t *end, double *number_ret,
				  const char **fault_ret)
{
	struct exact_decimal decimal = {.digits = at};

	if (!is_digit(at, end))
		*fault_ret = "Invalid value.";
	else if (*at == '0')
		at++;
	else
		at = exact_read_digits(at, end, false, &decimal);
	if (!*fault_ret && at < end && *at == '.') {
		if (!is_digit(++at, end))
			*fault_ret = "Miss fraction part in number.";
		at = exact_read_digits(at, end, true, &decimal);
	}
	decimal.digits_end = at;
	if (!*fault_ret && at < end && (*at | 0x20) == 'e') {
		at = exact_read_exponent(at + 1, end, &decimal);
		if (!is_digit(at - 1, end))
			*fault_ret = "Miss exponent in number.";
	}
	*number_ret = exact_double(&decimal);
	return at;
}

const uint8_t *json_number_read(const uint8_t *at, const uint8_t *end, bool allow_nonfinite,
				double *number_ret, const char **fault_ret)
{
	const bool is_negative = at < end && *at == '-';
	const uint8_t *start = at;
	double number;

	*fault_ret = NULL;
	at += is_negative;
	if (allow_nonfinite && at < end && (*at == 'N' || *at == 'I')) {
		at = read_nonfinite(at, end, &number, fault_ret);
	} else {
		at = read_finite(at, end, &number, fault_ret);
		if (!*fault_ret && !isfinite(number)) {
			*fault_ret = "Number too big to be stored in double.";
			at = start;
		}
	}
	*number_ret = is_negative ? -number : number;
	return at;
}

/* ---------------------------------------------------------------- arrays of numbers */

/* Digits that are taken at once, and how many a mantissa holds. */
#define MAX_TAKEN  24
#define MAX_DIGITS 19

/* Before, behind and after the point, with all else, and what is loaded behind it. */
#define MARGIN (3 * MAX_TAKEN + 16)

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

/* Adds an exponent of one to three digits; NULL if it is anything else. */
static const uint8_t *take_exponent(const uint8_t *at, int64_t *exponent)
{
	const bool is_negative = at[1] == '-';
	const uint8_t *start = at + 1 + (is_negative || at[1] == '+');
	uint64_t magnitude = 0;

	at = take_digits(start, &magnitude);
	if (at == start || at > start + 3)
		return NULL;
	*exponent += is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
	return at;
}

/* Reads a number and the comma behind it; NULL if it is anything else or unusual. */
static inline const uint8_t *take_number(const uint8_t *at, float *value_ret)
{
	const bool is_negative = *at == '-';
	const uint8_t *start = at + is_negative, *point;
	const bool is_zero = *start == '0';
	uint64_t mantissa = 0;
	int64_t exponent;
	double value;

	if (start[1] == '.' && is_digit(start, start + 1)) {
		point = start + 1;
		mantissa = *start - '0';
	} else {
		point = take_digits(start, &mantissa);
	}
	at = *point == '.' ? take_digits(point + 1, &mantissa) : point;
	if (point == start || at == point + 1 || (is_zero && point != start + 1) ||
	    at - start > MAX_DIGITS + is_zero)
		return NULL;
	exponent = at == point ? 0 : point + 1 - at;
	if ((*at | 0x20) == 'e')
		at = take_exponent(at, &exponent);
	if (!at || *at != ',')
		return NULL;
	value = exponent ? exact_scale(mantissa, exponent) : (double)mantissa;
	*value_ret = (float)(is_negative ? -value : value);
	return isfinite(value) ? at + 1 : NULL;
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
			while (next < end && *next == ' ')
				next++;
		}
		at = next;
		n++;
	}
	*n_ret = n;
	return at;
}
