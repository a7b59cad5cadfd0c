/* columns.h - determines the columns of a table from its first line. */
#ifndef DATASET_COLUMNS_H
#define DATASET_COLUMNS_H

#include "rows.h"

enum columns_header {
	COLUMNS_NO_HEADER, /* the first line is data */
	COLUMNS_NAMES,     /* label,pixel0,...; numbers in sequence may be among them */
	COLUMNS_NUMBERS,   /* 0,1,2,...: the header that pandas gives NumPy arrays */
	COLUMNS_DATA,      /* 5,0,0.1,0.2,...: data that pandas took for names and made unique */
};

/* The columns of a table with one image per line. */
struct columns {
	enum columns_header header;
	size_t n;               /* of all lines */
	size_t label;           /* position of the labels */
	size_t row_index;       /* without a header, position of the row number; SIZE_MAX: none */
	struct buffer is_pixel; /* (n) of bool */
};

/* Determines the columns from the first record. wanted: name or number, from 1, of the label
 * column; NULL: it is searched. Release with columns_clear(), even after a failure. */
enum emnist_status columns_read(struct columns *columns, const struct rows *rows,
				const char *wanted, struct emnist_error *error);

static inline bool columns_is_pixel(const struct columns *columns, size_t i)
{
	return columns->is_pixel.data[i];
}

void columns_clear(struct columns *columns);

/* Position of the first of these names (ending with NULL) that the record has, ignoring case;
 * SIZE_MAX: none. */
size_t columns_find(const struct rows *rows, const char *const *names);

/* Position of the labels by their usual names; SIZE_MAX: none. */
size_t columns_find_label(const struct rows *rows);

/*
 * Position of the column that the user asked for, by name if the record has names, else by number
 * from 1.
 */
enum emnist_status columns_find_wanted(const struct rows *rows, bool has_names, const char *wanted,
				       size_t *position_ret, struct emnist_error *error);

#endif
