/*
 * rows.c - records of separated values.
 *
 * A record is split in place in the buffer: fields are terminated, and their quotes removed. Only
 * records with a quote are searched byte by byte for their end.
 */
#include "rows.h"
#include "../base/encoding.h"

#include <string.h>

#define READ_NBYTES 65536

/* Bytes that must be text for a file to count as text. */
#define TEXT_NBYTES 512

static const char separators[] = {',', '\t', ';'};

#define N_SEPARATORS sizeof(separators)

void rows_init(struct rows *rows, struct gzip *stream)
{
	*rows = (struct rows){.stream = stream};
}

void rows_clear(struct rows *rows)
{
	buffer_clear(&rows->fields);
	buffer_clear(&rows->bytes);
}

static char *start_of(const struct rows *rows)
{
	return (char *)rows->bytes.data + rows->next;
}

static enum emnist_status damaged(const struct rows *rows, const char *what,
				  struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "line %llu: %s", (unsigned long long)rows->line,
			 what);
}

/* Reads on, moving what was not given yet to the front. */
static enum emnist_status fill(struct rows *rows, struct emnist_error *error)
{
	enum emnist_status status;
	size_t n;

	if (rows->next) {
		rows->bytes.nbytes -= rows->next;
		memmove(rows->bytes.data, rows->bytes.data + rows->next, rows->bytes.nbytes);
		rows->next = 0;
	}
	if (rows->bytes.nbytes > ROWS_MAX_NBYTES)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "line %llu: a record of more than %zu bytes",
				 (unsigned long long)rows->line, ROWS_MAX_NBYTES);
	/* One byte more, for the end of the last field. */
	if (!buffer_reserve(&rows->bytes, rows->bytes.nbytes + READ_NBYTES + 1))
		return error_memory(error);
	status = gzip_read(rows->stream, rows->bytes.data + rows->bytes.nbytes, READ_NBYTES, &n,
			   error);
	rows->bytes.nbytes += n;
	rows->at_end = n < READ_NBYTES;
	return status;
}

/* Length of the first record in n bytes, without its line end, and the number of line ends in it;
 * SIZE_MAX: it continues beyond them. */
static size_t record_nbytes(const char *text, size_t n, uint64_t *n_lines_ret)
{
	const char *newline = memchr(text, '\n', n);
	bool quoted = false;

	*n_lines_ret = 0;
	if (newline && !memchr(text, '"', (size_t)(newline - text)))
		return (size_t)(newline - text);
	for (size_t i = 0; i < n; i++) {
		quoted ^= text[i] == '"';
		if (text[i] != '\n')
			continue;
		if (!quoted)
			return i;
		++*n_lines_ret;
	}
	return SIZE_MAX;
}

static void choose_separator(struct rows *rows, const char *text, size_t nbytes)
{
	size_t counts[N_SEPARATORS] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < nbytes; i++) {
		quoted ^= text[i] == '"';
		for (size_t k = 0; k < N_SEPARATORS && !quoted; k++)
			counts[k] += text[i] == separators[k];
	}
	for (size_t k = 1; k < N_SEPARATORS; k++)
		if (counts[k] > counts[best])
			best = k;
	rows->separator = separators[best];
}

static enum emnist_status add_field(struct rows *rows, char *text, size_t nbytes,
				    struct emnist_error *error)
{
	if (rows->n_fields == ROWS_MAX_FIELDS)
		return error_set(error, EMNIST_ERR_LIMIT, "line %llu: more than %d fields",
				 (unsigned long long)rows->line, ROWS_MAX_FIELDS);
	if (!buffer_reserve(&rows->fields, (rows->n_fields + 1) * sizeof(struct rows_field)))
		return error_memory(error);
	*rows_field(rows, rows->n_fields++) = (struct rows_field){text, nbytes};
	return EMNIST_OK;
}

/* Takes the quotes of the field at *at away; *at becomes what follows it. end: of the record. */
static enum emnist_status unquote(const struct rows *rows, char **at, const char *end,
				  size_t *nbytes_ret, struct emnist_error *error)
{
	char *from = *at + 1, *to = *at;

	for (;; from++) {
		if (from == end)
			return damaged(rows, "a quote is not closed", error);
		if (*from == '"') {
			from++;
			if (from == end || *from != '"')
				break;
		}
		*to++ = *from;
	}
	if (from < end && *from != rows->separator)
		return damaged(rows, "text after a closing quote", error);
	*nbytes_ret = (size_t)(to - *at);
	*at = from;
	return EMNIST_OK;
}

/* Cuts the record of nbytes > 0 bytes, behind which there is room for one more. */
static enum emnist_status cut(struct rows *rows, char *text, size_t nbytes,
			      struct emnist_error *error)
{
	char *end = text + nbytes;
	enum emnist_status status = EMNIST_OK;

	rows->n_fields = 0;
	for (char *at = text; !status; at++) {
		char *start = at;
		size_t n = 0;

		if (at < end && *at == '"') {
			status = unquote(rows, &at, end, &n, error);
		} else {
			at = memchr(at, rows->separator, (size_t)(end - at));
			at = at ? at : end;
			n = (size_t)(at - start);
		}
		if (status)
			break;
		status = add_field(rows, start, n, error);
		start[n] = '\0';
		if (at == end)
			break;
	}
	return status;
}

/* Takes a record of nbytes bytes, without a CR at its end; an empty one has no fields. */
static enum emnist_status take(struct rows *rows, char *text, size_t nbytes,
			       struct emnist_error *error)
{
	if (nbytes && text[nbytes - 1] == '\r')
		nbytes--;
	if (!nbytes)
		return EMNIST_OK;
	if (memchr(text, '\0', nbytes))
		return damaged(rows, "a zero byte in a text file", error);
	if (!rows->separator)
		choose_separator(rows, text, nbytes);
	return cut(rows, text, nbytes, error);
}

enum emnist_status rows_next(struct rows *rows, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	rows->n_fields = 0;
	while (!status && !rows->n_fields) {
		const size_t left = rows->bytes.nbytes - rows->next;
		uint64_t n_lines = 0;
		size_t n = left ? record_nbytes(start_of(rows), left, &n_lines) : SIZE_MAX;

		rows->line = rows->n_lines + 1;
		if (n == SIZE_MAX && !rows->at_end) {
			const bool first = !rows->bytes.capacity;

			status = fill(rows, error);
			if (first && !status)
				status = encoding_mark(rows->bytes.data, rows->bytes.nbytes,
						       &rows->next, error);
			continue;
		}
		if (n == SIZE_MAX && !left)
			break;
		rows->next += n == SIZE_MAX ? left : n + 1;
		rows->n_lines += n_lines + 1;
		status = take(rows, start_of(rows) - (n == SIZE_MAX ? left : n + 1),
			      n == SIZE_MAX ? left : n, error);
	}
	return status;
}

size_t rows_begin(const unsigned char *bytes, size_t nbytes)
{
	size_t counts[N_SEPARATORS] = {0}, most = 0;

	for (size_t i = 0; i < nbytes && i < TEXT_NBYTES; i++)
		if ((bytes[i] < 0x20 && !memchr("\t\n\r", bytes[i], 3)) || bytes[i] == 0x7f)
			return 0;
	for (size_t i = 0; i < nbytes && bytes[i] != '\n'; i++)
		for (size_t k = 0; k < N_SEPARATORS; k++)
			counts[k] += bytes[i] == (unsigned char)separators[k];
	for (size_t k = 0; k < N_SEPARATORS; k++)
		most = counts[k] > most ? counts[k] : most;
	return most ? most + 1 : 0;
}
