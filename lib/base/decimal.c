/* decimal.c - parses decimal numbers. */
#include "decimal.h"

#include "exact.h"

#include <string.h>

/* Returns the end of the number at the beginning of the text, or NULL if there is none. */
static const uint8_t *parse(const uint8_t *at, const uint8_t *end, double *value_ret)
{
	struct exact_decimal decimal = {.digits = at};
	const uint8_t *point;
	bool has_point;

	point = exact_read_digits(at, end, false, &decimal);
	has_point = point < end && *point == '.';
	at = has_point ? exact_read_digits(point + 1, end, true, &decimal) : point;
	if (at - decimal.digits == has_point)
		return NULL;
	decimal.digits_end = at;
	if (at < end && (*at | 0x20) == 'e')
		at = exact_read_exponent(at + 1, end, &decimal);
	if (strchr("eE+-", at[-1]))
		return NULL; /* an exponent without digits */
	*value_ret = exact_double(&decimal);
	return at;
}

/* What most pixels are: up to three digits and nothing else. */
static bool parse_short(const char *text, size_t nbytes, double *value_ret)
{
	int value = 0;

	if (nbytes == 0 || nbytes > 3)
		return false;
	for (size_t i = 0; i < nbytes; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*value_ret = value;
	return true;
}

bool decimal_parse(const char *text, size_t nbytes, double *value_ret)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + nbytes;

	if (parse_short(text, nbytes, value_ret))
		return true;
	while (at < end && *at == ' ')
		at++;
	while (end > at && end[-1] == ' ')
		end--;
	return parse(at, end, value_ret) == end;
}

double decimal_take(const char **text)
{
	const bool is_negative = **text == '-';
	const uint8_t *at = (const uint8_t *)*text + is_negative;
	double value = 0;

	at = parse(at, at + strlen((const char *)at), &value);
	if (at)
		*text = (const char *)at;
	return is_negative ? -value : value;
}
