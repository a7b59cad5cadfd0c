/* tfs_examples.c - the rows of `classify`: "examples". */
#include "tfs_examples.h"
#include "tfs_document.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------------- checks */

/* The start of the name of a feature, as far as its first zero byte. */
static void put_name(struct text *text, struct emnist_json *json, struct emnist_json_value feature)
{
	size_t nbytes;
	const char *name = emnist_json_name(json, feature, &nbytes);

	if (name)
		text_add(text, name, strnlen(name, tfs_name_shown(name, nbytes)));
}

/* What a value makes of its feature; NULL: it cannot be in one. */
static const char *kind_of(const struct emnist_json *json, struct emnist_json_value value)
{
	switch (value.type) {
	case EMNIST_JSON_FALSE:
	case EMNIST_JSON_TRUE:
		return "int64";
	case EMNIST_JSON_NUMBER:
		return "float";
	case EMNIST_JSON_STRING:
		return "bytes";
	case EMNIST_JSON_OBJECT:
		return tfs_is_bytes(json, value) ? "bytes" : NULL;
	default:
		return NULL;
	}
}

/* All values of a feature are of one kind; *kind is that of those before, NULL for the first.
 * There, integers and decimals are two kinds; here they may be mixed. */
static bool check_value(struct emnist_json *json, struct emnist_json_value feature,
			struct emnist_json_value value, const char **kind, struct text *error)
{
	const char *own = kind_of(json, value);

	if (!own) {
		text_puts(error, "Feature: ");
		put_name(error, json, feature);
		text_printf(error, " has element with unexpected JSON type: %s",
			    emnist_json_type_name(value.type));
		return false;
	}
	if (*kind && strcmp(*kind, own) != 0) {
		text_puts(error, "Unexpected element type in feature: ");
		put_name(error, json, feature);
		text_printf(error, " expecting type: %s", *kind);
		return false;
	}
	*kind = own;
	return true;
}

static bool check_feature(struct emnist_json *json, struct emnist_json_value feature,
			  struct text *error)
{
	struct emnist_json_tensor tensor;
	const char *kind = NULL;

	if (feature.type != EMNIST_JSON_ARRAY)
		return check_value(json, feature, feature, &kind, error);
	if (emnist_json_tensor(json, feature, &tensor) && tensor.rank == 1)
		return true;
	for (struct emnist_json_value value = emnist_json_first(json, feature); value.type;
	     value = emnist_json_next(json, value))
		if (!check_value(json, feature, value, &kind, error))
			return false;
	return true;
}

static bool check_example(struct emnist_json *json, struct emnist_json_value example,
			  struct text *error)
{
	if (example.type != EMNIST_JSON_OBJECT) {
		text_printf(error, "Example must be JSON object but got JSON %s",
			    emnist_json_type_name(example.type));
		return false;
	}
	for (struct emnist_json_value feature = emnist_json_first(json, example); feature.type;
	     feature = emnist_json_next(json, feature))
		if (!check_feature(json, feature, error))
			return false;
	return true;
}

bool tfs_examples_check(struct emnist_json *json, struct emnist_json_value document,
			struct emnist_json_value *examples_ret, struct text *error)
{
	const struct emnist_json_value context = emnist_json_member(json, document, "context");
	const struct emnist_json_value examples = emnist_json_member(json, document, "examples");

	if (context.type && !check_example(json, context, error))
		return false;
	if (!examples.type)
		return tfs_refuse_value(
			json, document, error,
			" When method is classify, key 'examples' is expected and was "
			"not found");
	if (examples.type != EMNIST_JSON_ARRAY)
		return tfs_refuse_value(json, document, error,
					" Expecting 'examples' value to be an list/array");
	if (emnist_json_count(json, examples) == 0)
		return tfs_refuse_value(json, document, error,
					" 'examples' value is an empty array");
	for (struct emnist_json_value example = emnist_json_first(json, examples); example.type;
	     example = emnist_json_next(json, example))
		if (!check_example(json, example, error))
			return false;
	*examples_ret = examples;
	return true;
}

/* ------------------------------------------------------------------------ rows */

/* The feature with the image. */
static struct emnist_json_value find_image(const struct emnist_json *json,
					   struct emnist_json_value example, const char *input)
{
	const struct emnist_json_value none = {0};
	struct emnist_json_value image = emnist_json_member(json, example, input);

	if (tfs_is_bytes(json, example))
		return example;
	if (!image.type)
		image = emnist_json_member(json, example, "image/encoded");
	if (!image.type && emnist_json_count(json, example) == 1)
		image = emnist_json_first(json, example);
	/* A list of one image file is that file. */
	if (image.type == EMNIST_JSON_ARRAY && emnist_json_count(json, image) == 1 &&
	    tfs_is_bytes(json, emnist_json_first(json, image)))
		image = emnist_json_first(json, image);
	return tfs_is_bytes(json, image) || image.type == EMNIST_JSON_ARRAY ? image : none;
}

bool tfs_examples_read(struct tfs_rows *rows, struct emnist_json *json,
		       struct emnist_json_value examples, const char *input)
{
	struct emnist_json_value example = emnist_json_first(json, examples);

	if (!tfs_rows_begin(rows, emnist_json_count(json, examples)))
		return false;
	for (size_t i = 0; example.type; i++, example = emnist_json_next(json, example)) {
		const struct emnist_json_value image = find_image(json, example, input);

		if (!image.type) {
			text_printf(
				&rows->error,
				"example %zu: no feature '%s' with %d numbers or {\"b64\": ...}", i,
				input, EMNIST_VECTOR_LENGTH);
			return false;
		}
		if (!tfs_rows_set(rows, i, json, image, "float")) {
			char prefix[48];

			snprintf(prefix, sizeof(prefix), "example %zu: ", i);
			return tfs_rows_prefix(rows, prefix);
		}
	}
	return tfs_rows_end(rows, input);
}
