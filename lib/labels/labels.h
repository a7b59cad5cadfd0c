/* labels.h - the inside of struct emnist_labels, for code that creates labels. */
#ifndef LABELS_LABELS_H
#define LABELS_LABELS_H

#include "../base/error.h"

/* The most characters of one class, and the most classes; EMNIST needs 2 and 62. */
#define LABELS_MAX_CHARACTERS 64
#define LABELS_MAX_COUNT      65535

/* Empty labels with room for this many entries and characters; NULL when memory is short. */
struct emnist_labels *labels_new(size_t max_entries, size_t max_characters);

/* Appends an entry without characters; indices must ascend. */
void labels_add_entry(struct emnist_labels *labels, uint32_t index);

/* Appends a character to the last entry and to its text. */
void labels_add_character(struct emnist_labels *labels, uint32_t character);

/* Appends a character to the last entry, but not to its text. */
void labels_add_hidden(struct emnist_labels *labels, uint32_t character);

/* The characters of entry i. Owned by labels. */
const uint32_t *labels_characters(const struct emnist_labels *labels, size_t i, size_t *n_ret);

/* Labels must be visible: no control character, space, or half of a surrogate pair. */
bool labels_is_visible(uint32_t character);

/* Reads the first character of a zero-terminated text; returns its number of bytes, 0 if they are
 * not UTF-8. */
size_t labels_decode(const char *text, uint32_t *character_ret);

/* Ignoring case applies to A-Z only. */
static inline uint32_t labels_lower_case(uint32_t character)
{
	return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
}

static inline uint32_t labels_upper_case(uint32_t character)
{
	return character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character;
}

/* A copy, or NULL when memory is short. */
struct emnist_labels *labels_copy(const struct emnist_labels *labels);

/* The text of a mapping file that parses to the same labels. Free *text_ret with free(); false when
 * memory is short. */
bool labels_format(const struct emnist_labels *labels, char **text_ret, size_t *nbytes_ret);

/* The file index of entry i. */
uint32_t labels_index(const struct emnist_labels *labels, size_t i);

#endif
