/*
 * view.c - a view of a model's classes: some selected, some merged.
 *
 * Merging comes first: entries that share a letter, ignoring case, form a group. Then characters
 * outside the view's set are removed, and so are groups without any left. Groups are ordered by
 * their first entries, so class i contains no entry before entry i: that is why probabilities can
 * be rewritten in place.
 */
#include "view.h"

#include "../base/memory.h"
#include "charset.h"
#include "labels.h"

#include <string.h>

struct emnist_view {
	char *set_text; /* NULL: all characters */
	struct charset set;
	bool merge_case;
	bool partial; /* some entries are in no class */
	size_t n_entries;
	size_t n_classes;
	uint32_t *class_of; /* (n_entries) or VIEW_NONE */
	uint32_t *first;    /* (n_classes + 1) positions in members */
	uint32_t *members;  /* entries, class after class, rising in each */
	struct emnist_labels *labels;
};

/* A character of an entry, with its case folded where case is ignored. */
struct occurrence {
	uint32_t character;
	uint32_t entry;
};

/* Working data while a view is made. */
struct making {
	const struct emnist_labels *labels;
	struct occurrence *occurrences; /* by character, then by entry */
	size_t n_occurrences;
	uint32_t *group_of; /* (n_entries) the group's first entry */
};

/* ----------------------------------------------------------------- characters */

static uint32_t fold_case(const struct emnist_view *view, uint32_t character)
{
	return view->merge_case ? labels_upper_case(character) : character;
}

static bool is_wanted(const struct emnist_view *view, uint32_t character)
{
	if (!view->set_text || charset_has(&view->set, character))
		return true;
	return view->merge_case && (charset_has(&view->set, labels_upper_case(character)) ||
				    charset_has(&view->set, labels_lower_case(character)));
}

static int compare_occurrences(const void *a, const void *b)
{
	const struct occurrence *first = a, *second = b;

	if (first->character != second->character)
		return first->character > second->character ? 1 : -1;
	return (first->entry > second->entry) - (first->entry < second->entry);
}

static bool list_occurrences(struct making *making, const struct emnist_view *view)
{
	size_t n_total = 0, n;

	for (size_t i = 0; i < view->n_entries; i++) {
		labels_characters(making->labels, i, &n);
		n_total += n;
	}
	making->occurrences = alloc_array(n_total, sizeof(*making->occurrences));
	if (!making->occurrences)
		return false;
	for (size_t i = 0; i < view->n_entries; i++) {
		const uint32_t *characters = labels_characters(making->labels, i, &n);

		for (size_t j = 0; j < n; j++)
			making->occurrences[making->n_occurrences++] =
				(struct occurrence){fold_case(view, characters[j]), (uint32_t)i};
	}
	qsort(making->occurrences, n_total, sizeof(*making->occurrences), compare_occurrences);
	return true;
}

static bool occurs(const struct making *making, uint32_t character)
{
	size_t low = 0, high = making->n_occurrences;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (making->occurrences[middle].character < character)
			low = middle + 1;
		else
			high = middle;
	}
	return low < making->n_occurrences && making->occurrences[low].character == character;
}

/* Single characters asked for must exist. A range stops at its first missing character, and ranges
 * do not overlap, so no range costs more than there are characters. */
static enum emnist_status check_set(const struct emnist_view *view, const struct making *making,
				    struct emnist_error *error)
{
	char shown[CHARSET_SHOWN_MAX];

	for (size_t i = 0; i < view->set.n_ranges; i++) {
		const struct charset_range *range = &view->set.ranges[i];

		if (range->named)
			continue;
		for (uint32_t c = range->low; c <= range->high; c++)
			if (!occurs(making, fold_case(view, c)))
				return error_set(error, EMNIST_ERR_ARGUMENT, "no class for %s",
						 charset_show(c, shown));
	}
	return EMNIST_OK;
}

/* --------------------------------------------------------------------- groups */

/* The first entry of entry i's group, the way to it made shorter. */
static uint32_t find_group(uint32_t *group_of, uint32_t i)
{
	while (group_of[i] != i) {
		group_of[i] = group_of[group_of[i]];
		i = group_of[i];
	}
	return i;
}

