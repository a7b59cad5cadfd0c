/*
 * indices.c - a file that lists images by their number.
 */
#include "indices.h"
#include "../../lib/base/encoding.h"
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add(struct indices *indices, uint32_t value)
{
	if (indices->n == indices->capacity) {
		size_t capacity = indices->capacity ? 2 * indices->capacity : 1024;
		uint32_t *values = realloc(indices->values, capacity * sizeof(*values));

		if (!values)
			return false;
		indices->values = values;
		indices->capacity = capacity;
	}
	indices->values[indices->n++] = value;
	return true;
}

/* A whole line of decimal digits. */
static bool parse(const char *line, size_t nbytes, uint32_t *value_ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < nbytes; i++) {
		if (line[i] < '0' || line[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(line[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*value_ret = (uint32_t)value;
	return true;
}

/* The number of bytes before the first line's text; false, and a complaint, where that is none. */
static bool start_text(const char *path, const char *line, size_t nbytes, size_t *n_ret)
{
	struct emnist_error error;

	if (!encoding_mark(line, nbytes, n_ret, &error))
		return true;
	complain_of(path, &error);
	return false;
}

/* One line, with its end. */
static bool read_line(struct indices *indices, const char *path, size_t number, const char *line,
		      size_t nbytes)
{
	size_t n_mark = 0;
	uint32_t value;

	if (number == 1 && !start_text(path, line, nbytes, &n_mark))
		return false;
	line += n_mark;
	nbytes -= n_mark;
	if (nbytes && line[nbytes - 1] == '\n')
		nbytes--;
	if (nbytes && line[nbytes - 1] == '\r')
		nbytes--;
	if (!nbytes)
		return true;
	if (!parse(line, nbytes, &value)) {
		complain("'%s': line %zu: expected the number of an image: '%.*s'", path, number,
			 nbytes < 40 ? (int)nbytes : 40, line);
		return false;
	}
	if (!add(indices, value)) {
		complain("out of memory");
		return false;
	}
	return true;
}

static bool read_lines(struct indices *indices, const char *path, FILE *file)
{
	char *line = NULL;
	size_t capacity = 0;
	bool good = true;
	ssize_t n;

	for (size_t number = 1; good && (n = getline(&line, &capacity, file)) >= 0; number++)
		good = read_line(indices, path, number, line, (size_t)n);
	/* Memory may run out in getline(), which is no error of the file. */
	if (good && !feof(file)) {
		complain("'%s': %s", path, strerror(errno));
		good = false;
	}
	free(line);
	return good;
}

bool indices_read(struct indices *indices, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	bool good;

	if (!file) {
		complain("'%s': %s", path, strerror(errno));
		return false;
	}
	good = read_lines(indices, path, file);
	if (!is_stdin)
		fclose(file);
	return good;
}
