/* request_header.h - the head of a request, and the lines that the user adds to it. */
#ifndef CLI_LOAD_REQUEST_HEADER_H
#define CLI_LOAD_REQUEST_HEADER_H

#include "../common/options.h"
#include "../output/text.h"

/* Appends the lines of --header, and a bearer token from the first line of the file at token_path
 * unless NULL; ends the text with a zero byte. Prints an error and returns false on failure. */
bool request_header_make(struct text *text, const struct text_list *headers,
			 const char *token_path);

/* Appends the beginning of a head, up to the lines that are about a body. header: the text from
 * above. */
void request_header_put(struct text *text, const char *method, const char *target,
			const char *authority, const char *header, bool keeps_alive);

#endif
