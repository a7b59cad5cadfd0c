/* text_proto.c - reads protobuf's text format. */
#include "text_proto.h"
#include "../../../lib/base/encoding.h"
#include "../../../lib/base/error.h"
#include "../../../lib/base/memory.h"
#include "../../../lib/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text_proto {
	const char *start, *end;
	const char *p;    /* the next character */
	const char *last; /* the start of what was read last, for errors */
	char close;       /* the bracket that ends the current message; 0: the text's end */
	struct emnist_error *error;
};

bool text_proto_fail(struct text_proto *text, enum emnist_status code, const char *format, ...)
{
	char message[200];
	size_t line = 1, column = 1;
	va_list arguments;

	for (const char *p = text->start; p < text->last; p++, column++)
		if (*p == '\n') {
			line++;
			column = 0;
		}
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	error_at(text->error, code, (uint64_t)(text->last - text->start), "%zu:%zu: %s", line,
		 column, message);
	return false;
}

static bool fail_here(struct text_proto *text, const char *message)
{
	text->last = text->p;
	return text_proto_fail(text, EMNIST_ERR_CORRUPT, "%s", message);
}

/* ----------------------------------------------------------------------- characters */

/* The next character that is neither white space nor in a comment; 0 at the end. A zero byte in the
 * text is not white space, and fits nowhere. */
static char peek(struct text_proto *text)
{
	while (text->p < text->end) {
		if (*text->p == '#')
			while (text->p < text->end && *text->p != '\n')
				text->p++;
		else if (*text->p && strchr(" \t\n\v\f\r", *text->p))
			text->p++;
		else
			break;
	}
	text->last = text->p;
	return text->p < text->end ? *text->p : '\0';
}

static bool at_end(struct text_proto *text)
{
	peek(text);
	return text->p == text->end;
}

