/*
 * matfile.h - the arrays of a MATLAB file (version 5), one after the other, from a stream.
 *
 * Whoever reads walks down: a variable, its fields, their values; what is not wanted is skipped.
 * Nothing is allocated: an array's numbers are handed out in parts.
 */
#ifndef DATASET_MATFILE_H
#define DATASET_MATFILE_H

#include "../io/gzip.h"

/* The longest name of a variable or field that MATLAB makes has 63 bytes. */
#define MATFILE_NAME_NBYTES 64
#define MATFILE_MAX_FIELDS  64

enum matfile_kind {
	MATFILE_NUMBERS,
	MATFILE_STRUCT,
	MATFILE_OTHER, /* text, cells, objects, sparse or complex numbers */
};

struct matfile;

/* An array whose header has been read. */
struct matfile_array {
	enum matfile_kind kind;
	char name[MATFILE_NAME_NBYTES + 1]; /* of a variable; "" of a field */
	uint32_t rows, columns;             /* 0 by 0 where it has more than 2 dimensions */
	uint64_t left;                      /* bytes of it that were not read */

	/* of MATFILE_STRUCT */
	size_t n_fields;
	char fields[MATFILE_MAX_FIELDS][MATFILE_NAME_NBYTES + 1];

	/* of MATFILE_NUMBERS */
	uint32_t type;          /* that they are stored as */
	uint64_t n_values;      /* rows x columns, and as many are stored */
	unsigned char small[4]; /* up to 4 bytes stand in the header */
	bool is_small;
};

/* Reads and checks the header of a stream, which is borrowed. Close with matfile_close(). */
enum emnist_status matfile_open(struct gzip *stream, struct matfile **file_ret,
				struct emnist_error *error);

/* The header of the next variable, what is left of the one before being skipped and checked.
 * *end_ret: there is none. */
enum emnist_status matfile_next(struct matfile *file, struct matfile_array *array, bool *end_ret,
				struct emnist_error *error);

/* The header of the next field of a struct. The one before must have been read or skipped. */
enum emnist_status matfile_field(struct matfile *file, struct matfile_array *parent,
				 struct matfile_array *array, struct emnist_error *error);

/* The next n values of numbers, n at most those that are left. */
enum emnist_status matfile_values(struct matfile *file, struct matfile_array *array, double *values,
				  size_t n, struct emnist_error *error);

/* Whether they are bytes, and the same as these. */
bool matfile_has_bytes(const struct matfile_array *array);
enum emnist_status matfile_bytes(struct matfile *file, struct matfile_array *array, uint8_t *bytes,
				 size_t n, struct emnist_error *error);

/* Skips what is left of a field. */
enum emnist_status matfile_skip(struct matfile *file, struct matfile_array *array,
				struct emnist_error *error);

/* file may be NULL. */
void matfile_close(struct matfile *file);

#endif
