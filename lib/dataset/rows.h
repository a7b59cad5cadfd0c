/*
 * rows.h - reads records of separated values (RFC 4180) in order.
 *
 * Fields are separated by commas, tabs or semicolons, whichever the first record has most of.
 * Quoted fields may hold separators, line ends and doubled quotes. Lines end with LF or CRLF. Empty
 * lines and a byte order mark are skipped.
 */
#ifndef DATASET_ROWS_H
#define DATASET_ROWS_H

#include "../base/memory.h"
#include "../io/gzip.h"

/*
 * The most fields of a record, and its most bytes: an image has 785, in about 6,300 bytes at most.
 */
#define ROWS_MAX_FIELDS 4096
#define ROWS_MAX_NBYTES ((size_t)1 << 20)

struct rows_field {
	char *text; /* terminated */
	size_t nbytes;
};

struct rows {
	struct gzip *stream;
	char separator;       /* 0: not known yet */
	uint64_t line;        /* that the record begins in, from 1 */
	uint64_t n_lines;     /* that were read */
	size_t n_fields;      /* of the record; 0: no more records */
	struct buffer fields; /* of struct rows_field */
	struct buffer bytes;
	size_t next; /* position in bytes of the unread part */
	bool at_end;
};

/* The stream is borrowed. Release with rows_clear(). */
void rows_init(struct rows *rows, struct gzip *stream);

/* Reads the next record. Messages name its line. */
enum emnist_status rows_next(struct rows *rows, struct emnist_error *error);

/* Field i of the record; valid until the next record is read. */
static inline struct rows_field *rows_field(const struct rows *rows, size_t i)
{
	return (struct rows_field *)(void *)rows->fields.data + i;
}

void rows_clear(struct rows *rows);

/* The number of fields in the first line if the bytes begin as text with fields; else 0. */
size_t rows_begin(const unsigned char *bytes, size_t nbytes);

#endif
