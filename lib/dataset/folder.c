/*
 * folder.c - a folder as a dataset.
 *
 * Its content decides, in this order: idx files of images; folders, one per class or one per split;
 * a list called labels.csv; CSV, MATLAB and NumPy files.
 */
#include "folder.h"

#include "../base/memory.h"
#include "../io/path.h"
#include "file_names.h"
#include "files.h"
#include "listing.h"
#include "numpy_names.h"
#include "siblings.h"
#include "splits.h"

#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------------- files of datasets */

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

static bool is_in_listing(const void *listing, const char *name)
{
	const struct listing_entry *entry = listing_find(listing, name);

	return entry && !entry->is_directory;
}

/* Adds an array of images if its labels are in the folder; ignores others. */
static bool add_array(const struct listing *listing, struct listing_entry *entry,
		      struct splits *splits)
{
	struct numpy_names names;
	size_t n_stem;

	return !numpy_is_array(entry->name, &n_stem) ||
	       !numpy_find_labels(entry->name, is_in_listing, listing, &names) ||
	       is_last(splits, names.split, strlen(names.split)) ||
	       splits_add(splits, names.split, strlen(names.split), entry);
}

static enum emnist_status find_others(const struct listing *listing, struct splits *splits,
				      struct emnist_error *error)
{
	for (size_t i = 0; i < listing->n; i++) {
		struct listing_entry *entry = &listing->entries[i];
		const size_t n = file_name_dataset_ending(entry->name);

		if (entry->is_directory)
			continue;
		if (!add_array(listing, entry, splits) ||
		    (n && !splits_add(splits, entry->name, strlen(entry->name) - n, entry)))
			return error_memory(error);
	}
	return EMNIST_OK;
}

/* Opens the named entry of the folder. */
static enum emnist_status open_entry(const struct source_request *request, const char *name,
				     const char *split, struct source **source_ret,
				     struct emnist_error *error)
{
	struct source_request inner = *request;
	char *path = path_join(request->path, name);
	enum emnist_status status;

	*source_ret = NULL;
	if (!path)
		return error_memory(error);
	inner.path = path;
	inner.split = split;
	status = request->openers->found(&inner, source_ret, error);
	free(path);
	return status;
}

/* Opens the chosen file or folder. A single file may hold several datasets itself, and the chosen
 * one may be among these. */
static enum emnist_status open_split(const struct source_request *request,
				     const struct splits *splits, struct source **source_ret,
				     struct emnist_error *error)
{
	const struct listing_entry *entry;
	enum emnist_status status;
	size_t chosen = 0;

	status = splits->n == 1 ? EMNIST_OK : splits_choose(splits, request->split, &chosen, error);
	if (status)
		return status;
	entry = splits->items[chosen].what;
	return open_entry(request, entry->name,
			  request->split && siblings_is_split(splits->items[chosen].name,
							      strlen(splits->items[chosen].name),
							      request->split)
				  ? NULL
				  : request->split,
			  source_ret, error);
}

/* --------------------------------------------------------- a folder for each class */

struct walk {
	const char *root;
	struct files *files;
	uint64_t n_passed_over;
};

static enum emnist_status add_images(struct walk *walk, const char *folder, size_t class,
				     unsigned depth, struct emnist_error *error);

/* name: of the entry, below the root. */
static enum emnist_status add_entry(struct walk *walk, const struct listing_entry *entry,
				    const char *name, size_t class, unsigned depth,
				    struct emnist_error *error)
{
	if (entry->is_directory && !entry->is_link)
		return depth < FILE_NAMES_MAX_DEPTH
			       ? add_images(walk, name, class, depth + 1, error)
			       : siblings_about(error_set(error, EMNIST_ERR_LIMIT,
							  "folders are nested more than %d deep",
							  FILE_NAMES_MAX_DEPTH),
						name, error);
	if (!entry->is_directory && file_name_is_image(entry->name))
		return files_add(walk->files, name, class, error);
	walk->n_passed_over++;
	return EMNIST_OK;
}

/* Adds all images in the folder, which is below the root, and in its subfolders. */
static enum emnist_status add_images(struct walk *walk, const char *folder, size_t class,
				     unsigned depth, struct emnist_error *error)
{
	char *path = path_join(walk->root, folder);
	struct listing listing = {0};
	enum emnist_status status;

	status = path ? listing_read(path, &listing, error) : error_memory(error);
	if (status == EMNIST_ERR_IO)
		siblings_about(status, path, error);
	for (size_t i = 0; !status && i < listing.n; i++) {
		char *name = path_join(folder, listing.entries[i].name);

		status = name ? add_entry(walk, &listing.entries[i], name, class, depth, error)
			      : error_memory(error);
		free(name);
	}
	listing_clear(&listing);
	free(path);
	return status;
}

