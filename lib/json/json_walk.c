/* json_walk.c - finds the values of a document, by reading on in its text. */
#include "json_document.h"

#include "json_number.h"
#include "json_string.h"

#include <string.h>

const char *emnist_json_type_name(enum emnist_json_type type)
{
	static const char *const names[] = {"None",   "Null",   "False", "True",
					    "Number", "String", "Array", "Object"};

	return (size_t)type < sizeof(names) / sizeof(names[0]) ? names[type] : names[0];
}

struct emnist_json_value emnist_json_root(const struct emnist_json *json)
{
	return json->root;
}

static bool is_node(struct emnist_json_value value)
{
	return value.type == EMNIST_JSON_ARRAY || value.type == EMNIST_JSON_OBJECT;
}

static const uint8_t *skip_blanks(const uint8_t *at)
{
	while (json_is_blank(*at))
		at++;
	return at;
}

/* The end of a value's text. */
static const uint8_t *end_of(const struct emnist_json *json, struct emnist_json_value value)
{
	const uint8_t *at = json->bytes + value.offset;
	const char *fault;
	double number;

	if (is_node(value))
		return json->bytes + json->nodes[value.index].end;
	if (value.type == EMNIST_JSON_STRING)
		return json_string_end(at, json->end);
	if (value.type == EMNIST_JSON_NUMBER)
		return json_number_read(at, json->end, true, &number, &fault);
	return at + (value.type == EMNIST_JSON_FALSE ? strlen("false") : strlen("true"));
}

/* The element or member that begins at `at`; index: the next node. */
static struct emnist_json_value value_at(const struct emnist_json *json, const uint8_t *at,
					 bool is_member, uint32_t index)
{
	struct emnist_json_value value = {.index = index};

	at = skip_blanks(at);
	if (is_member) {
		value.key = (uint32_t)(at - json->bytes);
		at = skip_blanks(skip_blanks(json_string_end(at, json->end)) + 1);
	}
	value.type = json_type_of(*at);
	value.offset = (uint32_t)(at - json->bytes);
	return value;
}

size_t emnist_json_count(const struct emnist_json *json, struct emnist_json_value parent)
{
	return is_node(parent) ? json->nodes[parent.index].count : 0;
}

struct emnist_json_value emnist_json_first(const struct emnist_json *json,
					   struct emnist_json_value parent)
{
	if (emnist_json_count(json, parent) == 0)
		return (struct emnist_json_value){0};
	return value_at(json, json->bytes + parent.offset + 1, parent.type == EMNIST_JSON_OBJECT,
			parent.index + 1);
}

struct emnist_json_value emnist_json_next(const struct emnist_json *json,
					  struct emnist_json_value value)
{
	uint32_t index = value.index;
	const uint8_t *at;

	if (value.type == EMNIST_JSON_NONE || value.offset == json->root.offset)
		return (struct emnist_json_value){0};
	if (is_node(value))
		index = json->nodes[index].is_flat ? index + 1 : json->nodes[index].first;
	at = skip_blanks(end_of(json, value));
	if (*at != ',')
		return (struct emnist_json_value){0};
	return value_at(json, at + 1, value.key, index);
}

/* Whether the string at `at` is `text`. */
static bool is_text(const uint8_t *at, const char *text, size_t nbytes)
{
	char bytes[4];
	size_t n;

	at++;
	/* Most strings have no escapes. */
	for (; nbytes > 0 && *at == (uint8_t)*text && *at != '"' && *at != '\\'; at++) {
		text++;
		nbytes--;
	}
	if (*at != '\\')
		return nbytes == 0 && *at == '"';
	for (; *at != '"'; text += n, nbytes -= n) {
		n = json_string_decode(&at, bytes);
		if (n > nbytes || memcmp(bytes, text, n) != 0)
			return false;
	}
	return nbytes == 0;
}

bool emnist_json_equals(const struct emnist_json *json, struct emnist_json_value value,
			const char *text)
{
	return value.type == EMNIST_JSON_STRING &&
	       is_text(json->bytes + value.offset, text, strlen(text));
}

struct emnist_json_value emnist_json_member(const struct emnist_json *json,
					    struct emnist_json_value object, const char *name)
{
	const size_t nbytes = strlen(name);
	struct emnist_json_value member = {0};

	if (object.type == EMNIST_JSON_OBJECT)
		member = emnist_json_first(json, object);
	while (member.type && !is_text(json->bytes + member.key, name, nbytes))
		member = emnist_json_next(json, member);
	return member;
}

const char *emnist_json_source(const struct emnist_json *json, struct emnist_json_value value,
			       size_t *nbytes_ret)
{
	const uint8_t *at = json->bytes + value.offset;

	*nbytes_ret = 0;
	if (value.type == EMNIST_JSON_NONE)
		return NULL;
	*nbytes_ret = (size_t)(end_of(json, value) - at);
	return (const char *)at;
}

/* ----------------------------------------------------------------------- strings */

static const char *string_at(struct emnist_json *json, uint32_t offset, size_t *nbytes_ret)
{
	const uint8_t *at = json->bytes + offset + 1, *end = json_string_end(at - 1, json->end) - 1;
	char *text, *to;

	*nbytes_ret = (size_t)(end - at);
	if (!memchr(at, '\\', *nbytes_ret))
		return (const char *)at;
	text = to = arena_alloc(&json->strings, *nbytes_ret, 1);
	while (text && at < end) {
		char bytes[4];
		const size_t n = json_string_decode(&at, bytes);

		memcpy(to, bytes, n);
		to += n;
	}
	*nbytes_ret = text ? (size_t)(to - text) : 0;
	return text;
}

const char *emnist_json_string(struct emnist_json *json, struct emnist_json_value value,
			       size_t *nbytes_ret)
{
	*nbytes_ret = 0;
	return value.type == EMNIST_JSON_STRING ? string_at(json, value.offset, nbytes_ret) : NULL;
}

const char *emnist_json_name(struct emnist_json *json, struct emnist_json_value member,
			     size_t *nbytes_ret)
{
	*nbytes_ret = 0;
	return member.key ? string_at(json, member.key, nbytes_ret) : NULL;
}

/* ----------------------------------------------------------------------- numbers */

double emnist_json_number(const struct emnist_json *json, struct emnist_json_value value)
{
	const char *fault;
	double number = 0;

	if (value.type == EMNIST_JSON_NUMBER)
		json_number_read(json->bytes + value.offset, json->end, true, &number, &fault);
	return number;
}

bool emnist_json_integer(const struct emnist_json *json, struct emnist_json_value value,
			 int64_t *integer_ret)
{
	const uint8_t *at = json->bytes + value.offset, *end;
	bool is_negative;
	int64_t integer = 0;

	if (value.type != EMNIST_JSON_NUMBER)
		return false;
	end = end_of(json, value);
	is_negative = *at == '-';
	for (at += is_negative; at < end; at++)
		if (*at < '0' || *at > '9' || __builtin_mul_overflow(integer, 10, &integer) ||
		    __builtin_sub_overflow(integer, *at - '0', &integer))
			return false;
	if (!is_negative && __builtin_sub_overflow(0, integer, &integer))
		return false;
	*integer_ret = integer;
	return true;
}
