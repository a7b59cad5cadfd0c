/*
 * fuzz_multipart.c - any bytes as a form, with any Content-Type. What was read of a form is written
 * as another, and read again.
 *
 * The input: the Content-Type, ended by zero, then the body.
 */
#include "../../cli/output/text.h"
#include "../../cli/serve/call/multipart.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

#define MAX_FIELDS 16

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void put_quoted(struct text *text, const char *name, const char *value)
{
	text_puts(text, "; ");
	text_puts(text, name);
	text_puts(text, "=\"");
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			text_putc(text, '\\');
		text_putc(text, *value);
	}
	text_puts(text, "\"");
}

static void put_delimiter(struct text *text, const struct multipart *multipart)
{
	text_add(text, multipart->delimiter, multipart->delimiter_nbytes);
}

static void put_field(struct text *text, const struct multipart_field *field)
{
	text_puts(text, "\r\nContent-Disposition: form-data");
	put_quoted(text, "name", field->name);
	if (field->has_filename)
		put_quoted(text, "filename", field->filename);
	text_puts(text, "\r\n\r\n");
	text_add(text, field->bytes, field->nbytes);
}

static void require_same(const struct multipart_field *a, const struct multipart_field *b)
{
	require(strcmp(a->name, b->name) == 0 && strcmp(a->filename, b->filename) == 0);
	require(a->has_filename == b->has_filename && a->nbytes == b->nbytes);
	require(memcmp(a->bytes, b->bytes, a->nbytes) == 0);
}

/* Reads a copy of exactly its size, so that a read beyond shows. */
static void read_again(const struct text *text, const char *type,
		       const struct multipart_field *fields, size_t n)
{
	struct multipart multipart;
	struct multipart_field field;
	char *body = malloc(text->nbytes);

	require(body != NULL && !text->failed);
	memcpy(body, text->bytes, text->nbytes);
	require(multipart_begin(&multipart, type, body, text->nbytes));
	for (size_t i = 0; i < n; i++) {
		require(multipart_next(&multipart, &field) == MULTIPART_FIELD);
		require_same(&field, &fields[i]);
	}
	require(multipart_next(&multipart, &field) == MULTIPART_END);
	free(body);
}

static void read_form(const char *type, const char *body, size_t nbytes)
{
	struct multipart_field fields[MAX_FIELDS];
	struct multipart multipart;
	struct text text = {0};
	size_t n = 0;

	if (!multipart_is(type) || !multipart_begin(&multipart, type, body, nbytes))
		return;
	while (n < MAX_FIELDS && multipart_next(&multipart, &fields[n]) == MULTIPART_FIELD) {
		require(fields[n].bytes >= body && fields[n].nbytes <= nbytes);
		require(fields[n].bytes + fields[n].nbytes <= body + nbytes);
		put_delimiter(&text, &multipart);
		put_field(&text, &fields[n++]);
	}
	put_delimiter(&text, &multipart);
	text_puts(&text, "--");
	read_again(&text, type, fields, n);
	text_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	const uint8_t *zero = nbytes ? memchr(data, 0, nbytes) : NULL;
	const char *body = zero ? (const char *)zero + 1 : NULL;

	if (zero)
		read_form((const char *)data, body, nbytes - (size_t)(body - (const char *)data));
	return 0;
}
