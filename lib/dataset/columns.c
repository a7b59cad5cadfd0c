/*
 * columns.c - determines the columns of a table from its first line.
 *
 * A header has names and no values. One damaged value must not turn a line of values into a header:
 * its image would be lost, and all others transposed, since images below a header are upright. So
 * every cell of a header must be a name. Two kinds of numbers that no image has count as names,
 * too:
 *
 * - a sequence longer than 0 to 255
 * - values with a count of their repetitions ("0,0.1,0.2", of fractions "0.0,0.5,0.0.1"), which
 *   pandas writes when it takes the first line of data for a header
 *
 * pandas also writes a column of row numbers, whose name is empty or "Unnamed: 0".
 */
#include "columns.h"

#include <string.h>
#include <strings.h>

static const char *const label_names[] = {"label", "labels", "class", "target", "character", NULL};

/* ------------------------------------------------------------------------- names */

size_t columns_find(const struct rows *rows, const char *const *names)
{
	for (size_t k = 0; names[k]; k++)
		for (size_t i = 0; i < rows->n_fields; i++)
			if (strcasecmp(rows_field(rows, i)->text, names[k]) == 0)
				return i;
	return SIZE_MAX;
}

size_t columns_find_label(const struct rows *rows)
{
	return columns_find(rows, label_names);
}

static size_t find_exactly(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->n_fields; i++)
		if (strcmp(rows_field(rows, i)->text, name) == 0)
			return i;
	return SIZE_MAX;
}

enum emnist_status columns_find_wanted(const struct rows *rows, bool has_names, const char *wanted,
				       size_t *position_ret, struct emnist_error *error)
{
	const char *const names[] = {wanted, NULL};
	size_t number = 0, i = 0;

	*position_ret = has_names ? find_exactly(rows, wanted) : SIZE_MAX;
	if (has_names && *position_ret == SIZE_MAX)
		*position_ret = columns_find(rows, names);
	if (*position_ret != SIZE_MAX)
		return EMNIST_OK;
	for (; wanted[i] >= '0' && wanted[i] <= '9' && number <= rows->n_fields; i++)
		number = number * 10 + (size_t)(wanted[i] - '0');
	if (wanted[i] || number < 1 || number > rows->n_fields)
		return error_set(
			error, EMNIST_ERR_ARGUMENT,
			"no label column '%.40s': neither a name%s nor a number from 1 to %zu",
			wanted, has_names ? " on line 1" : ", since there is no header,",
			rows->n_fields);
	*position_ret = number - 1;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------------ header */

/* The digits that a cell begins with, as a number of at most 65535; NULL: it does not. */
static const char *leading_number(const char *text, uint32_t *value_ret)
{
	uint32_t value = 0;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (uint32_t)(*text - '0');
		if (value > UINT16_MAX)
			return NULL;
	}
	*value_ret = value;
	return text;
}

/* Whether a cell has only characters of numbers, with at least one digit: then it is no name. */
static bool is_number(const char *text)
{
	return text[strspn(text, " 0123456789+-.eE")] == '\0' && strpbrk(text, "0123456789");
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " ")] == '\0';
}

/* Whether the numeric cells form a sequence with steps of one that exceeds the range of pixels. */
static bool is_sequence(const struct rows *rows)
{
	uint32_t value = 0, first = 0;
	size_t n = 0;

	for (size_t i = 0; i < rows->n_fields; i++) {
		const char *text = rows_field(rows, i)->text, *end;

		if (!is_number(text))
			continue;
		end = leading_number(text, &value);
		if (!end || *end)
			return false;
		first = n ? first : value;
		if (value != first + n++)
			return false;
	}
	return n > UINT8_MAX + 1;
}

/* Whether cell i is an earlier cell followed by a point and a count. *twice_ret: set if it equals
 * an earlier cell. */
static bool is_count_of_earlier(const struct rows *rows, size_t i, bool *twice_ret)
{
	const struct rows_field *field = rows_field(rows, i);
	const char *point = strrchr(field->text, '.');
	const bool has_count = point && point[1] && !point[1 + strspn(point + 1, "0123456789")];
	const size_t stem_nbytes = has_count ? (size_t)(point - field->text) : SIZE_MAX;
	bool is_one = false;

	for (size_t k = 0; k < i && !*twice_ret; k++) {
		const struct rows_field *earlier = rows_field(rows, k);

		*twice_ret = strcmp(earlier->text, field->text) == 0;
		is_one |= earlier->nbytes == stem_nbytes &&
			  memcmp(earlier->text, field->text, stem_nbytes) == 0;
	}
	return is_one;
}

/* Whether the numeric cells are values with repetition counts: no duplicates, and at least half
 * have a count. Of 784 pixels with 256 levels two thirds have one. */
