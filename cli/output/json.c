/*
 * json.c - strings of JSON.
 */
#include "json.h"
#include "escape.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

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
			text_puts(text, REPLACEMENT);
			valid = false;
			length = 1;
		}
	}
	text_putc(text, '"');
	return valid;
}
