/*
 * npyfile.c - the array in a NumPy file (.npy).
 *
 * A magic number, a version, the length of a header, and the header: a Python dictionary with the
 * elements' type, their order and the array's shape. Then the elements. (NumPy: "numpy.lib.format",
 * versions 1.0 to 3.0.)
 *
 * Of Python's syntax only strings, True, False, and tuples of numbers are read. A header's count is
 * not trusted: it is checked as the elements are read.
 */
#include "npyfile.h"

#include "../labels/labels.h"

#include <stdio.h>
#include <string.h>

#define MAGIC        "\x93NUMPY"
#define MAGIC_NBYTES 6

/* With the length of 2 bytes, of version 1.0, and of 4. */
#define START_NBYTES      10
#define WIDE_START_NBYTES 12

/* The longest header that NumPy itself reads from an untrusted file. */
#define HEADER_MAX_NBYTES 10000

#define CHUNK_NBYTES      4096

bool npyfile_begins(const unsigned char *bytes, size_t nbytes)
{
	return nbytes >= MAGIC_NBYTES && memcmp(bytes, MAGIC, MAGIC_NBYTES) == 0;
}

static enum emnist_status damaged(struct emnist_error *error, const char *what)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "damaged .npy file: %s", what);
}

static enum emnist_status read_exactly(struct gzip *stream, void *bytes, size_t nbytes,
				       const char *what, struct emnist_error *error)
{
	enum emnist_status status;
	size_t n;

	status = gzip_read(stream, bytes, nbytes, &n, error);
	if (!status && n < nbytes)
		status = damaged(error, what);
	return status;
}

/* -------------------------------------------------------------------- elements */

static const struct {
	char kind;
	size_t nbytes;
	enum number_type type;
} types[] = {
	{'b', 1, NUMBER_BOOL},   {'u', 1, NUMBER_UINT8},  {'u', 2, NUMBER_UINT16},
	{'u', 4, NUMBER_UINT32}, {'u', 8, NUMBER_UINT64}, {'i', 1, NUMBER_INT8},
	{'i', 2, NUMBER_INT16},  {'i', 4, NUMBER_INT32},  {'i', 8, NUMBER_INT64},
	{'f', 2, NUMBER_HALF},   {'f', 4, NUMBER_FLOAT},  {'f', 8, NUMBER_DOUBLE},
};

/* How elements are stored: "<f4", "|u1", "<U1". */
static enum emnist_status take_type(struct npyfile *file, const char *text,
				    struct emnist_error *error)
{
	char order = '|', kind = '\0';
	size_t n = 0;
	int end = 0;

	if (strlen(text) > 1 && text[1] == 'O')
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "an array of Python objects (pickled) is not supported");
	if (sscanf(text, "%c%c%4zu%n", &order, &kind, &n, &end) < 3 || text[end] ||
	    !strchr("<>|", order))
		kind = '\0';
	file->big_endian = order == '>';
	file->is_text = (kind == 'U' || kind == 'S') && n > 0 && n <= LABELS_MAX_CHARACTERS;
	file->unit = kind == 'U' ? 4 : kind == 'S' ? 1 : n;
	file->nbytes = kind == 'U' ? 4 * n : n;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		file->type = types[i].type;
		if (types[i].kind == kind && types[i].nbytes == n)
			return EMNIST_OK;
	}
	if (file->is_text)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_UNSUPPORTED, "elements of type '%s' are not supported",
			 text);
}

/* ---------------------------------------------------------------------- header */

/* Takes the character, and blanks before it. */
static bool take(const char **at, char c)
{
	*at += strspn(*at, " ");
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool take_text(const char **at, char *text, size_t capacity)
{
	const char quote = take(at, '"') ? '"' : '\'';
	size_t n;

	if (quote == '\'' && !take(at, '\''))
		return false;
	n = strcspn(*at, quote == '"' ? "\"" : "'");
	if (n >= capacity)
		return false;
	memcpy(text, *at, n);
	text[n] = '\0';
	*at += n;
	return take(at, quote);
}

static bool take_word(const char **at, const char *word)
{
	const size_t n = strlen(word);

	*at += strspn(*at, " ");
	if (strncmp(*at, word, n) != 0)
		return false;
	*at += n;
	return true;
}

static bool take_number(const char **at, uint64_t *number_ret)
{
	const char *start;

	*at += strspn(*at, " ");
	*number_ret = 0;
	for (start = *at; **at >= '0' && **at <= '9'; (*at)++)
		if (__builtin_mul_overflow(*number_ret, 10, number_ret) ||
		    __builtin_add_overflow(*number_ret, (uint64_t)(**at - '0'), number_ret))
			return false;
	if (*at == start)
		return false;
	/* Python 2 marks long numbers so. */
	*at += **at == 'L';
	return true;
}

/* "(10, 28, 28)", "(10,)", "()" */
static bool take_shape(struct npyfile *file, const char **at)
{
	bool more = take(at, '(');

	file->n_dimensions = 0;
	while (more && !take(at, ')')) {
		if (file->n_dimensions == NPYFILE_MAX_DIMENSIONS ||
		    !take_number(at, &file->shape[file->n_dimensions++]))
			return false;
		more = take(at, ',');
	}
	return more || (file->n_dimensions > 1 && take(at, ')'));
}

/* Reads the entries of the dictionary into file, except the type. */
static bool take_entries(struct npyfile *file, const char *at, char *type, size_t capacity)
{
	bool has_type = false, has_order = false, has_shape = false, more = take(&at, '{');
	char key[16];

	while (more && !take(&at, '}')) {
		if (!take_text(&at, key, sizeof(key)) || !take(&at, ':'))
			return false;
		if (strcmp(key, "descr") == 0)
			has_type = take_text(&at, type, capacity);
		else if (strcmp(key, "shape") == 0)
			has_shape = take_shape(file, &at);
		else if (strcmp(key, "fortran_order") == 0)
			has_order = (file->is_fortran = take_word(&at, "True")) ||
				    take_word(&at, "False");
		more = take(&at, ',');
		if (!more && !take(&at, '}'))
			return false;
	}
	return has_type && has_order && has_shape && at[strspn(at, " \n")] == '\0';
}

static enum emnist_status take_header(struct npyfile *file, const char *text,
				      struct emnist_error *error)
{
	const char *list = strstr(text, "[(");
	char type[32];
	enum emnist_status status;
	uint64_t nbytes;

	if (list)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "an array of records with named fields is not supported");
	if (!take_entries(file, text, type, sizeof(type)))
		return damaged(error, "its header is not as NumPy writes it");
	status = take_type(file, type, error);
	if (status)
		return status;
	file->n_elements = 1;
	for (size_t i = 0; i < file->n_dimensions; i++)
		if (__builtin_mul_overflow(file->n_elements, file->shape[i], &file->n_elements))
			return damaged(error, "no array is as large as its shape says");
	if (__builtin_mul_overflow(file->n_elements, file->nbytes, &nbytes) || nbytes > INT64_MAX)
		return damaged(error, "no array is as large as its shape says");
	file->n_left = file->n_elements;
	return EMNIST_OK;
}

