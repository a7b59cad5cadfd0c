/*
 * multipart.c - reads multipart/form-data in one pass, in place.
 *
 * A delimiter is a line feed, "--" and the boundary. The line feed before it belongs to it and not
 * to the field: the first delimiter of a body, which may lack it, is the only exception.
 */
#include "multipart.h"
#include "percent.h"

#include <string.h>
#include <strings.h>

/* A header's value, or the rest of it. */
struct span {
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct span *span)
{
	while (span->at < span->end && is_blank(*span->at))
		span->at++;
}

static bool take(struct span *span, const char *string)
{
	const size_t n = strlen(string);

	if ((size_t)(span->end - span->at) < n || strncasecmp(span->at, string, n) != 0)
		return false;
	span->at += n;
	return true;
}

static bool has_control(const char *bytes, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++)
		if (((unsigned char)bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7f)
			return true;
	return false;
}

/* ---------------------------------------------------------------- parameters */

/* What fits of a value, and its whole length. */
struct value {
	char *bytes;
	size_t capacity;
	size_t nbytes;
};

static void put(struct value *value, char c)
{
	if (value->nbytes < value->capacity)
		value->bytes[value->nbytes] = c;
	value->nbytes++;
}

/* A value in quotes. Browsers write a quote as %22, curl as \"; other backslashes are parts of
 * names. */
static bool take_quoted(struct span *span, struct value *value)
{
	while (span->at < span->end && *span->at != '"') {
		if (*span->at == '\\' && span->end - span->at > 1 &&
		    (span->at[1] == '"' || span->at[1] == '\\'))
			span->at++;
		put(value, *span->at++);
	}
	return take(span, "\"");
}

static bool take_value(struct span *span, struct value *value)
{
	value->nbytes = 0;
	if (take(span, "\""))
		return take_quoted(span, value);
	while (span->at < span->end && *span->at != ';' && !is_blank(*span->at))
		put(value, *span->at++);
	return true;
}

/* Reads the parameters "; NAME=VALUE" up to the one that is looked for. */
static bool find_parameter(struct span span, const char *name, struct value *value)
{
	for (;;) {
		const char *start;
		bool found;

		skip_blanks(&span);
		if (!take(&span, ";"))
			return false;
		skip_blanks(&span);
		start = span.at;
		while (span.at < span.end && *span.at != '=' && *span.at != ';')
			span.at++;
		found = (size_t)(span.at - start) == strlen(name) &&
			strncasecmp(start, name, strlen(name)) == 0;
		if (take(&span, "=") && !take_value(&span, value))
			return false;
		if (found)
			return true;
	}
}

/* ------------------------------------------------------------------- the body */

bool multipart_is(const char *content_type)
{
	struct span span;

	if (!content_type)
		return false;
	span = (struct span){content_type, content_type + strlen(content_type)};
	skip_blanks(&span);
	if (!take(&span, "multipart/form-data"))
		return false;
	skip_blanks(&span);
	return span.at == span.end || *span.at == ';';
}

bool multipart_begin(struct multipart *multipart, const char *content_type, const void *body,
		     size_t nbytes)
{
	struct value boundary = {multipart->delimiter + 4, MULTIPART_MAX_BOUNDARY, 0};
	struct span type = {content_type, content_type + strlen(content_type)};
	const char *found;

	while (type.at < type.end && *type.at != ';')
		type.at++;
	multipart->why = "its Content-Type has no valid boundary";
	if (!find_parameter(type, "boundary", &boundary) || boundary.nbytes == 0 ||
	    boundary.nbytes > boundary.capacity)
		return false;
	multipart->why = "it does not have the boundary that its Content-Type names";
	memcpy(multipart->delimiter, "\r\n--", 4);
	multipart->delimiter_nbytes = 4 + boundary.nbytes;
	multipart->at = body;
	multipart->end = multipart->at + nbytes;
	if (nbytes >= boundary.nbytes + 2 &&
	    memcmp(body, multipart->delimiter + 2, boundary.nbytes + 2) == 0) {
		multipart->at += boundary.nbytes + 2;
		return true;
	}
	found = memmem(body, nbytes, multipart->delimiter, multipart->delimiter_nbytes);
	if (found)
		multipart->at = found + multipart->delimiter_nbytes;
	return found != NULL;
}

