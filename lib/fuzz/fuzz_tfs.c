/*
 * fuzz_tfs.c - any bytes as a request of TensorFlow Serving's: its path, and its body as that of
 * `predict` and of `classify`.
 *
 * The input: method and target with a blank between, up to a line feed; then the body.
 */
#include "../../cli/serve/tfs/tfs_document.h"
#include "../../cli/serve/tfs/tfs_examples.h"
#include "../../cli/serve/tfs/tfs_instances.h"
#include "../../cli/serve/tfs/tfs_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

#define MAX_ROWS 100

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* ----------------------------------------------------------------------- path */

static void try_path(char *line)
{
	const char *target = strchr(line, ' ');
	struct tfs_path path = {0};
	struct text error = {0};

	if (!target)
		return;
	line[target - line] = '\0';
	target++;
	if (tfs_path_is(target) && tfs_path_parse(&path, line, target, &error)) {
		require(error.nbytes == 0, "an error of a path that is right");
		require(path.name.nbytes > 1 && strlen(path.name.bytes) == path.name.nbytes - 1,
			"a name that is empty or ends early");
		require(path.label.nbytes == 0 || strlen(path.label.bytes) == path.label.nbytes - 1,
			"a label that ends early");
		require(!path.has_version || path.version >= 0, "a version below zero");
		require(!path.has_version || path.label.nbytes == 0, "a version and a label");
	} else if (tfs_path_is(target)) {
		require(error.nbytes > 0, "a wrong path without an error");
	}
	tfs_path_release(&path);
	text_release(&error);
}

/* ----------------------------------------------------------------------- rows */

static void check_rows(const struct tfs_rows *rows, bool good)
{
	unsigned char sum = 0;

	require(good || rows->error.nbytes > 0, "refused without an error");
	if (!good || rows->n > MAX_ROWS)
		return;
	require(rows->error.nbytes == 0, "an error of rows that are right");
	require(rows->n > 0 && rows->vectors, "no rows");
	/* All are read, so that what is not there, or was not set, shows. */
	for (size_t i = 0; i < rows->n; i++) {
		const float *row = rows->vectors + i * EMNIST_VECTOR_LENGTH;

		for (size_t j = 0; j < EMNIST_VECTOR_LENGTH; j++)
			sum = (unsigned char)(sum + (row[j] > 0.5F));
	}
	for (size_t i = 0; i < rows->n_pictures; i++) {
		require(rows->picture_rows[i] < rows->n, "a picture beyond the rows");
		for (size_t j = 0; j < rows->pictures[i].nbytes; j++)
			sum ^= ((const unsigned char *)rows->pictures[i].bytes)[j];
	}
	if (sum == 1)
		fputs("", stderr);
}

/* A matrix that was taken as a whole has the rows that are read one by one. */
static void compare_rows(const struct tfs_rows *whole, struct emnist_json *json,
			 struct emnist_json_value instances)
{
	struct emnist_json_value element = emnist_json_first(json, instances);
	struct tfs_rows rows = {0};

	if (whole->own || !instances.type)
		return;
	require(emnist_json_count(json, instances) == whole->n, "another number of rows");
	require(tfs_rows_begin(&rows, whole->n), "memory is short");
	for (size_t i = 0; element.type; i++, element = emnist_json_next(json, element))
		require(tfs_rows_set(&rows, i, json, element, "float"), "a row is refused");
	require(tfs_rows_end(&rows, "images"), "the rows are refused");
	require(memcmp(rows.own, whole->vectors, whole->n * EMNIST_VECTOR_LENGTH * sizeof(float)) ==
			0,
		"other rows");
	tfs_rows_release(&rows);
}

static void try_predict(struct emnist_json *json, struct emnist_json_value document)
{
	const struct tfs_input input = {"images", "float"};
	struct tfs_rows rows = {0};
	bool is_column, good;

	good = tfs_instances_read(&rows, json, document, &input, MAX_ROWS, &is_column);
	check_rows(&rows, good);
	if (good && rows.n <= MAX_ROWS)
		compare_rows(&rows, json, emnist_json_member(json, document, "instances"));
	tfs_rows_release(&rows);
}

static void try_classify(struct emnist_json *json, struct emnist_json_value document)
{
	struct emnist_json_value examples;
	struct tfs_rows rows = {0};

	if (!tfs_examples_check(json, document, &examples, &rows.error))
		require(rows.error.nbytes > 0, "refused without an error");
	else if (emnist_json_count(json, examples) <= MAX_ROWS)
		check_rows(&rows, tfs_examples_read(&rows, json, examples, "images"));
	tfs_rows_release(&rows);
}

static void try_body(const uint8_t *body, size_t nbytes)
{
	struct emnist_json_value document;
	struct emnist_json *json;
	struct text error = {0};
	const char *name;
	size_t name_nbytes;

	require(emnist_json_create(&json, NULL) == EMNIST_OK, "memory is short");
	if (!tfs_parse(json, body, nbytes, MAX_ROWS, &document, &error) ||
	    !tfs_signature_name(json, document, &name, &name_nbytes, &error)) {
		require(error.nbytes > 0, "refused without an error");
	} else {
		try_predict(json, document);
		try_classify(json, document);
	}
	text_release(&error);
	emnist_json_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	const uint8_t *end = nbytes ? memchr(data, '\n', nbytes) : NULL;
	const size_t line_nbytes = end ? (size_t)(end - data) : nbytes;
	const size_t body_nbytes = end ? nbytes - line_nbytes - 1 : 0;
	char *line = malloc(line_nbytes + 1);
	/* A copy of exactly its size, so that a read beyond shows. */
	uint8_t *body = malloc(body_nbytes ? body_nbytes : 1);

	require(line && body, "memory is short");
	memcpy(line, data, line_nbytes);
	line[line_nbytes] = '\0';
	if (end)
		memcpy(body, end + 1, body_nbytes);
	try_path(line);
	try_body(body, body_nbytes);
	free(body);
	free(line);
	return 0;
}