enum emnist_status npyfile_open(struct gzip *stream, struct npyfile *file,
				struct emnist_error *error)
{
	static const char cut[] = "it is cut short in its header";
	unsigned char start[WIDE_START_NBYTES];
	char text[HEADER_MAX_NBYTES + 1];
	enum emnist_status status;
	size_t n_start;
	uint32_t n;

	*file = (struct npyfile){.stream = stream};
	status = gzip_read(stream, start, START_NBYTES, &n_start, error);
	if (status)
		return status;
	if (!npyfile_begins(start, n_start))
		return error_set(error, EMNIST_ERR_FORMAT, "not an .npy file");
	if (n_start < START_NBYTES)
		return damaged(error, cut);
	if (start[6] < 1 || start[6] > 3 || start[7] != 0)
		return error_set(
			error, EMNIST_ERR_UNSUPPORTED,
			"an .npy file of version %u.%u: only 1.0, 2.0 and 3.0 are supported",
			start[6], start[7]);
	if (start[6] > 1)
		status = read_exactly(stream, start + START_NBYTES,
				      WIDE_START_NBYTES - START_NBYTES, cut, error);
	if (status)
		return status;
	n = start[6] > 1 ? number_u32(start + 8) : number_u16(start + 8);
	if (n > HEADER_MAX_NBYTES)
		return error_set(error, EMNIST_ERR_LIMIT,
				 "an .npy header of %u bytes: the limit is %d", n,
				 HEADER_MAX_NBYTES);
	status = read_exactly(stream, text, n, cut, error);
	text[n] = '\0';
	return status ? status : take_header(file, text, error);
}

/* -------------------------------------------------------------------- elements */

static void swap(unsigned char *bytes, size_t nbytes, size_t unit)
{
	for (size_t i = 0; i < nbytes; i += unit)
		for (size_t k = 0; k < unit / 2; k++) {
			const unsigned char byte = bytes[i + k];

			bytes[i + k] = bytes[i + unit - 1 - k];
			bytes[i + unit - 1 - k] = byte;
		}
}

enum emnist_status npyfile_read(struct npyfile *file, void *bytes, size_t n,
				struct emnist_error *error)
{
	enum emnist_status status;
	size_t nbytes;

	status = gzip_read(file->stream, bytes, n * file->nbytes, &nbytes, error);
	if (status)
		return status;
	file->n_left -= nbytes / file->nbytes;
	if (nbytes < n * file->nbytes)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "damaged .npy file: it ends after %llu of %llu elements",
				 (unsigned long long)(file->n_elements - file->n_left),
				 (unsigned long long)file->n_elements);
	if (file->big_endian)
		swap(bytes, nbytes, file->unit);
	return EMNIST_OK;
}

enum emnist_status npyfile_values(struct npyfile *file, double *values, size_t n,
				  struct emnist_error *error)
{
	unsigned char bytes[CHUNK_NBYTES];
	enum emnist_status status = EMNIST_OK;

	while (!status && n) {
		const size_t most = CHUNK_NBYTES / file->nbytes, part = n < most ? n : most;

		status = npyfile_read(file, bytes, part, error);
		if (!status)
			number_decode(file->type, bytes, part, values);
		values += part;
		n -= part;
	}
	return status;
}

enum emnist_status npyfile_end(struct npyfile *file, struct emnist_error *error)
{
	enum emnist_status status;
	unsigned char byte;
	size_t n;

	status = gzip_read(file->stream, &byte, 1, &n, error);
	return !status && n ? damaged(error, "data after the end of the array") : status;
}

const char *npyfile_shape(const struct npyfile *file, char text[static NPYFILE_SHAPE_NBYTES])
{
	size_t n = 1;

	strcpy(text, "(");
	for (size_t i = 0; i < file->n_dimensions; i++)
		n += (size_t)snprintf(text + n, NPYFILE_SHAPE_NBYTES - n, "%s%llu", i ? ", " : "",
				      (unsigned long long)file->shape[i]);
	strcpy(text + n, file->n_dimensions == 1 ? ",)" : ")");
	return text;
}
