/* json.c - writes JSON values and members of objects. */
#include "json.h"

#include "../../lib/base/utf8.h"
#include "escape.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* One character of a string: n bytes that are UTF-8. */
static void put_character(struct text *text, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = memchr(special, bytes[0], sizeof(special) - 1);
	char code[] = "\\u0000";

	if (found) {
		text_putc(text, '\\');
		text_putc(text, letters[found - special]);
	} else if (bytes[0] < 0x20) {
		code[4] = digits[bytes[0] >> 4];
		code[5] = digits[bytes[0] & 15];
		text_puts(text, code);
	} else {
		text_add(text, bytes, n);
	}
}

bool json_put_string(struct text *text, const char *string)
{
	const unsigned char *bytes = (const unsigned char *)string;
	size_t n = strlen(string);
	bool valid = true;
	size_t length;

	text_putc(text, '"');
	for (size_t i = 0; i < n; i += length) {
		length = utf8_length(bytes + i, n - i);
		if (length > 0) {
			put_character(text, bytes + i, length);
		} else {
			text_puts(text, UTF8_REPLACEMENT);
			valid = false;
			length = 1;
		}
	}
	text_putc(text, '"');
	return valid;
}

void json_put_comma(struct text *text)
{
	const char last = text->nbytes ? text->bytes[text->nbytes - 1] : '[';

	if (last != '[' && last != '{' && last != ':')
		text_putc(text, ',');
}

void json_begin_object(struct text *text)
{
	json_put_comma(text);
	text_putc(text, '{');
}

void json_put_key(struct text *text, const char *key)
{
	json_put_comma(text);
	text_printf(text, "\"%s\":", key);
}

void json_begin_array(struct text *text, const char *key)
{
	json_put_key(text, key);
	text_putc(text, '[');
}

void json_put_text(struct text *text, const char *key, const char *string)
{
	json_put_key(text, key);
	if (string)
		json_put_string(text, string);
	else
		text_puts(text, "null");
}

void json_put_bool(struct text *text, const char *key, bool value)
{
	json_put_key(text, key);
	text_puts(text, value ? "true" : "false");
}

void json_put_count(struct text *text, const char *key, uint64_t count)
{
	json_put_key(text, key);
	text_printf(text, "%" PRIu64, count);
}

void json_put_real(struct text *text, const char *key, double value, int n_decimals)
{
	json_put_key(text, key);
	if (value >= 0 && isfinite(value))
		text_printf(text, "%.*f", n_decimals, value);
	else
		text_puts(text, "null");
}
