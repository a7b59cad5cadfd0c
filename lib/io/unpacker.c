/*
 * unpacker.c - decompresses a stream in gzip, zstd or xz.
 *
 * libarchive verifies checksums of zstd and xz, but not of gzip: gzip is read by gzip.c.
 */
#include "unpacker.h"

#include "gzip.h"
#include "libarchive.h"

#include <errno.h>

#define BLOCK_NBYTES 65536

struct unpacker {
	struct feed *feed;
	enum archive_kind kind;
	struct gzip *gzip; /* or: */
	const struct libarchive *library;
	struct archive *archive;
	struct archive_entry *entry;    /* see archive.c */
	struct emnist_error feed_error; /* code is not EMNIST_OK: why the feed failed */
	struct emnist_error next_error; /* likewise: follows after the bytes given out */
	uint64_t n_unpacked;
	unsigned char block[BLOCK_NBYTES];
};

/* For messages. */
static const char *name_of(enum archive_kind kind)
{
	return kind == ARCHIVE_KIND_XZ ? "xz data" : "zstd data";
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **bytes_ret)
{
	struct unpacker *unpacker = context;
	size_t n = 0;

	*bytes_ret = unpacker->block;
	if (!feed_read(unpacker->feed, unpacker->block, sizeof(unpacker->block), &n,
		       &unpacker->feed_error))
		return (la_ssize_t)n;
	unpacker->library->archive_set_error(archive, EIO, "%s", unpacker->feed_error.message);
	return ARCHIVE_FATAL;
}

/* The error of the last call of the library. */
static enum emnist_status damaged(const struct unpacker *unpacker, struct emnist_error *error)
{
	const char *why = unpacker->library->archive_error_string(unpacker->archive);

	if (unpacker->feed_error.code) {
		if (error)
			*error = unpacker->feed_error;
		return unpacker->feed_error.code;
	}
	if (libarchive_is_short(unpacker->library, unpacker->archive))
		return error_memory(error);
	return feed_damaged(unpacker->feed, name_of(unpacker->kind), why, error);
}

static enum emnist_status open_archive(struct unpacker *unpacker, struct emnist_error *error)
{
	const struct libarchive *library;
	enum emnist_status status =
		libarchive_reader(&unpacker->library, &unpacker->archive, error);
	int result;

	if (status)
		return status;
	library = unpacker->library;
	unpacker->entry = library->archive_entry_new();
	if (!unpacker->entry)
		return error_memory(error);
	result = unpacker->kind == ARCHIVE_KIND_XZ
			 ? library->archive_read_support_filter_xz(unpacker->archive)
			 : library->archive_read_support_filter_zstd(unpacker->archive);
	/* A warning: it would run a program of that name. */
	if (result != ARCHIVE_OK && libarchive_is_short(library, unpacker->archive))
		return error_memory(error);
	if (result != ARCHIVE_OK)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "%s is not supported by this libarchive", name_of(unpacker->kind));
	if (library->archive_read_support_format_raw(unpacker->archive) != ARCHIVE_OK ||
	    library->archive_read_set_read_callback(unpacker->archive, on_read) != ARCHIVE_OK ||
	    library->archive_read_set_callback_data(unpacker->archive, unpacker) != ARCHIVE_OK ||
	    library->archive_read_open1(unpacker->archive) != ARCHIVE_OK ||
	    library->archive_read_next_header2(unpacker->archive, unpacker->entry) != ARCHIVE_OK)
		return damaged(unpacker, error);
	/* One filter is that of reading. */
	if (library->archive_filter_count(unpacker->archive) > 2)
		return error_set(error, EMNIST_ERR_UNSUPPORTED, "%s in %s is not supported",
				 name_of(unpacker->kind), name_of(unpacker->kind));
	return EMNIST_OK;
}

static enum emnist_status read_feed(void *context, void *bytes, size_t nbytes, size_t *n_ret,
				    struct emnist_error *error)
{
	return feed_read(context, bytes, nbytes, n_ret, error);
}

enum emnist_status unpacker_open(struct feed *feed, enum archive_kind kind,
				 struct unpacker **unpacker_ret, struct emnist_error *error)
{
	const struct gzip_input input = {.read = read_feed, .context = feed};
	struct unpacker *unpacker = alloc_zeroed(1, sizeof(*unpacker));
	enum emnist_status status;

	*unpacker_ret = NULL;
	if (!unpacker)
		return error_memory(error);
	unpacker->feed = feed;
	unpacker->kind = kind;
	if (kind == ARCHIVE_KIND_GZIP)
		status = gzip_open_input(&input, &unpacker->gzip, error);
	else
		status = open_archive(unpacker, error);
	if (status)
		unpacker_close(unpacker);
	else
		*unpacker_ret = unpacker;
	return status;
}

static enum emnist_status read_archive(struct unpacker *unpacker, void *bytes, size_t nbytes,
				       size_t *n_ret, struct emnist_error *error)
{
	la_ssize_t n = unpacker->library->archive_read_data(unpacker->archive, bytes, nbytes);

	if (n < 0)
		return damaged(unpacker, error);
	*n_ret = (size_t)n;
	return EMNIST_OK;
}

enum emnist_status unpacker_read(struct unpacker *unpacker, void *bytes, size_t nbytes,
				 size_t *n_ret, struct emnist_error *error)
{
	struct emnist_error *const next = &unpacker->next_error;

	*n_ret = 0;
	if (!next->code && unpacker->gzip)
		gzip_read(unpacker->gzip, bytes, nbytes, n_ret, next);
	else if (!next->code)
		read_archive(unpacker, bytes, nbytes, n_ret, next);
	unpacker->n_unpacked += *n_ret;
	if (!next->code)
		feed_check_expansion(unpacker->feed, unpacker->n_unpacked, next);
	/* The bytes before the damage are valid. */
	if (!next->code || *n_ret)
		return EMNIST_OK;
	if (error)
		*error = *next;
	return next->code;
}

void unpacker_close(struct unpacker *unpacker)
{
	if (!unpacker)
		return;
	gzip_close(unpacker->gzip);
	if (unpacker->archive)
		unpacker->library->archive_read_free(unpacker->archive);
	if (unpacker->entry)
		unpacker->library->archive_entry_free(unpacker->entry);
	free(unpacker);
}
