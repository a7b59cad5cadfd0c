/* flat_writer.c - writes small FlatBuffers. */
#include "flat_writer.h"

#include <string.h>

#define OFFSET_NBYTES 4

/* The lengths that the list of a table's fields begins with. */
#define LENGTHS_NBYTES 4

/* Of bytes that are numbers. */
#define ROOM_ALIGNMENT 16

/* Room at the end, zeroed; NULL when memory is short. */
static uint8_t *extend(struct flat_writer *writer, size_t nbytes)
{
	struct buffer *buffer = &writer->buffer;
	uint8_t *end;

	if (writer->failed || !buffer_reserve(buffer, buffer->nbytes + nbytes)) {
		writer->failed = true;
		return NULL;
	}
	end = buffer->data + buffer->nbytes;
	memset(end, 0, nbytes);
	buffer->nbytes += nbytes;
	return end;
}

/* So that what is `ahead` bytes from the end is aligned. */
static void align(struct flat_writer *writer, size_t alignment, size_t ahead)
{
	extend(writer, (alignment - (writer->buffer.nbytes + ahead) % alignment) % alignment);
}

static void put_number(struct flat_writer *writer, uint64_t value, size_t nbytes)
{
	uint8_t *bytes = extend(writer, nbytes);

	for (size_t i = 0; bytes && i < nbytes; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

/* Makes a reference refer to the end. */
static void refer(struct flat_writer *writer, size_t reference)
{
	const size_t offset = writer->buffer.nbytes - reference;

	for (size_t i = 0; !writer->failed && i < OFFSET_NBYTES; i++)
		writer->buffer.data[reference + i] = (uint8_t)(offset >> 8 * i);
}

size_t flat_begin(struct flat_writer *writer)
{
	put_number(writer, 0, OFFSET_NBYTES);
	return 0;
}

/* Where each field of a table is, and how long that makes it. */
static size_t lay_out(const struct flat_field *fields, size_t n_fields, size_t *offsets)
{
	size_t end = OFFSET_NBYTES;

	for (size_t i = 0; i < n_fields; i++) {
		const size_t nbytes = fields[i].nbytes;

		offsets[i] = nbytes ? (end + nbytes - 1) / nbytes * nbytes : 0;
		if (nbytes)
			end = offsets[i] + nbytes;
	}
	return end;
}

void flat_put_table(struct flat_writer *writer, size_t reference, const struct flat_field *fields,
		    size_t n_fields)
{
	const size_t vtable_nbytes = LENGTHS_NBYTES + 2 * n_fields;
	size_t offsets[FLAT_MAX_FIELDS];
	const size_t table_nbytes = lay_out(fields, n_fields, offsets);
	size_t table;

	align(writer, OFFSET_NBYTES, vtable_nbytes);
	put_number(writer, vtable_nbytes, 2);
	put_number(writer, table_nbytes, 2);
	for (size_t i = 0; i < n_fields; i++)
		put_number(writer, offsets[i], 2);
	refer(writer, reference);
	table = writer->buffer.nbytes;
	put_number(writer, vtable_nbytes, OFFSET_NBYTES);
	for (size_t i = 0; i < n_fields; i++) {
		if (fields[i].nbytes == 0)
			continue;
		extend(writer, table + offsets[i] - writer->buffer.nbytes);
		if (fields[i].at_ret)
			*fields[i].at_ret = writer->buffer.nbytes;
		put_number(writer, fields[i].value, fields[i].nbytes);
	}
}

void flat_put_string(struct flat_writer *writer, size_t reference, const char *string)
{
	const size_t nbytes = strlen(string);
	uint8_t *bytes;

	align(writer, OFFSET_NBYTES, 0);
	refer(writer, reference);
	put_number(writer, nbytes, OFFSET_NBYTES);
	bytes = extend(writer, nbytes + 1);
	if (bytes)
		memcpy(bytes, string, nbytes);
}

void flat_put_i64s(struct flat_writer *writer, size_t reference, const int64_t *values, size_t n)
{
	align(writer, 8, OFFSET_NBYTES);
	refer(writer, reference);
	put_number(writer, n, OFFSET_NBYTES);
	for (size_t i = 0; i < n; i++)
		put_number(writer, (uint64_t)values[i], 8);
}

size_t flat_put_list_of_one(struct flat_writer *writer, size_t reference)
{
	align(writer, OFFSET_NBYTES, 0);
	refer(writer, reference);
	put_number(writer, 1, OFFSET_NBYTES);
	put_number(writer, 0, OFFSET_NBYTES);
	return writer->buffer.nbytes - OFFSET_NBYTES;
}

size_t flat_put_room(struct flat_writer *writer, size_t reference, size_t nbytes)
{
	align(writer, ROOM_ALIGNMENT, OFFSET_NBYTES);
	refer(writer, reference);
	put_number(writer, nbytes, OFFSET_NBYTES);
	extend(writer, nbytes);
	return writer->buffer.nbytes - nbytes;
}
