/*
 * matfile.h - reads the arrays of a MATLAB file (version 5) in order, from a stream.
 *
 * Callers go down: a variable, its fields, their values; what they do not want is skipped. Nothing
 * is allocated: numbers are read in parts.
 */
#ifndef DATASET_MATFILE_H
#define DATASET_MATFILE_H

#include "../io/gzip.h"

/* The longest name of a variable or field in MATLAB has 63 bytes. */
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
	uint32_t rows, columns;             /* 0 by 0 if it has more than 2 dimensions */
	uint64_t left;                      /* bytes of it that were not read */

	/* of MATFILE_STRUCT */
	size_t n_fields;
	char fields[MATFILE_MAX_FIELDS][MATFILE_NAME_NBYTES + 1];

	/* of MATFILE_NUMBERS */
	uint32_t type;          /* that they are stored as */
	uint64_t n_values;      /* rows x columns; as many are stored */
	unsigned char small[4]; /* up to 4 bytes are in the header */
	bool is_small;
};

/* Reads and checks the header of a stream, which is borrowed. Close with matfile_close(). */
enum emnist_status matfile_open(struct gzip *stream, struct matfile **file_ret,
				struct emnist_error *error);

/* Skips and checks the rest of the variable before and reads the next one's header. *end_ret: there
 * is none. */
enum emnist_status matfile_next(struct matfile *file, struct matfile_array *array, bool *end_ret,
				struct emnist_error *error);

/* Reads the header of a struct's next field. The one before must have been read or skipped. */
enum emnist_status matfile_field(struct matfile *file, struct matfile_array *parent,
				 struct matfile_array *array, struct emnist_error *error);

/* Reads the next n values; n is at most the number left. */
enum emnist_status matfile_values(struct matfile *file, struct matfile_array *array, double *values,
				  size_t n, struct emnist_error *error);

/* Whether both are bytes, and equal. */
bool matfile_has_bytes(const struct matfile_array *array);
enum emnist_status matfile_bytes(struct matfile *file, struct matfile_array *array, uint8_t *bytes,
				 size_t n, struct emnist_error *error);

/* Skips the rest of a field. */
enum emnist_status matfile_skip(struct matfile *file, struct matfile_array *array,
				struct emnist_error *error);

/* file may be NULL. */
void matfile_close(struct matfile *file);

#endif
