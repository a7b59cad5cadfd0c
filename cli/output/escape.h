/*
 * escape.h - strings are bytes of which nothing is assumed: how they are kept in their place on a
 * terminal, in CSV, in HTML.
 */
#ifndef CLI_OUTPUT_ESCAPE_H
#define CLI_OUTPUT_ESCAPE_H

#include "text.h"

/* U+FFFD, which stands where bytes are not UTF-8. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/* -------------------------------------------------------------------- terminals */

/* The most bytes that escape_next() writes. */
#define ESCAPE_MAX 4

/*
 * Shows the next character of n > 0 bytes as printable text: itself, or \n, \t, \r, \\ and \xHH for
 * the backslash, bytes that are not UTF-8, and those of characters that nobody sees: control
 * characters, ones without width, ones that set the direction of writing, line separators. Writes
 * at most ESCAPE_MAX bytes to out and returns their number; *n_taken_ret is how many bytes of the
 * input they stand for.
 */
size_t escape_next(const unsigned char *bytes, size_t n, char *out, size_t *n_taken_ret);

/* Puts the whole string as escape_next() shows it. */
void escape_put(struct text *text, const char *string);

/* How many columns that takes: one a character. */
size_t escape_width(const char *string);

/* The same, with blanks to the given number of columns. */
void escape_put_padded(struct text *text, const char *string, size_t width);

/* -------------------------------------------------------------------------- CSV */

/* Puts the field of a comma-separated table (RFC 4180), quoted where it must be. */
void csv_put_field(struct text *text, const char *field);

/* The two ways to keep a field in its place. */
struct csv_dialect {
	char separator;
	void (*put_field)(struct text *text, const char *field);
};

extern const struct csv_dialect csv_comma;
/* Tab, line end, carriage return and backslash are \t, \n, \r, \\. */
extern const struct csv_dialect csv_tab;

/* ------------------------------------------------------------------------- HTML */

/* Puts the string so that it may stand between tags and between quotes, in HTML and in XML alike:
 * markup is escaped; what nobody sees, and bytes that are not UTF-8, become U+FFFD. */
void html_put(struct text *text, const char *string);

/* The same of its first n_max characters. */
void html_put_start(struct text *text, const char *string, size_t n_max);

/* Puts nbytes bytes in base64 (RFC 4648), with padding. */
void base64_put(struct text *text, const void *bytes, size_t nbytes);

#endif
