/*
 * html.h - text inside HTML and SVG.
 */
#ifndef CLI_OUTPUT_HTML_H
#define CLI_OUTPUT_HTML_H

#include "text.h"

/* Puts the string so that it may stand between tags and between quotes, in HTML and in XML alike:
 * markup is escaped; what escape.h calls unseen, and bytes that are not UTF-8, become U+FFFD. */
void html_put(struct text *text, const char *string);

/* Puts nbytes bytes in base64 (RFC 4648), with padding. */
void base64_put(struct text *text, const void *bytes, size_t nbytes);

#endif
