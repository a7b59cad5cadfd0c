/*
 * charset.c - parses a set of characters as a user writes it.
 *
 * Ranges stay ranges, sorted: the cost depends on the length of the text, not on how many
 * characters a range spans.
 */
#include "charset.h"

#include "../base/memory.h"
#include "../base/nearest.h"
#include "../base/utf8.h"
#include "labels.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	const char *ranges; /* both ends of each */
} names[] = {
	{"digits", "09"},    {"upper", "AZ"},     {"lower", "az"},
	{"letters", "AZaz"}, {"alnum", "09AZaz"},
};

/* So much of a word is shown. */
#define MAX_WORD 40

struct parser {
	const char *start;
	const char *next;
	struct charset *set; /* with room for all ranges */
	struct emnist_error *error;
};

const char *charset_show(uint32_t character, char shown[CHARSET_SHOWN_MAX])
{
	char bytes[UTF8_MAX + 1] = "";

	if (labels_is_visible(character)) {
		utf8_encode(character, bytes);
		snprintf(shown, CHARSET_SHOWN_MAX, "'%s'", bytes);
	} else {
		snprintf(shown, CHARSET_SHOWN_MAX, "U+%04X", (unsigned)character);
	}
	return shown;
}

static enum emnist_status bad(const struct parser *parser, const char *what)
{
	return error_at(parser->error, EMNIST_ERR_ARGUMENT,
			(uint64_t)(parser->next - parser->start), "%s", what);
}

static bool at_end_of_item(const struct parser *parser)
{
	return *parser->next == '\0' || *parser->next == ',';
}

static enum emnist_status parse_character(struct parser *parser, uint32_t *character_ret)
{
	size_t n;

	if (at_end_of_item(parser))
		return bad(parser, *parser->next ? "a character is missing before ','"
						 : "a character is missing at the end");
	if (*parser->next == '-')
		return bad(parser,
			   "'-' stands between two characters; write \\- for the character");
	if (*parser->next == '\\') {
		parser->next++;
		if (!*parser->next || !strchr("-,\\", *parser->next))
			return bad(parser,
				   "a backslash must be followed by '-', ',' or a backslash");
	}
	n = labels_decode(parser->next, character_ret);
	if (!n)
		return bad(parser, "not UTF-8");
	if (!labels_is_visible(*character_ret))
		return error_at(parser->error, EMNIST_ERR_ARGUMENT,
				(uint64_t)(parser->next - parser->start),
				"U+%04X is not a visible character", (unsigned)*character_ret);
	parser->next += n;
	return EMNIST_OK;
}

static void add_range(struct charset *set, uint32_t low, uint32_t high, bool named)
{
	set->ranges[set->n_ranges++] = (struct charset_range){low, high, named};
}

/* A character, or a range of them. */
static enum emnist_status parse_range(struct parser *parser)
{
	char first[CHARSET_SHOWN_MAX], last[CHARSET_SHOWN_MAX];
	enum emnist_status status;
	uint32_t low, high;

	status = parse_character(parser, &low);
	high = low;
	if (!status && *parser->next == '-') {
		parser->next++;
		status = parse_character(parser, &high);
	}
	if (status)
		return status;
	if (high < low)
		return error_at(parser->error, EMNIST_ERR_ARGUMENT,
				(uint64_t)(parser->next - parser->start),
				"a range runs backwards, from %s to %s", charset_show(low, first),
				charset_show(high, last));
	add_range(parser->set, low, high, false);
	return EMNIST_OK;
}

/* Takes an item that is a name. */
static bool take_name(struct parser *parser)
{
	size_t n = strcspn(parser->next, ",");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i].name) != n || memcmp(names[i].name, parser->next, n) != 0)
			continue;
		for (const char *p = names[i].ranges; *p; p += 2)
			add_range(parser->set, (unsigned char)p[0], (unsigned char)p[1], true);
		parser->next += n;
		return true;
	}
	return false;
}

/* Length of a word at text that looks like a name; 0: none. That is three or more small letters up
 * to the end of the item, or a name in any case. */
