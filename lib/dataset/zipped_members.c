/*
 * zipped_members.c - the files in a zip archive.
 *
 * Each is read through an archive opened for it alone, which seeks to the member by the directory:
 * nothing else is unpacked.
 */
#include "zipped_members.h"

#include "../base/memory.h"
#include "file_names.h"
#include "numpy_names.h"
#include "siblings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of images in files of their own, more than EMNIST's largest split has. */
#define MAX_MEMBERS (UINT64_C(1) << 20)

/* EMNIST's mapping files have less than 1 KB. */
#define MAPPING_MAX_NBYTES 65536

/* -------------------------------------------------------------------- channels */

void zipped_channel_close(struct zipped_channel *channel)
{
	members_close(channel->members);
	if (channel->fd >= 0)
		close(channel->fd);
	free(channel);
}

static void close_channel(void *context)
{
	zipped_channel_close(context);
}

static enum emnist_status channel_read(void *context, void *bytes, size_t nbytes, size_t *n_ret,
				       struct emnist_error *error)
{
	struct zipped_channel *channel = context;

	return members_read(channel->members, bytes, nbytes, n_ret, error);
}

enum emnist_status zipped_channel_open(const char *path, struct zipped_channel **channel_ret,
				       struct emnist_error *error)
{
	const struct members_options options = {.max_count = MAX_MEMBERS, .by_directory = true};
	struct zipped_channel *channel = alloc_zeroed(1, sizeof(*channel));
	enum emnist_status status;

	*channel_ret = NULL;
	if (!channel)
		return error_memory(error);
	channel->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	status = channel->fd < 0
			 ? error_errno(error, errno, NULL)
			 : members_open(channel->fd, NULL, 0, &options, &channel->members, error);
	if (status)
		zipped_channel_close(channel);
	else
		*channel_ret = channel;
	return status;
}

/* Seeks to the member. */
static enum emnist_status channel_seek(struct zipped_channel *channel,
				       const struct zipped_entry *entry, struct emnist_error *error)
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
				 "encrypted entries are not supported");
	return status;
}

enum emnist_status zipped_open_entry(const char *path, const struct zipped_entry *entry,
				     struct gzip **stream_ret, struct emnist_error *error)
{
	struct gzip_input input = {.read = channel_read, .close = close_channel};
	struct zipped_channel *channel;
	enum emnist_status status = zipped_channel_open(path, &channel, error);

	*stream_ret = NULL;
	if (!status) {
		status = channel_seek(channel, entry, error);
		if (status)
			zipped_channel_close(channel);
	}
	if (status)
		return siblings_about(status, entry->name, error);
	input.context = channel;
	status = gzip_open_input(&input, stream_ret, error);
	return status ? siblings_about(status, entry->name, error) : EMNIST_OK;
}

/* --------------------------------------------------------------------- listing */

/* As names in folders are sorted one folder after the other: a folder's end comes before all that
 * a longer name may go on with. */
static int compare_names(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t i = 0;

	while (i < n_a && i < n_b && a[i] == b[i])
		i++;
	if (i == n_a || i == n_b)
		return (n_a > n_b) - (n_a < n_b);
	if (a[i] == '/' || b[i] == '/')
		return a[i] == '/' ? -1 : 1;
	return (unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1;
}

static int by_name(const void *a, const void *b)
{
	const struct zipped_entry *first = a, *second = b;
	const int order =
		compare_names(first->name, strlen(first->name), second->name, strlen(second->name));

	return order ? order : (first->number > second->number) - (first->number < second->number);
}

struct key {
	const char *name;
	size_t nbytes;
};

static int compare_key(const void *key_, const void *entry_)
{
	const struct key *key = key_;
	const struct zipped_entry *entry = entry_;

	return compare_names(key->name, key->nbytes, entry->name, strlen(entry->name));
}

const struct zipped_entry *zipped_find(const struct zipped_listing *listing, const char *name,
				       size_t nbytes)
{
	const struct key key = {name, nbytes};

	return listing->n ? bsearch(&key, listing->entries, listing->n, sizeof(*listing->entries),
				    compare_key)
			  : NULL;
}

void zipped_clear(struct zipped_listing *listing)
{
	for (size_t i = 0; i < listing->n; i++)
		free(listing->entries[i].name);
	free(listing->entries);
	*listing = (struct zipped_listing){0};
}

static bool add(struct zipped_listing *listing, size_t number, const char *name)
{
	/* Doubled whenever the number is a power of two. */
	if ((listing->n & (listing->n - 1)) == 0) {
		struct zipped_entry *entries = resize_array(
			listing->entries, listing->n ? 2 * listing->n : 1, sizeof(*entries));

		if (!entries)
			return false;
		listing->entries = entries;
	}
	listing->entries[listing->n] = (struct zipped_entry){number, strdup(name)};
	return listing->entries[listing->n].name && ++listing->n;
}

enum emnist_status zipped_list(const char *path, struct zipped_listing *listing,
			       struct emnist_error *error)
{
	struct zipped_channel *channel;
	struct member member = {.name = ""};
	enum emnist_status status = zipped_channel_open(path, &channel, error);

	*listing = (struct zipped_listing){0};
	if (status)
		return status;
	for (size_t number = 0; !status && member.name; number++) {
		status = members_next(channel->members, &member, error);
		if (!status && member.name && member.is_file && !strstr(member.name, "__MACOSX") &&
		    !add(listing, number, member.name))
			status = error_memory(error);
	}
	zipped_channel_close(channel);
	if (listing->n)
		qsort(listing->entries, listing->n, sizeof(*listing->entries), by_name);
	return status;
}

/* --------------------------------------------------------------------- mapping */

/* The length of a member's name without the ending of its format. */
static size_t n_stem(const char *name)
{
	size_t n = siblings_stem(name);

	if (!name[n] && !numpy_is_array(name, &n))
		n = strlen(name) - file_name_dataset_ending(name);
	return n;
}

enum emnist_status zipped_read_mapping(const char *path, const struct zipped_listing *listing,
				       const char *name, struct emnist_labels **mapping_ret,
				       struct emnist_error *error)
{
	static const char ending[] = "-mapping.txt";
	char wanted[MEMBERS_NAME_MAX + sizeof(ending)];
	const struct zipped_entry *entry = NULL;
	struct gzip *stream = NULL;
	char *text = NULL;
	enum emnist_status status;
	size_t n = n_stem(name);

	*mapping_ret = NULL;
	while (!entry && n > 0) {
		snprintf(wanted, sizeof(wanted), "%.*s%s", (int)n, name, ending);
		entry = zipped_find(listing, wanted, strlen(wanted));
		while (n > 0 && name[--n] != '-')
			if (name[n] == '/')
				n = 0;
	}
	if (!entry)
		return EMNIST_OK;
	text = alloc_array(MAPPING_MAX_NBYTES, 1);
	status = text ? zipped_open_entry(path, entry, &stream, error) : error_memory(error);
	if (!status)
		status = gzip_read(stream, text, MAPPING_MAX_NBYTES, &n, error);
	if (!status)
		status = emnist_labels_parse(text, n, mapping_ret, error);
	gzip_close(stream);
	free(text);
	return status ? siblings_about(status, entry->name, error) : EMNIST_OK;
}
