/* percent.c - decodes the percent-encoding of URLs (RFC 3986, 2.1). */
#include "percent.h"

static int hexadecimal(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool percent_decode(struct text *text, const char *bytes, size_t nbytes, bool is_form)
{
	for (size_t i = 0; i < nbytes; i++) {
		char c = bytes[i];

		if (c == '+' && is_form) {
			c = ' ';
		} else if (c == '%') {
			const int high = i + 2 < nbytes ? hexadecimal(bytes[i + 1]) : -1;
			const int low = i + 2 < nbytes ? hexadecimal(bytes[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return false;
		text_putc(text, c);
	}
	return true;
}
