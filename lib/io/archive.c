/*
 * archive.c - reads the members of a zip or tar archive, through libarchive.
 *
 * libarchive gets one format at a time, detected from the first bytes, and bytes that are already
 * decompressed. So it has nothing to guess, and the output of each layer can be limited.
 *
 * What libarchive lets pass is checked here. A zip archive is read from its start, like a tar
 * archive, and libarchive skips anything unrecognized between two members. So the number of members
 * is compared with the directory at the end.
 *
 * libarchive converts names to the locale's character set. So while it reads a header, the thread
 * uses a UTF-8 locale; zip_name.c helps where there is none.
 */
#include "archive.h"

#include "feed.h"
#include "libarchive.h"
#include "unpacker.h"
#include "zip_end.h"
#include "zip_name.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_NBYTES 65536

struct members {
	struct feed feed;
	struct unpacker *unpacker; /* NULL: zip, or a tar archive as it is */
	enum archive_kind kind;
	bool by_directory;
	bool as_stream; /* whatever is no archive is a stream */
	bool is_stream;
	bool failed;
	uint64_t count; /* members so far */
	uint64_t max_count;
	uint64_t n_unpacked; /* of all members */
	const struct libarchive *library;
	struct archive *archive;          /* NULL: a stream */
	struct archive_entry *entry;      /* libarchive returns its own even if it was given one */
	struct emnist_error source_error; /* code is not EMNIST_OK: why the source failed */
	locale_t locale;                  /* 0: no UTF-8 locale */
	unsigned char head[ARCHIVE_SNIFF_NBYTES]; /* of the decompressed bytes */
	size_t n_head, n_head_given;
	char name[MEMBERS_NAME_MAX + 1], link[MEMBERS_NAME_MAX + 1];
	unsigned char block[BLOCK_NBYTES];
};

/* ------------------------------------------------------------------ the source */

/* The next bytes of libarchive's input, or of the stream. */
static enum emnist_status read_source(struct members *members, void *bytes, size_t nbytes,
				      size_t *n_ret, struct emnist_error *error)
{
	const size_t left = members->n_head - members->n_head_given;

	if (left) {
		*n_ret = nbytes < left ? nbytes : left;
		memcpy(bytes, members->head + members->n_head_given, *n_ret);
		members->n_head_given += *n_ret;
		return EMNIST_OK;
	}
	return members->unpacker ? unpacker_read(members->unpacker, bytes, nbytes, n_ret, error)
				 : feed_read(&members->feed, bytes, nbytes, n_ret, error);
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **bytes_ret)
{
	struct members *members = context;
	size_t n = members->feed.tail ? ZIP_NAME_READ_NBYTES : sizeof(members->block);

	*bytes_ret = members->block;
	if (!read_source(members, members->block, n, &n, &members->source_error))
		return (la_ssize_t)n;
	members->library->archive_set_error(archive, EIO, "%s", members->source_error.message);
	return ARCHIVE_FATAL;
}

static la_int64_t on_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct members *members = context;
	const off_t place = lseek(members->feed.fd, (off_t)offset, whence);

	if (place >= 0)
		return place;
	error_errno(&members->source_error, errno, NULL);
	members->library->archive_set_error(archive, errno, "cannot seek");
	return ARCHIVE_FATAL;
}

/* Fails; the reason is the last call of the library. */
static enum emnist_status damaged(struct members *members, struct emnist_error *error)
{
	const char *why = members->library->archive_error_string(members->archive);

	if (members->source_error.code) {
		members->failed = true;
		if (error)
			*error = members->source_error;
		return members->source_error.code;
	}
	if (libarchive_is_short(members->library, members->archive))
		return error_memory(error);
	if (why && strncmp(why, "Unsupported", strlen("Unsupported")) == 0)
		return error_set(error, EMNIST_ERR_UNSUPPORTED, "u%s", why + 1);
	if (why && strcmp(why, "Damaged tar archive") == 0)
		why = "the checksum of a header is wrong";
	if (why && members->by_directory && strcmp(why, "Unrecognized archive format") == 0)
		why = "no directory at its end: it is cut short or empty";
	return feed_damaged(&members->feed,
			    members->kind == ARCHIVE_KIND_ZIP ? "zip archive" : "tar archive", why,
			    error);
}

