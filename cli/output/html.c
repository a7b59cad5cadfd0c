/*
 * html.c - text inside HTML and SVG.
 */
#include "html.h"
#include "escape.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

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

/* What nobody sees, and what XML has no place for: U+FFFE and U+FFFF. */
static bool is_banned(const unsigned char *bytes, size_t length)
{
	return length == 0 || utf8_is_unseen(bytes, length) ||
	       (length == 3 && bytes[0] == 0xef && bytes[1] == 0xbf && bytes[2] >= 0xbe);
}

void html_put(struct text *text, const char *string)
{
	const unsigned char *bytes = (const unsigned char *)string;
	const size_t n = strlen(string);
	size_t length;

	for (size_t i = 0; i < n; i += length ? length : 1) {
		const char *entity = entity_of(bytes[i]);

		length = utf8_length(bytes + i, n - i);
		if (entity)
			text_puts(text, entity);
		else if (is_banned(bytes + i, length))
			text_puts(text, REPLACEMENT);
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
