/*
 * zipped_folders.c - a zip archive as a folder of image files for each class.
 *
 * An archive has no folders, only file names with slashes. Names are sorted, so a folder is a range
 * of names, each without the folder's own prefix; entering a folder selects such a range.
 *
 * An archive may hold a folder or only its contents: folders around all others are skipped.
 */
#include "zipped_folders.h"

#include "../base/memory.h"
#include "file_names.h"
#include "siblings.h"
#include "splits.h"
#include "zipped_images.h"

#include <string.h>

/* A file in the current folder. */
struct file {
	const struct zipped_entry *entry;
	const char *path; /* from the folder on */
	bool is_image;
};

struct folder {
	struct file *files; /* (n) */
	size_t n;
};

/* The first component of a path: a folder's name, or the file's. */
struct part {
	const char *text;
	size_t nbytes;
	const char *rest; /* NULL: it is the file */
};

static struct part first_part(const char *path)
{
	struct part part = {.text = path};

	while (part.text[0] == '/' || (part.text[0] == '.' && part.text[1] == '/'))
		part.text++;
	part.nbytes = strcspn(part.text, "/");
	if (part.text[part.nbytes])
		part.rest = part.text + part.nbytes + 1;
	return part;
}

static bool is_called(const struct part *part, const char *name)
{
	return strlen(name) == part->nbytes && memcmp(name, part->text, part->nbytes) == 0;
}

/* ------------------------------------------------------------------------ folders */

/* Whether the file, or a folder that it is in, has a name that begins with a dot. */
static bool is_hidden(const char *path)
{
	for (struct part part = first_part(path);; part = first_part(part.rest)) {
		if (part.text[0] == '.')
			return true;
		if (!part.rest)
			return false;
	}
}

/* All files of the archive that are not hidden. */
static bool make_folder(const struct zipped_listing *listing, struct folder *folder)
{
	folder->n = 0;
	folder->files = alloc_array(listing->n, sizeof(*folder->files));
	if (!folder->files)
		return false;
	for (size_t i = 0; i < listing->n; i++) {
		const struct zipped_entry *entry = &listing->entries[i];

		if (!is_hidden(entry->name))
			folder->files[folder->n++] = (struct file){
				entry, entry->name, file_name_is_image(siblings_base(entry->name))};
	}
	return true;
}

/* Enters the folder with that name. */
static void enter(struct folder *folder, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < folder->n; i++) {
		const struct part part = first_part(folder->files[i].path);

		if (!part.rest || !is_called(&part, name))
			continue;
		folder->files[n] = folder->files[i];
		folder->files[n++].path = part.rest;
	}
	folder->n = n;
}

/* The folders in this one with images at any depth. */
static bool find_folders(const struct folder *folder, struct splits *found)
{
	for (size_t i = 0; i < folder->n; i++) {
		const struct part part = first_part(folder->files[i].path);

		if (!folder->files[i].is_image || !part.rest ||
		    (found->n && is_called(&part, found->items[found->n - 1].name)))
			continue;
		if (!splits_add(found, part.text, part.nbytes, NULL))
			return false;
	}
	return true;
}

/* Whether this folder only contains one that has the classes' folders. A class has its images,
 * judged by their names, in its own folder. */
static bool is_around_all(const struct folder *folder)
{
	bool has_folders = false;

	for (size_t i = 0; i < folder->n; i++) {
		const struct part part = first_part(folder->files[i].path);
		const struct part inner = first_part(part.rest ? part.rest : "");

		if (!folder->files[i].is_image || !part.rest)
			continue;
		if (!inner.rest && strchr(inner.text, '.'))
			return false;
		has_folders |= inner.rest != NULL;
	}
	return has_folders;
}

/* -------------------------------------------------------------------------- which */

/* Which of the folders in this one is the dataset. */
enum decision {
	DECISION_ALL,    /* they are its classes */
	DECISION_CHOSEN, /* the one that the split names */
	DECISION_ONLY,
};

