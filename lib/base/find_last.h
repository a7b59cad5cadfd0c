/* find_last.h - memrchr(), which macOS lacks. */
#ifndef BASE_FIND_LAST_H
#define BASE_FIND_LAST_H

#include <stddef.h>
#include <string.h>

/* The last of n bytes that has the value; NULL: none. */
static inline const void *find_last(const void *bytes, unsigned char value, size_t n)
{
#ifdef __APPLE__
	const unsigned char *at = bytes;

	while (n > 0 && at[n - 1] != value)
		n--;
	return n > 0 ? at + n - 1 : NULL;
#else
	return memrchr(bytes, value, n);
#endif
}

#endif
