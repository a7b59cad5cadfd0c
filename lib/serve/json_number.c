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
