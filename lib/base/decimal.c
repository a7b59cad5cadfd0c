/* decimal.c - parses a decimal number. */
#include "decimal.h"

#include <math.h>
#include <stdint.h>

/* More digits than these change a double by at most its last bit. */
#define MANTISSA_ENOUGH UINT64_C(100000000000000000)

/* Beyond these, a number is 0 or infinite. */
#define MAX_EXPONENT 400

struct parser {
	const char *at, *end;
	uint64_t mantissa;
	int exponent; /* of 10 */
	bool has_digits;
};

static bool is_digit(const struct parser *parser)
{
	return parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9';
}

static bool skip_one_of(struct parser *parser, char a, char b)
{
	const bool found = parser->at < parser->end && (*parser->at == a || *parser->at == b);

	parser->at += found;
	return found;
}

static void parse_digits(struct parser *parser, bool is_fraction)
{
	for (; is_digit(parser); parser->at++) {
		parser->has_digits = true;
		if (parser->mantissa >= MANTISSA_ENOUGH) {
			parser->exponent += !is_fraction && parser->exponent < MAX_EXPONENT;
			continue;
		}
		parser->mantissa = parser->mantissa * 10 + (uint64_t)(*parser->at - '0');
		parser->exponent -= is_fraction && parser->exponent > -MAX_EXPONENT;
	}
}

static bool parse_exponent(struct parser *parser)
{
	const bool is_negative = parser->at < parser->end && *parser->at == '-';
	int exponent = 0;

	skip_one_of(parser, '+', '-');
	if (!is_digit(parser))
		return false;
	for (; is_digit(parser); parser->at++)
		if (exponent < 2 * MAX_EXPONENT)
			exponent = exponent * 10 + (*parser->at - '0');
	parser->exponent += is_negative ? -exponent : exponent;
	return true;
}

/* Divides where the exponent is negative: 10^22 is exact, 10^-1 is not. */
static double value_of(const struct parser *parser)
{
	const double mantissa = (double)parser->mantissa;

	if (parser->exponent == 0 || parser->mantissa == 0)
		return mantissa;
	return parser->exponent < 0 ? mantissa / pow(10, -parser->exponent)
				    : mantissa * pow(10, parser->exponent);
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
	struct parser parser = {.at = text, .end = text + nbytes};

	if (parse_short(text, nbytes, value_ret))
		return true;
	while (parser.at < parser.end && *parser.at == ' ')
		parser.at++;
	while (parser.end > parser.at && parser.end[-1] == ' ')
		parser.end--;
	parse_digits(&parser, false);
	if (skip_one_of(&parser, '.', '.'))
		parse_digits(&parser, true);
	if (!parser.has_digits)
		return false;
	if (skip_one_of(&parser, 'e', 'E') && !parse_exponent(&parser))
		return false;
	*value_ret = value_of(&parser);
	return parser.at == parser.end;
}
