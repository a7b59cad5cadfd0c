/*
 * tfs_answer.c - answers of TensorFlow Serving, laid out as there, to the byte.
 *
 * They come from RapidJSON's PrettyWriter, which is told to put arrays on one line for each element
 * of "predictions" and "results", and then no more: so the closing bracket stands on its own.
 */
#include "tfs_answer.h"

#include <emnist_serve.h>
#include <stdlib.h>
#include <string.h>

/* Floats that are written at a time. */
#define PART 64

static void put_row(struct text *body, const float *values, size_t n)
{
	char written[PART * EMNIST_JSON_FLOAT_ROOM];

	text_puts(body, "[");
	for (size_t i = 0; i < n; i += PART) {
		text_puts(body, i > 0 ? ", " : "");
		text_add(body, written,
			 emnist_json_put_floats(written, values + i, n - i < PART ? n - i : PART));
	}
	text_puts(body, "]");
}

static void put_string(struct text *body, const char *string)
{
	const size_t nbytes = strlen(string);
	char *quoted = malloc(6 * nbytes + 2);

	if (quoted)
		text_add(body, quoted, emnist_json_put_string(quoted, string, nbytes));
	else
		body->failed = true;
	free(quoted);
}

void tfs_put_predictions(struct text *body, const struct tfs_scores *scores)
{
	const float *row = scores->probabilities;

	text_puts(body, "{\n    \"predictions\": [");
	for (size_t i = 0; i < scores->n; i++, row += scores->n_classes) {
		if (!scores->output) {
			text_puts(body, i > 0 ? ", " : "");
			put_row(body, row, scores->n_classes);
			continue;
		}
		text_puts(body, i > 0 ? ",\n        {\n            " : "\n        {\n            ");
		put_string(body, scores->output);
		text_puts(body, ": ");
		put_row(body, row, scores->n_classes);
		text_puts(body, "\n        }");
	}
	text_puts(body, "\n    ]\n}");
}

static void put_line(struct text *body, const char *separator, size_t depth)
{
	text_puts(body, separator);
	text_putc(body, '\n');
	for (size_t i = 0; i < depth; i++)
		text_puts(body, "    ");
}

void tfs_put_outputs(struct text *body, const struct tfs_scores *scores)
{
	const size_t depth = scores->output ? 2 : 1;
	const float *value = scores->probabilities;
	char written[EMNIST_JSON_FLOAT_ROOM];

	text_puts(body, "{\n    \"outputs\": ");
	if (scores->output) {
		text_puts(body, "{\n        ");
		put_string(body, scores->output);
		text_puts(body, ": ");
	}
	text_puts(body, "[");
	for (size_t i = 0; i < scores->n; i++) {
		put_line(body, i > 0 ? "," : "", depth + 1);
		text_puts(body, "[");
		for (size_t j = 0; j < scores->n_classes; j++) {
			put_line(body, j > 0 ? "," : "", depth + 2);
			text_add(body, written, emnist_json_put_float(written, *value++));
		}
		put_line(body, "", depth + 1);
		text_puts(body, "]");
	}
	put_line(body, "", depth);
	text_puts(body, scores->output ? "]\n    }\n}" : "]\n}");
}

void tfs_put_results(struct text *body, const struct tfs_scores *scores,
		     const struct emnist_labels *labels)
{
	const float *row = scores->probabilities;
	uint32_t *order = malloc(scores->n_classes * sizeof(*order));
	char written[EMNIST_JSON_FLOAT_ROOM];

	body->failed |= !order;
	text_puts(body, "{\n    \"results\": [");
	for (size_t i = 0; order && i < scores->n; i++, row += scores->n_classes) {
		emnist_top_k(row, scores->n_classes, scores->n_classes, order);
		text_puts(body, i > 0 ? ", [" : "[");
		for (size_t j = 0; j < scores->n_classes; j++) {
			text_puts(body, j > 0 ? ", [" : "[");
			put_string(body, emnist_labels_text(labels, order[j]));
			text_puts(body, ", ");
			text_add(body, written, emnist_json_put_float(written, row[order[j]]));
			text_puts(body, "]");
		}
		text_puts(body, "]");
	}
	text_puts(body, "\n    ]\n}");
	free(order);
}
