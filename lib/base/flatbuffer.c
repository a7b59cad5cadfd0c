/* flatbuffer.c - reads FlatBuffers, with every offset checked. */
#include "flatbuffer.h"

#include "numbers.h"

/* Of an offset, and of the distance of a table from its list of fields. */
#define OFFSET_NBYTES 4

static uint64_t number_at(const struct flatbuffer *buffer, size_t at, size_t nbytes)
{
	const uint8_t *bytes = buffer->bytes + at;

	switch (nbytes) {
	case 1:
		return bytes[0];
	case 2:
		return number_u16(bytes);
	case 4:
		return number_u32(bytes);
	default:
		return number_u64(bytes);
	}
}

static bool fits(const struct flatbuffer *buffer, size_t at, size_t nbytes)
{
	return at <= buffer->nbytes && nbytes <= buffer->nbytes - at;
}

/* Where the offset at `at` points to, with room for nbytes bytes; 0: nowhere. */
static size_t follow(struct flatbuffer *buffer, size_t at, size_t nbytes)
{
	size_t offset = 0;

	if (fits(buffer, at, OFFSET_NBYTES))
		offset = (size_t)number_at(buffer, at, OFFSET_NBYTES);
	if (offset > 0 && offset < buffer->nbytes && fits(buffer, at + offset, nbytes) &&
	    (at + offset) % OFFSET_NBYTES == 0)
		return at + offset;
	buffer->failed = true;
	return 0;
}

static struct flat_table no_table(struct flatbuffer *buffer)
{
	buffer->failed = true;
	return (struct flat_table){0};
}

/* The table whose offset is at `at`. */
static struct flat_table table_from(struct flatbuffer *buffer, size_t at)
{
	struct flat_table table = {.at = follow(buffer, at, OFFSET_NBYTES)};
	int64_t slots;
	size_t nbytes;

	if (!table.at)
		return no_table(buffer);
	/* The list may be on either side, as far as the sign says. */
	slots = (int64_t)table.at - (int32_t)number_at(buffer, table.at, OFFSET_NBYTES);
	if (slots < 0 || slots % 2 != 0 || !fits(buffer, (size_t)slots, 4))
		return no_table(buffer);
	nbytes = (size_t)number_at(buffer, (size_t)slots, 2);
	table.nbytes = (size_t)number_at(buffer, (size_t)slots + 2, 2);
	if (nbytes < 4 || !fits(buffer, (size_t)slots, nbytes) ||
	    !fits(buffer, table.at, table.nbytes))
		return no_table(buffer);
	table.slots = (size_t)slots + 4;
	table.n_slots = (nbytes - 4) / 2;
	return table;
}

struct flat_table flat_root(struct flatbuffer *buffer)
{
	return buffer->failed ? (struct flat_table){0} : table_from(buffer, 0);
}

/* Where a field of nbytes bytes is; 0: it is missing. */
static size_t field(struct flatbuffer *buffer, struct flat_table table, size_t slot, size_t nbytes)
{
	size_t offset;

	if (buffer->failed || slot >= table.n_slots)
		return 0;
	offset = (size_t)number_at(buffer, table.slots + 2 * slot, 2);
	if (offset == 0)
		return 0;
	if (offset >= OFFSET_NBYTES && offset <= table.nbytes && nbytes <= table.nbytes - offset &&
	    (table.at + offset) % nbytes == 0)
		return table.at + offset;
	buffer->failed = true;
	return 0;
}

uint64_t flat_number(struct flatbuffer *buffer, struct flat_table table, size_t slot, size_t nbytes,
		     uint64_t default_value)
{
	const size_t at = field(buffer, table, slot, nbytes);

	return at ? number_at(buffer, at, nbytes) : default_value;
}

struct flat_table flat_table(struct flatbuffer *buffer, struct flat_table parent, size_t slot)
{
	const size_t at = field(buffer, parent, slot, OFFSET_NBYTES);

	return at ? table_from(buffer, at) : (struct flat_table){0};
}

/* The vector whose offset is at `at`. Those of 8 bytes an element are aligned to that. */
static struct flat_vector vector_from(struct flatbuffer *buffer, size_t at, size_t nbytes)
{
	const size_t head = follow(buffer, at, OFFSET_NBYTES);
	struct flat_vector vector = {0};

	if (!head)
		return vector;
	vector.at = head + OFFSET_NBYTES;
	vector.n = (size_t)number_at(buffer, head, OFFSET_NBYTES);
	if (vector.n <= (buffer->nbytes - vector.at) / nbytes &&
	    (vector.n == 0 || vector.at % nbytes == 0))
		return vector;
	buffer->failed = true;
	return (struct flat_vector){0};
}

struct flat_vector flat_vector(struct flatbuffer *buffer, struct flat_table parent, size_t slot,
			       size_t nbytes)
{
	const size_t at = field(buffer, parent, slot, OFFSET_NBYTES);

	return at ? vector_from(buffer, at, nbytes) : (struct flat_vector){0};
}

struct flat_vector flat_element_vector(struct flatbuffer *buffer, struct flat_vector vector,
				       size_t i, size_t nbytes)
{
	if (buffer->failed || i >= vector.n)
		return (struct flat_vector){0};
	return vector_from(buffer, vector.at + i * OFFSET_NBYTES, nbytes);
}

struct flat_table flat_element(struct flatbuffer *buffer, struct flat_vector vector, size_t i)
{
	if (buffer->failed || i >= vector.n)
		return (struct flat_table){0};
	return table_from(buffer, vector.at + i * OFFSET_NBYTES);
}

uint64_t flat_element_number(const struct flatbuffer *buffer, struct flat_vector vector, size_t i,
			     size_t nbytes)
{
	return buffer->failed || i >= vector.n ? 0
					       : number_at(buffer, vector.at + i * nbytes, nbytes);
}
