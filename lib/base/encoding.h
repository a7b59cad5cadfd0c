/* encoding.h - detects the encoding of a text. */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include "error.h"

/* *mark_nbytes_ret: the length of the text's UTF-8 byte order mark, or 0. UTF-16 and UTF-32 are
 * EMNIST_ERR_UNSUPPORTED, and the message names them. */
enum emnist_status encoding_mark(const void *text, size_t nbytes, size_t *mark_nbytes_ret,
				 struct emnist_error *error);

#endif
