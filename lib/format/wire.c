/*
 * wire.c - unpacks untrusted protobuf bytes into messages.
 *
 * The hard part is cost. Two bytes of a file can become a message of a hundred bytes in memory. And
 * protobuf-c merges a message given in a thousand pieces a thousand times, each time copying
 * everything before. Both show up as allocations. So the sum of all allocations is limited to what
 * an honest file can need: its bytes, copied once as data or unknown fields, and the structures of
 * its nodes.
 */
#include "wire.h"

#include "../base/memory.h"

/* Limit for the structures around the data. 65536 nodes of ONNX take 16 MiB. */
#define STRUCTURES_NBYTES ((size_t)32 << 20)

struct budget {
	size_t left;
	bool is_spent;
	bool is_memory_short;
};

static void *budget_alloc(void *context, size_t nbytes)
{
	struct budget *budget = context;
	void *pointer;

	if (nbytes > budget->left) {
		budget->is_spent = true;
		return NULL;
	}
	budget->left -= nbytes;
	pointer = malloc(nbytes ? nbytes : 1);
	budget->is_memory_short |= !pointer;
	return pointer;
}

static void budget_free(void *context, void *pointer)
{
	(void)context;
	free(pointer);
}

size_t wire_budget(size_t nbytes)
{
	size_t budget_nbytes;

	if (size_mul_overflows(nbytes, 2, &budget_nbytes) ||
	    budget_nbytes > SIZE_MAX - STRUCTURES_NBYTES)
		return SIZE_MAX;
	return budget_nbytes + STRUCTURES_NBYTES;
}

enum emnist_status wire_message(const ProtobufCMessageDescriptor *descriptor, const char *what,
				const void *bytes, size_t nbytes, size_t budget_nbytes,
				ProtobufCMessage **message_ret, struct emnist_error *error)
{
	struct budget budget = {budget_nbytes, false, false};
	ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};

	*message_ret = protobuf_c_message_unpack(descriptor, &allocator, nbytes, bytes);
	if (*message_ret)
		return EMNIST_OK;
	if (budget.is_memory_short)
		return error_memory(error);
	if (budget.is_spent)
		return error_set(error, EMNIST_ERR_LIMIT, "the %s has too many parts for its size",
				 what);
	return EMNIST_OK;
}

/* -------------------------------------------------------------------- fields */

#define VARINT_MAX_NBYTES 10

uint64_t wire_varint(struct cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < VARINT_MAX_NBYTES; i++) {
		const unsigned char *byte = cursor_take(cursor, 1);

		if (!byte)
			return 0;
		value |= (uint64_t)(*byte & 0x7f) << (7 * i);
		if (*byte < 0x80)
			return value;
	}
	cursor->failed = true;
	return 0;
}

uint64_t wire_field(struct cursor *cursor, struct cursor *data_ret)
{
	const uint64_t key = wire_varint(cursor);
	const unsigned char *data;
	uint64_t nbytes;

	*data_ret = cursor_over(NULL, 0);
	switch (key & 7) {
	case WIRE_VARINT:
		wire_varint(cursor);
		break;
	case WIRE_64BIT:
		cursor_take(cursor, 8);
		break;
	case WIRE_BYTES:
		nbytes = wire_varint(cursor);
		data = cursor_take(cursor, nbytes);
		if (data)
			*data_ret = cursor_over(data, (size_t)nbytes);
		break;
	case WIRE_32BIT:
		cursor_take(cursor, 4);
		break;
	default:
		cursor->failed = true;
	}
	return key;
}

enum emnist_status wire_diagnose(const char *what, const void *bytes, size_t nbytes,
				 struct emnist_error *error)
{
	struct cursor cursor = cursor_over(bytes, nbytes), data;
	size_t offset;

	do {
		offset = cursor.offset;
		if (cursor_left(&cursor) == 0)
			return error_set(error, EMNIST_ERR_CORRUPT, "the %s is damaged", what);
		wire_field(&cursor, &data);
	} while (!cursor.failed);
	return error_at(error, EMNIST_ERR_CORRUPT, offset,
			"the %s is damaged or cut short at byte %zu", what, offset);
}
