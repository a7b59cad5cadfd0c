/* entry.h - the kind of a directory entry. */
#ifndef IO_ENTRY_H
#define IO_ENTRY_H

#include <dirent.h>
#include <stdbool.h>

enum entry_kind {
	ENTRY_FILE, /* or one that cannot be examined: reading it reports the error */
	ENTRY_DIRECTORY,
	ENTRY_OTHER, /* a device, a pipe */
};

/* directory: its descriptor. Symlinks are followed; *is_link_ret: whether it is one. */
enum entry_kind entry_kind_of(int directory, const struct dirent *dirent, bool *is_link_ret);

#endif
