/*
 * pixels.c - CSV as a dataset.
 *
 * There are two kinds. EMNIST's on Kaggle have no header, the label first, and images transposed as
 * in the idx files. MNIST's have a header ("label,pixel0...", "label,1x1...") and upright images.
 * So a header, or a name that begins like MNIST's or Fashion-MNIST's, means upright, unless the
 * images look otherwise (orientation.c).
 *
 * The number of images is known only at the end, and a pipe cannot be read twice: all images are
 * kept in memory, one byte per pixel.
 */
#include "pixels.h"

#include "../base/decimal.h"
#include "../base/memory.h"
#include "columns.h"
#include "levels.h"
#include "rows.h"
#include "siblings.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Lines of fewer fields are no images, but maybe a list. */
#define LEAST_FIELDS 100

/*
 * More classes than in EMNIST's largest split: a column with that many is not taken for labels if
 * there is a choice.
 */
#define MOST_CLASSES 62

struct pixels {
	struct source source;
	struct rows rows;
	struct columns columns;
	uint32_t first_index; /* of the first line, in its column */
	struct buffer images; /* (count, 784) */
	struct buffer values; /* of uint16_t */
	struct levels_numbers numbers;
	/* The last column may turn out to hold the labels, which are whole among fractions: it is
	 * kept apart, and last_line is the first that shows what its numbers are. */
	bool has_last;
	struct buffer last; /* (count) */
	struct levels_numbers last_numbers;
	uint64_t last_line;
};

bool pixels_begin(const unsigned char *bytes, size_t nbytes)
{
	return rows_begin(bytes, nbytes) >= LEAST_FIELDS;
}

static enum emnist_status read_pixels(struct source *source, uint32_t index, size_t n, uint8_t *to,
				      struct emnist_error *error)
{
	const struct pixels *pixels = (const struct pixels *)source;

	(void)error;
	if (n)
		memcpy(to, pixels->images.data + (size_t)index * EMNIST_VECTOR_LENGTH,
		       n * EMNIST_VECTOR_LENGTH);
	return EMNIST_OK;
}

static void close_pixels(struct source *source)
{
	struct pixels *pixels = (struct pixels *)source;

	rows_clear(&pixels->rows);
	columns_clear(&pixels->columns);
	buffer_clear(&pixels->images);
	buffer_clear(&pixels->values);
	buffer_clear(&pixels->last);
	source_clear(source);
	free(pixels);
}

static const struct source_ops ops = {.read = read_pixels, .close = close_pixels};

/* A whole number of at most max. */
static bool parse_whole(const struct rows_field *field, uint32_t max, uint32_t *value_ret)
{
	double value;

	if (!decimal_parse(field->text, field->nbytes, &value) || value > max ||
	    value != floor(value))
		return false;
	*value_ret = (uint32_t)value;
	return true;
}

static enum emnist_status bad_field(const struct pixels *pixels, size_t i, const char *what,
				    struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "line %llu, column %zu: '%.24s' is %s",
			 (unsigned long long)pixels->rows.line, i + 1,
			 rows_field(&pixels->rows, i)->text, what);
}

static enum emnist_status check_width(const struct pixels *pixels, struct emnist_error *error)
{
	if (pixels->rows.n_fields == pixels->columns.n)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_CORRUPT, "line %llu: %zu columns, but %zu in line 1",
			 (unsigned long long)pixels->rows.line, pixels->rows.n_fields,
			 pixels->columns.n);
}

/* Without a header, only its values show that a column is the number of the line. */
static enum emnist_status check_index(struct pixels *pixels, struct emnist_error *error)
{
	const size_t column = pixels->columns.row_index;
	uint32_t value;

	if (column == SIZE_MAX)
		return EMNIST_OK;
	if (!parse_whole(rows_field(&pixels->rows, column), SOURCE_MAX_COUNT, &value))
		return bad_field(pixels, column, "not a line number", error);
	if (!pixels->source.count)
		pixels->first_index = value;
	if (value - pixels->first_index == pixels->source.count)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_CORRUPT,
			 "line %llu: %zu columns, of which the first does not number the lines, "
			 "and not a label and %d values",
			 (unsigned long long)pixels->rows.line, pixels->columns.n,
			 EMNIST_VECTOR_LENGTH);
}

