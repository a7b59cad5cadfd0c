/*
 * csv.c - fields of tables.
 */
#include "csv.h"

#include <string.h>

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
