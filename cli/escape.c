/*
 * escape.c - UTF-8 and backslashes. Everything shown can be turned back into the bytes it stands
 * for, and nothing shown can move a terminal's cursor or break out of its line.
 */
#include "escape.h"

#include <string.h>

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

size_t utf8_length(const unsigned char *bytes, size_t n)
{
	unsigned char first = bytes[0];
	size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4 || n < length)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (!is_continuation(bytes[i]))
			return 0;
	/* The second byte rules out longer forms than needed, surrogates, and what is too large. */
	if ((first == 0xe0 && bytes[1] < 0xa0) || (first == 0xed && bytes[1] > 0x9f) ||
	    (first == 0xf0 && bytes[1] < 0x90) || (first == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return length;
}

/* C0, DEL, and C1, which is U+0080 to U+009F. */
static bool is_control(const unsigned char *bytes, size_t length)
{
	return bytes[0] < 0x20 || bytes[0] == 0x7f ||
	       (length == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0);
}

size_t escape_next(const unsigned char *bytes, size_t n, char *out, size_t *n_taken_ret)
{
	static const char plain[] = "\n\t\r\\", letters[] = "ntr\\", digits[] = "0123456789abcdef";
	size_t length = utf8_length(bytes, n);
	const char *found = memchr(plain, bytes[0], sizeof(plain) - 1);

	*n_taken_ret = 1;
	out[0] = '\\';
	if (found) {
		out[1] = letters[found - plain];
		return 2;
	}
	if (length == 0 || is_control(bytes, length)) {
		out[1] = 'x';
		out[2] = digits[bytes[0] >> 4];
		out[3] = digits[bytes[0] & 15];
		return 4;
	}
	memcpy(out, bytes, length);
	*n_taken_ret = length;
	return length;
}

void escape_put(struct text *text, const char *string)
{
	const unsigned char *bytes = (const unsigned char *)string;
	size_t n = strlen(string);
	char shown[ESCAPE_MAX];

	for (size_t i = 0, n_taken; i < n; i += n_taken) {
		size_t n_shown = escape_next(bytes + i, n - i, shown, &n_taken);

		text_add(text, shown, n_shown);
	}
}
