/*
 * zipped.c - datasets in a zip archive.
 *
 * Images and labels are two members, in either order, and both may be packed once more by gzip. So
 * each is read through an archive opened for it alone, which seeks to its member by the directory:
 * nothing else is unpacked, and nothing is written to disk.
 *
 * A list of image files names members, whatever it says: no archive has a file outside it opened.
 * These are all read when the dataset is opened, in the order of the archive.
 */
#include "zipped.h"

#include "../base/archive.h"
#include "../base/memory.h"
#include "files.h"
#include "idx.h"
#include "siblings.h"
#include "splits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of images in files of their own, more than EMNIST's largest split has. */
#define MAX_MEMBERS (UINT64_C(1) << 20)

/* Of an image file, where the limits say nothing; theirs is the same. */
#define IMAGE_MAX_NBYTES (UINT64_C(256) << 20)

/* EMNIST's have less than 1 KB. */
#define MAPPING_MAX_NBYTES 65536

/* A member by its number in the archive. */
struct entry {
	size_t number;
	char *name;
};

struct listing {
	struct entry *entries; /* (n), of files */
	size_t n;
};

/* A dataset in the archive. */
struct choice {
	size_t entry;      /* of the images, or of all */
	const char *split; /* what is to be chosen once more in that file, or NULL */
};

/* An image in a file of its own. */
struct wanted {
	const struct entry *entry;
	uint32_t image;
};

/* What a stream reads its member through. */
struct channel {
	int fd;
	struct members *members;
};

bool zipped_begins(const unsigned char *bytes, size_t nbytes)
{
	return members_sniff(bytes, nbytes) == ARCHIVE_KIND_ZIP;
}

/* -------------------------------------------------------------------- members */

static void channel_close(void *context)
{
	struct channel *channel = context;

	members_close(channel->members);
	if (channel->fd >= 0)
		close(channel->fd);
	free(channel);
}

static enum emnist_status channel_read(void *context, void *bytes, size_t nbytes, size_t *n_ret,
				       struct emnist_error *error)
{
	struct channel *channel = context;

	return members_read(channel->members, bytes, nbytes, n_ret, error);
}

static enum emnist_status channel_open(const char *path, struct channel **channel_ret,
				       struct emnist_error *error)
{
	const struct members_options options = {.max_count = MAX_MEMBERS, .by_directory = true};
	struct channel *channel = alloc_zeroed(1, sizeof(*channel));
	enum emnist_status status;

	*channel_ret = NULL;
	if (!channel)
		return error_memory(error);
	channel->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	status = channel->fd < 0
			 ? error_errno(error, errno, NULL)
			 : members_open(channel->fd, NULL, 0, &options, &channel->members, error);
	if (status)
		channel_close(channel);
	else
		*channel_ret = channel;
	return status;
}

/* Goes to the member. */
static enum emnist_status channel_seek(struct channel *channel, const struct entry *entry,
				       struct emnist_error *error)
{
	struct member member = {0};
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; !status && i <= entry->number; i++)
		status = members_next(channel->members, &member, error);
	/* Another file may have taken the archive's place since its members were listed. */
	if (!status && (!member.name || strcmp(member.name, entry->name) != 0))
		return error_set(error, EMNIST_ERR_CORRUPT, "the archive has changed");
	if (!status && member.is_encrypted)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "encrypted, and passwords are not asked for");
	return status;
}

static enum emnist_status open_entry(const char *path, const struct entry *entry,
				     struct gzip **stream_ret, struct emnist_error *error)
{
	struct gzip_input input = {.read = channel_read, .close = channel_close};
	struct channel *channel;
	enum emnist_status status = channel_open(path, &channel, error);

	*stream_ret = NULL;
	if (!status) {
		status = channel_seek(channel, entry, error);
		if (status)
			channel_close(channel);
	}
	if (status)
		return siblings_about(status, entry->name, error);
	input.context = channel;
	status = gzip_open_input(&input, stream_ret, error);
	return status ? siblings_about(status, entry->name, error) : EMNIST_OK;
}

static void listing_clear_entries(struct listing *listing)
{
	for (size_t i = 0; i < listing->n; i++)
		free(listing->entries[i].name);
	free(listing->entries);
	*listing = (struct listing){0};
}

