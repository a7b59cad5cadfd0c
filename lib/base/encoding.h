/*
 * encoding.h - the encoding of text that people or other programs wrote.
 */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include "error.h"

/* *mark_nbytes_ret: the length of the byte order mark of UTF-8 that the text begins with, or 0.
 * UTF-16 and UTF-32 are named in the message of EMNIST_ERR_UNSUPPORTED. */
enum emnist_status encoding_mark(const void *text, size_t nbytes, size_t *mark_nbytes_ret,
				 struct emnist_error *error);

#endif
