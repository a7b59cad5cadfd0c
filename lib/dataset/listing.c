/*
 * listing.c - the contents of a directory.
 *
 * A name is kept as an offset into the buffer of all names until that stops growing.
 */
#include "listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int by_name(const void *a, const void *b)
{
	const struct listing_entry *first = a, *second = b;

	return strcmp(first->name, second->name);
}

/* Whether the entry is there at all, as a file or directory, and which. What cannot be looked at
 * counts as a file: reading it says why. */
static bool look(int directory, const struct dirent *dirent, bool *is_directory_ret,
		 bool *is_link_ret)
{
	struct stat st;

	*is_directory_ret = dirent->d_type == DT_DIR;
	*is_link_ret = dirent->d_type == DT_LNK;
	if (dirent->d_type == DT_DIR || dirent->d_type == DT_REG)
		return true;
	/* Some file systems do not tell. */
	if (dirent->d_type == DT_UNKNOWN &&
	    fstatat(directory, dirent->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*is_link_ret = S_ISLNK(st.st_mode);
	if (fstatat(directory, dirent->d_name, &st, 0) < 0)
		return true;
	*is_directory_ret = S_ISDIR(st.st_mode);
	return S_ISDIR(st.st_mode) || S_ISREG(st.st_mode);
}

static bool add(struct listing *listing, const struct dirent *dirent, bool is_directory,
		bool is_link, size_t *capacity)
{
	const size_t nbytes = strlen(dirent->d_name) + 1;

	if (listing->n == *capacity) {
		size_t n = *capacity ? *capacity + *capacity / 2 : 64;
		struct listing_entry *entries = reallocarray(listing->entries, n, sizeof(*entries));

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
		bool is_directory, is_link;

		if (dirent->d_name[0] == '.' ||
		    !look(dirfd(directory), dirent, &is_directory, &is_link))
			continue;
		if (!add(listing, dirent, is_directory, is_link, &capacity))
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

char *listing_join(const char *path, const char *name)
{
	size_t n = strlen(path);
	char *joined;

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (asprintf(&joined, "%.*s%s%s", (int)n, path, n && path[n - 1] == '/' ? "" : "/", name) <
	    0)
		return NULL;
	return joined;
}
