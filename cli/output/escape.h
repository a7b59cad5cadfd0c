/* escape.h - escapes arbitrary bytes for a terminal, CSV and HTML. */
#ifndef CLI_OUTPUT_ESCAPE_H
#define CLI_OUTPUT_ESCAPE_H

#include "text.h"

/* U+FFFD, the replacement for bytes that are not UTF-8. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/* -------------------------------------------------------------------- terminals */

/* The most bytes written by escape_next(). */
#define ESCAPE_MAX 4

/*
 * Shows the next character of n > 0 bytes as printable text: itself, or \n, \t, \r, \\ and \xHH.
 * Escaped are the backslash, bytes that are not UTF-8, and invisible characters: control
 * characters, zero-width ones, direction marks, line separators. Writes at most ESCAPE_MAX bytes to
 * out and returns their number; *n_taken_ret is the number of input bytes used.
 */
size_t escape_next(const unsigned char *bytes, size_t n, char *out, size_t *n_taken_ret);

/* Appends the whole string as escape_next() shows it. */
void escape_put(struct text *text, const char *string);

/* The columns that takes: one per character. */
size_t escape_width(const char *string);

/* The same, padded with spaces to the given number of columns. */
void escape_put_padded(struct text *text, const char *string, size_t width);

/* -------------------------------------------------------------------------- CSV */

/* Appends a field of a comma-separated table (RFC 4180), quoted if necessary. */
void csv_put_field(struct text *text, const char *field);

/* The two ways to escape a field. */
struct csv_dialect {
	char separator;
	void (*put_field)(struct text *text, const char *field);
};

extern const struct csv_dialect csv_comma;
/* Tab, line end, carriage return and backslash are \t, \n, \r, \\. */
extern const struct csv_dialect csv_tab;

/* ------------------------------------------------------------------------- HTML */

/* Appends a string for use between tags and quotes, in HTML and XML alike: markup is escaped;
 * invisible characters and bytes that are not UTF-8 become U+FFFD. */
void html_put(struct text *text, const char *string);

/* The same of its first n_max characters. */
void html_put_start(struct text *text, const char *string, size_t n_max);

/* Appends nbytes bytes in base64 (RFC 4648), with padding. */
void base64_put(struct text *text, const void *bytes, size_t nbytes);

#endif
