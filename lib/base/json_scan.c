/* json_scan.c - reads JSON piece by piece. */
#include "json_scan.h"

#include "utf8.h"

struct json_scan json_scan_over(const void *bytes, size_t nbytes, struct arena *arena)
{
	return (struct json_scan){cursor_over(bytes, nbytes), arena, false};
}

/* The next byte, or -1 at the end. */
static int peek(const struct json_scan *json)
{
	return !json->failed && cursor_left(&json->cursor) > 0
		       ? json->cursor.bytes[json->cursor.offset]
		       : -1;
}

static int next(struct json_scan *json)
{
	const int c = peek(json);

	json->failed |= c < 0;
	json->cursor.offset += !json->failed;
	return c;
}

static void skip_space(struct json_scan *json)
{
	for (int c = peek(json); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(json))
		json->cursor.offset++;
}

bool json_scan_take(struct json_scan *json, char character)
{
	skip_space(json);
	if (peek(json) != (unsigned char)character)
		return false;
	json->cursor.offset++;
	return true;
}

void json_scan_expect(struct json_scan *json, char character)
{
	json->failed |= !json_scan_take(json, character);
}

bool json_scan_at_end(struct json_scan *json)
{
	skip_space(json);
	return !json->failed && cursor_left(&json->cursor) == 0;
}

uint64_t json_scan_unsigned(struct json_scan *json)
{
	uint64_t number = 0;

	skip_space(json);
	if (peek(json) < '0' || peek(json) > '9')
		json->failed = true;
	if (peek(json) == '0') {
		json->cursor.offset++;
		json->failed |= peek(json) >= '0' && peek(json) <= '9';
		return 0;
	}
	while (peek(json) >= '0' && peek(json) <= '9')
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(next(json) - '0'), &number))
			json->failed = true;
	return json->failed ? 0 : number;
}

/* ------------------------------------------------------------------- strings */

static uint32_t hex_digits(struct json_scan *json)
{
	uint32_t code = 0;

	for (unsigned i = 0; i < 4; i++) {
		const int c = next(json);

		if (c >= '0' && c <= '9')
			code = code << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			code = code << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			json->failed = true;
	}
	return code;
}

/* What follows \u: a code point, or the two halves of one. */
static uint32_t escaped_code(struct json_scan *json)
{
	const uint32_t code = hex_digits(json);
	uint32_t low;

	if (code < 0xd800 || code > 0xdfff)
		return code;
	json->failed |= code > 0xdbff || next(json) != '\\' || next(json) != 'u';
	low = hex_digits(json);
	json->failed |= low < 0xdc00 || low > 0xdfff;
	return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

static uint32_t escape(struct json_scan *json)
{
	static const char names[] = "\"\\/bfnrt", codes[] = "\"\\/\b\f\n\r\t";
	const int c = next(json);

	if (c == 'u')
		return escaped_code(json);
	for (size_t i = 0; i < sizeof(names) - 1; i++)
		if (names[i] == c)
			return (unsigned char)codes[i];
	json->failed = true;
	return 0;
}

/* The bytes up to the quotation mark that ends a string. */
static size_t measure(const struct json_scan *json)
{
	const struct cursor *cursor = &json->cursor;
	size_t n = 0;

	while (n < cursor_left(cursor) && cursor->bytes[cursor->offset + n] != '"')
		n += cursor->bytes[cursor->offset + n] == '\\' ? 2 : 1;
	return n;
}

const char *json_scan_string(struct json_scan *json)
{
	size_t n = 0;
	char *text;

	json_scan_expect(json, '"');
	if (json->failed)
		return "";
	text = arena_alloc(json->arena, measure(json) + 1, 1);
	json->failed |= !text;
	while (!json->failed && peek(json) != '"') {
		const int c = next(json);
		const uint32_t code = c == '\\' ? escape(json) : 0x20;

		/* Control characters must be escaped; of these, 0 is not read. */
		json->failed |= c < 0x20 || code == 0;
		if (c != '\\')
			text[n++] = (char)c;
		else if (!json->failed)
			n += utf8_encode(code, text + n); /* fewer than \\uXXXX has */
	}
	json_scan_expect(json, '"');
	return json->failed ? "" : text;
}
