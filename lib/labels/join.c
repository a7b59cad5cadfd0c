/* join.c - joins the classes of several datasets into one set. */
#include "../base/memory.h"
#include "../emnist_dataset.h"
#include "labels.h"

#include <string.h>

/* A class of one of the sets. */
struct member {
	const uint32_t *characters;
	size_t n;
	size_t set, entry;
};

static int by_characters(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	for (size_t i = 0; i < x->n && i < y->n; i++)
		if (x->characters[i] != y->characters[i])
			return x->characters[i] < y->characters[i] ? -1 : 1;
	return (x->n > y->n) - (x->n < y->n);
}

static bool alike(const struct emnist_labels *a, const struct emnist_labels *b)
{
	if (emnist_labels_count(a) != emnist_labels_count(b))
		return false;
	for (size_t i = 0; i < emnist_labels_count(a); i++) {
		struct member x = {0}, y = {0};

		x.characters = labels_characters(a, i, &x.n);
		y.characters = labels_characters(b, i, &y.n);
		if (by_characters(&x, &y) != 0 || labels_index(a, i) != labels_index(b, i))
			return false;
	}
	return true;
}

/* As they are. */
static enum emnist_status keep(const struct emnist_labels *const *labels, size_t n,
			       struct emnist_labels **labels_ret, uint16_t *const *maps,
			       struct emnist_error *error)
{
	*labels_ret = labels_copy(labels[0]);
	if (!*labels_ret)
		return error_memory(error);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < emnist_labels_count(labels[i]); k++)
			maps[i][k] = (uint16_t)k;
	return EMNIST_OK;
}

/* Whether all are characters of EMNIST ByClass. */
static bool are_of_byclass(const struct member *members, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint32_t c = members[i].characters[0], letter = labels_lower_case(c);

		if (members[i].n != 1 ||
		    !((c >= '0' && c <= '9') || (letter >= 'a' && letter <= 'z')))
			return false;
	}
	return true;
}

/* Its index there: 0-9, A-Z, a-z. */
static uint32_t byclass_index(uint32_t c)
{
	if (c <= '9')
		return c - '0';
	return c <= 'Z' ? c - 'A' + 10 : c - 'a' + 36;
}

/* An entry for each different one of the members, which are sorted. */
static enum emnist_status join(const struct member *members, size_t n, size_t n_characters,
			       struct emnist_labels **labels_ret, uint16_t *const *maps,
			       struct emnist_error *error)
{
	struct emnist_labels *labels = labels_new(n, n_characters);
	const bool of_byclass = are_of_byclass(members, n);
	uint32_t n_entries = 0;

	if (!labels)
		return error_memory(error);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || by_characters(&members[i - 1], &members[i]) != 0) {
			if (n_entries == LABELS_MAX_COUNT) {
				emnist_labels_free(labels);
				return error_set(error, EMNIST_ERR_LIMIT,
						 "more than %d classes in all", LABELS_MAX_COUNT);
			}
			labels_add_entry(labels, of_byclass ? byclass_index(*members[i].characters)
							    : n_entries);
			n_entries++;
			for (size_t k = 0; k < members[i].n; k++)
				labels_add_character(labels, members[i].characters[k]);
		}
		maps[members[i].set][members[i].entry] = (uint16_t)(n_entries - 1);
	}
	*labels_ret = labels;
	return EMNIST_OK;
}

enum emnist_status emnist_labels_join(const struct emnist_labels *const *labels, size_t n,
				      struct emnist_labels **labels_ret, uint16_t *const *maps,
				      struct emnist_error *error)
{
	size_t n_members = 0, n_characters = 0;
	enum emnist_status status;
	struct member *members;
	bool same = true;

	*labels_ret = NULL;
	if (!n)
		return error_set(error, EMNIST_ERR_ARGUMENT, "no labels");
	for (size_t i = 0; i < n; i++) {
		n_members += emnist_labels_count(labels[i]);
		same = same && alike(labels[0], labels[i]);
	}
	if (same)
		return keep(labels, n, labels_ret, maps, error);
	members = alloc_array(n_members, sizeof(*members));
	if (!members)
		return error_memory(error);
	n_members = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < emnist_labels_count(labels[i]); k++) {
			struct member *member = &members[n_members++];

			*member = (struct member){.set = i, .entry = k};
			member->characters = labels_characters(labels[i], k, &member->n);
			n_characters += member->n;
		}
	qsort(members, n_members, sizeof(*members), by_characters);
	status = join(members, n_members, n_characters, labels_ret, maps, error);
	free(members);
	return status;
}