static enum emnist_status add_label(struct pixels *pixels, struct emnist_error *error)
{
	const size_t column = pixels->columns.label;
	uint32_t value;

	if (!parse_whole(rows_field(&pixels->rows, column), UINT16_MAX, &value))
		return bad_field(pixels, column, "not a class number", error);
	((uint16_t *)(void *)pixels->values.data)[pixels->source.count] = (uint16_t)value;
	return EMNIST_OK;
}

static const char *add_last(struct pixels *pixels, double value)
{
	struct levels_numbers *numbers = &pixels->last_numbers;
	const size_t n = pixels->source.count;
	const char *fault = levels_add(numbers, value, pixels->last.data, n, pixels->last.data + n);

	if (!pixels->last_line && (numbers->most > 1 || numbers->has_fractions))
		pixels->last_line = pixels->rows.line;
	return fault;
}

/* Adds the value of column i as pixel n of the image. */
static enum emnist_status add_value(struct pixels *pixels, size_t i, size_t n,
				    struct emnist_error *error)
{
	const size_t n_before = (size_t)pixels->source.count * EMNIST_VECTOR_LENGTH + n;
	const struct rows_field *field = rows_field(&pixels->rows, i);
	const char *fault = "not a whole number from 0 to 255";
	uint8_t *to = pixels->images.data + n_before;
	double value;

	if (decimal_parse(field->text, field->nbytes, &value))
		fault = pixels->has_last && i + 1 == pixels->columns.n
				? add_last(pixels, value)
				: levels_add(&pixels->numbers, value, pixels->images.data, n_before,
					     to);
	return fault ? bad_field(pixels, i, fault, error) : EMNIST_OK;
}

static enum emnist_status add_values(struct pixels *pixels, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t n = 0;

	for (size_t i = 0; i < pixels->columns.n && !status; i++)
		if (columns_is_pixel(&pixels->columns, i))
			status = add_value(pixels, i, n++, error);
	return status;
}

static enum emnist_status add_image(struct pixels *pixels, struct emnist_error *error)
{
	const size_t n = pixels->source.count;
	enum emnist_status status;

	if (n == SOURCE_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %u images", SOURCE_MAX_COUNT);
	if (!buffer_reserve(&pixels->images, (n + 1) * EMNIST_VECTOR_LENGTH) ||
	    !buffer_reserve(&pixels->values, (n + 1) * sizeof(uint16_t)) ||
	    !buffer_reserve(&pixels->last, n + 1))
		return error_memory(error);
	status = check_index(pixels, error);
	if (!status)
		status = add_label(pixels, error);
	if (!status)
		status = add_values(pixels, error);
	pixels->source.count += !status;
	return status;
}

/* Reads the first record: a header, which locates the labels, or an image. */
static enum emnist_status take_first(struct pixels *pixels, const char *label_column,
				     struct emnist_error *error)
{
	struct source *source = &pixels->source;
	enum emnist_status status;

	status = columns_read(&pixels->columns, &pixels->rows, label_column, error);
	if (status)
		return status;
	pixels->has_last = !label_column && pixels->columns.header != COLUMNS_NAMES;
	switch (pixels->columns.header) {
	case COLUMNS_NO_HEADER:
		return add_image(pixels, error);
	case COLUMNS_NAMES:
		source->transposed = false;
		break;
	case COLUMNS_DATA:
		if (!source_assume(
			    source, EMNIST_ASSUMED_HEADER,
			    "line 1 is left out: a program took this image for column names"))
			return error_memory(error);
		break;
	case COLUMNS_NUMBERS:
		break;
	}
	return EMNIST_OK;
}

static enum emnist_status read_all(struct pixels *pixels, const char *label_column,
				   struct emnist_error *error)
{
	enum emnist_status status = rows_next(&pixels->rows, error);

