/*
 * json_quote.c - a value as TensorFlow Serving's messages quote it: the text of RapidJSON's
 * PrettyWriter.
 *
 * The text of the document is written anew, token by token. What follows a comma shows whether it
 * is in an object, so that no stack is needed.
 */
#include "json_document.h"

#include "../base/shortest.h"
#include "../base/utf8.h"
#include "json_number.h"
#include "json_string.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define INDENT 4

struct quote {
	const uint8_t *at, *end;
	char *text;
	size_t nbytes, room;
	size_t depth;
	bool is_full; /* or at a number that is not finite */
};

static void put(struct quote *quote, const char *bytes, size_t nbytes)
{
	if (nbytes > quote->room - quote->nbytes) {
		nbytes = quote->room - quote->nbytes;
		quote->is_full = true;
	}
	memcpy(quote->text + quote->nbytes, bytes, nbytes);
	quote->nbytes += nbytes;
}

static void put_line(struct quote *quote)
{
	put(quote, "\n", 1);
	for (size_t i = 0; i < quote->depth && !quote->is_full; i++)
		put(quote, "    ", INDENT);
}

static uint8_t skip_blanks(struct quote *quote)
{
	while (quote->at < quote->end && json_is_blank(*quote->at))
		quote->at++;
	return quote->at < quote->end ? *quote->at : 0;
}

/* Whether the next token is the name of a member. */
static bool is_name(const struct quote *quote)
{
	struct quote ahead = *quote;

	if (skip_blanks(&ahead) != '"')
		return false;
	ahead.at = json_string_end(ahead.at, ahead.end);
	return skip_blanks(&ahead) == ':';
}

static void put_string(struct quote *quote)
{
	put(quote, "\"", 1);
	for (quote->at++; *quote->at != '"' && !quote->is_full;) {
		char bytes[4], written[2 + 6 * 4];
		const size_t n = json_string_decode(&quote->at, bytes);

		put(quote, written + 1, emnist_json_put_string(written, bytes, n) - 2);
	}
	quote->at++;
	put(quote, "\"", 1);
}

/* An integer of 64 bits is written as one. */
static bool is_integer(const uint8_t *at, const uint8_t *end)
{
	const bool is_negative = *at == '-';
	uint64_t integer = 0;

	for (at += is_negative; at < end; at++)
		if (*at < '0' || *at > '9' || __builtin_mul_overflow(integer, 10, &integer) ||
		    __builtin_add_overflow(integer, (uint64_t)(*at - '0'), &integer))
			return false;
	return !is_negative || integer <= UINT64_C(1) << 63;
}

static void put_number(struct quote *quote)
{
	const uint8_t *start = quote->at;
	const char *fault = NULL;
	char text[DIGITS_ROOM];
	double number;

	quote->at = json_number_read(start, quote->end, true, &number, &fault);
	if (!isfinite(number))
		quote->is_full = true;
	else if (is_integer(start, quote->at) && number == 0)
		put(quote, "0", 1);
	else if (is_integer(start, quote->at))
		put(quote, (const char *)start, (size_t)(quote->at - start));
	else
		put(quote, text, shortest_text(number, text));
}

static void put_open(struct quote *quote)
{
	const bool is_object = *quote->at == '{';

	put(quote, (const char *)quote->at++, 1);
	quote->depth++;
	if (is_object && skip_blanks(quote) != '}')
		put_line(quote);
}

static void put_close(struct quote *quote)
{
	quote->depth--;
	if (*quote->at == '}' && quote->text[quote->nbytes - 1] != '{')
		put_line(quote);
	put(quote, (const char *)quote->at++, 1);
}

static void put_token(struct quote *quote)
{
	switch (skip_blanks(quote)) {
	case '{':
	case '[':
		put_open(quote);
		break;
	case '}':
	case ']':
		put_close(quote);
		break;
	case ',':
		quote->at++;
		put(quote, ",", 1);
		if (is_name(quote))
			put_line(quote);
		else
			put(quote, " ", 1);
		break;
	case ':':
		quote->at++;
		put(quote, ": ", 2);
		break;
	case '"':
		put_string(quote);
		break;
	case 't':
	case 'n':
		put(quote, (const char *)quote->at, 4);
		quote->at += 4;
		break;
	case 'f':
		put(quote, (const char *)quote->at, 5);
		quote->at += 5;
		break;
	default:
		put_number(quote);
	}
}

/* Removes the beginning of a character at the end. */
static void trim(struct quote *quote)
{
	size_t n = quote->nbytes;

	while (n > 0 && quote->nbytes - n < UTF8_MAX - 1 &&
	       ((uint8_t)quote->text[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0 && (uint8_t)quote->text[n - 1] >= 0xc0 &&
	    utf8_length(quote->text + n - 1, quote->nbytes - n + 1) == 0)
		quote->nbytes = n - 1;
}

size_t emnist_json_quote(const struct emnist_json *json, struct emnist_json_value value, char *text,
			 size_t room)
{
	struct quote quote = {.text = text, .room = room};
	size_t nbytes;

	quote.at = (const uint8_t *)emnist_json_source(json, value, &nbytes);
	quote.end = quote.at + nbytes;
	while (quote.at < quote.end && !quote.is_full)
		put_token(&quote);
	if (quote.is_full)
		trim(&quote);
	return quote.nbytes;
}
