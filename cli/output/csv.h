/*
 * csv.h - fields of tables: comma-separated (RFC 4180), or tab-separated.
 */
#ifndef CLI_OUTPUT_CSV_H
#define CLI_OUTPUT_CSV_H

#include "text.h"

/* Puts the field, quoted where it must be. */
void csv_put_field(struct text *text, const char *field);

/* The two ways to keep a field in its place. */
struct csv_dialect {
	char separator;
	void (*put_field)(struct text *text, const char *field);
};

extern const struct csv_dialect csv_comma;
/* Tab, line end, carriage return and backslash are \t, \n, \r, \\. */
extern const struct csv_dialect csv_tab;

#endif
