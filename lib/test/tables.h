/*
 * tables.h - files, and tables of what must become of them, for the tests of model readers.
 */
#ifndef TEST_TABLES_H
#define TEST_TABLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"

/* As the tables have it. */
static inline const char *name_of_status(enum emnist_status status)
{
	static const char *const names[] = {
		[EMNIST_OK] = "OK",
		[EMNIST_ERR_ARGUMENT] = "ARGUMENT",
		[EMNIST_ERR_MEMORY] = "MEMORY",
		[EMNIST_ERR_IO] = "IO",
		[EMNIST_ERR_FORMAT] = "FORMAT",
		[EMNIST_ERR_CORRUPT] = "CORRUPT",
		[EMNIST_ERR_UNSUPPORTED] = "UNSUPPORTED",
		[EMNIST_ERR_LIMIT] = "LIMIT",
		[EMNIST_ERR_STOPPED] = "STOPPED",
	};

	return names[status];
}

/* Stands at the first line after the heading; closed with fclose(). */
static inline FILE *open_table(const char *path)
{
	FILE *table = fopen(path, "r");
	char heading[256];

	assert_non_null(table);
	assert_non_null(fgets(heading, sizeof(heading), table));
	return table;
}

/* The next line's first n_fields fields, which must be there; false at the end. */
static inline bool next_line(FILE *table, char *line, size_t nbytes, char **fields, size_t n_fields)
{
	if (!fgets(line, (int)nbytes, table))
		return false;
	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < n_fields; i++) {
		fields[i] = strsep(&line, "\t");
		assert_non_null(fields[i]);
	}
	return true;
}

/* The numbers of a field, n_max at most; returns how many there are. */
static inline size_t scan_numbers(const char *text, float *values, size_t n_max)
{
	size_t n = 0;
	char *end;

	for (; n < n_max; n++, text = end) {
		values[n] = strtof(text, &end);
		if (end == text)
			break;
	}
	return n;
}

#endif
