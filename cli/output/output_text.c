/*
 * output_text.c - records for people.
 */
#include "escape.h"
#include "output.h"

#define DECIMALS 4

static void put_record(struct text *text, const struct output_schema *schema,
		       const struct record *record)
{
	if (record->error && !record->blank)
		return;
	escape_put(text, record->path);
	text_putc(text, ':');
	if (record->blank) {
		text_puts(text, " - " OUTPUT_BLANK "\n");
		return;
	}
	for (size_t i = 0; i < schema->n_top; i++) {
		text_puts(text, i > 0 ? "  " : " ");
		if (i == 0 && record->rejected)
			text_putc(text, '-');
		else
			escape_put(text, schema->labels[record->top[i]]);
		text_putc(text, ' ');
		text_share(text, (double)record->probabilities[record->top[i]], DECIMALS);
	}
	text_putc(text, '\n');
}

const struct output_format output_text = {"text", NULL, put_record};
