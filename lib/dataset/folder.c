/*
 * folder.c - a folder as a dataset.
 *
 * What it holds decides: files of images in idx format, else folders, else CSV and MATLAB files.
 */
#include "folder.h"

#include "../base/memory.h"
#include "listing.h"
#include "siblings.h"
#include "splits.h"

#include <string.h>

static bool is_idx(const struct listing_entry *entry)
{
	return !entry->is_directory && siblings_stem(entry->name) < strlen(entry->name);
}

/* Names are sorted: a file comes next to the same one packed. */
static bool is_last(const struct splits *splits, const char *name, size_t nbytes)
{
	const char *last = splits->n ? splits->items[splits->n - 1].name : "";

	return strlen(last) == nbytes && memcmp(last, name, nbytes) == 0;
}

static enum emnist_status find_splits(const struct listing *listing, struct splits *splits,
				      struct emnist_error *error)
{
	for (size_t i = 0; i < listing->n; i++) {
		struct listing_entry *entry = &listing->entries[i];
		const size_t nbytes = siblings_stem(entry->name);

		if (is_idx(entry) && !is_last(splits, entry->name, nbytes) &&
		    !splits_add(splits, entry->name, nbytes, entry))
			return error_memory(error);
	}
	return EMNIST_OK;
}

/* Opens the one of the files that is meant. */
static enum emnist_status open_split(const struct source_request *request,
				     const struct splits *splits, struct source **source_ret,
				     struct emnist_error *error)
{
	struct source_request file = *request;
	const struct listing_entry *entry;
	enum emnist_status status;
	size_t chosen;
	char *path;

	status = splits_choose(splits, request->split, &chosen, error);
	if (status)
		return status;
	entry = splits->items[chosen].what;
	path = listing_join(request->path, entry->name);
	if (!path)
		return error_memory(error);
	file.path = path;
	file.split = NULL;
	status = source_open_file(&file, source_ret, error);
	free(path);
	return status;
}

enum emnist_status folder_open(const struct source_request *request, struct source **source_ret,
			       struct emnist_error *error)
{
	struct listing listing;
	struct splits splits = {0};
	enum emnist_status status;

	*source_ret = NULL;
	status = listing_read(request->path, &listing, error);
	if (!status)
		status = find_splits(&listing, &splits, error);
	if (!status && splits.n)
		status = open_split(request, &splits, source_ret, error);
	else if (!status)
		status = error_set(error, EMNIST_ERR_FORMAT,
				   "the folder has neither files of a dataset nor folders of "
				   "images");
	splits_clear(&splits);
	listing_clear(&listing);
	return status;
}
