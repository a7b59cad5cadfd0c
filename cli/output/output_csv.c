/*
 * output_csv.c - records as a table, comma-separated (RFC 4180) or tab-separated: one writer, which
 * differs in how a field is kept in its place.
 */
#include "csv.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

#define DECIMALS 6

static void put_header(const struct csv_dialect *dialect, struct text *text,
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

static void put_class(const struct csv_dialect *dialect, struct text *text,
		      const struct output_schema *schema, const struct record *record, size_t rank)
{
	uint32_t class = record->top[rank];

	text_putc(text, dialect->separator);
	if (rank > 0 || !record->rejected)
		dialect->put_field(text, schema->labels[class]);
	text_putc(text, dialect->separator);
	text_share(text, (double)record->probabilities[class], DECIMALS);
}

static void put_failed(const struct csv_dialect *dialect, struct text *text,
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

static void put_record(const struct csv_dialect *dialect, struct text *text,
		       const struct output_schema *schema, const struct record *record)
{
	dialect->put_field(text, record->path);
	if (record->error) {
		put_failed(dialect, text, schema, record);
	} else {
		put_class(dialect, text, schema, record, 0);
		text_putc(text, dialect->separator);
		for (size_t i = 1; i < schema->n_top; i++)
			put_class(dialect, text, schema, record, i);
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
	put_header(&csv_comma, text, schema);
}

static void put_csv_record(struct text *text, const struct output_schema *schema,
			   const struct record *record)
{
	put_record(&csv_comma, text, schema, record);
}

static void put_tsv_header(struct text *text, const struct output_schema *schema)
{
	put_header(&csv_tab, text, schema);
}

static void put_tsv_record(struct text *text, const struct output_schema *schema,
			   const struct record *record)
{
	put_record(&csv_tab, text, schema, record);
}

const struct output_format output_csv = {"csv", put_csv_header, put_csv_record};
const struct output_format output_tsv = {"tsv", put_tsv_header, put_tsv_record};