static enum decision decide(const struct folder *folder, const struct splits *folders,
			    const char *split)
{
	bool of_splits = true;

	for (size_t i = 0; i < folders->n; i++)
		of_splits &= file_name_is_split(folders->items[i].name);
	if (of_splits)
		return DECISION_CHOSEN;
	if (folders->n == 1 && is_around_all(folder) &&
	    !(split &&
	      siblings_is_split(folders->items[0].name, strlen(folders->items[0].name), split)))
		return DECISION_ONLY;
	return split ? DECISION_CHOSEN : DECISION_ALL;
}

/* Enters the folder whose subfolders are the classes; they are listed. */
static enum emnist_status find_classes(struct folder *folder, const char *split,
				       struct splits *classes, struct emnist_error *error)
{
	for (unsigned depth = 0; depth <= FILE_NAMES_MAX_DEPTH; depth++) {
		enum emnist_status status = EMNIST_OK;
		enum decision decision;
		size_t chosen = 0;

		if (!find_folders(folder, classes))
			return error_memory(error);
		if (!classes->n)
			return error_set(error, EMNIST_ERR_FORMAT,
					 "an archive without a dataset: neither idx, MATLAB, "
					 "NumPy, pen strokes, CSV or TSV files nor a folder of "
					 "images for each class");
		decision = decide(folder, classes, split);
		if (decision == DECISION_ALL)
			return EMNIST_OK;
		if (decision == DECISION_CHOSEN) {
			status = splits_choose(classes, split, &chosen, error);
			split = NULL;
		}
		if (status)
			return status;
		enter(folder, classes->items[chosen].name);
		splits_clear(classes);
	}
	return error_set(error, EMNIST_ERR_LIMIT, "folders are nested more than %d deep",
			 FILE_NAMES_MAX_DEPTH);
}

/* ------------------------------------------------------------------------ opening */

/* Adds the images to files, and to images, (folder->n), of which *n_ret, at first 0, are set. */
static enum emnist_status add_images(const struct folder *folder, const struct splits *classes,
				     struct files *files, struct zipped_image *images,
				     size_t *n_ret, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	uint64_t n_others = 0;
	size_t class = 0;

	for (size_t i = 0; i < folder->n && !status; i++) {
		const struct file *file = &folder->files[i];
		const struct part part = first_part(file->path);

		if (class + 1 < classes->n && is_called(&part, classes->items[class + 1].name))
			class ++;
		if (!part.rest || !is_called(&part, classes->items[class].name))
			continue;
		if (file->is_image) {
			images[*n_ret] = (struct zipped_image){file->entry, (uint32_t)*n_ret};
			++*n_ret;
			status = files_add(files, file->entry->name, class, error);
		} else {
			n_others++;
		}
	}
	files_pass_over(files, n_others);
	return status;
}

static enum emnist_status open_classes(const struct source_request *request,
				       const struct folder *folder, const struct splits *classes,
				       struct files *files, struct emnist_error *error)
{
	struct zipped_image *images = alloc_array(folder->n, sizeof(*images));
	const char **names = alloc_array(classes->n, sizeof(*names));
	enum emnist_status status;
	size_t n = 0;

	for (size_t i = 0; names && i < classes->n; i++)
		names[i] = classes->items[i].name;
	status = images && names ? add_images(folder, classes, files, images, &n, error)
				 : error_memory(error);
	if (!status)
		status = files_name_classes(files, names, classes->n, request->mapping,
					    "image files in folders named by", error);
	if (!status)
		status = zipped_hold(request, files, images, n, error);
	free(images);
	free(names);
	return status;
}

enum emnist_status zipped_open_folders(const struct source_request *request,
				       const struct zipped_listing *listing,
				       struct source **source_ret, struct emnist_error *error)
{
	struct folder folder;
	struct splits classes = {0};
	struct files *files = NULL;
	enum emnist_status status;

	*source_ret = NULL;
	status = make_folder(listing, &folder)
			 ? find_classes(&folder, request->split, &classes, error)
			 : error_memory(error);
	if (!status)
		status = files_create("", request->options, &files, error);
	if (!status)
		status = open_classes(request, &folder, &classes, files, error);
	if (!status)
		*source_ret = files_source(files);
	else if (files)
		source_close(files_source(files));
	splits_clear(&classes);
	free(folder.files);
	return status;
}
