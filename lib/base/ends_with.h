/*
 * ends_with.h - whether a text ends with another.
 */
#ifndef BASE_ENDS_WITH_H
#define BASE_ENDS_WITH_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* text: of nbytes bytes. */
static inline bool ends_with(const char *text, size_t nbytes, const char *end)
{
	const size_t n = strlen(end);

	return nbytes >= n && memcmp(text + nbytes - n, end, n) == 0;
}

#endif
