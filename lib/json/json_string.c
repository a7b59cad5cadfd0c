/* json_string.c - checks, decodes and writes strings. */
#include "json_string.h"

#include "../base/numbers.h"
#include "../base/utf8.h"
#include "../emnist_serve.h"

#include <string.h>

static const char escaped[] = "\"\\/bfnrt", characters[] = "\"\\/\b\f\n\r\t";

/* The number of four digits, or -1. */
static int32_t read_hex(const uint8_t *at, const uint8_t *end)
{
	int32_t code = 0;

	for (unsigned i = 0; i < 4; i++, at++) {
		if (at < end && *at >= '0' && *at <= '9')
			code = code << 4 | (*at - '0');
		else if (at < end && (*at | 0x20) >= 'a' && (*at | 0x20) <= 'f')
			code = code << 4 | ((*at | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return code;
}

static bool is_high(int32_t code)
{
	return code >= 0xd800 && code <= 0xdbff;
}

/* Returns the end of the escape at `at`. */
static const uint8_t *check_escape(const uint8_t *at, const uint8_t *end, const char **fault_ret)
{
	const uint8_t kind = at + 1 < end ? at[1] : 0;
	int32_t code;

	if (kind && memchr(escaped, kind, sizeof(escaped) - 1))
		return at + 2;
	if (kind != 'u') {
		*fault_ret = "Invalid escape character in string.";
		return at;
	}
	code = read_hex(at + 2, end);
	if (code < 0)
		*fault_ret = "Incorrect hex digit after \\u escape in string.";
	if (!is_high(code))
		return at + 6;
	if (end - at < 8 || at[6] != '\\' || at[7] != 'u') {
		*fault_ret = "The surrogate pair in string is invalid.";
		return at;
	}
	code = read_hex(at + 8, end);
	if (code < 0)
		*fault_ret = "Incorrect hex digit after \\u escape in string.";
	else if (code < 0xdc00 || code > 0xdfff)
		*fault_ret = "The surrogate pair in string is invalid.";
	return at + 12;
}

/* Skips plain characters, as far as there are 8 bytes of them at a time. */
static const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);

	for (; end - at >= 8; at += 8) {
		const uint64_t bytes = number_u64(at);
		const uint64_t quotes = bytes ^ ones * '"', backslashes = bytes ^ ones * '\\';
		/* The first bit of a byte that is below 0x20, or 0. */
		const uint64_t controls = (bytes - ones * 0x20) & ~bytes;
		const uint64_t zeros =
			((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes);

		if ((controls | zeros) & ones << 7)
			break;
	}
	return at;
}

const uint8_t *json_string_check(const uint8_t *at, const uint8_t *end, const char **fault_ret)
{
	for (at++; at < end && *at != '"' && *at != '\0';) {
		const uint8_t *next = NULL;
		const char *fault = NULL;

		if (*at == '\\')
			next = check_escape(at, end, &fault);
		else if (*at < 0x20)
			fault = "Invalid escape character in string.";
		else
			next = skip_plain(at + 1, end);
		if (fault) {
			*fault_ret = fault;
			return at;
		}
		at = next;
	}
	if (at < end && *at == '"')
		return at + 1;
	*fault_ret = "Missing a closing quotation mark in string.";
	return at;
}

const uint8_t *json_string_end(const uint8_t *at, const uint8_t *end)
{
	for (at++; *at != '"';)
		at = *at == '\\' ? at + 2 : skip_plain(at + 1, end);
	return at + 1;
}

size_t json_string_decode(const uint8_t **at, char bytes[4])
{
	const uint8_t *from = *at;
	int32_t code;

	*at += 1;
	bytes[0] = (char)*from;
	if (*from != '\\')
		return 1;
	*at += 1;
	if (from[1] != 'u') {
		const char *found = memchr(escaped, from[1], sizeof(escaped) - 1);

		bytes[0] = characters[found - escaped];
		return 1;
	}
	*at += 4;
	code = read_hex(from + 2, from + 6);
	if (is_high(code)) {
		*at += 6;
		code = 0x10000 + ((code - 0xd800) << 10) + (read_hex(from + 8, from + 12) - 0xdc00);
	}
	return utf8_encode((uint32_t)code, bytes);
}

size_t emnist_json_put_string(char *text, const char *bytes, size_t nbytes)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to = text;

	*to++ = '"';
	for (size_t i = 0; i < nbytes; i++) {
		const unsigned char c = (unsigned char)bytes[i];
		const char *found = c == '/' ? NULL : memchr(characters, c, sizeof(escaped) - 1);

		if (found) {
			*to++ = '\\';
			*to++ = escaped[found - characters];
		} else if (c < 0x20) {
			memcpy(to, "\\u00", 4);
			to[4] = digits[c >> 4];
			to[5] = digits[c & 15];
			to += 6;
		} else {
			*to++ = (char)c;
		}
	}
	*to++ = '"';
	return (size_t)(to - text);
}
