/*
 * charset.h - parses a set of characters as a user writes it.
 *
 * The text is UTF-8, a list of items separated by commas. An item is a name (digits, upper, lower,
 * letters, alnum: of ASCII), or literal characters and ranges, as 0-9A-F. A backslash escapes '-',
 * ',' and '\'. A duplicate character is an error, since it is most likely a misspelled name.
 */
#ifndef LABELS_CHARSET_H
#define LABELS_CHARSET_H

#include "../base/error.h"

/* The longest text: longer than any set of classes, even with a range for each. */
#define CHARSET_MAX_NBYTES (UINT32_C(1) << 20)

struct charset_range {
	uint32_t low, high; /* both included */
	bool named;         /* comes from a name */
};

/* {0} is the empty set. */
struct charset {
	struct charset_range *ranges; /* (n_ranges), ascending and disjoint */
	size_t n_ranges;
};

/* Release *set with charset_clear(), even after a failure. */
enum emnist_status charset_parse(struct charset *set, const char *text, struct emnist_error *error);

bool charset_has(const struct charset *set, uint32_t character);

void charset_clear(struct charset *set);

/* The bytes of a character as shown, with the terminator. */
#define CHARSET_SHOWN_MAX 16

/* A character as messages show it: "'x'", or "U+00A0" if it is not visible. Returns shown. */
const char *charset_show(uint32_t character, char shown[CHARSET_SHOWN_MAX]);

#endif
