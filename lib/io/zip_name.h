/* zip_name.h - the name of a member of a zip archive, in its own bytes. */
#ifndef IO_ZIP_NAME_H
#define IO_ZIP_NAME_H

#include "feed.h"

/* The longest header of a member with its name: this many of the last bytes are kept besides those
 * of one read. */
#define ZIP_NAME_READ_NBYTES (FEED_TAIL_NBYTES / 2)

/* The name in the first header at this offset or after it, among the last bytes that the feed gave.
 * Copies up to room bytes without a zero; returns its length, 0 if there is none. */
size_t zip_name_find(const struct feed *feed, uint64_t offset, char *name, size_t room);

#endif
