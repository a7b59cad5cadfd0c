/* lines.c - reads a text line by line. */
#include "lines.h"

#include "../base/encoding.h"

#include <string.h>

#define READ_NBYTES 65536

/* Reads on, moving what was not given yet to the front. */
static enum emnist_status fill(struct lines *lines, struct emnist_error *error)
{
	struct buffer *bytes = &lines->bytes;
	enum emnist_status status;
	size_t n;

	bytes->nbytes -= lines->next;
	if (bytes->nbytes && lines->next)
		memmove(bytes->data, bytes->data + lines->next, bytes->nbytes);
	lines->next = 0;
	if (bytes->nbytes > lines->max_nbytes)
		return error_set(error, EMNIST_ERR_LIMIT, "line %llu: more than %zu bytes",
				 (unsigned long long)lines->number + 1, lines->max_nbytes);
	if (!buffer_reserve(bytes, bytes->nbytes + READ_NBYTES))
		return error_memory(error);
	status = gzip_read(lines->stream, bytes->data + bytes->nbytes, READ_NBYTES, &n, error);
	bytes->nbytes += n;
	lines->at_end = n < READ_NBYTES;
	return status;
}

/* The first line without a mark. */
static enum emnist_status skip_mark(const unsigned char **line, size_t *nbytes,
				    struct emnist_error *error)
{
	size_t n;
	enum emnist_status status = encoding_mark(*line, *nbytes, &n, error);

	if (status)
		return status;
	*line += n;
	*nbytes -= n;
	return EMNIST_OK;
}

enum emnist_status lines_next(struct lines *lines, const unsigned char **line_ret,
			      size_t *nbytes_ret, struct emnist_error *error)
{
	const struct buffer *bytes = &lines->bytes;

	*line_ret = NULL;
	for (;;) {
		const size_t left = bytes->nbytes - lines->next;
		const unsigned char *line = left ? bytes->data + lines->next : NULL;
		const unsigned char *end = left ? memchr(line, '\n', left) : NULL;
		enum emnist_status status;

		if (!end && !lines->at_end) {
			status = fill(lines, error);
			if (status)
				return status;
			continue;
		}
		if (!line)
			return EMNIST_OK;
		*line_ret = line;
		*nbytes_ret = end ? (size_t)(end - line) : left;
		lines->next += *nbytes_ret + (end != NULL);
		lines->number++;
		return lines->number == 1 ? skip_mark(line_ret, nbytes_ret, error) : EMNIST_OK;
	}
}

void lines_clear(struct lines *lines)
{
	buffer_clear(&lines->bytes);
}