static bool listing_add(struct listing *listing, size_t number, const char *name)
{
	/* Doubled whenever the number is a power of two. */
	if ((listing->n & (listing->n - 1)) == 0) {
		struct entry *entries = reallocarray(
			listing->entries, listing->n ? 2 * listing->n : 1, sizeof(*entries));

		if (!entries)
			return false;
		listing->entries = entries;
	}
	listing->entries[listing->n] = (struct entry){number, strdup(name)};
	return listing->entries[listing->n].name && ++listing->n;
}

static enum emnist_status list_members(const char *path, struct listing *listing,
				       struct emnist_error *error)
{
	struct channel *channel;
	struct member member = {.name = ""};
	enum emnist_status status = channel_open(path, &channel, error);

	if (status)
		return status;
	for (size_t number = 0; !status && member.name; number++) {
		status = members_next(channel->members, &member, error);
		if (!status && member.name && member.is_file && !strstr(member.name, "__MACOSX") &&
		    !listing_add(listing, number, member.name))
			status = error_memory(error);
	}
	channel_close(channel);
	return status;
}

/* The file of that name; NULL: there is none. */
static const struct entry *find(const struct listing *listing, const char *name, size_t nbytes)
{
	for (size_t i = 0; i < listing->n; i++)
		if (strlen(listing->entries[i].name) == nbytes &&
		    memcmp(listing->entries[i].name, name, nbytes) == 0)
			return &listing->entries[i];
	return NULL;
}

/* --------------------------------------------------------------------- splits */

static bool ends_with(const char *name, const char *end)
{
	return strlen(name) >= strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0;
}

static bool add_choice(struct splits *splits, const struct listing *listing, size_t entry,
		       const char *split, size_t n_ending)
{
	const char *base = siblings_base(listing->entries[entry].name);
	char name[MEMBERS_NAME_MAX + 16];
	struct choice *choice;

	snprintf(name, sizeof(name), "%.*s%s%s", (int)(strlen(base) - n_ending), base,
		 split ? "-" : "", split ? split : "");
	/* The same file packed comes next. */
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

/* Adds the datasets that the file begins: a MATLAB file as NIST's is two. */
static bool add_choices(struct splits *splits, const struct listing *listing, size_t entry)
{
	static const char *const endings[] = {".csv", ".csv.gz"};
	const char *base = siblings_base(listing->entries[entry].name);

	if (base[0] == '.')
		return true;
	if (base[siblings_stem(base)])
		return add_choice(splits, listing, entry, NULL, strlen(base) - siblings_stem(base));
	if (ends_with(base, ".mat"))
		return add_choice(splits, listing, entry, "test", strlen(".mat")) &&
		       add_choice(splits, listing, entry, "train", strlen(".mat"));
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_with(base, endings[i]))
			return add_choice(splits, listing, entry, NULL, strlen(endings[i]));
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* In the order of names, whatever that of the archive is. */
static enum emnist_status find_splits(struct listing *listing, struct splits *splits,
				      struct emnist_error *error)
{
	if (listing->n)
		qsort(listing->entries, listing->n, sizeof(*listing->entries), by_name);
	for (size_t i = 0; i < listing->n; i++)
		if (!add_choices(splits, listing, i))
			return error_memory(error);
	if (splits->n)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_FORMAT,
			 "a zip archive with no dataset in it: neither idx files of images nor "
			 "MATLAB nor CSV files");
}

/* -------------------------------------------------------------------- opening */

/* The mapping file beside the member, whose name is NAME-mapping.txt or, without the last word,
 * "-test", the same. NULL in *mapping_ret: there is none. */
static enum emnist_status read_mapping(const char *path, const struct listing *listing,
				       const char *name, struct emnist_labels **mapping_ret,
				       struct emnist_error *error)
{
	static const char ending[] = "-mapping.txt";
	char wanted[MEMBERS_NAME_MAX + sizeof(ending)];
	const struct entry *entry = NULL;
	struct gzip *stream = NULL;
	char *text = NULL;
	enum emnist_status status;
	size_t n = siblings_stem(name);

	*mapping_ret = NULL;
	while (!entry && n > 0) {
		snprintf(wanted, sizeof(wanted), "%.*s%s", (int)n, name, ending);
		entry = find(listing, wanted, strlen(wanted));
		while (n > 0 && name[--n] != '-')
			if (name[n] == '/')
				n = 0;
	}
	if (!entry)
		return EMNIST_OK;
	text = alloc_array(MAPPING_MAX_NBYTES, 1);
	status = text ? open_entry(path, entry, &stream, error) : error_memory(error);
	if (!status)
		status = gzip_read(stream, text, MAPPING_MAX_NBYTES, &n, error);
	if (!status)
		status = emnist_labels_parse(text, n, mapping_ret, error);
	gzip_close(stream);
	free(text);
	return status ? siblings_about(status, entry->name, error) : EMNIST_OK;
}

