/*
 * labels.c - the characters of classes: EMNIST's own label sets, and its mapping files.
 *
 * The hard idea: Balanced and ByMerge merge both cases of 15 letters, but their mapping files name
 * only the upper case ("12 67" for C and c). Taken literally, they would count the answer "c" as
 * wrong. So a file with exactly the 47 merged classes gets both cases of these letters, as the
 * split means it.
 *
 * Labels are three arrays of fixed size, made once and never changed: entries, the characters of
 * all entries, and their texts.
 */
#include "labels.h"

#include "../base/encoding.h"
#include "../base/memory.h"
#include "../base/utf8.h"
#include "../emnist_dataset.h"
#include "../io/file.h"

#include <inttypes.h>
#include <string.h>

/* Some forty times the longest mapping file of one character a class. */
#define MAPPING_MAX_NBYTES (UINT64_C(32) << 20)

/* The classes of EMNIST's splits, in the order of their indices (Cohen et al., 2017). */
static const char byclass[] = "0123456789"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz";
static const char bymerge[] = "0123456789"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abdefghnqrt";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char digits[] = "0123456789";

/* The letters whose cases are merged in Balanced and ByMerge. */
static const char merged[] = "CIJKLMOPSUVWXYZ";

struct entry {
	uint32_t index;        /* what files call the class */
	uint32_t n_characters; /* 1..LABELS_MAX_CHARACTERS */
	size_t first;          /* of its characters */
	size_t text;           /* offset of its text */
};

struct emnist_labels {
	size_t n_entries;
	size_t n_characters;
	size_t text_nbytes;
	struct entry *entries; /* by rising index */
	uint32_t *characters;
	char *text; /* one terminated UTF-8 string an entry */
};

struct emnist_labels *labels_new(size_t max_entries, size_t max_characters)
{
	struct emnist_labels *labels = alloc_zeroed(1, sizeof(*labels));

	if (!labels)
		return NULL;
	labels->entries = alloc_array(max_entries, sizeof(*labels->entries));
	labels->characters = alloc_array(max_characters, sizeof(*labels->characters));
	labels->text = alloc_array(max_characters + max_entries, UTF8_MAX);
	if (labels->entries && labels->characters && labels->text)
		return labels;
	emnist_labels_free(labels);
	return NULL;
}

void labels_add_entry(struct emnist_labels *labels, uint32_t index)
{
	struct entry *entry = &labels->entries[labels->n_entries++];

	entry->index = index;
	entry->n_characters = 0;
	entry->first = labels->n_characters;
	entry->text = labels->text_nbytes;
	labels->text[labels->text_nbytes++] = '\0';
}

size_t labels_decode(const char *text, uint32_t *character_ret)
{
	/* The zero at the end is within the bytes, and continues nothing. */
	return utf8_decode(text, strnlen(text, UTF8_MAX - 1) + 1, character_ret);
}

void labels_add_hidden(struct emnist_labels *labels, uint32_t character)
{
	labels->characters[labels->n_characters++] = character;
	labels->entries[labels->n_entries - 1].n_characters++;
}

void labels_add_character(struct emnist_labels *labels, uint32_t character)
{
	char *end = labels->text + labels->text_nbytes - 1;
	size_t nbytes = utf8_encode(character, end);

	end[nbytes] = '\0';
	labels->text_nbytes += nbytes;
	labels_add_hidden(labels, character);
}

static const uint32_t *characters_of(const struct emnist_labels *labels, size_t i)
{
	return labels->characters + labels->entries[i].first;
}

/* --------------------------------------------------------- EMNIST's own sets */

static const struct split {
	const char *characters;
	const char *both_cases; /* those of them that also stand for their lower case */
	uint32_t first_index;
} splits[] = {
	{byclass, "", 0},
	{bymerge, merged, 0},
	{letters, letters, 1},
	{digits, "", 0},
};

enum emnist_status emnist_labels_default(size_t n_classes, struct emnist_labels **labels_ret,
					 struct emnist_error *error)
{
	const struct split *split = NULL;
	struct emnist_labels *labels;

