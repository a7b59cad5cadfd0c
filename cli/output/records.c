/*
 * records.c - records as text, CSV, TSV and JSON Lines.
 */
#include "records.h"
#include "escape.h"
#include "json.h"

#include <emnist.h>
#include <stdio.h>
#include <string.h>

/* Digits after the point: enough to read, and enough to keep. */
#define SHOWN_DECIMALS 4
#define DECIMALS       6

void record_answer(struct record *record, const struct output_schema *schema, const float *row,
		   uint32_t *top)
{
	emnist_top_k(row, schema->n_classes, schema->n_top, top);
	record->top = top;
	record->probabilities = row;
	record->rejected = (double)row[top[0]] < schema->min_probability;
}

/* ------------------------------------------------------------------------- text */

static void put_text_record(struct text *text, const struct output_schema *schema,
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
		text_share(text, (double)record->probabilities[record->top[i]], SHOWN_DECIMALS);
	}
	text_putc(text, '\n');
}

const struct output_format output_text = {"text", NULL, put_text_record};

/* ------------------------------------------------------------------ CSV and TSV */

static void put_table_header(const struct csv_dialect *dialect, struct text *text,
			     const struct output_schema *schema)
{
	static const char *const first[] = {"path", "label", "probability", "error"};
	char name[64];

	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++) {
		if (i > 0)
			text_putc(text, dialect->separator);
		text_puts(text, first[i]);
	}
	for (size_t i = 2; i <= schema->n_top; i++) {
		snprintf(name, sizeof(name), "%clabel_%zu%cprobability_%zu", dialect->separator, i,
			 dialect->separator, i);
		text_puts(text, name);
	}
	for (size_t i = 0; schema->probabilities && i < schema->n_classes; i++) {
		struct text column = {0};

		text_puts(&column, "p_");
		text_puts(&column, schema->labels[i]);
		text_putc(&column, '\0');
		text_putc(text, dialect->separator);
		if (column.failed)
			text->failed = true;
		else
			dialect->put_field(text, column.bytes);
		text_release(&column);
	}
	if (schema->min_probability >= 0) {
		text_putc(text, dialect->separator);
		text_puts(text, "rejected");
	}
	text_putc(text, '\n');
}

static void put_cells(const struct csv_dialect *dialect, struct text *text,
		      const struct output_schema *schema, const struct record *record, size_t rank)
{
	uint32_t class = record->top[rank];

	text_putc(text, dialect->separator);
	if (rank > 0 || !record->rejected)
		dialect->put_field(text, schema->labels[class]);
	text_putc(text, dialect->separator);
	text_share(text, (double)record->probabilities[class], DECIMALS);
}

static void put_failed_row(const struct csv_dialect *dialect, struct text *text,
			   const struct output_schema *schema, const struct record *record)
{
	size_t n_empty = 2 * (schema->n_top - 1) + (schema->probabilities ? schema->n_classes : 0) +
			 (schema->min_probability >= 0);

	for (int i = 0; i < 3; i++)
		text_putc(text, dialect->separator);
	dialect->put_field(text, record->error);
	while (n_empty-- > 0)
		text_putc(text, dialect->separator);
}

static void put_row(const struct csv_dialect *dialect, struct text *text,
		    const struct output_schema *schema, const struct record *record)
{
	if (record->path)
		dialect->put_field(text, record->path);
	if (record->error) {
		put_failed_row(dialect, text, schema, record);
	} else {
		put_cells(dialect, text, schema, record, 0);
		text_putc(text, dialect->separator);
		for (size_t i = 1; i < schema->n_top; i++)
			put_cells(dialect, text, schema, record, i);
		for (size_t i = 0; schema->probabilities && i < schema->n_classes; i++) {
			text_putc(text, dialect->separator);
			text_share(text, (double)record->probabilities[i], DECIMALS);
		}
		if (schema->min_probability >= 0) {
			text_putc(text, dialect->separator);
			text_puts(text, record->rejected ? "true" : "false");
		}
	}
	text_putc(text, '\n');
}

static void put_csv_header(struct text *text, const struct output_schema *schema)
{
	put_table_header(&csv_comma, text, schema);
}

static void put_csv_record(struct text *text, const struct output_schema *schema,
			   const struct record *record)
{
	put_row(&csv_comma, text, schema, record);
}

static void put_tsv_header(struct text *text, const struct output_schema *schema)
{
	put_table_header(&csv_tab, text, schema);
}

static void put_tsv_record(struct text *text, const struct output_schema *schema,
			   const struct record *record)
{
	put_row(&csv_tab, text, schema, record);
}

const struct output_format output_csv = {"csv", put_csv_header, put_csv_record};
const struct output_format output_tsv = {"tsv", put_tsv_header, put_tsv_record};

/* ------------------------------------------------------------------- JSON Lines */

static void put_object_of_class(struct text *text, const struct output_schema *schema,
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
		put_object_of_class(text, schema, record, i);
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

/* The answer: the most probable class, or none. */
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
		put_object_of_class(text, schema, record, 0);
		text_puts(text, ",\"error\":null");
	}
	if (schema->min_probability >= 0) {
		text_puts(text, ",\"rejected\":");
		text_puts(text, record->error ? "null" : record->rejected ? "true" : "false");
	}
}

static void put_base64(struct text *text, const char *key, const void *bytes, size_t nbytes)
{
	json_put_key(text, key);
	text_putc(text, '"');
	base64_put(text, bytes, nbytes);
	text_putc(text, '"');
}

/* A JSON text is UTF-8, a path need not be. Lone surrogates, which some use for such bytes, are
 * refused by strict readers; so the string shows U+FFFD, and base64 gives the bytes. */
void record_put_json(struct text *text, const struct output_schema *schema,
		     const struct record *record)
{
	bool valid = true;

	text_putc(text, '{');
	if (record->path) {
		text_puts(text, "\"path\":");
		valid = json_put_string(text, record->path);
		text_putc(text, ',');
	}
	put_answer(text, schema, record);
	if (record->n_characters > 1)
		text_printf(text, ",\"characters\":%zu", record->n_characters);
	if (record->warning)
		json_put_text(text, "warning", record->warning);
	if (schema->n_top > 1)
		put_top(text, schema, record);
	if (schema->probabilities)
		put_probabilities(text, schema, record);
	if (record->seen)
		put_base64(text, "seen", record->seen, record->seen_nbytes);
	if (!valid)
		put_base64(text, "path_base64", record->path, strlen(record->path));
	text_putc(text, '}');
}

static void put_jsonl_record(struct text *text, const struct output_schema *schema,
			     const struct record *record)
{
	record_put_json(text, schema, record);
	text_putc(text, '\n');
}

const struct output_format output_jsonl = {"jsonl", NULL, put_jsonl_record};

/* -------------------------------------------------------------------- the table */

const struct output_format *const output_formats[] = {
	&output_text, &output_csv, &output_tsv, &output_jsonl, NULL,
};

const char *const output_format_names[] = {"text", "csv", "tsv", "jsonl", NULL};