/* The labels' member of the images'; *stream_ret is opened. */
static enum emnist_status open_labels(const struct source_request *request,
				      const struct listing *listing, const char *images,
				      char name[static MEMBERS_NAME_MAX + 1],
				      struct gzip **stream_ret, struct emnist_error *error)
{
	const char *own = request->options->labels_path;
	const struct entry *entry;
	char *word;
	size_t n;

	*stream_ret = NULL;
	snprintf(name, MEMBERS_NAME_MAX + 1, "%s", own ? own : images);
	if (own)
		return gzip_open(own, stream_ret, error);
	word = name + (siblings_base(name) - name);
	word = strstr(word, "images");
	memcpy(word, "labels", strlen("labels"));
	word[strlen("images.idx")] = '1';
	n = strlen(name);
	entry = find(listing, name, n);
	if (!entry && ends_with(name, ".gz"))
		entry = find(listing, name, n - strlen(".gz"));
	if (!entry && n + strlen(".gz") <= MEMBERS_NAME_MAX) {
		memcpy(name + n, ".gz", sizeof(".gz"));
		entry = find(listing, name, n + strlen(".gz"));
		name[n] = '\0';
	}
	if (!entry)
		return error_set(error, EMNIST_ERR_FORMAT, "no labels '%.150s' in the archive",
				 name);
	return open_entry(request->path, entry, stream_ret, error);
}

static enum emnist_status open_idx(const struct source_request *request,
				   const struct listing *listing, const struct entry *images,
				   struct source **source_ret, struct emnist_error *error)
{
	char labels_name[MEMBERS_NAME_MAX + 1];
	struct gzip *images_stream = NULL, *labels_stream = NULL;
	enum emnist_status status;

	status = open_labels(request, listing, images->name, labels_name, &labels_stream, error);
	if (!status)
		status = open_entry(request->path, images, &images_stream, error);
	if (status) {
		gzip_close(labels_stream);
		return status;
	}
	status = idx_open(images_stream, images->name, labels_stream, labels_name, source_ret,
			  error);
	if (status)
		return status;
	(*source_ret)->n_classes = siblings_n_classes(siblings_base(images->name));
	(*source_ret)->transposed = !siblings_is_upright(images->name);
	if (!request->mapping)
		status = read_mapping(request->path, listing, images->name, &(*source_ret)->labels,
				      error);
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	return status;
}