static bool make_groups(struct making *making, const struct emnist_view *view)
{
	making->group_of = alloc_array(view->n_entries, sizeof(*making->group_of));
	if (!making->group_of)
		return false;
	for (size_t i = 0; i < view->n_entries; i++)
		making->group_of[i] = (uint32_t)i;
	for (size_t k = 1; view->merge_case && k < making->n_occurrences; k++) {
		const struct occurrence *o = &making->occurrences[k];
		uint32_t a, b;

		if (o->character != o[-1].character)
			continue;
		a = find_group(making->group_of, o->entry);
		b = find_group(making->group_of, o[-1].entry);
		making->group_of[a > b ? a : b] = a > b ? b : a;
	}
	for (size_t i = 0; i < view->n_entries; i++)
		making->group_of[i] = find_group(making->group_of, (uint32_t)i);
	return true;
}

static bool has_wanted(const struct emnist_view *view, const struct making *making, size_t i)
{
	size_t n;
	const uint32_t *characters = labels_characters(making->labels, i, &n);
	bool found = false;

	for (size_t j = 0; j < n && !found; j++)
		found = is_wanted(view, characters[j]);
	return found;
}

/* Numbers the groups with wanted characters, and counts the members of each. */
static bool make_classes(struct emnist_view *view, const struct making *making)
{
	view->class_of = alloc_array(view->n_entries, sizeof(*view->class_of));
	view->first = alloc_zeroed(view->n_entries + 1, sizeof(*view->first));
	view->members = alloc_array(view->n_entries, sizeof(*view->members));
	if (!view->class_of || !view->first || !view->members)
		return false;
	for (size_t i = 0; i < view->n_entries; i++)
		view->class_of[i] = VIEW_NONE;
	for (size_t i = 0; i < view->n_entries; i++)
		if (has_wanted(view, making, i))
			view->class_of[making->group_of[i]] = 0;
	for (size_t i = 0; i < view->n_entries; i++) {
		uint32_t group = making->group_of[i];

		if (group == i && view->class_of[i] != VIEW_NONE)
			view->class_of[i] = (uint32_t)view->n_classes++;
		else
			view->class_of[i] = view->class_of[group];
		if (view->class_of[i] == VIEW_NONE)
			view->partial = true;
		else
			view->first[view->class_of[i] + 1]++;
	}
	return true;
}

static void list_members(struct emnist_view *view)
{
	for (size_t j = 0; j < view->n_classes; j++)
		view->first[j + 1] += view->first[j];
	/* first[j] advances to the end of class j, which is the start of the next one... */
	for (size_t i = 0; i < view->n_entries; i++)
		if (view->class_of[i] != VIEW_NONE)
			view->members[view->first[view->class_of[i]]++] = (uint32_t)i;
	/* ...and back. */
	memmove(view->first + 1, view->first, view->n_classes * sizeof(*view->first));
	view->first[0] = 0;
}

/* --------------------------------------------------------------------- labels */

static int compare_characters(const void *a, const void *b)
{
	const uint32_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

/* A letter stands for both its cases and is shown as upper case: one answer, whichever the model
 * gave. */
static void add_merged(struct emnist_labels *labels, uint32_t *characters, size_t n)
{
	qsort(characters, n, sizeof(*characters), compare_characters);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && characters[i] == characters[i - 1])
			continue;
		labels_add_character(labels, characters[i]);
		if (labels_lower_case(characters[i]) != characters[i])
			labels_add_hidden(labels, labels_lower_case(characters[i]));
	}
}

static bool make_labels(struct emnist_view *view, const struct making *making)
{
	uint32_t *kept = alloc_array(making->n_occurrences, sizeof(*kept));

	view->labels = labels_new(view->n_classes, 2 * making->n_occurrences);
	for (size_t j = 0; kept && view->labels && j < view->n_classes; j++) {
		size_t n_kept = 0, n;

		labels_add_entry(view->labels,
				 labels_index(making->labels, view->members[view->first[j]]));
		for (size_t k = view->first[j]; k < view->first[j + 1]; k++) {
			const uint32_t *characters =
				labels_characters(making->labels, view->members[k], &n);

			for (size_t c = 0; c < n; c++)
				if (is_wanted(view, characters[c]))
					kept[n_kept++] = fold_case(view, characters[c]);
		}
		if (view->merge_case)
			add_merged(view->labels, kept, n_kept);
		for (size_t c = 0; !view->merge_case && c < n_kept; c++)
			labels_add_character(view->labels, kept[c]);
	}
	free(kept);
	return kept && view->labels;
}

