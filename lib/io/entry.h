/*
 * entry.h - what an entry of a directory is.
 */
#ifndef IO_ENTRY_H
#define IO_ENTRY_H

#include <dirent.h>
#include <stdbool.h>

enum entry_kind {
	ENTRY_FILE, /* or what cannot be looked at: reading it says why */
	ENTRY_DIRECTORY,
	ENTRY_OTHER, /* a device, a pipe */
};

/* directory: its descriptor. Symbolic links are followed; *is_link_ret tells that it is one. */
enum entry_kind entry_kind_of(int directory, const struct dirent *dirent, bool *is_link_ret);

#endif