/* "UTF-8''na%C3%AFve.png": a name that is not ASCII, as RFC 5987 has it. RFC 7578 does not want it
 * in forms, but some clients send it. */
static void read_extended(const struct value *value, struct multipart_field *field)
{
	static const char prefix[] = "utf-8'";
	const char *end =
		value->bytes + (value->nbytes < value->capacity ? value->nbytes : value->capacity);
	struct span span = {value->bytes, end};
	struct text name = {0};
	const char *mark;

	if (!take(&span, prefix))
		return;
	mark = memchr(span.at, '\'', (size_t)(span.end - span.at));
	if (mark && percent_decode(&name, mark + 1, (size_t)(span.end - mark - 1), false) &&
	    !name.failed && name.nbytes < sizeof(field->filename) &&
	    !has_control(name.bytes, name.nbytes)) {
		memcpy(field->filename, name.nbytes ? name.bytes : "", name.nbytes);
		field->filename[name.nbytes] = '\0';
		field->has_filename = true;
	}
	text_release(&name);
}

/* Reads the value of a Content-Disposition header. False if it is not that of a field. */
static bool read_disposition(struct span line, struct multipart_field *field)
{
	struct value name = {field->name, sizeof(field->name) - 1, 0};
	struct value filename = {field->filename, sizeof(field->filename) - 1, 0};
	char bytes[3 * sizeof(field->filename)];
	struct value extended = {bytes, sizeof(bytes), 0};

	skip_blanks(&line);
	if (!take(&line, "form-data") || !find_parameter(line, "name", &name))
		return false;
	if (name.nbytes > name.capacity)
		name.nbytes = 0;
	field->name[name.nbytes] = '\0';
	field->has_filename = find_parameter(line, "filename", &filename);
	if (filename.nbytes > filename.capacity)
		filename.nbytes = filename.capacity;
	field->filename[field->has_filename ? filename.nbytes : 0] = '\0';
	if (find_parameter(line, "filename*", &extended))
		read_extended(&extended, field);
	return true;
}

static bool fail(struct multipart *multipart, const char *why)
{
	multipart->why = why;
	return false;
}

static bool read_header(struct multipart *multipart, struct span line,
			struct multipart_field *field)
{
	if (has_control(line.at, (size_t)(line.end - line.at)))
		return fail(multipart, "a header of a field has a control character");
	if (take(&line, "content-disposition:") && !read_disposition(line, field))
		return fail(multipart, "a field has no name");
	return true;
}

/* Reads the headers of a field up to the empty line. */
static bool read_head(struct multipart *multipart, struct multipart_field *field)
{
	const char *limit = multipart->end;

	if (limit - multipart->at > MULTIPART_MAX_HEAD)
		limit = multipart->at + MULTIPART_MAX_HEAD;
	for (;;) {
		const char *start = multipart->at;
		const char *line = memmem(start, (size_t)(limit - start), "\r\n", 2);

		if (!line)
			return fail(multipart, limit == multipart->end
						       ? "it is cut short in the headers of a field"
						       : "the headers of a field are too long");
		multipart->at = line + 2;
		if (line == start)
			return true;
		if (!read_header(multipart, (struct span){start, line}, field))
			return false;
	}
}

static bool read_field(struct multipart *multipart, struct multipart_field *field)
{
	const char *found;

	if (!read_head(multipart, field))
		return false;
	field->bytes = multipart->at;
	/* An empty field may lack the line feed before its delimiter: its headers end in one. */
	multipart->at -= 2;
	found = memmem(multipart->at, (size_t)(multipart->end - multipart->at),
		       multipart->delimiter, multipart->delimiter_nbytes);
	if (!found)
		return fail(multipart, "it is cut short: its last boundary is missing");
	multipart->at = found + multipart->delimiter_nbytes;
	field->nbytes = found < field->bytes ? 0 : (size_t)(found - field->bytes);
	return true;
}

enum multipart_result multipart_next(struct multipart *multipart, struct multipart_field *field)
{
	struct span span = {multipart->at, multipart->end};

	*field = (struct multipart_field){.bytes = ""};
	if (take(&span, "--"))
		return MULTIPART_END;
	skip_blanks(&span);
	multipart->why = "a boundary is not alone on its line";
	if (!take(&span, "\r\n"))
		return MULTIPART_BROKEN;
	multipart->at = span.at;
	return read_field(multipart, field) ? MULTIPART_FIELD : MULTIPART_BROKEN;
}
