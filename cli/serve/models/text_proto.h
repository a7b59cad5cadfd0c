/*
 * text_proto.h - reads protobuf's text format.
 *
 * As strict as protobuf's own reader: unknown fields, and a second value of a field that is not
 * repeated, are errors. What a message consists of stands in tables, and they end the nesting.
 */
#ifndef CLI_SERVE_TEXT_PROTO_H
#define CLI_SERVE_TEXT_PROTO_H

#include <emnist.h>

struct text_proto;

enum text_kind {
	TEXT_SCALAR,
	TEXT_MESSAGE,
	TEXT_REFUSED, /* a field that exists, but means something that is not supported */
};

/* A field of a message. read(text, target) reads its value. For messages it is called behind their
 * opening bracket, and ends with text_proto_message(). */
struct text_field {
	const char *name;
	enum text_kind kind;
	bool is_repeated;
	unsigned choice; /* fields with the same number above 0 exclude each other */
	bool (*read)(struct text_proto *text, void *target);
};

#define TEXT_MAX_FIELDS 32
struct text_message {
	const char *name; /* for errors */
	const struct text_field *fields;
	size_t n; /* at most TEXT_MAX_FIELDS */
};

/* Reads the fields of a whole text into the target. error is never NULL; its message begins with
 * "LINE:COLUMN: ". */
enum emnist_status text_proto_read(const void *bytes, size_t nbytes,
				   const struct text_message *message, void *target,
				   struct emnist_error *error);

/* For read() functions; all return false after an error. */

/* Reads fields up to the bracket that closes the message. */
bool text_proto_message(struct text_proto *text, const struct text_message *message, void *target);

/* Reads a string without zero bytes, of at most TEXT_MAX_STRING bytes. Free with free(). */
#define TEXT_MAX_STRING 4095
bool text_proto_string(struct text_proto *text, char **string_ret);

/* Reads an integer from min to max. */
bool text_proto_integer(struct text_proto *text, int64_t min, int64_t max, int64_t *value_ret);

/* Reads a name, such as that of a constant, into *name_ret, which points into the text. */
bool text_proto_name(struct text_proto *text, const char **name_ret, size_t *nbytes_ret);

/* Sets an error about what was read last; returns false. */
bool text_proto_fail(struct text_proto *text, enum emnist_status code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
