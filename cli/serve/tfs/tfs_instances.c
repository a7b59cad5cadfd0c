/*
 * tfs_instances.c - the rows of `predict`: "instances" (row format) or "inputs" (column format).
 *
 * What is an array of equal rows of 784 numbers, as nearly all requests are, is used where the
 * parser put it. Anything else is read element by element, and refused at the first that does not
 * fit.
 */
#include "tfs_instances.h"
#include "tfs_document.h"

#include <string.h>

struct reading {
	struct tfs_rows *rows;
	struct emnist_json *json;
	const struct tfs_input *input;
	uint64_t max_rows;
};

/* Whether the value is (n, 784), in any nesting. */
static bool take_matrix(const struct reading *reading, struct emnist_json_value value)
{
	struct emnist_json_tensor tensor;

	if (!emnist_json_tensor(reading->json, value, &tensor) || tensor.rank < 2 ||
	    tensor.n_values == 0 || tensor.n_values / tensor.shape[0] != EMNIST_VECTOR_LENGTH)
		return false;
	reading->rows->vectors = tensor.values;
	reading->rows->n = tensor.shape[0];
	return true;
}

static bool begin(const struct reading *reading, struct emnist_json_value array)
{
	const size_t n = emnist_json_count(reading->json, array);

	reading->rows->n = n;
	return n > reading->max_rows || tfs_rows_begin(reading->rows, n);
}

/* ------------------------------------------------------------------ row format */

/* An element that has its inputs by name. */
static bool is_named(const struct emnist_json *json, struct emnist_json_value element)
{
	return element.type == EMNIST_JSON_OBJECT && !tfs_is_bytes(json, element);
}

/* With the name of an input, or without. */
static bool prefix_element(struct tfs_rows *rows, size_t i, const char *name)
{
	struct text prefix = {0};

	text_printf(&prefix, "Failed to process element: %zu ", i);
	if (name) {
		text_puts(&prefix, "key: ");
		text_puts(&prefix, name);
		text_puts(&prefix, " ");
	}
	text_puts(&prefix, "of 'instances' list. Error: INVALID_ARGUMENT: ");
	text_putc(&prefix, '\0');
	if (prefix.failed)
		text_reset(&rows->error);
	else
		tfs_rows_prefix(rows, prefix.bytes);
	text_release(&prefix);
	return false;
}

/* The name of a member, as far as its first zero byte, with a zero behind. */
static bool put_name(struct emnist_json *json, struct emnist_json_value member, struct text *text)
{
	size_t nbytes;
	const char *name = emnist_json_name(json, member, &nbytes);

	text_reset(text);
	if (name) {
		text_add(text, name, strnlen(name, nbytes));
		text_putc(text, '\0');
	}
	return name && !text->failed;
}

static bool set_member(const struct reading *reading, size_t i, struct emnist_json_value member,
		       struct text *name)
{
	struct tfs_rows *rows = reading->rows;

	if (!put_name(reading->json, member, name))
		return false;
	if (strcmp(name->bytes, reading->input->name) != 0) {
		name->bytes[tfs_name_shown(name->bytes, name->nbytes - 1)] = '\0';
		text_puts(&rows->error, "JSON object: does not have named input: ");
		text_puts(&rows->error, name->bytes);
		return prefix_element(rows, i, name->bytes);
	}
	return tfs_rows_set(rows, i, reading->json, member, reading->input->type) ||
	       prefix_element(rows, i, name->bytes);
}

static bool set_named(const struct reading *reading, size_t i, struct emnist_json_value element)
{
	const struct emnist_json *json = reading->json;
	struct text *error = &reading->rows->error;
	struct text name = {0};
	bool good = true;

	if (emnist_json_count(json, element) == 0) {
		text_printf(error,
			    "Failed to process element: %zu of 'instances' list. JSON object: ", i);
		tfs_put_quoted(error, json, element);
		text_puts(error, " keys must be equal to: ");
		text_puts(error, reading->input->name);
		return false;
	}
	for (struct emnist_json_value member = emnist_json_first(json, element);
	     good && member.type; member = emnist_json_next(json, member))
		good = set_member(reading, i, member, &name);
	text_release(&name);
	return good;
}

static bool set_element(const struct reading *reading, size_t i, struct emnist_json_value element,
			bool are_named)
{
	if (is_named(reading->json, element) != are_named) {
		text_printf(&reading->rows->error, "Expecting %s at item %zu of input list",
			    are_named ? "object but got list" : "value/list but got object", i);
		return false;
	}
	if (are_named)
		return set_named(reading, i, element);
	return tfs_rows_set(reading->rows, i, reading->json, element, reading->input->type) ||
	       prefix_element(reading->rows, i, NULL);
}

