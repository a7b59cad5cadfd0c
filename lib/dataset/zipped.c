/*
 * zipped.c - datasets in a zip archive.
 *
 * Names show which members are datasets: nothing else of an archive is read before one is chosen.
 * Images and labels are two members, in either order, and may be gzipped as well.
 *
 * A list of image files can only name members: no list in an archive opens a file outside of it.
 */
#include "zipped.h"

#include "../base/ends_with.h"
#include "../base/memory.h"
#include "../io/archive_kind.h"
#include "file_names.h"
#include "idx.h"
#include "piped.h"
#include "siblings.h"
#include "splits.h"
#include "zipped_folders.h"
#include "zipped_images.h"
#include "zipped_numpy.h"
#include "zipped_samples.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* A dataset in the archive. */
struct choice {
	size_t entry;      /* of the images, or of all */
	const char *split; /* split to choose within that file, or NULL */
};

bool zipped_begins(const unsigned char *bytes, size_t nbytes)
{
	const enum archive_kind kind = archive_sniff(bytes, nbytes);

	/* gzip is unpacked already. */
	return kind == ARCHIVE_KIND_ZIP || kind == ARCHIVE_KIND_TAR || kind == ARCHIVE_KIND_ZSTD ||
	       kind == ARCHIVE_KIND_XZ;
}

/* --------------------------------------------------------------------- splits */

static bool add_choice(struct splits *splits, size_t entry, const char *stem, size_t n_stem,
		       const char *split)
{
	char name[MEMBERS_NAME_MAX + 16];
	struct choice *choice;

	snprintf(name, sizeof(name), "%.*s%s%s", (int)n_stem, stem, split ? "-" : "",
		 split ? split : "");
	/* The same file packed comes next, and the same list as TSV. */
	if (splits->n && strcmp(splits->items[splits->n - 1].name, name) == 0)
		return true;
	choice = alloc_array(1, sizeof(*choice));
	if (!choice)
		return false;
	*choice = (struct choice){entry, split};
	if (splits_add(splits, name, strlen(name), choice))
		return true;
	free(choice);
	return false;
}

/* Adds an array of images if its labels are in the archive; ignores others. */
static bool add_array(struct splits *splits, const struct zipped_listing *listing, size_t entry,
		      const char *archive)
{
	const char *base = siblings_base(archive), *name = listing->entries[entry].name;
	struct numpy_names names;

	if (!zipped_find_labels(listing, name, &names))
		return true;
	if (names.split[0])
		return add_choice(splits, entry, names.split, strlen(names.split), NULL);
	return add_choice(splits, entry, base, strlen(base) - file_name_dataset_ending(base), NULL);
}

/* Adds the datasets that the file begins: a MATLAB file as NIST's is two. */
static bool add_choices(struct splits *splits, const struct zipped_listing *listing, size_t entry,
			const char *archive)
{
	const char *base = siblings_base(listing->entries[entry].name);
	const size_t n_ending = file_name_dataset_ending(base);
	const char *ending = base + strlen(base) - n_ending;
	size_t n = (size_t)(ending - base);

	if (base[0] == '.')
		return true;
	if (base[siblings_stem(base)])
		return add_choice(splits, entry, base, siblings_stem(base), NULL);
	if (numpy_is_array(base, &n))
		return add_array(splits, listing, entry, archive);
	if (strcasecmp(ending, ".mat") == 0)
		return add_choice(splits, entry, base, n, "test") &&
		       add_choice(splits, entry, base, n, "train");
	return !n_ending || strcasecmp(ending, ".npz") == 0 ||
	       add_choice(splits, entry, base, n, NULL);
}

/* In the order of names, whatever that of the archive is. */
static bool find_splits(const struct zipped_listing *listing, const char *archive,
			struct splits *splits)
{
	for (size_t i = 0; i < listing->n; i++)
		if (!add_choices(splits, listing, i, archive))
			return false;
	return true;
}

/* -------------------------------------------------------------------- opening */

/* The labels' member of the images'; *stream_ret is opened. */
static enum emnist_status open_labels(const struct source_request *request,
				      const struct zipped_listing *listing, const char *images,
				      char name[static MEMBERS_NAME_MAX + 1],
				      struct gzip **stream_ret, struct emnist_error *error)
{
	const char *own = request->options->labels_path;
	const struct zipped_entry *entry;
	char *word;
	size_t n;

	*stream_ret = NULL;
	snprintf(name, MEMBERS_NAME_MAX + 1, "%s", own ? own : images);
	if (own)
		return gzip_open(own, stream_ret, error);
	word = name + (siblings_images_word(name) - name);
	memcpy(word, "labels", strlen("labels"));
	word[strlen("images.idx")] = '1';
	n = strlen(name);
	entry = zipped_find(listing, name, n);
	if (!entry && ends_with(name, strlen(name), ".gz"))
		entry = zipped_find(listing, name, n - strlen(".gz"));
	if (!entry && n + strlen(".gz") <= MEMBERS_NAME_MAX) {
		memcpy(name + n, ".gz", sizeof(".gz"));
		entry = zipped_find(listing, name, n + strlen(".gz"));
		name[n] = '\0';
	}
	if (!entry)
		return error_set(error, EMNIST_ERR_FORMAT, "no labels file '%.150s' in the archive",
				 name);
	return zipped_open_entry(request->archive, entry, stream_ret, error);
}

