/*
 * flatbuffer.h - reads FlatBuffers, with every offset checked against the bytes that are there, and
 * everything aligned as it has to be. The bytes themselves need not be aligned.
 *
 * A table lists where its fields are, and fields point to other tables and vectors, always forward.
 * What is missing is empty: a table or vector whose `at` is 0, or the default of a number. After
 * something that does not fit, `failed` is set and everything is empty, so that a whole message can
 * be read and checked once.
 */
#ifndef BASE_FLATBUFFER_H
#define BASE_FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flatbuffer {
	const uint8_t *bytes;
	size_t nbytes;
	bool failed;
};

struct flat_table {
	size_t at, nbytes; /* of its fields */
	size_t slots;      /* where the list of them is */
	size_t n_slots;
};

struct flat_vector {
	size_t at; /* of the first element */
	size_t n;
};

struct flat_table flat_root(struct flatbuffer *buffer);

/* Field number `slot`, a number of nbytes 1, 2, 4 or 8 bytes. */
uint64_t flat_number(struct flatbuffer *buffer, struct flat_table table, size_t slot, size_t nbytes,
		     uint64_t default_value);

struct flat_table flat_table(struct flatbuffer *buffer, struct flat_table parent, size_t slot);

/* A vector of elements of nbytes bytes. A string is one of bytes. */
struct flat_vector flat_vector(struct flatbuffer *buffer, struct flat_table parent, size_t slot,
			       size_t nbytes);

/* Element i < n of a vector of tables or of vectors, whose elements have 4 bytes; of numbers. */
struct flat_table flat_element(struct flatbuffer *buffer, struct flat_vector vector, size_t i);
struct flat_vector flat_element_vector(struct flatbuffer *buffer, struct flat_vector vector,
				       size_t i, size_t nbytes);
uint64_t flat_element_number(const struct flatbuffer *buffer, struct flat_vector vector, size_t i,
			     size_t nbytes);

#endif
