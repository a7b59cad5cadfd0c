/* listing.h - the contents of a directory, in byte order of the names. */
#ifndef DATASET_LISTING_H
#define DATASET_LISTING_H

#include "../base/error.h"
#include "../base/memory.h"

struct listing_entry {
	const char *name;
	bool is_directory; /* or a link to one */
	bool is_link;
};

struct listing {
	size_t n;
	struct listing_entry *entries; /* (n) */
	struct buffer names;
};

/* Lists the files and directories whose names do not begin with a dot. Release with
 * listing_clear(), even after a failure. */
enum emnist_status listing_read(const char *path, struct listing *listing,
				struct emnist_error *error);

/* The entry with that name, or NULL. */
const struct listing_entry *listing_find(const struct listing *listing, const char *name);

void listing_clear(struct listing *listing);

#endif