static bool take(struct text_proto *text, char c)
{
	if (at_end(text) || *text->p != c)
		return false;
	text->p++;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool text_proto_name(struct text_proto *text, const char **name_ret, size_t *nbytes_ret)
{
	if (!is_letter(peek(text)))
		return fail_here(text, "a name is expected");
	while (text->p < text->end && (is_letter(*text->p) || is_digit(*text->p)))
		text->p++;
	*name_ret = text->last;
	*nbytes_ret = (size_t)(text->p - text->last);
	return true;
}

/* -------------------------------------------------------------------------- numbers */

/* The value of a digit in any base; 99: not a digit. */
static unsigned digit_value(char c)
{
	if (is_digit(c))
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

static unsigned take_base(struct text_proto *text)
{
	if (text->end - text->p < 2 || text->p[0] != '0')
		return 10;
	if (text->p[1] == 'x' || text->p[1] == 'X') {
		text->p += 2;
		return 16;
	}
	return is_digit(text->p[1]) ? 8 : 10;
}

bool text_proto_integer(struct text_proto *text, int64_t min, int64_t max, int64_t *value_ret)
{
	const bool is_negative = take(text, '-');
	const char *start = text->last;
	const char *digits;
	bool is_exact = true;
	int64_t value = 0;
	unsigned base;

	peek(text);
	base = take_base(text);
	for (digits = text->p; text->p < text->end && digit_value(*text->p) < base; text->p++) {
		const int64_t digit = (int64_t)digit_value(*text->p);

		is_exact = is_exact && !__builtin_mul_overflow(value, base, &value) &&
			   !__builtin_add_overflow(value, is_negative ? -digit : digit, &value);
	}
	text->last = start;
	if (text->p == digits ||
	    (text->p < text->end && (is_letter(*text->p) || *text->p == '.' || is_digit(*text->p))))
		return text_proto_fail(text, EMNIST_ERR_CORRUPT, "an integer is expected");
	*value_ret = value;
	if (is_exact && value >= min && value <= max)
		return true;
	return text_proto_fail(text, EMNIST_ERR_LIMIT, "the integer is out of range: %lld to %lld",
			       (long long)min, (long long)max);
}

/* -------------------------------------------------------------------------- strings */

static bool append(struct text_proto *text, struct buffer *buffer, const char *bytes, size_t n)
{
	if (buffer->nbytes + n > TEXT_MAX_STRING)
		return fail_here(text, "the string is too long");
	if (!buffer_reserve(buffer, TEXT_MAX_STRING + 1)) {
		error_memory(text->error);
		return false;
	}
	memcpy(buffer->data + buffer->nbytes, bytes, n);
	buffer->nbytes += n;
	return true;
}

/* Takes up to n_max digits of a base. */
static uint32_t take_digits(struct text_proto *text, unsigned base, unsigned n_max, unsigned *n_ret)
{
	uint32_t value = 0;

	for (*n_ret = 0; *n_ret < n_max && text->p < text->end; ++*n_ret, text->p++) {
		if (digit_value(*text->p) >= base)
			break;
		value = value * base + digit_value(*text->p);
	}
	return value;
}

static bool append_code(struct text_proto *text, struct buffer *buffer, uint32_t code)
{
	char bytes[UTF8_MAX];

	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return fail_here(text, "not a code point");
	return append(text, buffer, bytes, utf8_encode(code, bytes));
}

/* Behind a backslash. */
static bool take_escape(struct text_proto *text, struct buffer *buffer)
{
	static const char letters[] = "abfnrtv\\'\"?", meant[] = "\a\b\f\n\r\t\v\\'\"?";
	const char c = text->p < text->end ? *text->p : '\0';
	const char *letter = memchr(letters, c, sizeof(letters) - 1);
	uint32_t code;
	unsigned n;
	char byte;

	if (letter) {
		text->p++;
		return append(text, buffer, &meant[letter - letters], 1);
	}
	if (c == 'u' || c == 'U') {
		text->p++;
		code = take_digits(text, 16, c == 'u' ? 4 : 8, &n);
		if (n < (c == 'u' ? 4U : 8U) || code == 0)
			return fail_here(text, "not a code point");
		return append_code(text, buffer, code);
	}
	if (c == 'x' || c == 'X') {
		text->p++;
		code = take_digits(text, 16, 2, &n);
	} else {
		code = take_digits(text, 8, 3, &n);
	}
	if (n == 0 || code == 0 || code > 255)
		return fail_here(text, "not an escape");
	byte = (char)code;
	return append(text, buffer, &byte, 1);
}

static bool take_quoted(struct text_proto *text, struct buffer *buffer, char quote)
{
	const char *start;

	for (;;) {
		start = text->p;
		while (text->p < text->end && *text->p != quote && *text->p != '\\' &&
		       *text->p != '\n' && *text->p != '\0')
			text->p++;
		if (!append(text, buffer, start, (size_t)(text->p - start)))
			return false;
		if (text->p == text->end || *text->p == '\n' || *text->p == '\0')
			return fail_here(text, "the string does not end on its line");
		if (*text->p++ == quote)
			return true;
		if (!take_escape(text, buffer))
			return false;
	}
}

bool text_proto_string(struct text_proto *text, char **string_ret)
{
	struct buffer buffer = {0};
	char quote = peek(text);
	const char *start = text->last;

	if (quote != '"' && quote != '\'')
		return fail_here(text, "a string in quotes is expected");
	/* Strings in a row are one. */
	while (quote == '"' || quote == '\'') {
		text->p++;
		if (!take_quoted(text, &buffer, quote)) {
			buffer_clear(&buffer);
			return false;
		}
		quote = peek(text);
	}
	text->last = start;
	buffer.data[buffer.nbytes] = '\0';
	*string_ret = (char *)buffer.data;
	return true;
}

/* --------------------------------------------------------------------------- fields */

static bool read_message(struct text_proto *text, const struct text_field *field, void *target)
{
	const char former = text->close;
	bool good;

	if (take(text, '{'))
		text->close = '}';
	else if (take(text, '<'))
		text->close = '>';
	else
		return fail_here(text, "'{' is expected");
	good = field->read(text, target);
	text->close = former;
	return good;
}

static bool read_value(struct text_proto *text, const struct text_field *field, void *target)
{
	return field->kind == TEXT_MESSAGE ? read_message(text, field, target)
					   : field->read(text, target);
}

/* Behind the opening bracket. */
static bool read_list(struct text_proto *text, const struct text_field *field, void *target)
{
	if (!field->is_repeated)
		return text_proto_fail(text, EMNIST_ERR_CORRUPT, "%s takes one value", field->name);
	if (take(text, ']'))
		return true;
	do
		if (!read_value(text, field, target))
			return false;
	while (take(text, ','));
	return take(text, ']') || fail_here(text, "',' or ']' is expected");
}

/* The names of all fields, for who misspelled one. */
static bool fail_unknown(struct text_proto *text, const struct text_message *message,
			 const char *name, size_t nbytes)
{
	char known[128];
	size_t n = 0;

	for (size_t i = 0; i < message->n && n < sizeof(known) - 1; i++)
		if (message->fields[i].kind != TEXT_REFUSED)
			n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n ? ", " : "",
					      message->fields[i].name);
	return text_proto_fail(text, EMNIST_ERR_CORRUPT, "%s has no field %.*s (fields: %s)",
			       message->name, (int)(nbytes < 40 ? nbytes : 40), name,
			       n ? known : "none");
}

static const struct text_field *find_field(struct text_proto *text,
					   const struct text_message *message)
{
	const char *name;
	size_t nbytes;

	if (!text_proto_name(text, &name, &nbytes))
		return NULL;
	for (size_t i = 0; i < message->n; i++)
		if (strlen(message->fields[i].name) == nbytes &&
		    memcmp(message->fields[i].name, name, nbytes) == 0)
			return &message->fields[i];
	fail_unknown(text, message, name, nbytes);
	return NULL;
}

/* seen: a bit per field of the message that was read before. */
static bool check_field(struct text_proto *text, const struct text_message *message,
			const struct text_field *field, uint32_t seen)
{
	if (field->kind == TEXT_REFUSED)
		return text_proto_fail(text, EMNIST_ERR_UNSUPPORTED, "%s is not supported",
				       field->name);
	for (size_t i = 0; i < message->n; i++) {
		const struct text_field *other = &message->fields[i];

		if (!(seen >> i & 1) || other->is_repeated)
			continue;
		if (other == field)
			return text_proto_fail(text, EMNIST_ERR_CORRUPT, "%s is given twice",
					       field->name);
		if (field->choice && other->choice == field->choice)
			return text_proto_fail(text, EMNIST_ERR_CORRUPT,
					       "%s is given along with %s", field->name,
					       other->name);
	}
	return true;
}

static bool read_field(struct text_proto *text, const struct text_message *message, void *target,
		       uint32_t *seen)
{
	const struct text_field *field = find_field(text, message);
	bool good;

	if (!field || !check_field(text, message, field, *seen))
		return false;
	*seen |= (uint32_t)1 << (field - message->fields);
	if (!take(text, ':') && field->kind != TEXT_MESSAGE)
		return fail_here(text, "':' is expected");
	good = take(text, '[') ? read_list(text, field, target) : read_value(text, field, target);
	if (good && !take(text, ','))
		take(text, ';');
	return good;
}

bool text_proto_message(struct text_proto *text, const struct text_message *message, void *target)
{
	uint32_t seen = 0;

	while (!at_end(text)) {
		if (text->close && take(text, text->close))
			return true;
		if (!read_field(text, message, target, &seen))
			return false;
	}
	return text->close == '\0' || fail_here(text, "the text ends within a message");
}

enum emnist_status text_proto_read(const void *bytes, size_t nbytes,
				   const struct text_message *message, void *target,
				   struct emnist_error *error)
{
	struct text_proto text = {.start = bytes, .end = (const char *)bytes + nbytes};
	enum emnist_status status;
	size_t mark_nbytes;

	status = encoding_mark(bytes, nbytes, &mark_nbytes, error);
	if (status)
		return status;
	text.p = text.start + mark_nbytes;
	text.last = text.p;
	text.error = error;
	return text_proto_message(&text, message, target) ? EMNIST_OK : error->code;
}
