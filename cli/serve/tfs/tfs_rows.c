/* tfs_rows.c - from the JSON of a request of TensorFlow Serving's to rows for a model. */
#include "tfs_rows.h"
#include "../../../lib/base/base64.h"
#include "../../../lib/base/memory.h"
#include "tfs_document.h"

#include <string.h>

bool tfs_rows_begin(struct tfs_rows *rows, size_t n)
{
	rows->own = alloc_room(n, EMNIST_VECTOR_LENGTH);
	rows->vectors = rows->own;
	rows->n = n;
	return rows->own != NULL;
}

void tfs_rows_release(struct tfs_rows *rows)
{
	for (size_t i = 0; i < rows->n_pictures; i++)
		free((void *)(uintptr_t)rows->pictures[i].bytes);
	free(rows->pictures);
	free(rows->picture_rows);
	free(rows->own);
	text_release(&rows->error);
}

bool tfs_rows_prefix(struct tfs_rows *rows, const char *prefix)
{
	struct text whole = {0};

	if (rows->error.nbytes == 0)
		return false;
	text_puts(&whole, prefix);
	text_add(&whole, rows->error.bytes, rows->error.nbytes);
	text_release(&rows->error);
	rows->error = whole;
	return false;
}

/* -------------------------------------------------------------------- pictures */

/* There is room for a power of two of pictures, at least for those that are there. */
static bool reserve_picture(struct tfs_rows *rows)
{
	const size_t n = rows->n_pictures;
	struct picture *pictures;
	size_t *picture_rows;

	if (n & (n - 1))
		return true;
	pictures = realloc(rows->pictures, (n ? 2 * n : 1) * sizeof(*pictures));
	if (!pictures)
		return false;
	rows->pictures = pictures;
	picture_rows = realloc(rows->picture_rows, (n ? 2 * n : 1) * sizeof(*picture_rows));
	if (!picture_rows)
		return false;
	rows->picture_rows = picture_rows;
	return true;
}

static bool add_picture(struct tfs_rows *rows, size_t row, struct emnist_json *json,
			struct emnist_json_value value)
{
	size_t nbytes, text_nbytes;
	const char *text = emnist_json_string(json, emnist_json_first(json, value), &text_nbytes);
	unsigned char *bytes = text ? malloc(BASE64_MOST(text_nbytes)) : NULL;

	if (!bytes || !reserve_picture(rows)) {
		free(bytes);
		return false;
	}
	if (!base64_decode(text, text_nbytes, bytes, &nbytes)) {
		free(bytes);
		text_puts(&rows->error, "Unable to base64 decode");
		return false;
	}
	rows->pictures[rows->n_pictures] = (struct picture){.bytes = bytes, .nbytes = nbytes};
	rows->picture_rows[rows->n_pictures++] = row;
	memset(rows->own + row * EMNIST_VECTOR_LENGTH, 0, EMNIST_VECTOR_LENGTH * sizeof(float));
	return true;
}

/* --------------------------------------------------------------------- numbers */

bool tfs_rows_refuse(struct tfs_rows *rows, const struct emnist_json *json,
		     const struct emnist_json_tensor *tensor, const char *type)
{
	struct text *error = &rows->error;

	if (tensor->misfit == EMNIST_JSON_NOT_NUMBER) {
		tfs_refuse_value(json, tensor->value, error, " Type: ");
		text_printf(error, "%s is not of expected type: %s",
			    emnist_json_type_name(tensor->value.type), type);
	} else if (tensor->misfit == EMNIST_JSON_TOO_SHALLOW) {
		tfs_refuse_value(json, tensor->value, error, " found at incorrect level: ");
		text_printf(error, "%zu in the JSON DOM. Expected at level: %zu", tensor->level + 1,
			    tensor->rank);
	} else if (tensor->misfit == EMNIST_JSON_TOO_DEEP) {
		text_printf(error, "Encountered list at unexpected level: %zu expected < %zu",
			    tensor->level, tensor->rank);
	} else if (tensor->misfit == EMNIST_JSON_UNEQUAL) {
		text_printf(
			error,
			"Encountered list at unexpected size: %zu at level: %zu expected size: %zu",
			tensor->n_elements, tensor->level, tensor->shape[tensor->level]);
	} else {
		text_printf(error, "lists are nested deeper than %d levels", EMNIST_JSON_MAX_RANK);
	}
	return false;
}

static void put_shape(struct text *text, const struct emnist_json_tensor *tensor)
{
	text_puts(text, "[");
	for (size_t i = 0; i < tensor->rank; i++)
		text_printf(text, i > 0 ? ",%zu" : "%zu", tensor->shape[i]);
	text_puts(text, "]");
}

static bool is_shape_equal(const struct emnist_json_tensor *a, const struct emnist_json_tensor *b)
{
	return a->rank == b->rank && memcmp(a->shape, b->shape, a->rank * sizeof(*a->shape)) == 0;
}

static bool compare_with_first(struct tfs_rows *rows, const struct emnist_json_tensor *tensor)
{
	if (!rows->has_first) {
		rows->first = *tensor;
		rows->has_first = true;
	} else if (rows->first.n_values != tensor->n_values) {
		text_printf(&rows->error, "Expecting tensor size: %zu but got: %zu",
			    rows->first.n_values, tensor->n_values);
		return false;
	} else if (!is_shape_equal(&rows->first, tensor)) {
		text_puts(&rows->error, "Expecting shape ");
		put_shape(&rows->error, &rows->first);
		text_puts(&rows->error, " but got: ");
		put_shape(&rows->error, tensor);
		return false;
	}
	return true;
}

bool tfs_rows_set(struct tfs_rows *rows, size_t row, struct emnist_json *json,
		  struct emnist_json_value value, const char *type)
{
	struct emnist_json_tensor tensor;

	if (tfs_is_bytes(json, value))
		return add_picture(rows, row, json, value);
	if (!emnist_json_tensor(json, value, &tensor))
		return tfs_rows_refuse(rows, json, &tensor, type);
	if (!compare_with_first(rows, &tensor))
		return false;
	if (tensor.n_values == EMNIST_VECTOR_LENGTH)
		memcpy(rows->own + row * EMNIST_VECTOR_LENGTH, tensor.values,
		       EMNIST_VECTOR_LENGTH * sizeof(*tensor.values));
	return true;
}

bool tfs_rows_end(struct tfs_rows *rows, const char *input)
{
	if (!rows->has_first || rows->first.n_values == EMNIST_VECTOR_LENGTH)
		return true;
	text_printf(&rows->error,
		    "input '%s': expected %d numbers for each image, but got %zu: shape ", input,
		    EMNIST_VECTOR_LENGTH, rows->first.n_values);
	put_shape(&rows->error, &rows->first);
	return false;
}