static size_t word_nbytes(const char *text)
{
	const size_t n = strcspn(text, ",");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == n && strncasecmp(names[i].name, text, n) == 0)
			return n;
	return n >= 3 && strspn(text, "abcdefghijklmnopqrstuvwxyz") == n ? n : 0;
}

/* The name that was meant, or NULL. */
static const char *nearest_name(const char *text, size_t nbytes)
{
	char word[MAX_WORD + 1];
	struct nearest nearest;

	if (nbytes > MAX_WORD)
		return NULL;
	for (size_t i = 0; i < nbytes; i++)
		word[i] = (char)(text[i] | 0x20); /* letters alone, of any case */
	word[nbytes] = '\0';
	nearest = nearest_to(word);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		nearest_try(&nearest, names[i].name);
	return nearest.best;
}

/* Nobody means these letters by "lowr" or "hex"; "=hex" does. */
static enum emnist_status unknown_name(const struct parser *parser, size_t nbytes)
{
	char word[MAX_WORD + 1] = "", meant[64] = "";
	const char *const best = nearest_name(parser->next, nbytes);

	memcpy(word, parser->next, nbytes < MAX_WORD ? nbytes : MAX_WORD);
	if (best)
		snprintf(meant, sizeof(meant), "; did you mean '%s'?", best);
	return error_at(parser->error, EMNIST_ERR_ARGUMENT,
			(uint64_t)(parser->next - parser->start),
			"there is no set '%s'%s (sets: digits, upper, lower, letters, alnum; for "
			"the letters themselves: '=%s')",
			word, meant, word);
}

static enum emnist_status parse_item(struct parser *parser)
{
	if (take_name(parser))
		return EMNIST_OK;
	if (word_nbytes(parser->next))
		return unknown_name(parser, word_nbytes(parser->next));
	if (*parser->next == '=' && word_nbytes(parser->next + 1))
		parser->next++;
	do {
		enum emnist_status status = parse_range(parser);

		if (status)
			return status;
	} while (!at_end_of_item(parser));
	return EMNIST_OK;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct charset_range *first = a, *second = b;

	return (first->low > second->low) - (first->low < second->low);
}

static enum emnist_status sort_ranges(struct charset *set, struct emnist_error *error)
{
	char shown[CHARSET_SHOWN_MAX];

	qsort(set->ranges, set->n_ranges, sizeof(*set->ranges), compare_ranges);
	for (size_t i = 1; i < set->n_ranges; i++)
		if (set->ranges[i].low <= set->ranges[i - 1].high)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "%s is listed twice; named sets are digits, upper, lower, "
					 "letters, alnum",
					 charset_show(set->ranges[i].low, shown));
	return EMNIST_OK;
}

enum emnist_status charset_parse(struct charset *set, const char *text, struct emnist_error *error)
{
	struct parser parser = {.start = text, .next = text, .set = set, .error = error};
	const size_t nbytes = strnlen(text, CHARSET_MAX_NBYTES + 1);
	enum emnist_status status;

	*set = (struct charset){0};
	if (nbytes > CHARSET_MAX_NBYTES)
		return error_set(error, EMNIST_ERR_LIMIT, "a set of more than %u bytes",
				 (unsigned)CHARSET_MAX_NBYTES);
	/* No item makes more ranges than it has bytes. */
	set->ranges = alloc_array(nbytes, sizeof(*set->ranges));
	if (!set->ranges)
		return error_memory(error);
	status = parse_item(&parser);
	while (!status && *parser.next == ',') {
		parser.next++;
		status = parse_item(&parser);
	}
	return status ? status : sort_ranges(set, error);
}

bool charset_has(const struct charset *set, uint32_t character)
{
	size_t low = 0, high = set->n_ranges;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (character > set->ranges[middle].high)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->n_ranges && character >= set->ranges[low].low;
}

void charset_clear(struct charset *set)
{
	free(set->ranges);
	*set = (struct charset){0};
}