/* Takes components out that are ".". */
static void drop_dots(char *name)
{
	char *to = name;

	for (const char *from = name; *from;) {
		if (from[0] == '.' && from[1] == '/' && (to == name || to[-1] == '/'))
			from += 2;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

static int by_number(const void *a, const void *b)
{
	const struct wanted *first = a, *second = b;

	if (first->entry->number != second->entry->number)
		return first->entry->number < second->entry->number ? -1 : 1;
	return first->image < second->image ? -1 : first->image > second->image;
}

/* Which members the images are, in the order of the archive; wanted: (count of the images). */
static enum emnist_status find_images(const struct listing *listing, const struct files *files,
				      uint32_t count, struct wanted *wanted, size_t *n_ret,
				      struct emnist_error *error)
{
	*n_ret = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct entry key = {.name = files_member(files, i)};

		if (!key.name)
			return error_memory(error);
		drop_dots(key.name);
		wanted[*n_ret] = (struct wanted){
			bsearch(&key, listing->entries, listing->n, sizeof(key), by_name), i};
		*n_ret += wanted[*n_ret].entry != NULL;
		free(key.name);
	}
	if (!*n_ret && count)
		return error_set(error, EMNIST_ERR_FORMAT,
				 "none of the image files in this list is in the archive");
	qsort(wanted, *n_ret, sizeof(*wanted), by_number);
	return EMNIST_OK;
}

/* What cannot be unpacked is the fault of that image alone, if the archive can be read on. */
static enum emnist_status hold_member(const struct source_request *request, struct channel *channel,
				      const struct member *member, uint32_t image,
				      struct files *files, struct buffer *bytes,
				      struct emnist_error *error)
{
	const uint64_t limit = request->options->limits.file_nbytes;
	struct emnist_error fault;
	enum emnist_status status;

	status = member->is_encrypted
			 ? error_set(&fault, EMNIST_ERR_UNSUPPORTED,
				     "encrypted, and passwords are not asked for")
			 : members_read_all(channel->members, limit ? limit : IMAGE_MAX_NBYTES,
					    bytes, &fault);
	if (!status)
		return files_hold(files, image, bytes->data, bytes->nbytes, error);
	if (status != EMNIST_ERR_MEMORY && !members_failed(channel->members))
		return files_hold_fault(files, image, &fault, error);
	if (error)
		*error = fault;
	return status;
}

/* Reads n images, which are in the order of the archive. */
static enum emnist_status hold_images(const struct source_request *request,
				      const struct wanted *wanted, size_t n, struct files *files,
				      struct emnist_error *error)
{
	struct member member = {.name = ""};
	struct buffer bytes = {0};
	struct channel *channel;
	enum emnist_status status = channel_open(request->path, &channel, error);

	if (status)
		return status;
	for (size_t number = 0, i = 0; !status && i < n; number++) {
		const struct wanted *first = &wanted[i];

		status = members_next(channel->members, &member, error);
		if (status || number != first->entry->number)
			continue;
		if (!member.name || strcmp(member.name, first->entry->name) != 0)
			status = error_set(error, EMNIST_ERR_CORRUPT, "the archive has changed");
		else
			status = hold_member(request, channel, &member, first->image, files, &bytes,
					     error);
		for (i++; !status && i < n && wanted[i].entry->number == number; i++)
			files_hold_same(files, wanted[i].image, first->image);
	}
	buffer_clear(&bytes);
	channel_close(channel);
	return status;
}

/* The images of a list. */
static enum emnist_status take_images(const struct source_request *request,
				      const struct listing *listing, const struct entry *list,
				      struct source *source, struct emnist_error *error)
{
	struct wanted *wanted = alloc_array(source->count, sizeof(*wanted));
	struct files *files = files_of(source);
	enum emnist_status status;
	size_t n;

	status = wanted ? files_detach(files, request->path, error) : error_memory(error);
	if (!status) {
		status = find_images(listing, files, source->count, wanted, &n, error);
		if (status)
			siblings_about(status, list->name, error);
	}
	if (!status)
		status = hold_images(request, wanted, n, files, error);
	free(wanted);
	return status;
}

/* Any other format: it is all in one file. */
static enum emnist_status open_single(const struct source_request *request,
				      const struct listing *listing, const struct choice *choice,
				      struct source **source_ret, struct emnist_error *error)
{
	const struct entry *entry = &listing->entries[choice->entry];
	struct source_request single = *request;
	struct emnist_labels *mapping = NULL;
	struct gzip *stream;
	enum emnist_status status = EMNIST_OK;

	if (!request->mapping)
		status = read_mapping(request->path, listing, entry->name, &mapping, error);
	if (!status)
		status = open_entry(request->path, entry, &stream, error);
	if (!status) {
		single.path = entry->name;
		single.is_member = true;
		single.split = choice->split;
		if (mapping)
			single.mapping = mapping;
		status = source_open_stream(stream, &single, source_ret, error);
	}
	if (!status && (*source_ret)->separate)
		status = take_images(request, listing, entry, *source_ret, error);
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
				      const struct listing *listing, const struct splits *splits,
				      struct source **source_ret, struct emnist_error *error)
{
	const struct choice *choice;
	const struct entry *entry;
	enum emnist_status status;
	size_t chosen;

	status = splits_choose(splits, request->split, &chosen, error);
	if (status)
		return status;
	choice = splits->items[chosen].what;
	entry = &listing->entries[choice->entry];
	if (siblings_base(entry->name)[siblings_stem(siblings_base(entry->name))])
		return open_idx(request, listing, entry, source_ret, error);
	return open_single(request, listing, choice, source_ret, error);
}

enum emnist_status zipped_open(struct gzip *stream, const struct source_request *request,
			       struct source **source_ret, struct emnist_error *error)
{
	struct listing listing = {0};
	struct splits splits = {0};
	enum emnist_status status;

	*source_ret = NULL;
	gzip_close(stream);
	status = list_members(request->path, &listing, error);
	if (!status)
		status = find_splits(&listing, &splits, error);
	if (!status)
		status = open_choice(request, &listing, &splits, source_ret, error);
	for (size_t i = 0; i < splits.n; i++)
		free(splits.items[i].what);
	splits_clear(&splits);
	listing_clear_entries(&listing);
	return status;
}
