/*
 * fuzz_view.c - any bytes as a set of classes, on labels of every kind. Each class of a view that
 * is made has a character of an entry that belongs to it, and each row of it sums to 1.
 *
 * The input: a byte that chooses the labels and whether cases are merged, then the set.
 */
#include "../emnist_dataset.h"
#include "../labels/labels.h"
#include "../labels/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes);

#define MAX_CLASSES 62
#define N_ROWS      3

static const char odd[] = "0 45\n1 44\n2 92\n3 233\n4 201\n5 128512\n6 48 79 216\n"
			  "7 67 99 8364\n8 99 49\n9 65\n10 65\n";

static struct emnist_labels *choose_labels(uint8_t setting)
{
	static const size_t n_classes[] = {62, 47, 26, 10};
	struct emnist_labels *labels = NULL;

	if (setting % 5 < 4)
		emnist_labels_default(n_classes[setting % 5], &labels, NULL);
	else
		emnist_labels_parse(odd, sizeof(odd) - 1, &labels, NULL);
	return labels;
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_labels(const struct emnist_view *view, const struct emnist_labels *labels)
{
	const struct emnist_labels *seen = emnist_view_labels(view);
	const size_t n = emnist_labels_count(seen);
	bool is_known[MAX_CLASSES] = {false};

	require(n >= 1 && n <= emnist_labels_count(labels));
	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		uint32_t class = view_class_of(view, i);

		require(class == VIEW_NONE || class < n);
		if (class != VIEW_NONE)
			is_known[class] |= emnist_labels_match(labels, i, seen, class, true);
	}
	for (size_t j = 0; j < n; j++)
		require(is_known[j] && emnist_labels_text(seen, j)[0]);
}

static void check_rows(const struct emnist_view *view, size_t n_entries)
{
	const size_t n = emnist_labels_count(emnist_view_labels(view));
	float *rows = malloc(N_ROWS * n_entries * sizeof(*rows));

	if (!rows)
		return;
	for (size_t i = 0; i < N_ROWS * n_entries; i++)
		rows[i] = i < n_entries ? 1.F / (float)n_entries : i % n_entries == 1 ? 1 : 0;
	emnist_view_apply(view, rows, N_ROWS);
	for (size_t i = 0; i < N_ROWS; i++) {
		double sum = 0;

		for (size_t j = 0; j < n; j++)
			sum += (double)rows[i * n + j];
		require(fabs(sum - 1) < 1e-5);
	}
	free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t nbytes)
{
	struct emnist_view_options options = {0};
	struct emnist_labels *labels;
	struct emnist_view *view;
	struct emnist_error error;
	char *set;

	if (nbytes < 1)
		return 0;
	labels = choose_labels(data[0]);
	set = malloc(nbytes);
	if (labels && set) {
		memcpy(set, data + 1, nbytes - 1);
		set[nbytes - 1] = '\0';
		options.set = set;
		options.merge_case = data[0] & 128;
		if (!emnist_view_create(labels, &options, &view, &error)) {
			check_labels(view, labels);
			check_rows(view, emnist_labels_count(labels));
			emnist_view_free(view);
		} else {
			require(!view && error.message[0]);
		}
	}
	free(set);
	emnist_labels_free(labels);
	return 0;
}