/* --------------------------------------------------------------------- making */

/* strict: what the set names by itself must be there. */
static enum emnist_status make(struct emnist_view *view, const struct emnist_labels *labels,
			       bool strict, struct emnist_error *error)
{
	struct making making = {.labels = labels};
	enum emnist_status status = EMNIST_OK;

	view->n_entries = emnist_labels_count(labels);
	if (!list_occurrences(&making, view))
		status = error_memory(error);
	else if (strict)
		status = check_set(view, &making, error);
	if (!status && (!make_groups(&making, view) || !make_classes(view, &making)))
		status = error_memory(error);
	if (!status && !view->n_classes)
		status = error_set(error, EMNIST_ERR_ARGUMENT, "the set contains no class");
	if (!status) {
		list_members(view);
		if (!make_labels(view, &making))
			status = error_memory(error);
	}
	free(making.occurrences);
	free(making.group_of);
	return status;
}

static enum emnist_status create(const struct emnist_labels *labels,
				 const struct emnist_view_options *options, bool strict,
				 struct emnist_view **view_ret, struct emnist_error *error)
{
	struct emnist_view *view = alloc_zeroed(1, sizeof(*view));
	enum emnist_status status = EMNIST_OK;

	*view_ret = NULL;
	if (!view)
		return error_memory(error);
	view->merge_case = options->merge_case;
	if (options->set) {
		status = charset_parse(&view->set, options->set, error);
		view->set_text = status ? NULL : strdup(options->set);
		if (!status && !view->set_text)
			status = error_memory(error);
	}
	if (!status)
		status = make(view, labels, strict, error);
	if (!status)
		*view_ret = view;
	else
		emnist_view_free(view);
	return status;
}

enum emnist_status emnist_view_create(const struct emnist_labels *labels,
				      const struct emnist_view_options *options,
				      struct emnist_view **view_ret, struct emnist_error *error)
{
	static const struct emnist_view_options defaults;

	return create(labels, options ? options : &defaults, true, view_ret, error);
}

enum emnist_status view_of_others(const struct emnist_view *view,
				  const struct emnist_labels *labels, struct emnist_view **view_ret,
				  struct emnist_error *error)
{
	const struct emnist_view_options options = {.set = view->set_text,
						    .merge_case = view->merge_case};

	return create(labels, &options, false, view_ret, error);
}

/* ---------------------------------------------------------------------- using */

const struct emnist_labels *emnist_view_labels(const struct emnist_view *view)
{
	return view->labels;
}

uint32_t view_class_of(const struct emnist_view *view, size_t i)
{
	return view->class_of[i];
}

/* From (n_entries) to (n_classes) values; to may be from, or before it. */
static void apply_row(const struct emnist_view *view, const float *from, float *to)
{
	double total = 0;

	for (size_t j = 0; j < view->n_classes; j++) {
		double sum = 0;

		for (size_t k = view->first[j]; k < view->first[j + 1]; k++)
			sum += (double)from[view->members[k]];
		to[j] = (float)sum;
		total += sum;
	}
	if (!view->partial)
		total = 1;
	for (size_t j = 0; j < view->n_classes; j++) {
		/* With a sum of 0 the model excludes all of them: they share equally. */
		double share = total > 0 ? (double)to[j] / total : 1.0 / (double)view->n_classes;

		to[j] = share < 1 ? (float)share : 1;
	}
}

void emnist_view_apply(const struct emnist_view *view, float *probabilities, size_t n_rows)
{
	for (size_t i = 0; i < n_rows; i++)
		apply_row(view, probabilities + i * view->n_entries,
			  probabilities + i * view->n_classes);
}

void emnist_view_free(struct emnist_view *view)
{
	if (!view)
		return;
	free(view->set_text);
	charset_clear(&view->set);
	free(view->class_of);
	free(view->first);
	free(view->members);
	emnist_labels_free(view->labels);
	free(view);
}
