/*
 * listing.c - the contents of a directory.
 *
 * A name is kept as an offset into the buffer of all names until that stops growing.
 */
#include "listing.h"

#include "../io/entry.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	const struct listing_entry *first = a, *second = b;

	return strcmp(first->name, second->name);
}

static bool add(struct listing *listing, const struct dirent *dirent, bool is_directory,
		bool is_link, size_t *capacity)
{
	const size_t nbytes = strlen(dirent->d_name) + 1;

	if (listing->n == *capacity) {
		size_t n = *capacity ? *capacity + *capacity / 2 : 64;
		struct listing_entry *entries = resize_array(listing->entries, n, sizeof(*entries));

		if (!entries)
			return false;
		listing->entries = entries;
		*capacity = n;
	}
	if (!buffer_reserve(&listing->names, listing->names.nbytes + nbytes))
		return false;
	memcpy(listing->names.data + listing->names.nbytes, dirent->d_name, nbytes);
	listing->names.nbytes += nbytes;
	listing->entries[listing->n++] = (struct listing_entry){NULL, is_directory, is_link};
	return true;
}

static enum emnist_status read_all(DIR *directory, struct listing *listing,
				   struct emnist_error *error)
{
	const struct dirent *dirent;
	size_t capacity = 0;
	const char *name;

	while (errno = 0, (dirent = readdir(directory))) {
		enum entry_kind kind;
		bool is_link;

		if (dirent->d_name[0] == '.')
			continue;
		kind = entry_kind_of(dirfd(directory), dirent, &is_link);
		if (kind == ENTRY_OTHER)
			continue;
		if (!add(listing, dirent, kind == ENTRY_DIRECTORY, is_link, &capacity))
			return error_memory(error);
	}
	if (errno)
		return error_errno(error, errno, NULL);
	name = (const char *)listing->names.data;
	for (size_t i = 0; i < listing->n; i++) {
		listing->entries[i].name = name;
		name += strlen(name) + 1;
	}
	if (listing->n)
		qsort(listing->entries, listing->n, sizeof(*listing->entries), by_name);
	return EMNIST_OK;
}

enum emnist_status listing_read(const char *path, struct listing *listing,
				struct emnist_error *error)
{
	enum emnist_status status;
	DIR *directory;

	*listing = (struct listing){0};
	directory = opendir(path);
	if (!directory)
		return error_errno(error, errno, NULL);
	status = read_all(directory, listing, error);
	closedir(directory);
	return status;
}

const struct listing_entry *listing_find(const struct listing *listing, const char *name)
{
	const struct listing_entry wanted = {.name = name};

	return listing->n ? bsearch(&wanted, listing->entries, listing->n,
				    sizeof(*listing->entries), by_name)
			  : NULL;
}

void listing_clear(struct listing *listing)
{
	free(listing->entries);
	buffer_clear(&listing->names);
	*listing = (struct listing){0};
}
