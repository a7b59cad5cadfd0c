/*
 * zipped_images.c - separate image files in a zip archive.
 *
 * They are all read when the dataset is opened, in the archive's order. The dataset's order may
 * differ, and going back in an archive means starting over.
 */
#include "zipped_images.h"

#include "../base/memory.h"
#include "siblings.h"

#include <string.h>

/* The limit for an image file without other limits; the default of those is the same. */
#define IMAGE_MAX_NBYTES (UINT64_C(256) << 20)

/* -------------------------------------------------------------------- reading */

static int by_number(const void *a, const void *b)
{
	const struct zipped_image *first = a, *second = b;

	if (first->entry->number != second->entry->number)
		return first->entry->number < second->entry->number ? -1 : 1;
	return first->image < second->image ? -1 : first->image > second->image;
}

/* What cannot be unpacked is the fault of that image alone, if the archive can be read on. */
static enum emnist_status hold_member(const struct source_request *request,
				      struct zipped_channel *channel, const struct member *member,
				      uint32_t image, struct files *files, struct buffer *bytes,
				      struct emnist_error *error)
{
	const uint64_t limit = request->options->limits.file_nbytes;
	struct emnist_error fault;
	enum emnist_status status;

	status = member->is_encrypted
			 ? error_set(&fault, EMNIST_ERR_UNSUPPORTED,
				     "encrypted entries are not supported")
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
				      const struct zipped_image *images, size_t n,
				      struct files *files, struct emnist_error *error)
{
	struct member member = {.name = ""};
	struct buffer bytes = {0};
	struct zipped_channel *channel;
	enum emnist_status status = zipped_channel_open(request->archive, &channel, error);

	if (status)
		return status;
	for (size_t number = 0, i = 0; !status && i < n; number++) {
		const struct zipped_image *first = &images[i];

		status = members_next(channel->members, &member, error);
		if (status || number != first->entry->number)
			continue;
		if (!member.name || strcmp(member.name, first->entry->name) != 0)
			status = error_set(error, EMNIST_ERR_CORRUPT, "the archive has changed");
		else
			status = hold_member(request, channel, &member, first->image, files, &bytes,
					     error);
		for (i++; !status && i < n && images[i].entry->number == number; i++)
			files_hold_same(files, images[i].image, first->image);
	}
	buffer_clear(&bytes);
	zipped_channel_close(channel);
	return status;
}

enum emnist_status zipped_hold(const struct source_request *request, struct files *files,
			       struct zipped_image *images, size_t n, struct emnist_error *error)
{
	const enum emnist_status status = files_detach(files, request->path, error);

	if (status)
		return status;
	if (n)
		qsort(images, n, sizeof(*images), by_number);
	return hold_images(request, images, n, files, error);
}

/* ------------------------------------------------------------------- of a list */

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

/* Which files of the archive the images are; images: (count). */
static enum emnist_status find_images(const struct zipped_listing *listing,
				      const struct files *files, uint32_t count,
				      struct zipped_image *images, size_t *n_ret,
				      struct emnist_error *error)
{
	*n_ret = 0;
	for (uint32_t i = 0; i < count; i++) {
		char *name = files_member(files, i);

		if (!name)
			return error_memory(error);
		drop_dots(name);
		images[*n_ret] = (struct zipped_image){zipped_find(listing, name, strlen(name)), i};
		*n_ret += images[*n_ret].entry != NULL;
		free(name);
	}
	if (!*n_ret && count)
		return error_set(error, EMNIST_ERR_FORMAT,
				 "no image file of this list is in the archive");
	return EMNIST_OK;
}

enum emnist_status zipped_hold_listed(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct zipped_entry *list, struct source *source,
				      struct emnist_error *error)
{
	struct zipped_image *images = alloc_array(source->count, sizeof(*images));
	struct files *files = files_of(source);
	enum emnist_status status;
	size_t n;

	if (!images)
		return error_memory(error);
	status = find_images(listing, files, source->count, images, &n, error);
	if (status)
		siblings_about(status, list->name, error);
	else
		status = zipped_hold(request, files, images, n, error);
	free(images);
	return status;
}