/* --------------------------------------------------------------------- opening */

/* Enables the formats and filters; each may fail for lack of memory. */
static bool choose_format(const struct members *members)
{
	const struct libarchive *library = members->library;
	struct archive *archive = members->archive;

	if (members->by_directory)
		return library->archive_read_support_format_zip_seekable(archive) == ARCHIVE_OK &&
		       library->archive_read_set_seek_callback(archive, on_seek) == ARCHIVE_OK;
	if (members->kind == ARCHIVE_KIND_ZIP)
		return library->archive_read_support_format_zip_streamable(archive) == ARCHIVE_OK;
	/* As with `cat a.tar b.tar`: a block of zeros ends an archive, and the next may follow. */
	return library->archive_read_support_format_tar(archive) == ARCHIVE_OK &&
	       library->archive_read_set_format_option(archive, "tar", "read_concatenated_archives",
						       "1") == ARCHIVE_OK;
}

static enum emnist_status open_format(struct members *members, struct emnist_error *error)
{
	const struct libarchive *library;
	enum emnist_status status = libarchive_reader(&members->library, &members->archive, error);

	if (status)
		return status;
	library = members->library;
	members->entry = library->archive_entry_new();
	if (!members->entry)
		return error_memory(error);
	if (!choose_format(members) ||
	    library->archive_read_set_read_callback(members->archive, on_read) != ARCHIVE_OK ||
	    library->archive_read_set_callback_data(members->archive, members) != ARCHIVE_OK ||
	    library->archive_read_open1(members->archive) != ARCHIVE_OK)
		return library->archive_error_string(members->archive) ? damaged(members, error)
								       : error_memory(error);
	return EMNIST_OK;
}

/* Reads the first block of the decompressed bytes, or all of them. */
static enum emnist_status read_head(struct members *members, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t n = 1;

	while (!status && n && members->n_head < sizeof(members->head)) {
		status = unpacker_read(members->unpacker, members->head + members->n_head,
				       sizeof(members->head) - members->n_head, &n, error);
		if (!status)
			members->n_head += n;
	}
	return status;
}

static enum emnist_status open_packed(struct members *members, struct emnist_error *error)
{
	enum emnist_status status =
		unpacker_open(&members->feed, members->kind, &members->unpacker, error);

	if (!status)
		status = read_head(members, error);
	members->is_stream = archive_sniff(members->head, members->n_head) != ARCHIVE_KIND_TAR;
	return status;
}

static enum emnist_status open_all(struct members *members, struct emnist_error *error)
{
	const struct feed *feed = &members->feed;
	enum emnist_status status = EMNIST_OK;

	members->kind = archive_sniff(feed->head, feed->head_nbytes);
	members->by_directory = members->by_directory && members->kind == ARCHIVE_KIND_ZIP;
	if (members->kind == ARCHIVE_KIND_NONE) {
		members->is_stream = members->as_stream;
		if (members->is_stream)
			return EMNIST_OK;
		return error_set(error, EMNIST_ERR_FORMAT, "not a supported archive format");
	}
	if (members->kind != ARCHIVE_KIND_ZIP && members->kind != ARCHIVE_KIND_TAR)
		status = open_packed(members, error);
	else if (members->by_directory)
		status = feed_rewind(&members->feed, error);
	else if (members->kind == ARCHIVE_KIND_ZIP)
		status = feed_keep_tail(&members->feed, error);
	return status || members->is_stream ? status : open_format(members, error);
}

