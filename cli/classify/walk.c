/*
 * walk.c - the files in a directory, in byte order of their paths.
 *
 * Each directory is listed whole, sorted, and closed before its entries are visited. So there is
 * one listing per level in memory, and no descriptor stays open. To sort whole paths, a directory's
 * name counts with a slash: "a.png" comes before "a/b.png".
 */
#include "walk.h"

#include "../../lib/io/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct entry {
	size_t offset;    /* in the listing's names */
	const char *name; /* the same as a pointer, once the names no longer move */
	bool is_directory;
};

struct listing {
	struct listing *outer;
	size_t path_nbytes; /* of the directory's path, with a slash at its end */
	struct text names;
	struct text entries; /* of struct entry */
	size_t n_visited;
};

static struct entry *entries_of(const struct listing *listing)
{
	return (struct entry *)(void *)listing->entries.bytes;
}

static size_t n_entries(const struct listing *listing)
{
	return listing->entries.nbytes / sizeof(struct entry);
}

static void listing_free(struct listing *listing)
{
	text_release(&listing->names);
	text_release(&listing->entries);
	free(listing);
}

/* As strcmp() of the names, directories with a slash at their end. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	const unsigned char *p = (const unsigned char *)left->name;
	const unsigned char *q = (const unsigned char *)right->name;
	int c, d;

	while (*p && *p == *q)
		p++, q++;
	c = *p ? *p : left->is_directory ? '/' : 0;
	d = *q ? *q : right->is_directory ? '/' : 0;
	return c - d;
}

static void listing_add(struct listing *listing, const char *name, bool is_directory)
{
	const struct entry entry = {listing->names.nbytes, NULL, is_directory};

	text_add(&listing->names, name, strlen(name) + 1);
	text_add(&listing->entries, &entry, sizeof(entry));
}

static bool is_spared(const struct walk *walk, int directory_fd, const struct dirent *dirent)
{
	struct stat st;

	/* The number in a listing is a hint that saves looking at each file. */
	for (size_t i = 0; i < walk->n_spared; i++)
		if (dirent->d_ino == walk->spared[i].ino &&
		    fstatat(directory_fd, dirent->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_ino == walk->spared[i].ino && st.st_dev == walk->spared[i].dev)
			return true;
	return false;
}

/* Counts a directory within the one in walk->path, zero-terminated. */
static void skip(struct walk *walk, const char *name)
{
	struct text path = {0};
	bool is_first;

	text_puts(&path, walk->path.bytes);
	if (path.nbytes > 0 && path.bytes[path.nbytes - 1] != '/')
		text_putc(&path, '/');
	text_add(&path, name, strlen(name) + 1);
	is_first = walk->n_skipped++ == 0 || (!path.failed && !walk->skipped.failed &&
					      strcmp(path.bytes, walk->skipped.bytes) < 0);
	if (is_first) {
		text_release(&walk->skipped);
		walk->skipped = path;
	} else {
		text_release(&path);
	}
}

/* Reads the directory into the listing; returns 0 or an errno. */
static int listing_read(struct listing *listing, DIR *directory, struct walk *walk)
{
	const struct dirent *dirent;

	while (errno = 0, (dirent = readdir(directory))) {
		enum entry_kind kind;
		bool is_link;

		if (dirent->d_name[0] == '.' || is_spared(walk, dirfd(directory), dirent))
			continue;
		kind = entry_kind_of(dirfd(directory), dirent, &is_link);
		/* A symlink to a folder may lead in a circle. */
		if (kind == ENTRY_DIRECTORY && is_link)
			continue;
		if (kind == ENTRY_FILE || (kind == ENTRY_DIRECTORY && walk->recursive))
			listing_add(listing, dirent->d_name, kind == ENTRY_DIRECTORY);
		else if (kind == ENTRY_DIRECTORY)
			skip(walk, dirent->d_name);
	}
	if (errno)
		return errno;
	return listing->names.failed || listing->entries.failed ? ENOMEM : 0;
}

static void listing_sort(struct listing *listing)
{
	struct entry *entries = entries_of(listing);

	for (size_t i = 0; i < n_entries(listing); i++)
		entries[i].name = listing->names.bytes + entries[i].offset;
	if (n_entries(listing) > 1)
		qsort(entries, n_entries(listing), sizeof(*entries), compare_entries);
}

/* Lists the directory in walk->path, zero-terminated. */
static int enter(struct walk *walk)
{
	struct listing *listing;
	DIR *directory;
	int failure;

	if (walk->path.failed)
		return ENOMEM;
	directory = opendir(walk->path.bytes);
	if (!directory)
		return errno;
	listing = calloc(1, sizeof(*listing));
	failure = listing ? listing_read(listing, directory, walk) : ENOMEM;
	closedir(directory);
	if (failure) {
		if (listing)
			listing_free(listing);
		return failure;
	}
	listing_sort(listing);
	walk->path.nbytes--;
	if (walk->path.nbytes > 0 && walk->path.bytes[walk->path.nbytes - 1] != '/')
		text_putc(&walk->path, '/');
	listing->path_nbytes = walk->path.nbytes;
	listing->outer = walk->innermost;
	walk->innermost = listing;
	return 0;
}

static void leave(struct walk *walk)
{
	struct listing *listing = walk->innermost;

	walk->innermost = listing->outer;
	listing_free(listing);
}

void walk_spare(struct walk *walk, dev_t dev, ino_t ino)
{
	if (walk->n_spared < WALK_MAX_SPARED)
		walk->spared[walk->n_spared++] = (struct walk_spared){dev, ino};
}

void walk_forget_skipped(struct walk *walk)
{
	walk->n_skipped = 0;
	text_reset(&walk->skipped);
}

bool walk_is_at_end(const struct walk *walk)
{
	return walk->innermost && n_entries(walk->innermost) == 0;
}

int walk_begin(struct walk *walk, const char *path)
{
	text_reset(&walk->path);
	text_add(&walk->path, path, strlen(path) + 1);
	return enter(walk);
}

const char *walk_next(struct walk *walk, int *failure_ret)
{
	*failure_ret = 0;
	while (walk->innermost) {
		struct listing *listing = walk->innermost;
		const struct entry *entry;

		if (listing->n_visited == n_entries(listing)) {
			leave(walk);
			continue;
		}
		entry = &entries_of(listing)[listing->n_visited++];
		walk->path.nbytes = listing->path_nbytes;
		walk->path.failed = false;
		text_add(&walk->path, entry->name, strlen(entry->name) + 1);
		if (walk->path.failed)
			*failure_ret = ENOMEM;
		else if (entry->is_directory)
			*failure_ret = enter(walk);
		if (!entry->is_directory || *failure_ret)
			return walk->path.bytes;
	}
	return NULL;
}

void walk_release(struct walk *walk)
{
	while (walk->innermost)
		leave(walk);
	text_release(&walk->path);
	text_release(&walk->skipped);
}