	*labels_ret = NULL;
	for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++)
		if (strlen(splits[i].characters) == n_classes)
			split = &splits[i];
	if (!split)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "no labels for %zu classes: only for 62, 47, 26 and 10",
				 n_classes);
	labels = labels_new(n_classes, 2 * n_classes);
	if (!labels)
		return error_memory(error);
	for (uint32_t i = 0; i < n_classes; i++) {
		uint32_t character = (unsigned char)split->characters[i];

		labels_add_entry(labels, split->first_index + i);
		labels_add_character(labels, character);
		if (strchr(split->both_cases, (int)character))
			labels_add_character(labels, labels_lower_case(character));
	}
	*labels_ret = labels;
	return EMNIST_OK;
}

/* Whether every entry is a single character and these are the 47 classes, in whatever order. */
static bool is_bymerge(const struct emnist_labels *labels)
{
	bool seen[0x80] = {false};

	if (labels->n_entries != strlen(bymerge) || labels->n_characters != labels->n_entries)
		return false;
	for (size_t i = 0; i < labels->n_characters; i++) {
		uint32_t character = labels->characters[i];

		if (character >= 0x80 || seen[character] || !strchr(bymerge, (int)character))
			return false;
		seen[character] = true;
	}
	return true;
}

static struct emnist_labels *with_both_cases(const struct emnist_labels *labels)
{
	struct emnist_labels *both = labels_new(labels->n_entries, 2 * labels->n_characters);

	if (!both)
		return NULL;
	for (size_t i = 0; i < labels->n_entries; i++) {
		uint32_t character = *characters_of(labels, i);

		labels_add_entry(both, labels->entries[i].index);
		labels_add_character(both, character);
		if (strchr(merged, (int)character))
			labels_add_character(both, labels_lower_case(character));
	}
	return both;
}

/* -------------------------------------------------------------- mapping files */

struct token {
	const char *text;
	size_t nbytes;
};

