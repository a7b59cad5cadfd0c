/*
 * fuzz_json.c - any bytes as a document, read to its end and only up to where it is done.
 *
 * What is read is walked through. The floats of an array are its numbers, a string that is written
 * reads back, and so does the text of a whole document.
 */
#include "../emnist_serve.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64

/* Room for the text of a document; those that do not fit are cut. */
#define ROOM 65536

static void must(bool is_true)
{
	if (!is_true)
		abort();
}

static void check_string(const char *bytes, size_t nbytes)
{
	struct emnist_json *again = NULL;
	char *text = malloc(6 * nbytes + 2);
	const char *read;
	size_t n;

	must(text && bytes && emnist_json_create(&again, NULL) == EMNIST_OK);
	n = emnist_json_put_string(text, bytes, nbytes);
	must(n <= 6 * nbytes + 2 && emnist_json_parse(again, text, n, NULL, NULL) == EMNIST_OK);
	read = emnist_json_string(again, emnist_json_root(again), &n);
	must(read && n == nbytes && memcmp(read, bytes, n) == 0);
	emnist_json_free(again);
	free(text);
}

static void check_value(struct emnist_json *json, struct emnist_json_value value)
{
	const char *bytes;
	int64_t integer;
	size_t n;

	bytes = emnist_json_source(json, value, &n);
	must(bytes && n > 0);
	if (value.key > 0) {
		bytes = emnist_json_name(json, value, &n);
		check_string(bytes, n);
	}
	if (value.type == EMNIST_JSON_STRING) {
		bytes = emnist_json_string(json, value, &n);
		check_string(bytes, n);
		must(emnist_json_equals(json, value, "instances") ==
		     (n == 9 && memcmp(bytes, "instances", n) == 0));
	}
	if (emnist_json_integer(json, value, &integer))
		must(emnist_json_number(json, value) == (double)integer);
}

/* Whether the floats are the numbers. */
static void check_tensor(struct emnist_json *json, struct emnist_json_value array)
{
	struct emnist_json_tensor tensor;
	struct emnist_json_value value = emnist_json_first(json, array);

	if (!emnist_json_tensor(json, array, &tensor)) {
		must(tensor.misfit != EMNIST_JSON_FITS);
		return;
	}
	for (size_t i = 0; tensor.rank == 1 && i < tensor.n_values; i++) {
		const float expected = (float)emnist_json_number(json, value);

		must(tensor.values[i] == expected || (isnan(tensor.values[i]) && isnan(expected)));
		value = emnist_json_next(json, value);
	}
}

static void walk(struct emnist_json *json)
{
	struct emnist_json_value open[MAX_DEPTH];
	size_t left[MAX_DEPTH]; /* elements or members that follow */
	size_t depth = 1;

	open[0] = emnist_json_root(json);
	left[0] = 0;
	while (depth > 0) {
		struct emnist_json_value *value = &open[depth - 1];
		const size_t count = emnist_json_count(json, *value);

		check_value(json, *value);
		check_tensor(json, *value);
		if (count > 0 && depth < MAX_DEPTH) {
			open[depth] = emnist_json_first(json, *value);
			left[depth++] = count - 1;
			continue;
		}
		while (depth > 0 && left[depth - 1] == 0) {
			must(emnist_json_next(json, open[depth - 1]).type == EMNIST_JSON_NONE);
			depth--;
		}
		if (depth > 0) {
			open[depth - 1] = emnist_json_next(json, open[depth - 1]);
			left[depth - 1]--;
		}
	}
}

/* The text of a document gives the same text. */
static void check_quote(const struct emnist_json *json)
{
	static char text[ROOM], second[ROOM];
	struct emnist_json *again = NULL;
	const size_t n = emnist_json_quote(json, emnist_json_root(json), text, ROOM);

	must(emnist_json_quote(json, emnist_json_root(json), second, 20) <= 20);
	must(emnist_json_create(&again, NULL) == EMNIST_OK);
	/* Else it was cut, or has a number that is not finite. */
	if (emnist_json_parse(again, text, n, NULL, NULL) == EMNIST_OK)
		must(emnist_json_quote(again, emnist_json_root(again), second, ROOM) == n &&
		     memcmp(text, second, n) == 0);
	emnist_json_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	static const struct emnist_json_options ways[] = {
		{0},
		{.stop_when_done = true, .allow_nonfinite = true},
		{.allow_nonfinite = true, .max_depth = 5, .max_images = 1},
	};
	struct emnist_error error;
	struct emnist_json *json;

	must(emnist_json_create(&json, NULL) == EMNIST_OK);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (emnist_json_parse(json, data, nbytes, &ways[i], &error)) {
			must(error.message[0] != '\0' && error.offset <= nbytes);
			must(emnist_json_root(json).type == EMNIST_JSON_NONE);
			continue;
		}
		(void)emnist_json_member(json, emnist_json_root(json), "instances");
		walk(json);
		check_quote(json);
	}
	emnist_json_free(json);
	return 0;
}