static enum emnist_status open_idx(const struct source_request *request,
				   const struct zipped_listing *listing,
				   const struct zipped_entry *images, struct source **source_ret,
				   struct emnist_error *error)
{
	char labels_name[MEMBERS_NAME_MAX + 1];
	struct gzip *images_stream = NULL, *labels_stream = NULL;
	enum emnist_status status;

	status = open_labels(request, listing, images->name, labels_name, &labels_stream, error);
	if (!status)
		status = zipped_open_entry(request->archive, images, &images_stream, error);
	if (status) {
		gzip_close(labels_stream);
		return status;
	}
	status = idx_open(images_stream, images->name, labels_stream, labels_name, source_ret,
			  error);
	if (status)
		return status;
	(*source_ret)->n_classes = siblings_n_classes(siblings_base(images->name));
	source_name_orients(*source_ret, images->name);
	if (!request->mapping)
		status = zipped_read_mapping(request->archive, listing, images->name,
					     &(*source_ret)->labels, error);
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	return status;
}

/* Any other format: it is all in one file. */
static enum emnist_status open_single(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct choice *choice, struct source **source_ret,
				      struct emnist_error *error)
{
	const struct zipped_entry *entry = &listing->entries[choice->entry];
	struct source_request single = *request;
	struct emnist_labels *mapping = NULL;
	struct gzip *stream;
	enum emnist_status status = EMNIST_OK;

	if (!request->mapping)
		status = zipped_read_mapping(request->archive, listing, entry->name, &mapping,
					     error);
	if (!status)
		status = zipped_open_entry(request->archive, entry, &stream, error);
	if (!status) {
		single.path = entry->name;
		single.is_member = true;
		single.split = choice->split;
		if (mapping)
			single.mapping = mapping;
		status = request->openers->stream(stream, &single, source_ret, error);
	}
	if (!status && (*source_ret)->separate)
		status = zipped_hold_listed(request, listing, entry, *source_ret, error);
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	if (!status && mapping && !(*source_ret)->labels) {
		(*source_ret)->labels = mapping;
		mapping = NULL;
	}
	emnist_labels_free(mapping);
	return status;
}

static enum emnist_status open_choice(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct splits *splits, struct source **source_ret,
				      struct emnist_error *error)
{
	const struct choice *choice;
	const struct zipped_entry *entry;
	enum emnist_status status;
	size_t chosen, n;

	status = splits_choose(splits, request->split, &chosen, error);
	if (status)
		return status;
	choice = splits->items[chosen].what;
	entry = &listing->entries[choice->entry];
	if (siblings_base(entry->name)[siblings_stem(siblings_base(entry->name))])
		return open_idx(request, listing, entry, source_ret, error);
	if (numpy_is_array(entry->name, &n))
		return zipped_open_arrays(request, listing, entry, source_ret, error);
	return open_single(request, listing, choice, source_ret, error);
}

static enum emnist_status open_archive(const struct source_request *request,
				       struct source **source_ret, struct emnist_error *error)
{
	struct zipped_listing listing;
	struct splits splits = {0};
	enum emnist_status status = zipped_list(request->archive, &listing, error);

	if (!status && zipped_has_samples(&listing)) {
		status = zipped_open_samples(request, &listing, source_ret, error);
		zipped_clear(&listing);
		return status;
	}
	if (!status && !find_splits(&listing, request->path, &splits))
		status = error_memory(error);
	if (!status && !splits.n)
		status = zipped_check_arrays(&listing, error);
	if (!status)
		status = splits.n ? open_choice(request, &listing, &splits, source_ret, error)
				  : zipped_open_folders(request, &listing, source_ret, error);
	for (size_t i = 0; i < splits.n; i++)
		free(splits.items[i].what);
	splits_clear(&splits);
	zipped_clear(&listing);
	return status;
}

enum emnist_status zipped_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error)
{
	struct source_request whole = *request;
	struct piped piped = {.fd = -1};
	enum emnist_status status = EMNIST_OK;
	struct stat st;

	*source_ret = NULL;
	whole.archive = request->path;
	/* A finished pipe cannot be opened again. */
	if (stat(request->path, &st) == 0 && !S_ISREG(st.st_mode)) {
		status = piped_copy(stream, &piped, error);
		whole.archive = piped.path;
	}
	gzip_close(stream);
	if (!status)
		status = open_archive(&whole, source_ret, error);
	piped_close(&piped);
	return status;
}