/* Excludes what is next to the classes' folders but is no class. */
static bool is_class(const struct listing_entry *entry)
{
	return entry->is_directory && strcmp(entry->name, "__MACOSX") != 0;
}

static enum emnist_status open_classes(const struct source_request *request,
				       const struct listing *listing, struct source **source_ret,
				       struct emnist_error *error)
{
	struct walk walk = {.root = request->path};
	const char **names = alloc_array(listing->n, sizeof(*names));
	enum emnist_status status;
	size_t n = 0;

	status = names ? files_create(request->path, request->options, &walk.files, error)
		       : error_memory(error);
	for (size_t i = 0; !status && i < listing->n; i++)
		if (is_class(&listing->entries[i]))
			names[n++] = listing->entries[i].name;
	for (size_t i = 0; !status && i < n; i++)
		status = add_images(&walk, names[i], i, 0, error);
	if (!status)
		files_pass_over(walk.files, walk.n_passed_over);
	if (!status)
		status = files_name_classes(walk.files, names, n, request->mapping,
					    "image files in folders named by", error);
	free(names);
	if (!status)
		*source_ret = files_source(walk.files);
	else if (walk.files)
		source_close(files_source(walk.files));
	return status;
}

/* Finds the folders in this one: whether there are any, and whether they are splits. */
static enum emnist_status find_folders(const struct source_request *request,
				       const struct listing *listing, struct splits *splits,
				       bool *any_ret, bool *of_splits_ret,
				       struct emnist_error *error)
{
	*any_ret = false;
	*of_splits_ret = true;
	for (size_t i = 0; i < listing->n; i++) {
		struct listing_entry *entry = &listing->entries[i];

		if (!is_class(entry))
			continue;
		*any_ret = true;
		*of_splits_ret &= file_name_is_split(entry->name);
		if (!splits_add(splits, entry->name, strlen(entry->name), entry))
			return error_memory(error);
	}
	*of_splits_ret |= request->split != NULL;
	return EMNIST_OK;
}

static enum emnist_status open_folders(const struct source_request *request,
				       const struct listing *listing, bool *any_ret,
				       struct source **source_ret, struct emnist_error *error)
{
	struct splits splits = {0};
	enum emnist_status status;
	bool of_splits;
	size_t chosen;

	status = find_folders(request, listing, &splits, any_ret, &of_splits, error);
	if (!status && *any_ret && of_splits) {
		status = splits_choose(&splits, request->split, &chosen, error);
		if (!status)
			status = open_entry(request, splits.items[chosen].name, NULL, source_ret,
					    error);
	} else if (!status && *any_ret) {
		status = open_classes(request, listing, source_ret, error);
	}
	splits_clear(&splits);
	return status;
}

/* ------------------------------------------------------------------------ opening */

static const char *find_list(const struct listing *listing)
{
	for (size_t i = 0; i < listing->n; i++)
		if (!listing->entries[i].is_directory &&
		    file_name_is_list(listing->entries[i].name))
			return listing->entries[i].name;
	return NULL;
}

/* Opens a folder without class folders and idx files. */
static enum emnist_status open_others(const struct source_request *request,
				      const struct listing *listing, struct source **source_ret,
				      struct emnist_error *error)
{
	const char *list = find_list(listing);
	struct splits splits = {0};
	enum emnist_status status;

	if (list)
		return open_entry(request, list, request->split, source_ret, error);
	status = find_others(listing, &splits, error);
	if (!status && splits.n)
		status = open_split(request, &splits, source_ret, error);
	else if (!status)
		status = error_set(error, EMNIST_ERR_FORMAT,
				   "the folder contains neither dataset files nor a folder of "
				   "images for each class");
	splits_clear(&splits);
	return status;
}

enum emnist_status folder_open(const struct source_request *request, struct source **source_ret,
			       struct emnist_error *error)
{
	struct listing listing;
	struct splits splits = {0};
	enum emnist_status status;
	bool any = false;

	*source_ret = NULL;
	status = listing_read(request->path, &listing, error);
	if (!status)
		status = find_splits(&listing, &splits, error);
	if (!status && splits.n)
		status = open_split(request, &splits, source_ret, error);
	else if (!status)
		status = open_folders(request, &listing, &any, source_ret, error);
	if (!status && !splits.n && !any)
		status = open_others(request, &listing, source_ret, error);
	splits_clear(&splits);
	listing_clear(&listing);
	return status;
}
