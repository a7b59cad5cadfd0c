/* wire.h - unpacks untrusted protobuf bytes into messages. */
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

/* A field's number and wire type, combined. */
#define WIRE_KEY(number, wire) ((uint64_t)(number) << 3 | (wire))

/* Reads one varint; if there is none, returns 0 and the cursor fails. */
uint64_t wire_varint(struct cursor *cursor);

/* Skips one field of the outermost message and returns its key. data: its bytes if WIRE_BYTES, else
 * NULL. */
uint64_t wire_field(struct cursor *cursor, struct cursor *data_ret);

/* The bytes that unpacking an honest file of nbytes may allocate: a small multiple of nbytes. */
size_t wire_budget(size_t nbytes);

/* Unpacks a message, called `what` in error messages ("ONNX file"). Memory and time are bounded by
 * budget_nbytes, whatever the bytes are. Free *message_ret with protobuf_c_message_free_unpacked().
 * NULL with EMNIST_OK: the bytes are no such message. */
enum emnist_status wire_message(const ProtobufCMessageDescriptor *descriptor, const char *what,
				const void *bytes, size_t nbytes, size_t budget_nbytes,
				ProtobufCMessage **message_ret, struct emnist_error *error);

/* Explains why a message could not be unpacked: its first invalid outermost field. Sets error and
 * returns EMNIST_ERR_CORRUPT. */
enum emnist_status wire_diagnose(const char *what, const void *bytes, size_t nbytes,
				 struct emnist_error *error);

#endif