static bool is_counted(const struct rows *rows)
{
	size_t n = 0, n_counted = 0;
	bool twice = false;

	for (size_t i = 0; i < rows->n_fields && !twice; i++) {
		if (!is_number(rows_field(rows, i)->text))
			continue;
		n++;
		n_counted += is_count_of_earlier(rows, i, &twice);
	}
	return !twice && n_counted >= n - n_counted;
}

static enum columns_header find_header(const struct rows *rows)
{
	size_t n_numbers = 0, n_blank = 0;

	for (size_t i = 0; i < rows->n_fields; i++) {
		n_numbers += is_number(rows_field(rows, i)->text);
		n_blank += is_blank(rows_field(rows, i)->text);
	}
	if (!n_numbers)
		return n_blank == rows->n_fields ? COLUMNS_NO_HEADER : COLUMNS_NAMES;
	if (is_sequence(rows))
		return n_numbers + n_blank == rows->n_fields ? COLUMNS_NUMBERS : COLUMNS_NAMES;
	return is_counted(rows) ? COLUMNS_DATA : COLUMNS_NO_HEADER;
}

/* ----------------------------------------------------------------------- columns */

/* Whether a name may be that of a pixel: all of these are numbered. */
static bool names_pixel(const char *name)
{
	return strpbrk(name, "0123456789") && strncasecmp(name, "unnamed:", 8) != 0;
}

static size_t n_pixels(const struct columns *columns)
{
	size_t n = 0;

	for (size_t i = 0; i < columns->n; i++)
		n += columns_is_pixel(columns, i);
	return n;
}

/* The first column that is not the number of the row. */
static size_t first_of_data(const struct columns *columns)
{
	for (size_t i = 0; i < columns->n; i++)
		if (columns_is_pixel(columns, i))
			return i;
	return 0;
}

static enum emnist_status find_label(struct columns *columns, const struct rows *rows,
				     const char *wanted, struct emnist_error *error)
{
	if (wanted)
		return columns_find_wanted(rows, columns->header != COLUMNS_NO_HEADER, wanted,
					   &columns->label, error);
	columns->label = columns->header == COLUMNS_NO_HEADER ? SIZE_MAX : columns_find_label(rows);
	if (columns->label != SIZE_MAX)
		return EMNIST_OK;
	if (columns->header == COLUMNS_NAMES)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "choose a label column: the header on line 1 has none called "
				 "label, labels, class, target or character, but '%.24s', '%.24s' "
				 "to '%.24s'",
				 rows_field(rows, 0)->text, rows_field(rows, 1)->text,
				 rows_field(rows, rows->n_fields - 1)->text);
	columns->label = first_of_data(columns);
	return EMNIST_OK;
}

static void find_pixels(struct columns *columns, const struct rows *rows)
{
	bool *is_pixel = (bool *)columns->is_pixel.data;

	for (size_t i = 0; i < columns->n; i++)
		is_pixel[i] = columns->header == COLUMNS_NO_HEADER ||
			      names_pixel(rows_field(rows, i)->text);
	if (columns->header == COLUMNS_NO_HEADER && columns->n == EMNIST_VECTOR_LENGTH + 2) {
		columns->row_index = 0;
		is_pixel[0] = false;
	}
}

enum emnist_status columns_read(struct columns *columns, const struct rows *rows,
				const char *wanted, struct emnist_error *error)
{
	enum emnist_status status;
	bool *is_pixel;

	*columns = (struct columns){
		.header = find_header(rows), .n = rows->n_fields, .row_index = SIZE_MAX};
	if (!buffer_reserve(&columns->is_pixel, columns->n * sizeof(bool)))
		return error_memory(error);
	is_pixel = (bool *)columns->is_pixel.data;
	find_pixels(columns, rows);
	status = find_label(columns, rows, wanted, error);
	if (status)
		return status;
	is_pixel[columns->label] = false;
	/* Names without numbers, if there is exactly one column per pixel. */
	for (size_t i = 0; i < columns->n && columns->n == EMNIST_VECTOR_LENGTH + 1; i++)
		is_pixel[i] = i != columns->label;
	if (n_pixels(columns) == EMNIST_VECTOR_LENGTH)
		return EMNIST_OK;
	if (columns->header == COLUMNS_NO_HEADER)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "line 1: %zu columns instead of a label and %d values", columns->n,
				 EMNIST_VECTOR_LENGTH);
	return error_set(error, EMNIST_ERR_CORRUPT,
			 "line 1: %zu columns of pixels beside the label instead of %d",
			 n_pixels(columns), EMNIST_VECTOR_LENGTH);
}

void columns_clear(struct columns *columns)
{
	buffer_clear(&columns->is_pixel);
}
