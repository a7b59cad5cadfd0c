/*
 * pixels.c - a dataset as CSV.
 *
 * Two kinds are about. EMNIST's on Kaggle have no header, the label first, and images that are
 * transposed as in the idx files; MNIST's have a header ("label,pixel0...", "label,1x1...") and
 * upright images. So it is the header, or a name that begins with MNIST's or Fashion-MNIST's, that
 * tells.
 *
 * How many images there are shows at the end only, and a pipe is not read twice: all are kept in
 * memory, a byte a pixel.
 */
#include "pixels.h"

#include "../base/memory.h"
#include "rows.h"
#include "siblings.h"

#include <string.h>
#include <strings.h>

#define N_FIELDS (EMNIST_VECTOR_LENGTH + 1)

/* Lines of fewer fields are no images, but maybe a list. */
#define LEAST_FIELDS 100

/* What the column of labels is called. */
static const char *const label_names[] = {"label", "labels", "class", "target", "character", NULL};

struct pixels {
	struct source source;
	struct rows rows;
	size_t label_column;
	struct buffer images; /* (count, 784) */
	struct buffer values; /* of uint16_t */
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
	buffer_clear(&pixels->images);
	buffer_clear(&pixels->values);
	source_clear(source);
	free(pixels);
}

static const struct source_ops ops = {.read = read_pixels, .close = close_pixels};

/* A whole number of at most max, as a decimal with nothing but zeros behind the point. */
static bool parse_value(const struct rows_field *field, uint32_t max, uint32_t *value_ret)
{
	const char *text = field->text, *end = text + field->nbytes;
	uint32_t value = 0;

	while (text < end && *text == ' ')
		text++;
	while (end > text && end[-1] == ' ')
		end--;
	if (text == end || *text < '0' || *text > '9')
		return false;
	for (; text < end && *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (uint32_t)(*text - '0');
		if (value > max)
			return false;
	}
	if (text < end && *text == '.')
		for (text++; text < end && *text == '0';)
			text++;
	*value_ret = value;
	return text == end;
}

static bool is_label_name(const char *text)
{
	for (const char *const *name = label_names; *name; name++)
		if (strcasecmp(*name, text) == 0)
			return true;
	return false;
}

/* Whether the first record is a header, and not an image. */
static bool is_header(const struct rows *rows)
{
	uint32_t value;

	for (size_t i = 0; i < rows->n_fields; i++)
		if (!parse_value(rows_field(rows, i), UINT16_MAX, &value))
			return true;
	return false;
}

static enum emnist_status bad_field(const struct pixels *pixels, size_t i, const char *wanted,
				    struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "line %llu, column %zu: '%.24s' is no %s",
			 (unsigned long long)pixels->rows.line, i + 1,
			 rows_field(&pixels->rows, i)->text, wanted);
}

static enum emnist_status check_width(const struct pixels *pixels, struct emnist_error *error)
{
	if (pixels->rows.n_fields == N_FIELDS)
		return EMNIST_OK;
	return error_set(
		error, EMNIST_ERR_CORRUPT, "line %llu: %zu columns, not a label and %d values",
		(unsigned long long)pixels->rows.line, pixels->rows.n_fields, EMNIST_VECTOR_LENGTH);
}

static enum emnist_status add_image(struct pixels *pixels, struct emnist_error *error)
{
	const size_t n = pixels->source.count;
	uint32_t value;
	uint8_t *to;

	if (n == SOURCE_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %u images", SOURCE_MAX_COUNT);
	if (!buffer_reserve(&pixels->images, (n + 1) * EMNIST_VECTOR_LENGTH) ||
	    !buffer_reserve(&pixels->values, (n + 1) * sizeof(uint16_t)))
		return error_memory(error);
	to = pixels->images.data + n * EMNIST_VECTOR_LENGTH;
	for (size_t i = 0; i < N_FIELDS; i++) {
		const bool is_label = i == pixels->label_column;

		if (!parse_value(rows_field(&pixels->rows, i), is_label ? UINT16_MAX : UINT8_MAX,
				 &value))
			return bad_field(pixels, i,
					 is_label ? "class number" : "whole number from 0 to 255",
					 error);
		if (is_label)
			((uint16_t *)(void *)pixels->values.data)[n] = (uint16_t)value;
		else
			*to++ = (uint8_t)value;
	}
	pixels->source.count++;
	return EMNIST_OK;
}

/* The first record: a header, which says where the labels are, or an image. */
static enum emnist_status take_first(struct pixels *pixels, struct emnist_error *error)
{
	const struct rows *rows = &pixels->rows;
	enum emnist_status status = check_width(pixels, error);

	if (status)
		return status;
	if (!is_header(rows))
		return add_image(pixels, error);
	pixels->source.transposed = false;
	for (size_t i = 0; i < rows->n_fields; i++)
		if (is_label_name(rows_field(rows, i)->text)) {
			pixels->label_column = i;
			break;
		}
	return EMNIST_OK;
}

static enum emnist_status read_all(struct pixels *pixels, struct emnist_error *error)
{
	enum emnist_status status = rows_next(&pixels->rows, error);

	if (!status)
		status = take_first(pixels, error);
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

enum emnist_status pixels_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error)
{
	struct pixels *pixels = alloc_zeroed(1, sizeof(*pixels));
	const char *base = siblings_base(request->path);
	enum emnist_status status;

	*source_ret = NULL;
	if (!pixels) {
		gzip_close(stream);
		return error_memory(error);
	}
	pixels->source.ops = &ops;
	pixels->source.transposed =
		strncasecmp(base, "mnist", 5) != 0 && strncasecmp(base, "fashion", 7) != 0;
	rows_init(&pixels->rows, stream);
	status = read_all(pixels, error);
	if (!status && !source_describe(&pixels->source, "CSV, %s",
					pixels->source.transposed ? "transposed" : "upright"))
		status = error_memory(error);
	if (!status)
		status = source_find_meaning(&pixels->source, request, error);
	else
		status = source_blame_other(request, status, error);
	gzip_close(stream);
	if (status)
		close_pixels(&pixels->source);
	else
		*source_ret = &pixels->source;
	return status;
}
