/*
 * output_jsonl.c - records as JSON Lines (RFC 8259, one object a line).
 *
 * A JSON text is UTF-8, a path need not be. Lone surrogates, which some use for such bytes, are
 * refused by strict readers; so the string shows U+FFFD, and base64 gives the bytes.
 */
#include "html.h"
#include "json.h"
#include "output.h"

#include <string.h>

#define DECIMALS 6

static void put_class(struct text *text, const struct output_schema *schema,
		      const struct record *record, size_t rank)
{
	uint32_t class = record->top[rank];

	text_puts(text, "\"label\":");
	json_put_string(text, schema->labels[class]);
	text_puts(text, ",\"probability\":");
	text_share(text, (double)record->probabilities[class], DECIMALS);
}

static void put_top(struct text *text, const struct output_schema *schema,
		    const struct record *record)
{
	text_puts(text, ",\"top\":[");
	for (size_t i = 0; !record->error && i < schema->n_top; i++) {
		text_puts(text, i > 0 ? ",{" : "{");
		put_class(text, schema, record, i);
		text_putc(text, '}');
	}
	text_putc(text, ']');
}

static void put_probabilities(struct text *text, const struct output_schema *schema,
			      const struct record *record)
{
	text_puts(text, ",\"probabilities\":{");
	for (size_t i = 0; !record->error && i < schema->n_classes; i++) {
		if (i > 0)
			text_putc(text, ',');
		json_put_string(text, schema->labels[i]);
		text_putc(text, ':');
		text_share(text, (double)record->probabilities[i], DECIMALS);
	}
	text_putc(text, '}');
}

/* The answer: the most probable class, or that there is none. */
static void put_answer(struct text *text, const struct output_schema *schema,
		       const struct record *record)
{
	if (record->error) {
		text_puts(text, "\"label\":null,\"probability\":null,\"error\":");
		json_put_string(text, record->error);
	} else if (record->rejected) {
		text_puts(text, "\"label\":null,\"probability\":");
		text_share(text, (double)record->probabilities[record->top[0]], DECIMALS);
		text_puts(text, ",\"error\":null");
	} else {
		put_class(text, schema, record, 0);
		text_puts(text, ",\"error\":null");
	}
	if (schema->min_probability >= 0) {
		text_puts(text, ",\"rejected\":");
		text_puts(text, record->error ? "null" : record->rejected ? "true" : "false");
	}
}

static void put_record(struct text *text, const struct output_schema *schema,
		       const struct record *record)
{
	bool valid;

	text_puts(text, "{\"path\":");
	valid = json_put_string(text, record->path);
	text_putc(text, ',');
	put_answer(text, schema, record);
	if (record->n_characters > 1)
		text_printf(text, ",\"characters\":%zu", record->n_characters);
	if (schema->n_top > 1)
		put_top(text, schema, record);
	if (schema->probabilities)
		put_probabilities(text, schema, record);
	if (!valid) {
		text_puts(text, ",\"path_base64\":\"");
		base64_put(text, record->path, strlen(record->path));
		text_putc(text, '"');
	}
	text_puts(text, "}\n");
}

const struct output_format output_jsonl = {"jsonl", NULL, put_record};
