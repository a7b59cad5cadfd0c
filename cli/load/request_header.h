/* request_header.h - header lines that the user adds to every request. */
#ifndef CLI_LOAD_REQUEST_HEADER_H
#define CLI_LOAD_REQUEST_HEADER_H

#include "../common/options.h"
#include "../output/text.h"

/* Appends the lines of --header, and a bearer token from the first line of the file at token_path
 * unless NULL; ends the text with a zero byte. Prints an error and returns false on failure. */
bool request_header_make(struct text *text, const struct text_list *headers,
			 const char *token_path);

#endif