enum emnist_status members_open(int fd, const void *head, size_t head_nbytes,
				const struct members_options *options, struct members **members_ret,
				struct emnist_error *error)
{
	struct members *members = alloc_zeroed(1, sizeof(*members));
	enum emnist_status status;

	*members_ret = NULL;
	if (!members)
		return error_memory(error);
	members->max_count = options->max_count ? options->max_count : MEMBERS_MAX_COUNT;
	members->by_directory = options->by_directory;
	members->as_stream = options->as_stream;
	members->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	status = feed_begin(&members->feed, fd, head, head_nbytes, error);
	if (!status)
		status = open_all(members, error);
	if (status)
		members_close(members);
	else
		*members_ret = members;
	return status;
}

enum archive_kind members_kind(const struct members *members)
{
	return members->kind;
}

bool members_is_stream(const struct members *members)
{
	return members->is_stream;
}

/* --------------------------------------------------------------------- reading */

/* Reads what follows the last member: checksums are there, and a program that writes to the pipe
 * would fail if its reader left early. */
static enum emnist_status read_rest(struct members *members, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t n = 1;

	if (members->by_directory || members->kind == ARCHIVE_KIND_TAR)
		return EMNIST_OK;
	while (!status && n)
		status = read_source(members, members->block, sizeof(members->block), &n, error);
	return status;
}

static enum emnist_status end(struct members *members, struct emnist_error *error)
{
	enum emnist_status status = read_rest(members, error);

	if (status || !members->feed.tail)
		return status;
	return zip_end_check(&members->feed, members->count, error);
}

/* *cut_ret: whether it is longer than there is room. */
static const char *copy_name(char to[static MEMBERS_NAME_MAX + 1], const char *name, bool *cut_ret)
{
	const size_t n = name ? strnlen(name, MEMBERS_NAME_MAX + 1) : 0;

	*cut_ret = n > MEMBERS_NAME_MAX;
	if (n)
		memcpy(to, name, *cut_ret ? MEMBERS_NAME_MAX : n);
	to[*cut_ret ? MEMBERS_NAME_MAX : n] = '\0';
	return to;
}

/* Without a UTF-8 locale the library may have none. */
static void find_name(struct members *members, struct member *member)
{
	const la_int64_t offset = members->library->archive_read_header_position(members->archive);
	const size_t n = zip_name_find(&members->feed, (uint64_t)offset, members->name,
				       sizeof(members->name));

	member->is_name_cut = n > MEMBERS_NAME_MAX;
	members->name[n < MEMBERS_NAME_MAX ? n : MEMBERS_NAME_MAX] = '\0';
}

static struct member describe(struct members *members, struct archive_entry *entry)
{
	const struct libarchive *library = members->library;
	const char *link = library->archive_entry_hardlink(entry);
	struct member member = {
		.is_file = !link && library->archive_entry_filetype(entry) == AE_IFREG,
		.is_encrypted = library->archive_entry_is_data_encrypted(entry) > 0,
	};
	bool cut;

	if (link)
		member.hard_link = copy_name(members->link, link, &cut);
	member.name = copy_name(members->name, library->archive_entry_pathname(entry),
				&member.is_name_cut);
	if (!*member.name && members->feed.tail)
		find_name(members, &member);
	return member;
}

/* The library's next header, in a locale of UTF-8. */
static int next_header(struct members *members, struct member *member_ret)
{
	const locale_t before = members->locale ? uselocale(members->locale) : (locale_t)0;
	struct archive_entry *entry = members->entry;
	int result = members->library->archive_read_next_header2(members->archive, entry);

	/* Warnings are about owners, times, or the characters of a name. */
	if (result == ARCHIVE_WARN)
		result = ARCHIVE_OK;
	if (result == ARCHIVE_OK)
		*member_ret = describe(members, entry);
	if (before)
		uselocale(before);
	return result;
}

