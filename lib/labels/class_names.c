/*
 * class_names.c - the meaning of class names, from folders or lists.
 *
 * A single name is ambiguous: "30" may be class 30, which is U, or the code of 0. All names
 * together hardly ever are. So a rule must read all of them, and the first rule that does wins.
 */
#include "class_names.h"

#include "../base/memory.h"
#include "../emnist_dataset.h"
#include "labels.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MAX_CHARACTERS 8 /* of a name */

/* The meaning of a name: characters, or a number. */
struct meaning {
	uint32_t characters[MAX_CHARACTERS];
	size_t n_characters;
	uint32_t number;
};

struct rule {
	const char *text; /* for people */
	bool (*read)(const char *name, struct meaning *meaning);
	bool numbers; /* it reads numbers, not characters */
};

/* --------------------------------------------------------------------- characters */

/* The character that UTF-8 text begins with, and its length; 0: none that is visible. */
static size_t decode(const char *text, uint32_t *character_ret)
{
	const size_t n = labels_decode(text, character_ret);

	return n && labels_is_visible(*character_ret) ? n : 0;
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void add(struct meaning *meaning, uint32_t character)
{
	meaning->characters[meaning->n_characters++] = character;
}

/* "A", or "Aa", which is a letter whatever its case. */
static bool read_plain(const char *name, struct meaning *meaning)
{
	uint32_t first, second;
	const size_t n = decode(name, &first);

	if (!n)
		return false;
	add(meaning, first);
	if (!name[n])
		return true;
	if (!decode(name + n, &second) || name[n + 1] || first == second || !is_letter(name[0]) ||
	    labels_lower_case(first) != labels_lower_case(second))
		return false;
	add(meaning, second);
	return true;
}

/* "A_caps", "a_small", "A_both", for file systems that fold case. */
static bool read_with_case(const char *name, struct meaning *meaning)
{
	static const struct {
		const char *suffix;
		bool upper, lower;
	} suffixes[] = {
		{"_caps", true, false},  {"_upper", true, false}, {"_small", false, true},
		{"_lower", false, true}, {"_both", true, true},
	};
	const uint32_t letter = (unsigned char)name[0];

	if (!is_letter(name[0]))
		return false;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(suffixes[i].suffix, name + 1) != 0)
			continue;
		if (suffixes[i].upper)
			add(meaning, labels_upper_case(letter));
		if (suffixes[i].lower)
			add(meaning, labels_lower_case(letter));
		return true;
	}
	return false;
}

/* "U+00E9", or several of them between "_". */
static bool read_code_points(const char *name, struct meaning *meaning)
{
	for (const char *at = name;; at++) {
		uint32_t c = 0;
		size_t n = 0;

		if (strncmp(at, "U+", 2) != 0 || meaning->n_characters == MAX_CHARACTERS)
			return false;
		for (at += 2; isxdigit((unsigned char)*at) && n < 6; at++, n++)
			c = c * 16 + (uint32_t)(*at <= '9' ? *at - '0' : (*at | 0x20) - 'a' + 10);
		if (n < 4 || !labels_is_visible(c))
			return false;
		add(meaning, c);
		if (!*at)
			return true;
		if (*at != '_')
			return false;
	}
}

static bool read_characters(const char *name, struct meaning *meaning)
{
	static bool (*const ways[])(const char *name, struct meaning *meaning) = {
		read_plain, read_with_case, read_code_points};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		meaning->n_characters = 0;
		if (ways[i](name, meaning))
			return true;
	}
	return false;
}

/* "4a", as in NIST's Special Database 19: the code of a digit or a letter. */
static bool read_hexadecimal(const char *name, struct meaning *meaning)
{
	unsigned code;

	if (strlen(name) != 2 || !isxdigit((unsigned char)name[0]) ||
	    !isxdigit((unsigned char)name[1]) || sscanf(name, "%2x", &code) != 1)
		return false;
	meaning->n_characters = 0;
	add(meaning, code);
	return (code >= '0' && code <= '9') || (code < 0x80 && is_letter((char)code));
}

