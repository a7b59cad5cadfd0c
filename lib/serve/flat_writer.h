/*
 * flat_writer.h - writes small FlatBuffers; lib/base/flatbuffer.h reads them.
 *
 * What refers to something is written before it, and a reference is set when that is written.
 */
#ifndef SERVE_FLAT_WRITER_H
#define SERVE_FLAT_WRITER_H

#include "../base/memory.h"

struct flat_writer {
	struct buffer buffer;
	bool failed; /* memory ran out, and nothing is written any more */
};

/* A field of a table: its bytes, 0 for one that is left out, and its value. References have 4, and
 * their value is ignored. *at_ret is where it was written. */
struct flat_field {
	size_t nbytes;
	uint64_t value;
	size_t *at_ret;
};

/* The reference to the root. */
size_t flat_begin(struct flat_writer *writer);

#define FLAT_MAX_FIELDS 8

/* Each sets the reference at `reference`. */
void flat_put_table(struct flat_writer *writer, size_t reference, const struct flat_field *fields,
		    size_t n_fields);
void flat_put_string(struct flat_writer *writer, size_t reference, const char *string);
void flat_put_i64s(struct flat_writer *writer, size_t reference, const int64_t *values, size_t n);

/* A vector of one reference, which is returned. */
size_t flat_put_list_of_one(struct flat_writer *writer, size_t reference);

/* A vector of bytes, of which none is written: where they are. */
size_t flat_put_room(struct flat_writer *writer, size_t reference, size_t nbytes);

#endif
