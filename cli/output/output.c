/*
 * output.c - the table of formats.
 */
#include "output.h"

const struct output_format *const output_formats[] = {
	&output_text, &output_csv, &output_tsv, &output_jsonl, NULL,
};

const char *const output_format_names[] = {"text", "csv", "tsv", "jsonl", NULL};
