/*
 * escape.c - escapes strings for a terminal, CSV and HTML.
 *
 * Text shown on a terminal can be converted back to its bytes. It cannot move the cursor, break out
 * of its line, or make a name look like another.
 */
#include "escape.h"

#include "../../lib/base/utf8.h"

#include <stdint.h>
#include <string.h>

/* Whether it is an invisible character. */
static bool is_unseen(uint32_t c)
{
	/* In Unicode: C0, DEL and C1; zero-width characters, direction marks (UAX #9), and the line
	 * and paragraph separators. */
	static const struct {
		uint32_t first, last;
	} unseen[] = {
		{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},       {0x61c, 0x61c},
		{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},
		{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
	};

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (c <= unseen[i].last)
			return c >= unseen[i].first;
	return false;
}

/* -------------------------------------------------------------------- terminals */

size_t escape_next(const unsigned char *bytes, size_t n, char *out, size_t *n_taken_ret)
{
	static const char plain[] = "\n\t\r\\", letters[] = "ntr\\", digits[] = "0123456789abcdef";
	uint32_t code;
	const size_t length = utf8_decode(bytes, n, &code);
	const char *found = memchr(plain, bytes[0], sizeof(plain) - 1);

	*n_taken_ret = 1;
	out[0] = '\\';
	if (found) {
		out[1] = letters[found - plain];
		return 2;
	}
	if (length == 0 || is_unseen(code)) {
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

size_t escape_width(const char *string)
{
	const unsigned char *bytes = (const unsigned char *)string;
	const size_t n = strlen(string);
	char shown[ESCAPE_MAX];
	size_t width = 0;

	for (size_t i = 0, n_taken; i < n; i += n_taken) {
		const size_t n_shown = escape_next(bytes + i, n - i, shown, &n_taken);

		width += shown[0] == '\\' ? n_shown : 1;
	}
	return width;
}

void escape_put_padded(struct text *text, const char *string, size_t width)
{
	escape_put(text, string);
	for (size_t i = escape_width(string); i < width; i++)
		text_putc(text, ' ');
}

/* -------------------------------------------------------------------------- CSV */

void csv_put_field(struct text *text, const char *field)
{
	if (!field[strcspn(field, ",\"\r\n")]) {
		text_puts(text, field);
		return;
	}
	text_putc(text, '"');
	for (; *field; field++) {
		if (*field == '"')
			text_putc(text, '"');
		text_putc(text, *field);
	}
	text_putc(text, '"');
}

static void put_backslashed(struct text *text, const char *string)
{
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\";

	for (;;) {
		size_t n = strcspn(string, special);

		text_add(text, string, n);
		string += n;
		if (!*string)
			return;
		text_putc(text, '\\');
		text_putc(text, letters[strchr(special, *string) - special]);
		string++;
	}
}

const struct csv_dialect csv_comma = {',', csv_put_field};
const struct csv_dialect csv_tab = {'\t', put_backslashed};

/* ------------------------------------------------------------------------- HTML */

static const struct {
	char character;
	const char *entity;
} entities[] = {
	{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
};

static const char *entity_of(unsigned char byte)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (entities[i].character == (char)byte)
			return entities[i].entity;
	return NULL;
}

/* Invisible characters, and those that XML excludes: U+FFFE and U+FFFF. */
static bool is_banned(uint32_t code)
{
	return is_unseen(code) || code == 0xfffe || code == 0xffff;
}

void html_put(struct text *text, const char *string)
{
	html_put_start(text, string, SIZE_MAX);
}

void html_put_start(struct text *text, const char *string, size_t n_max)
{
	const unsigned char *bytes = (const unsigned char *)string;
	const size_t n = strlen(string);
	uint32_t code;
	size_t length;

	for (size_t i = 0, n_put = 0; i < n && n_put < n_max; i += length ? length : 1, n_put++) {
		const char *entity = entity_of(bytes[i]);

		length = utf8_decode(bytes + i, n - i, &code);
		if (entity)
			text_puts(text, entity);
		else if (length == 0 || is_banned(code))
			text_puts(text, UTF8_REPLACEMENT);
		else
			text_add(text, bytes + i, length);
	}
}

void base64_put(struct text *text, const void *start, size_t nbytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *bytes = start;

	for (size_t i = 0; i < nbytes; i += 3) {
		unsigned second = i + 1 < nbytes ? bytes[i + 1] : 0;
		unsigned third = i + 2 < nbytes ? bytes[i + 2] : 0;
		unsigned bits = (unsigned)bytes[i] << 16 | second << 8 | third;
		char group[4] = {digits[bits >> 18], digits[bits >> 12 & 63], '=', '='};

		if (i + 1 < nbytes)
			group[2] = digits[bits >> 6 & 63];
		if (i + 2 < nbytes)
			group[3] = digits[bits & 63];
		text_add(text, group, sizeof(group));
	}
}