	if (!status)
		status = take_first(pixels, label_column, error);
	while (!status) {
		status = rows_next(&pixels->rows, error);
		if (status || !pixels->rows.n_fields)
			break;
		status = check_width(pixels, error);
		if (!status)
			status = add_image(pixels, error);
	}
	pixels->source.values = (uint16_t *)(void *)pixels->values.data;
	pixels->values = (struct buffer){0};
	return status;
}

/* Whether the first values of all lines are 0, as a corner of an image is, and the last ones look
 * like labels. */
static bool has_label_last(const struct pixels *pixels)
{
	uint32_t n_set = 0;

	if (!pixels->has_last || pixels->last_numbers.has_fractions)
		return false;
	for (size_t i = 0; i < pixels->source.count; i++) {
		const uint8_t value = pixels->last.data[i];

		if (pixels->source.values[i] || value >= MOST_CLASSES)
			return false;
		n_set += value > 0;
	}
	return n_set > pixels->source.count / 4;
}

/* The last value of each line is its label. */
static enum emnist_status take_last_as_labels(struct pixels *pixels, struct emnist_error *error)
{
	for (size_t i = 0; i < pixels->source.count; i++) {
		uint8_t *image = pixels->images.data + i * EMNIST_VECTOR_LENGTH;

		pixels->source.values[i] = pixels->last.data[i];
		memmove(image + 1, image, EMNIST_VECTOR_LENGTH - 1);
		image[0] = 0;
	}
	return source_assume(&pixels->source, EMNIST_ASSUMED_LABEL_COLUMN,
			     "assuming labels in the last column, since the first one contains "
			     "only zeros")
		       ? EMNIST_OK
		       : error_memory(error);
}

/* The last value of each line is its last pixel. */
static enum emnist_status take_last_as_pixels(struct pixels *pixels, struct emnist_error *error)
{
	const double unit = pixels->last_numbers.has_fractions ? UINT8_MAX : 1;
	const size_t count = pixels->source.count;
	const char *fault = NULL;

	for (size_t i = 0; i < count && !fault; i++)
		fault = levels_add(&pixels->numbers, pixels->last.data[i] / unit,
				   pixels->images.data, count * EMNIST_VECTOR_LENGTH,
				   pixels->images.data + (i + 1) * EMNIST_VECTOR_LENGTH - 1);
	if (!fault)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_CORRUPT, "line %llu, column %zu: it is %s",
			 (unsigned long long)pixels->last_line, pixels->columns.n, fault);
}

static bool describe(struct pixels *pixels)
{
	return source_describe(&pixels->source, "CSV%s",
			       pixels->numbers.has_fractions ? ", fractions of 0 to 1 times 255"
							     : "");
}

static enum emnist_status open_pixels(struct pixels *pixels, const struct source_request *request,
				      struct emnist_error *error)
{
	const char *base = siblings_base(request->path);
	const char *label_column = request->options->label_column;
	enum emnist_status status;

	pixels->source.transposed =
		strncasecmp(base, "mnist", 5) != 0 && strncasecmp(base, "fashion", 7) != 0;
	pixels->source.is_kept = true;
	pixels->source.orientation = SOURCE_ORIENTATION_UNKNOWN;
	status = read_all(pixels, label_column, error);
	if (!status)
		status = has_label_last(pixels) ? take_last_as_labels(pixels, error)
			 : pixels->has_last     ? take_last_as_pixels(pixels, error)
						: EMNIST_OK;
	if (!status && !describe(pixels))
		status = error_memory(error);
	return status ? source_prefix_other(request, status, error)
		      : source_find_meaning(&pixels->source, request, error);
}

enum emnist_status pixels_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error)
{
	struct pixels *pixels = alloc_zeroed(1, sizeof(*pixels));
	enum emnist_status status;

	*source_ret = NULL;
	if (!pixels) {
		gzip_close(stream);
		return error_memory(error);
	}
	pixels->source.ops = &ops;
	rows_init(&pixels->rows, stream);
	status = open_pixels(pixels, request, error);
	gzip_close(stream);
	if (status)
		close_pixels(&pixels->source);
	else
		*source_ret = &pixels->source;
	return status;
}
