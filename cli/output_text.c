/*
 * output_text.c - records for people.
 */
#include "escape.h"
#include "output.h"

#include <string.h>

#define DECIMALS 4

static void put_escaped(struct text *text, const char *string)
{
	const unsigned char *bytes = (const unsigned char *)string;
	size_t n = strlen(string);
	char shown[ESCAPE_MAX];

	for (size_t i = 0, n_taken; i < n; i += n_taken) {
		size_t n_shown = escape_next(bytes + i, n - i, shown, &n_taken);

		text_add(text, shown, n_shown);
	}
}

static void put_record(struct text *text, const struct output_schema *schema,
		       const struct record *record)
{
	if (record->error)
		return;
	put_escaped(text, record->path);
	text_putc(text, ':');
	for (size_t i = 0; i < schema->n_top; i++) {
		text_puts(text, i > 0 ? "  " : " ");
		put_escaped(text, schema->labels[record->top[i]]);
		text_putc(text, ' ');
		text_share(text, (double)record->probabilities[record->top[i]], DECIMALS);
	}
	text_putc(text, '\n');
}

const struct output_format output_text = {"text", NULL, put_record};
