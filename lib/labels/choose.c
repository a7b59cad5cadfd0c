/*
 * choose.c - selects classes of a set by their characters.
 *
 * Unlike the classes of a view, which are answers, those of a dataset keep all their characters: an
 * image of C or c does not become one of C because only C was asked for.
 */
#include "../base/memory.h"
#include "../emnist_dataset.h"
#include "labels.h"

static bool has_any(const struct emnist_labels *labels, size_t i,
		    const struct emnist_labels *wanted)
{
	for (size_t k = 0; k < emnist_labels_count(wanted); k++)
		if (emnist_labels_match(labels, i, wanted, k, false))
			return true;
	return false;
}

/* Allocates room for all classes and characters. */
static struct emnist_labels *make_room(const struct emnist_labels *labels)
{
	size_t n_characters = 0, n;

	for (size_t i = 0; i < emnist_labels_count(labels); i++) {
		labels_characters(labels, i, &n);
		n_characters += n;
	}
	return labels_new(emnist_labels_count(labels), n_characters);
}

static void copy_entry(struct emnist_labels *to, const struct emnist_labels *from, size_t i)
{
	size_t n;
	const uint32_t *characters = labels_characters(from, i, &n);

	labels_add_entry(to, labels_index(from, i));
	for (size_t k = 0; k < n; k++)
		labels_add_character(to, characters[k]);
}

enum emnist_status emnist_labels_choose(const struct emnist_labels *labels, const char *set,
					struct emnist_labels **chosen_ret, uint16_t *map_ret,
					struct emnist_error *error)
{
	const struct emnist_view_options options = {.set = set};
	struct emnist_labels *chosen;
	enum emnist_status status;
	struct emnist_view *view;

	*chosen_ret = NULL;
	status = emnist_view_create(labels, &options, &view, error);
	if (status)
		return status;
	chosen = make_room(labels);
	for (size_t i = 0; chosen && i < emnist_labels_count(labels); i++) {
		map_ret[i] = EMNIST_NO_CLASS;
		if (!has_any(labels, i, emnist_view_labels(view)))
			continue;
		map_ret[i] = (uint16_t)emnist_labels_count(chosen);
		copy_entry(chosen, labels, i);
	}
	emnist_view_free(view);
	*chosen_ret = chosen;
	return chosen ? EMNIST_OK : error_memory(error);
}