static enum emnist_status next(struct members *members, struct member *member_ret,
			       struct emnist_error *error)
{
	int result;

	if (members->is_stream) {
		if (members->count++ == 0)
			*member_ret = (struct member){.name = "", .is_file = true};
		return EMNIST_OK;
	}
	result = next_header(members, member_ret);
	if (result == ARCHIVE_EOF)
		return end(members, error);
	if (result != ARCHIVE_OK)
		return damaged(members, error);
	if (!*member_ret->name && members->by_directory && !members->locale)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "a name in UTF-8, which needs the locale C.UTF-8");
	if (members->count++ < members->max_count)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_LIMIT, "more than %llu files in the archive",
			 (unsigned long long)members->max_count);
}

enum emnist_status members_next(struct members *members, struct member *member_ret,
				struct emnist_error *error)
{
	enum emnist_status status;

	*member_ret = (struct member){0};
	if (members->failed)
		return error_set(error, EMNIST_ERR_CORRUPT, "reading has failed before");
	status = next(members, member_ret, error);
	members->failed = status != EMNIST_OK;
	return status;
}

static enum emnist_status read_member(struct members *members, void *bytes, size_t nbytes,
				      size_t *n_ret, struct emnist_error *error)
{
	const la_ssize_t n = members->library->archive_read_data(members->archive, bytes, nbytes);
	enum emnist_status status;

	if (n < 0) {
		status = damaged(members, error);
		members->failed = members->failed || n == ARCHIVE_FATAL;
		return status;
	}
	*n_ret = (size_t)n;
	members->n_unpacked += (size_t)n;
	status = EMNIST_OK;
	if (members->kind == ARCHIVE_KIND_ZIP)
		status = feed_check_expansion(&members->feed, members->n_unpacked, error);
	members->failed = status != EMNIST_OK;
	return status;
}

enum emnist_status members_read(struct members *members, void *bytes, size_t nbytes, size_t *n_ret,
				struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t n = 1;

	*n_ret = 0;
	if (members->failed)
		return error_set(error, EMNIST_ERR_CORRUPT, "reading has failed before");
	while (!status && n && *n_ret < nbytes) {
		unsigned char *const to = (unsigned char *)bytes + *n_ret;

		n = 0;
		if (!members->is_stream) {
			status = read_member(members, to, nbytes - *n_ret, &n, error);
		} else {
			status = read_source(members, to, nbytes - *n_ret, &n, error);
			members->failed = status != EMNIST_OK;
		}
		*n_ret += n;
	}
	return status;
}

enum emnist_status members_read_all(struct members *members, uint64_t limit_nbytes,
				    struct buffer *buffer, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t room, n;

	buffer->nbytes = 0;
	do {
		if (buffer->nbytes == buffer->capacity &&
		    !buffer_reserve(buffer, buffer->nbytes + BLOCK_NBYTES))
			return error_memory(error);
		room = buffer->capacity - buffer->nbytes;
		status = members_read(members, buffer->data + buffer->nbytes, room, &n, error);
		buffer->nbytes += n;
		if (!status && buffer->nbytes > limit_nbytes)
			status = error_limit(error, EMNIST_LIMIT_FILE_NBYTES,
					     "file is larger than the limit of %llu bytes",
					     (unsigned long long)limit_nbytes);
	} while (!status && n == room);
	return status;
}

bool members_failed(const struct members *members)
{
	return members->failed;
}

bool members_is_ready(const struct members *members)
{
	return feed_is_ready(&members->feed);
}

void members_stop(struct members *members)
{
	feed_stop(&members->feed);
}

void members_close(struct members *members)
{
	if (!members)
		return;
	if (members->archive)
		members->library->archive_read_free(members->archive);
	if (members->entry)
		members->library->archive_entry_free(members->entry);
	unpacker_close(members->unpacker);
	feed_release(&members->feed);
	if (members->locale)
		freelocale(members->locale);
	free(members);
}
