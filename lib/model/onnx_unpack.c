/*
 * onnx_unpack.c - protobuf bytes to messages, for bytes of anyone's making.
 *
 * Its hard part is cost. Two bytes of a file can be a message that takes a hundred in memory, and
 * a message that is given in a thousand pieces is merged by protobuf-c a thousand times, each time
 * copying all that came before. Both show as allocation, so the sum of all that is ever allocated
 * is limited to what an honest file can need: its bytes, copied once as data or as fields unknown
 * here, and the structures of its nodes.
 */
#include "../base/cursor.h"
#include "../base/memory.h"
#include "onnx.h"

/* What the structures around the data may take. ONNX_MAX_NODES nodes take 16 MiB. */
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

enum wire {
	WIRE_VARINT = 0,
	WIRE_64BIT = 1,
	WIRE_BYTES = 2,
	WIRE_32BIT = 5,
};

#define VARINT_MAX_NBYTES 10

static uint64_t take_varint(struct cursor *cursor)
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

/* Moves over one field of the outermost message, and returns its number and wire type as they are
 * coded. */
static uint64_t take_field(struct cursor *cursor)
{
	const uint64_t key = take_varint(cursor);

	switch (key & 7) {
	case WIRE_VARINT:
		take_varint(cursor);
		break;
	case WIRE_64BIT:
		cursor_take(cursor, 8);
		break;
	case WIRE_BYTES:
		cursor_take(cursor, (size_t)take_varint(cursor));
		break;
	case WIRE_32BIT:
		cursor_take(cursor, 4);
		break;
	default:
		cursor->failed = true;
	}
	return key;
}

/* The first field that every known program writes is the number ir_version, number 1. */
#define FIRST_KEY (1 << 3 | WIRE_VARINT)

/* Why unpacking failed: what is no model at all, or where one breaks. */
static enum emnist_status diagnose(const void *bytes, size_t nbytes, struct emnist_error *error)
{
	struct cursor cursor = cursor_over(bytes, nbytes);
	size_t offset;

	if (take_field(&cursor) != FIRST_KEY || cursor.failed)
		return error_set(error, EMNIST_ERR_FORMAT, "not an ONNX model");
	do {
		offset = cursor.offset;
		if (cursor_left(&cursor) == 0)
			return error_set(error, EMNIST_ERR_CORRUPT, "the ONNX file is damaged");
		take_field(&cursor);
	} while (!cursor.failed);
	return error_at(error, EMNIST_ERR_CORRUPT, offset,
			"the ONNX file is damaged or cut short in its part at byte %zu", offset);
}

enum emnist_status onnx_unpack_within(const void *bytes, size_t nbytes, size_t budget_nbytes,
				      Onnx__ModelProto **model_ret, struct emnist_error *error)
{
	struct budget budget = {budget_nbytes, false, false};
	ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};

	*model_ret = NULL;
	if (nbytes == 0)
		return error_set(error, EMNIST_ERR_FORMAT, "not an ONNX model: the file is empty");
	*model_ret = onnx__model_proto__unpack(&allocator, nbytes, bytes);
	if (*model_ret)
		return EMNIST_OK;
	if (budget.is_memory_short)
		return error_memory(error);
	if (budget.is_spent)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "the ONNX file has more parts than any network of its size");
	return diagnose(bytes, nbytes, error);
}

enum emnist_status onnx_unpack(const void *bytes, size_t nbytes, Onnx__ModelProto **model_ret,
			       struct emnist_error *error)
{
	size_t budget_nbytes;

	if (size_mul_overflows(nbytes, 2, &budget_nbytes) ||
	    budget_nbytes > SIZE_MAX - STRUCTURES_NBYTES)
		budget_nbytes = SIZE_MAX;
	else
		budget_nbytes += STRUCTURES_NBYTES;
	return onnx_unpack_within(bytes, nbytes, budget_nbytes, model_ret, error);
}
