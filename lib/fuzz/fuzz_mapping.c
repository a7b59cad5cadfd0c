/*
 * fuzz_mapping.c - any bytes as a mapping file. What is accepted must come back the same from the
 * text that labels_format() writes.
 */
#include "../emnist_dataset.h"
#include "../labels/labels.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

static void check_same(const struct emnist_labels *a, const struct emnist_labels *b)
{
	if (emnist_labels_count(a) != emnist_labels_count(b))
		abort();
	for (size_t i = 0; i < emnist_labels_count(a); i++)
		if (labels_index(a, i) != labels_index(b, i) ||
		    strcmp(emnist_labels_text(a, i), emnist_labels_text(b, i)) != 0 ||
		    !emnist_labels_match(a, i, b, i, false) ||
		    emnist_labels_find(a, labels_index(b, i)) != i)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct emnist_labels *labels, *again;
	struct emnist_error error;
	size_t text_nbytes;
	char *text;

	if (emnist_labels_parse(data, nbytes, &labels, &error)) {
		if (labels || !error.message[0])
			abort();
		return 0;
	}
	if (labels_format(labels, &text, &text_nbytes)) {
		if (emnist_labels_parse(text, text_nbytes, &again, &error))
			abort();
		check_same(labels, again);
		emnist_labels_free(again);
		free(text);
	}
	emnist_labels_free(labels);
	return 0;
}