static bool read_number(const char *name, struct meaning *meaning)
{
	meaning->number = 0;
	for (const char *at = name; *at; at++) {
		if (*at < '0' || *at > '9')
			return false;
		meaning->number = meaning->number * 10 + (uint32_t)(*at - '0');
		if (meaning->number > UINT16_MAX)
			return false;
	}
	return *name != '\0';
}

/* In the order in which they are tried, but that with a mapping numbers come first. */
static const struct rule rules[] = {
	{"characters", read_characters, false},
	{"ASCII codes in hexadecimal", read_hexadecimal, false},
	{"class numbers", read_number, true},
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

/* ------------------------------------------------------------------------- labels */

/* EMNIST's own classes come first, in the order of ByClass, then all others by code point. */
static uint32_t rank(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 36;
	return c + 62;
}

static int compare_meanings(const void *a, const void *b)
{
	const struct meaning *first = a, *second = b;

	for (size_t i = 0; i < first->n_characters && i < second->n_characters; i++) {
		const uint32_t one = rank(first->characters[i]),
			       other = rank(second->characters[i]);

		if (one != other)
			return one < other ? -1 : 1;
	}
	return (first->n_characters > second->n_characters) -
	       (first->n_characters < second->n_characters);
}

/* Each distinct meaning is a class, with ByClass' index if possible. */
static enum emnist_status make_labels(const struct meaning *meanings, size_t n,
				      uint16_t *values_ret, struct emnist_labels **labels_ret,
				      struct emnist_error *error)
{
	struct meaning *sorted = alloc_array(n, sizeof(*sorted));
	uint16_t *indices = alloc_array(n, sizeof(*indices));
	struct emnist_labels *labels = labels_new(n, n * MAX_CHARACTERS);
	size_t n_sorted = 0;

	if (!sorted || !indices || !labels) {
		free(sorted);
		free(indices);
		emnist_labels_free(labels);
		return error_memory(error);
	}
	memcpy(sorted, meanings, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_meanings);
	for (size_t i = 0; i < n; i++) {
		const uint32_t wanted = rank(sorted[i].characters[0]);
		const uint32_t least = n_sorted ? indices[n_sorted - 1] + 1U : 0;

		if (n_sorted && compare_meanings(&sorted[n_sorted - 1], &sorted[i]) == 0)
			continue;
		indices[n_sorted] = (uint16_t)(wanted < 62 && wanted >= least ? wanted
					       : least < 62                   ? 62
									      : least);
		labels_add_entry(labels, indices[n_sorted]);
		for (size_t k = 0; k < sorted[i].n_characters; k++)
			labels_add_character(labels, sorted[i].characters[k]);
		sorted[n_sorted++] = sorted[i];
	}
	for (size_t i = 0; i < n; i++) {
		const struct meaning *found =
			bsearch(&meanings[i], sorted, n_sorted, sizeof(*sorted), compare_meanings);

		values_ret[i] = indices[found - sorted];
	}
	free(sorted);
	free(indices);
	*labels_ret = labels;
	return EMNIST_OK;
}

/* The entry of the mapping that has all of the characters. */
static bool find_in_mapping(const struct emnist_labels *mapping, const struct meaning *meaning,
			    uint16_t *value_ret)
{
	for (size_t i = 0; i < emnist_labels_count(mapping); i++) {
		size_t n, n_found = 0;
		const uint32_t *characters = labels_characters(mapping, i, &n);

		for (size_t k = 0; k < meaning->n_characters; k++)
			for (size_t j = 0; j < n; j++)
				n_found += characters[j] == meaning->characters[k];
		if (n_found == meaning->n_characters && labels_index(mapping, i) <= UINT16_MAX) {
			*value_ret = (uint16_t)labels_index(mapping, i);
			return true;
		}
	}
	return false;
}

static enum emnist_status not_in_mapping(const char *name, struct emnist_error *error)
{
	return error_set(error, EMNIST_ERR_CORRUPT, "the class '%.40s' is not in the mapping",
			 name);
}

/* ------------------------------------------------------------------------ reading */

/* The first rule from `first` on, in its order, that reads all names; NULL: none does. *bad_ret: a
 * name that the first of them does not read. */
static const struct rule *find_rule(const char *const *names, size_t n, bool numbers_first,
				    struct meaning *meanings, const char **bad_ret)
{
	for (size_t k = 0; k < N_RULES; k++) {
		const struct rule *rule = &rules[numbers_first ? (k + N_RULES - 1) % N_RULES : k];
		size_t i = 0;

		while (i < n && rule->read(names[i], &meanings[i]))
			i++;
		if (i == n)
			return rule;
		if (rule == &rules[0])
			*bad_ret = names[i];
	}
	return NULL;
}

static enum emnist_status apply(const char *const *names, size_t n, const struct rule *rule,
				const struct emnist_labels *mapping, const struct meaning *meanings,
				uint16_t *values_ret, struct emnist_labels **labels_ret,
				struct emnist_error *error)
{
	if (!rule->numbers && !mapping)
		return make_labels(meanings, n, values_ret, labels_ret, error);
	for (size_t i = 0; i < n; i++)
		if (rule->numbers)
			values_ret[i] = (uint16_t)meanings[i].number;
		else if (!find_in_mapping(mapping, &meanings[i], &values_ret[i]))
			return not_in_mapping(names[i], error);
	for (size_t i = 0; mapping && i < n; i++)
		if (emnist_labels_find(mapping, values_ret[i]) == SIZE_MAX)
			return not_in_mapping(names[i], error);
	return EMNIST_OK;
}

/* The meanings of n names by the first rule that reads all of them. Free with free(). */
static enum emnist_status read_meanings(const char *const *names, size_t n, bool numbers_first,
					struct meaning **meanings_ret, const struct rule **rule_ret,
					struct emnist_error *error)
{
	struct meaning *meanings;
	const char *bad = "";

	if (n > LABELS_MAX_COUNT)
		return error_set(error, EMNIST_ERR_LIMIT, "%zu classes: the limit is %d", n,
				 LABELS_MAX_COUNT);
	meanings = alloc_zeroed(n, sizeof(*meanings));
	if (!meanings)
		return error_memory(error);
	*rule_ret = find_rule(names, n, numbers_first, meanings, &bad);
	if (*rule_ret) {
		*meanings_ret = meanings;
		return EMNIST_OK;
	}
	free(meanings);
	return error_set(error, EMNIST_ERR_FORMAT,
			 "'%.40s' is not a class: names must all be characters (A, A_caps, "
			 "U+0041), hexadecimal codes (41) or class numbers",
			 bad);
}

enum emnist_status class_names_read(const char *const *names, size_t n,
				    const struct emnist_labels *mapping, uint16_t *values_ret,
				    struct emnist_labels **labels_ret, const char **rule_ret,
				    struct emnist_error *error)
{
	struct meaning *meanings = NULL;
	enum emnist_status status;
	const struct rule *rule;

	*labels_ret = NULL;
	status = read_meanings(names, n, mapping != NULL, &meanings, &rule, error);
	if (status)
		return status;
	*rule_ret = rule->text;
	status = apply(names, n, rule, mapping, meanings, values_ret, labels_ret, error);
	free(meanings);
	return status;
}

enum emnist_status class_names_in_order(const char *const *names, size_t n, uint16_t *numbers_ret,
					struct emnist_labels **labels_ret,
					struct emnist_error *error)
{
	struct emnist_labels *labels = NULL;
	struct meaning *meanings = NULL;
	enum emnist_status status;
	const struct rule *rule;

	*labels_ret = NULL;
	status = read_meanings(names, n, false, &meanings, &rule, error);
	if (status)
		return status;
	for (size_t i = 0; rule->numbers && i < n; i++)
		numbers_ret[i] = (uint16_t)meanings[i].number;
	if (!rule->numbers) {
		labels = labels_new(n, n * MAX_CHARACTERS);
		status = labels ? EMNIST_OK : error_memory(error);
	}
	for (size_t i = 0; labels && i < n; i++) {
		labels_add_entry(labels, (uint32_t)i);
		for (size_t k = 0; k < meanings[i].n_characters; k++)
			labels_add_character(labels, meanings[i].characters[k]);
	}
	free(meanings);
	*labels_ret = labels;
	return status;
}
