/*
 * csv.c - fields of comma-separated values.
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
