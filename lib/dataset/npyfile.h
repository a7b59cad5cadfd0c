/*
 * npyfile.h - reads the array in a NumPy file (.npy) from a stream.
 *
 * Nothing is allocated: elements are read in parts.
 */
#ifndef DATASET_NPYFILE_H
#define DATASET_NPYFILE_H

#include "../base/numbers.h"
#include "../io/gzip.h"

#define NPYFILE_MAX_DIMENSIONS 8

/* An array whose header has been read. */
struct npyfile {
	struct gzip *stream; /* borrowed */
	bool is_text;        /* code points of `unit` bytes each, not numbers */
	enum number_type type;
	size_t nbytes; /* of an element */
	size_t unit;   /* bytes of one unit that the byte order applies to */
	bool big_endian;
	bool is_fortran; /* the first index varies fastest, not the last */
	size_t n_dimensions;
	uint64_t shape[NPYFILE_MAX_DIMENSIONS];
	uint64_t n_elements; /* their product */
	uint64_t n_left;     /* of these, to be read */
};

/* Whether the bytes begin like an .npy file. */
bool npyfile_begins(const unsigned char *bytes, size_t nbytes);

/* Reads and checks the header. */
enum emnist_status npyfile_open(struct gzip *stream, struct npyfile *file,
				struct emnist_error *error);

/* Reads the next n elements, at most n_left, as stored, but little-endian. */
enum emnist_status npyfile_read(struct npyfile *file, void *bytes, size_t n,
				struct emnist_error *error);

/* The same as numbers, for an array that is not text. */
enum emnist_status npyfile_values(struct npyfile *file, double *values, size_t n,
				  struct emnist_error *error);

/* Checks that nothing follows the elements, which must all have been read. */
enum emnist_status npyfile_end(struct npyfile *file, struct emnist_error *error);

/* Room for any shape as text. */
#define NPYFILE_SHAPE_NBYTES (NPYFILE_MAX_DIMENSIONS * 22 + 3)

/* "(10, 28, 28)". Returns text. */
const char *npyfile_shape(const struct npyfile *file, char text[static NPYFILE_SHAPE_NBYTES]);

#endif
