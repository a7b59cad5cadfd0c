/* utf8.c - decodes and encodes UTF-8. */
#include "utf8.h"

size_t utf8_decode(const void *bytes, size_t n, uint32_t *code_ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = bytes;
	const unsigned char first = byte[0];
	const size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = first & (0x7fU >> length);

	if (first < 0x80) {
		*code_ret = first;
		return 1;
	}
	if (first < 0xc0 || first >= 0xf8 || n < length)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (byte[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*code_ret = code;
	return length;
}

size_t utf8_count(const char *string)
{
	size_t n = 0;

	for (; *string; string++)
		n += (*string & 0xc0) != 0x80;
	return n;
}

size_t utf8_encode(uint32_t code, char *bytes)
{
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
	const size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--, code >>= 6)
		bytes[i] = (char)(0x80 | (code & 0x3f));
	bytes[0] = (char)(first[n] | code);
	return n;
}
