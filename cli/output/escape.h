/*
 * escape.h - names are bytes: how they are shown where only text may stand.
 */
#ifndef CLI_OUTPUT_ESCAPE_H
#define CLI_OUTPUT_ESCAPE_H

#include "text.h"

/* The most bytes that escape_next() writes. */
#define ESCAPE_MAX 4

/* The length of the UTF-8 sequence at the beginning of n > 0 bytes, or 0 where there is none that
 * is valid (RFC 3629: shortest form, no surrogates, at most U+10FFFF). */
size_t utf8_length(const unsigned char *bytes, size_t n);

/* Whether a valid sequence is of a character that nobody sees: a control character, one without
 * width, one that sets the direction of writing, or a line separator. */
bool utf8_is_unseen(const unsigned char *bytes, size_t length);

/*
 * Shows the next character of n > 0 bytes as printable text: itself, or \n, \t, \r, \\ and \xHH for
 * the bytes of unseen characters, the backslash and bytes that are not UTF-8. Writes at most
 * ESCAPE_MAX bytes to out and returns their number; *n_taken_ret is how many bytes of the input
 * they stand for.
 */
size_t escape_next(const unsigned char *bytes, size_t n, char *out, size_t *n_taken_ret);

/* Puts the whole string as escape_next() shows it. */
void escape_put(struct text *text, const char *string);

/* How many columns that takes: one a character. */
size_t escape_width(const char *string);

/* The same, with blanks to the given number of columns. */
void escape_put_padded(struct text *text, const char *string, size_t width);

#endif