struct parser {
	const char *start;
	const char *next; /* of the line that is being read */
	const char *end;  /* of the line */
	size_t line;      /* from 1 */
	struct emnist_labels *labels;
	struct emnist_error *error;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next blank-separated word of the line; false at its end. */
static bool next_token(struct parser *parser, struct token *token)
{
	while (parser->next < parser->end && is_blank(*parser->next))
		parser->next++;
	token->text = parser->next;
	while (parser->next < parser->end && !is_blank(*parser->next))
		parser->next++;
	token->nbytes = (size_t)(parser->next - token->text);
	return token->nbytes > 0;
}

/* Sets the error "line N: what: 'token'". */
static enum emnist_status bad_token(const struct parser *parser, const struct token *token,
				    const char *what)
{
	char quoted[24];
	size_t n = token->nbytes < sizeof(quoted) ? token->nbytes : sizeof(quoted) - 1;

	for (size_t i = 0; i < n; i++)
		quoted[i] = token->text[i] > 0x20 && token->text[i] < 0x7f ? token->text[i] : '?';
	quoted[n] = '\0';
	return error_at(parser->error, EMNIST_ERR_FORMAT, (uint64_t)(token->text - parser->start),
			"line %zu: %s: '%s%s'", parser->line, what, quoted,
			n < token->nbytes ? "..." : "");
}

/* A whole token of decimal digits that fits 32 bits. */
static bool parse_number(const struct token *token, uint32_t *number_ret)
{
	uint64_t number = 0;

	for (size_t i = 0; i < token->nbytes; i++) {
		if (token->text[i] < '0' || token->text[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(token->text[i] - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*number_ret = (uint32_t)number;
	return true;
}

bool labels_is_visible(uint32_t c)
{
	return (c > 0x20 && c < 0x7f) || (c > 0xa0 && c < 0xd800) || (c > 0xdfff && c <= 0x10ffff);
}

static bool last_entry_has(const struct emnist_labels *labels, uint32_t character)
{
	const struct entry *entry = &labels->entries[labels->n_entries - 1];

	for (size_t i = 0; i < entry->n_characters; i++)
		if (labels->characters[entry->first + i] == character)
			return true;
	return false;
}

static enum emnist_status parse_index(struct parser *parser, const struct token *token)
{
	struct emnist_labels *labels = parser->labels;
	uint32_t index;

	if (!parse_number(token, &index))
		return bad_token(parser, token, "expected an index");
	if (labels->n_entries == LABELS_MAX_COUNT)
		return error_set(parser->error, EMNIST_ERR_LIMIT, "line %zu: more than %d entries",
				 parser->line, LABELS_MAX_COUNT);
	if (labels->n_entries && index <= labels->entries[labels->n_entries - 1].index)
		return bad_token(parser, token, "index is not greater than the one before");
	labels_add_entry(labels, index);
	return EMNIST_OK;
}

static enum emnist_status parse_character(struct parser *parser, const struct token *token)
{
	struct emnist_labels *labels = parser->labels;
	uint32_t character;

	if (!parse_number(token, &character))
		return bad_token(parser, token, "expected a code point");
	if (!labels_is_visible(character))
		return bad_token(parser, token, "not the code point of a visible character");
	if (last_entry_has(labels, character))
		return bad_token(parser, token, "code point is listed twice");
	if (labels->entries[labels->n_entries - 1].n_characters == LABELS_MAX_CHARACTERS)
		return error_set(parser->error, EMNIST_ERR_LIMIT,
				 "line %zu: more than %d characters", parser->line,
				 LABELS_MAX_CHARACTERS);
	labels_add_character(labels, character);
	return EMNIST_OK;
}

/* The line from parser->next to parser->end. */
static enum emnist_status parse_line(struct parser *parser)
{
	struct token index, token;
	enum emnist_status status;

	if (!next_token(parser, &index))
		return EMNIST_OK;
	status = parse_index(parser, &index);
	if (status)
		return status;
	if (!next_token(parser, &token))
		return bad_token(parser, &index, "no code point after the index");
	do {
		status = parse_character(parser, &token);
		if (status)
			return status;
	} while (next_token(parser, &token));
	return EMNIST_OK;
}

static enum emnist_status parse_lines(struct parser *parser, size_t nbytes)
{
	const char *const end = parser->start + nbytes;
	enum emnist_status begun;
	size_t n_mark;

	begun = encoding_mark(parser->start, nbytes, &n_mark, parser->error);
	if (begun)
		return begun;
	for (const char *line = parser->start + n_mark; line < end; parser->line++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		enum emnist_status status;

		parser->next = line;
		parser->end = newline ? newline : end;
		line = newline ? newline + 1 : end;
		if (parser->end > parser->next && parser->end[-1] == '\r')
			parser->end--;
		status = parse_line(parser);
		if (status)
			return status;
	}
	if (!parser->labels->n_entries)
		return error_set(parser->error, EMNIST_ERR_FORMAT, "no entries");
	return EMNIST_OK;
}

/* How many lines and words there are, which bounds entries and characters. */
static void count_parts(const char *text, size_t nbytes, size_t *lines_ret, size_t *words_ret)
{
	bool in_word = false;

	*lines_ret = 1;
	*words_ret = 0;
	for (size_t i = 0; i < nbytes; i++) {
		bool is_word = !is_blank(text[i]) && text[i] != '\n';

		*lines_ret += text[i] == '\n';
		*words_ret += is_word && !in_word;
		in_word = is_word;
	}
}

enum emnist_status emnist_labels_parse(const void *text, size_t nbytes,
				       struct emnist_labels **labels_ret,
				       struct emnist_error *error)
{
	struct parser parser = {.start = nbytes ? text : "", .line = 1, .error = error};
	enum emnist_status status;
	size_t n_lines, n_words;

	*labels_ret = NULL;
	count_parts(parser.start, nbytes, &n_lines, &n_words);
	if (n_lines > LABELS_MAX_COUNT)
		n_lines = LABELS_MAX_COUNT;
	parser.labels = labels_new(n_lines, n_words);
	if (!parser.labels)
		return error_memory(error);
	status = parse_lines(&parser, nbytes);
	if (!status && is_bymerge(parser.labels)) {
		*labels_ret = with_both_cases(parser.labels);
		if (!*labels_ret)
			status = error_memory(error);
	} else if (!status) {
		*labels_ret = parser.labels;
		parser.labels = NULL;
	}
	emnist_labels_free(parser.labels);
	return status;
}

enum emnist_status emnist_labels_read(const char *path, struct emnist_labels **labels_ret,
				      struct emnist_error *error)
{
	struct buffer text = {0};
	enum emnist_status status;

	*labels_ret = NULL;
	status = file_read(path, MAPPING_MAX_NBYTES, &text, error);
	if (!status)
		status = emnist_labels_parse(text.data, text.nbytes, labels_ret, error);
	buffer_clear(&text);
	return status;
}

bool labels_format(const struct emnist_labels *labels, char **text_ret, size_t *nbytes_ret)
{
	struct buffer text = {0};
	bool good = true;

	for (size_t i = 0; good && i < labels->n_entries; i++) {
		good = buffer_printf(&text, "%" PRIu32, labels->entries[i].index);
		for (size_t j = 0; good && j < labels->entries[i].n_characters; j++)
			good = buffer_printf(&text, " %" PRIu32, characters_of(labels, i)[j]);
		good = good && buffer_printf(&text, "\n");
	}
	if (!good)
		buffer_clear(&text);
	*text_ret = (char *)text.data;
	*nbytes_ret = text.nbytes;
	return good;
}

/* ------------------------------------------------------------------ asking */

size_t emnist_labels_count(const struct emnist_labels *labels)
{
	return labels->n_entries;
}

const char *emnist_labels_text(const struct emnist_labels *labels, size_t i)
{
	return labels->text + labels->entries[i].text;
}

uint32_t labels_index(const struct emnist_labels *labels, size_t i)
{
	return labels->entries[i].index;
}

const uint32_t *labels_characters(const struct emnist_labels *labels, size_t i, size_t *n_ret)
{
	*n_ret = labels->entries[i].n_characters;
	return characters_of(labels, i);
}

size_t emnist_labels_find(const struct emnist_labels *labels, uint32_t index)
{
	size_t low = 0, high = labels->n_entries;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (labels->entries[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < labels->n_entries && labels->entries[low].index == index ? low : SIZE_MAX;
}

bool emnist_labels_match(const struct emnist_labels *a, size_t i, const struct emnist_labels *b,
			 size_t j, bool ignore_case)
{
	for (size_t k = 0; k < a->entries[i].n_characters; k++)
		for (size_t l = 0; l < b->entries[j].n_characters; l++) {
			uint32_t ca = characters_of(a, i)[k];
			uint32_t cb = characters_of(b, j)[l];

			if (ca == cb ||
			    (ignore_case && labels_lower_case(ca) == labels_lower_case(cb)))
				return true;
		}
	return false;
}

struct emnist_labels *labels_copy(const struct emnist_labels *labels)
{
	struct emnist_labels *copy = labels_new(labels->n_entries, labels->n_characters);

	if (!copy)
		return NULL;
	copy->n_entries = labels->n_entries;
	copy->n_characters = labels->n_characters;
	copy->text_nbytes = labels->text_nbytes;
	memcpy(copy->entries, labels->entries, labels->n_entries * sizeof(*labels->entries));
	memcpy(copy->characters, labels->characters,
	       labels->n_characters * sizeof(*labels->characters));
	memcpy(copy->text, labels->text, labels->text_nbytes);
	return copy;
}

void emnist_labels_free(struct emnist_labels *labels)
{
	if (!labels)
		return;
	free(labels->entries);
	free(labels->characters);
	free(labels->text);
	free(labels);
}
