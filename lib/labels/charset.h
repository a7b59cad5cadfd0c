/*
 * charset.h - a set of characters, from the text that a user writes for it.
 *
 * The text, which is UTF-8, is a list of items between commas. An item is a name (digits, upper,
 * lower, letters, alnum: of ASCII), or literal characters and ranges of them, as 0-9A-F. A
 * backslash stands before '-', ',' and '\' that are meant as characters. No character may be there
 * twice: that is a slip, most likely a misspelt name.
 */
#ifndef LABELS_CHARSET_H
#define LABELS_CHARSET_H

#include "../base/error.h"

/* The longest text: more than there can be classes, were each a range of its own. */
#define CHARSET_MAX_NBYTES (UINT32_C(1) << 20)

struct charset_range {
	uint32_t low, high; /* both included */
	bool named;         /* comes from a name */
};

/* {0} is the empty set. */
struct charset {
	struct charset_range *ranges; /* (n_ranges), rising and apart from each other */
	size_t n_ranges;
};

/* *set is to be released with charset_clear(), also after a failure. */
enum emnist_status charset_parse(struct charset *set, const char *text, struct emnist_error *error);

bool charset_has(const struct charset *set, uint32_t character);

void charset_clear(struct charset *set);

/* The bytes of a character's shown form, with its end. */
#define CHARSET_SHOWN_MAX 16

/* A character as messages show it, "'x'", or "U+00A0" where it is not visible. Returns shown. */
const char *charset_show(uint32_t character, char shown[CHARSET_SHOWN_MAX]);

#endif
