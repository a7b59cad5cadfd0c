/* tfs_document.c - the JSON of a request of TensorFlow Serving's, and its messages about it. */
#include "tfs_document.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where messages cut a value off. */
#define QUOTED_NBYTES 256

/* Digits of integers that are integers there, too, and no decimals. */
#define INTEGER_NBYTES 19

/* Of a name in a message, at most. */
#define NAME_NBYTES 1024

size_t tfs_name_shown(const char *name, size_t nbytes)
{
	size_t n = NAME_NBYTES;

	if (nbytes <= n)
		return nbytes;
	while (n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static bool is_decimal(const struct emnist_json *json, struct emnist_json_value value)
{
	size_t nbytes;
	const char *source = emnist_json_source(json, value, &nbytes);

	if (value.type != EMNIST_JSON_NUMBER)
		return false;
	for (size_t i = 0; i < nbytes; i++)
		if (strchr(".eENI", source[i]))
			return true;
	return nbytes > INTEGER_NBYTES + 1;
}

/* A decimal on its own is written like one of an answer. */
static void put_decimal(struct text *text, double number)
{
	char written[EMNIST_JSON_FLOAT_ROOM];

	if (!isfinite(number) || fabs(number) <= (double)FLT_MAX) {
		text_add(text, written, emnist_json_put_float(written, (float)number));
		return;
	}
	snprintf(written, sizeof(written), "%g", number);
	if (strtod(written, NULL) == number)
		text_puts(text, written);
	else
		text_printf(text, "%.17g", number);
}

void tfs_put_quoted(struct text *text, const struct emnist_json *json,
		    struct emnist_json_value value)
{
	char quoted[QUOTED_NBYTES];

	if (is_decimal(json, value))
		put_decimal(text, emnist_json_number(json, value));
	else
		text_add(text, quoted, emnist_json_quote(json, value, quoted, sizeof(quoted)));
}

bool tfs_refuse_value(const struct emnist_json *json, struct emnist_json_value value,
		      struct text *error, const char *why)
{
	text_puts(error, "JSON Value: ");
	tfs_put_quoted(error, json, value);
	text_puts(error, why);
	return false;
}

bool tfs_parse(struct emnist_json *json, const void *body, size_t nbytes, size_t max_images,
	       struct emnist_json_value *document_ret, struct text *error)
{
	const struct emnist_json_options options = {
		.stop_when_done = true, .allow_nonfinite = true, .max_images = max_images};
	struct emnist_error why;

	if (nbytes == 0) {
		text_puts(error, "JSON Parse error: The document is empty");
		return false;
	}
	if (emnist_json_parse(json, body, nbytes, &options, &why)) {
		text_printf(error, "JSON Parse error: %s", why.message);
		if (why.offset != EMNIST_NO_OFFSET)
			text_printf(error, " at offset: %" PRIu64, why.offset);
		return false;
	}
	*document_ret = emnist_json_root(json);
	return document_ret->type == EMNIST_JSON_OBJECT ||
	       tfs_refuse_value(json, *document_ret, error, " Is not object");
}

bool tfs_signature_name(struct emnist_json *json, struct emnist_json_value document,
			const char **name_ret, size_t *nbytes_ret, struct text *error)
{
	const struct emnist_json_value name = emnist_json_member(json, document, "signature_name");

	*name_ret = "";
	*nbytes_ret = 0;
	if (name.type == EMNIST_JSON_NONE)
		return true;
	if (name.type != EMNIST_JSON_STRING)
		return tfs_refuse_value(json, document, error,
					" not formatted correctly. 'signature_name' key must be a "
					"string value.");
	*name_ret = emnist_json_string(json, name, nbytes_ret);
	return *name_ret != NULL;
}

bool tfs_is_bytes(const struct emnist_json *json, struct emnist_json_value value)
{
	return value.type == EMNIST_JSON_OBJECT && emnist_json_count(json, value) == 1 &&
	       emnist_json_member(json, value, "b64").type == EMNIST_JSON_STRING;
}
