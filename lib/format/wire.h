/*
 * wire.h - protobuf bytes to messages, for bytes of anyone's making.
 */
#ifndef FORMAT_WIRE_H
#define FORMAT_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "../base/cursor.h"
#include "../base/error.h"

/* How a field is coded. */
enum wire_type {
	WIRE_VARINT = 0,
	WIRE_64BIT = 1,
	WIRE_BYTES = 2,
	WIRE_32BIT = 5,
};

/* A field's number and wire type, as one number. */
#define WIRE_KEY(number, wire) ((uint64_t)(number) << 3 | (wire))

/* Takes one varint; 0 where there is none, which is a failure of the cursor. */
uint64_t wire_varint(struct cursor *cursor);

/* Moves over one field of the outermost message and returns its key; data: its bytes, of
 * WIRE_BYTES, else NULL. */
uint64_t wire_field(struct cursor *cursor, struct cursor *data_ret);

/* The bytes that unpacking an honest file of nbytes may allocate: a small multiple of them. */
size_t wire_budget(size_t nbytes);

/* Unpacks a message whose name in messages is `what` ("ONNX file"). The memory and time that this
 * takes are bounded by budget_nbytes, whatever the bytes are. *message_ret is freed with
 * protobuf_c_message_free_unpacked(). NULL and EMNIST_OK: the bytes are no such message. */
enum emnist_status wire_message(const ProtobufCMessageDescriptor *descriptor, const char *what,
				const void *bytes, size_t nbytes, size_t budget_nbytes,
				ProtobufCMessage **message_ret, struct emnist_error *error);

/* Why a message could not be unpacked: the first of its outermost fields that breaks. Sets error
 * and returns EMNIST_ERR_CORRUPT. */
enum emnist_status wire_diagnose(const char *what, const void *bytes, size_t nbytes,
				 struct emnist_error *error);

#endif
