/*
 * zip_name.c - the name of a member of a zip archive, in its own bytes (APPNOTE.TXT 4.3.7).
 *
 * libarchive converts a name marked as UTF-8 to the locale's character set. Without a UTF-8 locale,
 * as in a container that has the program alone, it returns no name at all.
 */
#include "zip_name.h"

#include <string.h>

#define NAME_NBYTES_AT 26
#define NAME_AT        30

size_t zip_name_find(const struct feed *feed, uint64_t offset, char *name, size_t room)
{
	unsigned char *tail = alloc_array(FEED_TAIL_NBYTES, 1);
	const size_t n_tail = tail ? feed_tail(feed, tail) : 0;
	const uint64_t tail_offset = feed->n_read - n_tail;
	size_t at = offset > tail_offset ? (size_t)(offset - tail_offset) : 0, n = 0;

	while (at + NAME_AT <= n_tail && memcmp(tail + at, "PK\3\4", 4) != 0)
		at++;
	if (offset >= tail_offset && at + NAME_AT <= n_tail) {
		n = (size_t)tail[at + NAME_NBYTES_AT] | (size_t)tail[at + NAME_NBYTES_AT + 1] << 8;
		n = n < n_tail - at - NAME_AT ? n : n_tail - at - NAME_AT;
		n = strnlen((const char *)tail + at + NAME_AT, n < room ? n : room);
		memcpy(name, tail + at + NAME_AT, n);
	}
	free(tail);
	return n;
}