static bool read_instances(const struct reading *reading, struct emnist_json_value instances)
{
	struct emnist_json_value element = emnist_json_first(reading->json, instances);
	const bool are_named = is_named(reading->json, element);

	if (take_matrix(reading, instances))
		return true;
	if (!begin(reading, instances))
		return false;
	if (reading->rows->n > reading->max_rows)
		return true;
	for (size_t i = 0; element.type; i++, element = emnist_json_next(reading->json, element))
		if (!set_element(reading, i, element, are_named))
			return false;
	return tfs_rows_end(reading->rows, reading->input->name);
}

/* --------------------------------------------------------------- column format */

static bool has_bytes(const struct emnist_json *json, struct emnist_json_value array)
{
	if (array.type != EMNIST_JSON_ARRAY)
		return false;
	for (struct emnist_json_value element = emnist_json_first(json, array); element.type;
	     element = emnist_json_next(json, element))
		if (tfs_is_bytes(json, element))
			return true;
	return false;
}

/* What is not a list of images. */
static bool refuse_column(const struct reading *reading, struct emnist_json_value value)
{
	struct tfs_rows *rows = reading->rows;
	struct emnist_json_tensor tensor;

	if (!emnist_json_tensor(reading->json, value, &tensor))
		return tfs_rows_refuse(rows, reading->json, &tensor, reading->input->type);
	if (tensor.rank < 2) {
		text_printf(&rows->error, "input '%s': expected a list of images, but got %s",
			    reading->input->name,
			    tensor.rank == 0       ? "a number"
			    : tensor.n_values == 0 ? "an empty one"
						   : "a list of numbers");
		return false;
	}
	rows->first = tensor;
	rows->first.rank--;
	memmove(rows->first.shape, tensor.shape + 1, rows->first.rank * sizeof(*tensor.shape));
	rows->first.n_values = tensor.n_values / tensor.shape[0];
	rows->has_first = true;
	return tfs_rows_end(rows, reading->input->name);
}

static bool read_column(const struct reading *reading, struct emnist_json_value value)
{
	struct emnist_json_value element;

	if (take_matrix(reading, value))
		return true;
	if (tfs_is_bytes(reading->json, value))
		return tfs_rows_begin(reading->rows, 1) &&
		       tfs_rows_set(reading->rows, 0, reading->json, value, reading->input->type);
	if (!has_bytes(reading->json, value))
		return refuse_column(reading, value);
	if (!begin(reading, value))
		return false;
	if (reading->rows->n > reading->max_rows)
		return true;
	element = emnist_json_first(reading->json, value);
	for (size_t i = 0; element.type; i++, element = emnist_json_next(reading->json, element))
		if (!tfs_rows_set(reading->rows, i, reading->json, element, reading->input->type))
			return false;
	return tfs_rows_end(reading->rows, reading->input->name);
}

static bool read_inputs(const struct reading *reading, struct emnist_json_value inputs)
{
	struct emnist_json_value value;

	if (!is_named(reading->json, inputs))
		return read_column(reading, inputs);
	value = emnist_json_member(reading->json, inputs, reading->input->name);
	if (value.type)
		return read_column(reading, value);
	text_puts(&reading->rows->error, "Missing named input: ");
	text_puts(&reading->rows->error, reading->input->name);
	text_puts(&reading->rows->error, " in 'inputs' object.");
	return false;
}

/* ------------------------------------------------------------------- interface */

bool tfs_instances_read(struct tfs_rows *rows, struct emnist_json *json,
			struct emnist_json_value document, const struct tfs_input *input,
			uint64_t max_rows, bool *is_column_ret)
{
	const struct reading reading = {rows, json, input, max_rows};
	const struct emnist_json_value instances = emnist_json_member(json, document, "instances");
	const struct emnist_json_value inputs = emnist_json_member(json, document, "inputs");

	*is_column_ret = !instances.type;
	if (instances.type && inputs.type)
		return tfs_refuse_value(
			json, document, &rows->error,
			" Not formatted correctly expecting only one of 'inputs' or "
			"'instances' keys to exist ");
	if (inputs.type)
		return read_inputs(&reading, inputs);
	if (!instances.type) {
		text_puts(&rows->error, "Missing 'inputs' or 'instances' key");
		return false;
	}
	if (instances.type != EMNIST_JSON_ARRAY)
		return tfs_refuse_value(json, document, &rows->error,
					" Expecting 'instances' to be an list/array");
	if (emnist_json_count(json, instances) == 0)
		return tfs_refuse_value(json, document, &rows->error,
					" No values in 'instances' array");
	return read_instances(&reading, instances);
}
