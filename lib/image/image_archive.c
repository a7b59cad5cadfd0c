/*
 * image_archive.c - struct emnist_archive: image files in an archive, or the images of an idx file
 * or a multi-page TIFF as if they were files.
 *
 * An image of an idx file becomes a PGM file, upright. A page of a TIFF file becomes a TIFF file of
 * that page alone. So readers of images treat them like any other.
 */
#include "../base/cursor.h"
#include "../emnist_dataset.h"
#include "../io/archive.h"
#include "tiff_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define DEFAULT_FILE_NBYTES ((uint64_t)256 << 20)

/* The room of a large file is given back when the next is read. */
#define KEEP_NBYTES ((size_t)4 << 20)

/* LeCun, Cortes, Burges: "The MNIST database", "File formats". */
#define IDX_MAGIC         UINT32_C(0x00000803)
#define IDX_HEADER_NBYTES 16

#define PGM_HEADER        "P5 28 28 255\n"
#define PGM_HEADER_NBYTES (sizeof(PGM_HEADER) - 1)

struct emnist_archive {
	int fd; /* -1: not of its own */
	uint64_t file_nbytes;
	struct members *members;
	bool is_idx;
	bool is_tiff;
	bool is_series; /* image files one after the other: */
	struct buffer series;
	size_t series_taken; /* bytes */
	bool transposed;
	bool failed;
	uint64_t n_files;           /* that may be in it */
	uint32_t n_images, n_given; /* of an idx file or a series */
	struct tiff_queue pages;    /* of a TIFF file, which is the archive, or in it: */
	const char *member_name;
	struct buffer bytes;
	struct emnist_error error;        /* of a file */
	char name[MEMBERS_NAME_MAX + 32]; /* of an image or a page */
};

/* ------------------------------------------------------------------------ idx */

static enum emnist_status not_idx(const struct emnist_archive *archive, struct emnist_error *error)
{
	const enum archive_kind kind = members_kind(archive->members);

	if (kind == ARCHIVE_KIND_NONE)
		return error_set(error, EMNIST_ERR_FORMAT,
				 "neither an archive nor an idx file of images");
	return error_set(error, EMNIST_ERR_FORMAT,
			 "%s without a tar archive or an idx file of images in it",
			 archive_kind_name(kind));
}

/* bytes: the first n, at most IDX_HEADER_NBYTES. */
static enum emnist_status read_idx_header(struct emnist_archive *archive,
					  const unsigned char *bytes, size_t n,
					  struct emnist_error *error)
{
	struct cursor cursor = cursor_over(bytes, n);
	const uint32_t magic = cursor_u32_be(&cursor);
	uint32_t height, width;

	archive->n_images = cursor_u32_be(&cursor);
	height = cursor_u32_be(&cursor);
	width = cursor_u32_be(&cursor);
	if (n < 4 || magic != IDX_MAGIC)
		return not_idx(archive, error);
	if (cursor.failed)
		return error_at(error, EMNIST_ERR_CORRUPT, n,
				"the idx header ends after %zu of %d bytes", n, IDX_HEADER_NBYTES);
	if (width != EMNIST_SIDE || height != EMNIST_SIDE)
		return error_at(error, EMNIST_ERR_UNSUPPORTED, 8,
				"images of %ux%u pixels: idx files must have %dx%d", width, height,
				EMNIST_SIDE, EMNIST_SIDE);
	return EMNIST_OK;
}

/* That nothing follows the last image. */
static enum emnist_status check_idx_end(struct emnist_archive *archive, struct emnist_error *error)
{
	enum emnist_status status;
	unsigned char byte;
	size_t n;

	status = members_read(archive->members, &byte, 1, &n, error);
	if (!status && n)
		return error_set(error, EMNIST_ERR_CORRUPT, "trailing bytes after the %u images",
				 archive->n_images);
	return status;
}

static void put_pixels(const struct emnist_archive *archive, const unsigned char *stored)
{
	unsigned char *const pixels = archive->bytes.data + PGM_HEADER_NBYTES;

	for (size_t y = 0; y < EMNIST_SIDE; y++)
		for (size_t x = 0; x < EMNIST_SIDE; x++)
			pixels[y * EMNIST_SIDE + x] =
				stored[archive->transposed ? x * EMNIST_SIDE + y
							   : y * EMNIST_SIDE + x];
}

static enum emnist_status next_of_idx(struct emnist_archive *archive,
				      struct emnist_archive_file *file, struct emnist_error *error)
{
	unsigned char stored[EMNIST_VECTOR_LENGTH];
	enum emnist_status status;
	size_t n;

	if (archive->n_given == archive->n_images)
		return check_idx_end(archive, error);
	status = members_read(archive->members, stored, sizeof(stored), &n, error);
	if (status)
		return status;
	if (n < sizeof(stored))
		return error_set(error, EMNIST_ERR_CORRUPT, "the file ends after %u of %u images",
				 archive->n_given, archive->n_images);
	archive->bytes.nbytes = PGM_HEADER_NBYTES + EMNIST_VECTOR_LENGTH;
	if (!buffer_reserve(&archive->bytes, archive->bytes.nbytes))
		return error_memory(error);
	memcpy(archive->bytes.data, PGM_HEADER, PGM_HEADER_NBYTES);
	put_pixels(archive, stored);
	snprintf(archive->name, sizeof(archive->name), "%u", archive->n_given++);
	file->name = archive->name;
	return EMNIST_OK;
}

/* ---------------------------------------------------------------------- pages */

/* Starts on the pages in archive->pages.file, if it is a TIFF file. */
static enum emnist_status begin_pages(struct emnist_archive *archive, struct emnist_error *error)
{
	const enum emnist_status status = tiff_queue_begin(&archive->pages, error);

	if (status || archive->pages.pages.n <= archive->n_files)
		return status;
	return error_set(error, EMNIST_ERR_LIMIT, "%zu pages, the limit is %llu",
			 archive->pages.pages.n, (unsigned long long)archive->n_files);
}

/* Reads all bytes of the stream; n have been read. */
static enum emnist_status read_stream(struct emnist_archive *archive, const unsigned char *head,
				      size_t n, struct buffer *file, struct emnist_error *error)
{
	const enum emnist_status status =
		members_read_all(archive->members, archive->file_nbytes, file, error);

	if (status)
		return status;
	if (!buffer_reserve(file, file->nbytes + n))
		return error_memory(error);
	memmove(file->data + n, file->data, file->nbytes);
	memcpy(file->data, head, n);
	file->nbytes += n;
	return EMNIST_OK;
}

/* The archive is a TIFF file; n bytes have been read. */
static enum emnist_status open_tiff(struct emnist_archive *archive, const unsigned char *head,
				    size_t n, struct emnist_error *error)
{
	const enum emnist_status status =
		read_stream(archive, head, n, &archive->pages.file, error);

	archive->is_tiff = true;
	return status ? status : begin_pages(archive, error);
}

/* --------------------------------------------------------------------- series */

/* Whether the archive is a series of image files; a single one does not count. */
static enum emnist_status open_series(struct emnist_archive *archive, const unsigned char *head,
				      size_t n, struct emnist_error *error)
{
	struct buffer *series = &archive->series;
	const enum emnist_status status = read_stream(archive, head, n, series, error);

	if (status)
		return status;
	archive->is_series = true;
	return image_first_nbytes(series->data, series->nbytes) ? EMNIST_OK
								: not_idx(archive, error);
}

static enum emnist_status next_of_series(struct emnist_archive *archive,
					 struct emnist_archive_file *file,
					 struct emnist_error *error)
{
	const uint8_t *at = archive->series.data + archive->series_taken;
	const size_t left = archive->series.nbytes - archive->series_taken;
	const size_t first = image_first_nbytes(at, left), n = first ? first : left;

	if (!left)
		return EMNIST_OK;
	if (archive->n_given == archive->n_files)
		return error_set(error, EMNIST_ERR_LIMIT, "more than %llu images",
				 (unsigned long long)archive->n_files);
	if (!buffer_reserve(&archive->bytes, n))
		return error_memory(error);
	memcpy(archive->bytes.data, at, n);
	archive->bytes.nbytes = n;
	archive->series_taken += n;
	snprintf(archive->name, sizeof(archive->name), "%u", ++archive->n_given);
	file->name = archive->name;
	return EMNIST_OK;
}

/* outer: the file in the archive that it is a page of, or "". */
static enum emnist_status next_page(struct emnist_archive *archive, const char *outer,
				    struct emnist_archive_file *file, struct emnist_error *error)
{
	const size_t number = archive->pages.n_taken + 1;
	const enum emnist_status status =
		tiff_queue_next(&archive->pages, &archive->bytes, &archive->error);

	if (status == EMNIST_ERR_MEMORY)
		return error_memory(error);
	snprintf(archive->name, sizeof(archive->name), "%s%s%zu", outer, *outer ? "!" : "", number);
	file->name = archive->name;
	file->error = status ? &archive->error : NULL;
	return EMNIST_OK;
}

/* -------------------------------------------------------------------- members */

/* Whether some part of a name begins with a dot, or is what macOS keeps its own things in. */
static bool is_hidden(const char *name)
{
	static const char rubbish[] = "__MACOSX";
	const char *part = name;

	while (*part) {
		const size_t n = strcspn(part, "/");

		/* "./a.png" is how tar calls a file of the directory that it packed. */
		if (part[0] == '.' && !(n == 1 || (n == 2 && part[1] == '.')))
			return true;
		if (n == sizeof(rubbish) - 1 && memcmp(part, rubbish, n) == 0)
			return true;
		part += n + (part[n] == '/');
	}
	return false;
}

/* Reads the member, or reports why it cannot be read. */
static enum emnist_status read_file(struct emnist_archive *archive, const struct member *member,
				    struct emnist_error *error)
{
	if (member->is_name_cut)
		return error_set(error, EMNIST_ERR_LIMIT, "the name is longer than %d bytes",
				 MEMBERS_NAME_MAX);
	if (member->hard_link)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "a hard link to '%.150s', which holds the data",
				 member->hard_link);
	if (member->is_encrypted)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "encrypted entries are not supported");
	return members_read_all(archive->members, archive->file_nbytes, &archive->bytes, error);
}

/* Whether the member just read is a multi-page TIFF file, whose pages come next. A damaged one is
 * left to its decoder. */
static bool has_pages(struct emnist_archive *archive)
{
	struct tiff_queue *pages = &archive->pages;
	struct tiff_pages found;

	if (!tiff_sniff(archive->bytes.data, archive->bytes.nbytes) ||
	    tiff_pages_find(archive->bytes.data, archive->bytes.nbytes, &found, NULL) ||
	    found.n == 1)
		return false;
	pages->file = archive->bytes;
	archive->bytes = (struct buffer){0};
	return true;
}

static enum emnist_status next_of_members(struct emnist_archive *archive,
					  struct emnist_archive_file *file,
					  struct emnist_error *error)
{
	enum emnist_status status;
	struct member member;

	tiff_queue_clear(&archive->pages);
	if (archive->bytes.capacity > KEEP_NBYTES)
		buffer_clear(&archive->bytes);
	do
		status = members_next(archive->members, &member, error);
	while (!status && member.name &&
	       ((!member.is_file && !member.hard_link) || is_hidden(member.name)));
	if (status || !member.name)
		return status;
	archive->bytes.nbytes = 0;
	status = read_file(archive, &member, &archive->error);
	if (status && members_failed(archive->members)) {
		char prefix[100];

		snprintf(prefix, sizeof(prefix), "in '%.80s'", member.name);
		if (error)
			*error = archive->error;
		return error_prefix(error, status, prefix);
	}
	file->name = member.name;
	if (!status && has_pages(archive)) {
		archive->member_name = member.name;
		status = begin_pages(archive, &archive->error);
		if (!status)
			return next_page(archive, member.name, file, error);
	}
	file->error = status ? &archive->error : NULL;
	return EMNIST_OK;
}

/* --------------------------------------------------------------------- public */

static enum emnist_status open_stream(struct emnist_archive *archive, struct emnist_error *error)
{
	unsigned char head[IDX_HEADER_NBYTES];
	struct member member;
	size_t n = 0;
	enum emnist_status status = members_next(archive->members, &member, error);

	if (!status)
		status = members_read(archive->members, head, sizeof(head), &n, error);
	if (status)
		return status;
	if (tiff_sniff(head, n))
		return open_tiff(archive, head, n, error);
	if (image_begins(head, n))
		return open_series(archive, head, n, error);
	archive->is_idx = true;
	return read_idx_header(archive, head, n, error);
}

static enum emnist_status open_archive(struct emnist_archive *archive, int fd, const void *head,
				       size_t head_nbytes, uint64_t n_files,
				       struct emnist_error *error)
{
	const struct members_options options = {.max_count = n_files, .as_stream = true};
	enum emnist_status status =
		members_open(fd, head, head_nbytes, &options, &archive->members, error);

	if (status)
		return status;
	return members_is_stream(archive->members) ? open_stream(archive, error) : EMNIST_OK;
}

enum emnist_status emnist_archive_open_fd(int fd, const void *head, size_t head_nbytes,
					  const struct emnist_archive_options *options,
					  struct emnist_archive **archive_ret,
					  struct emnist_error *error)
{
	static const struct emnist_archive_options defaults;
	struct emnist_archive *archive;
	enum emnist_status status;

	*archive_ret = NULL;
	if (!options)
		options = &defaults;
	if ((unsigned)options->transpose > EMNIST_TRANSPOSE_NO)
		return error_set(error, EMNIST_ERR_ARGUMENT, "unknown value of transpose: %d",
				 (int)options->transpose);
	archive = alloc_zeroed(1, sizeof(*archive));
	if (!archive)
		return error_memory(error);
	archive->fd = -1;
	archive->file_nbytes = options->file_nbytes ? options->file_nbytes : DEFAULT_FILE_NBYTES;
	archive->transposed = options->transpose != EMNIST_TRANSPOSE_NO;
	archive->n_files = options->n_files ? options->n_files : MEMBERS_MAX_COUNT;
	archive->member_name = "";
	status = open_archive(archive, fd, head, head_nbytes, options->n_files, error);
	if (status)
		emnist_archive_free(archive);
	else
		*archive_ret = archive;
	return status;
}

/* Whether the name is one of MNIST's own, with upright images. */
static bool is_upright(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;

	return strncmp(base, "train-images", strlen("train-images")) == 0 ||
	       strncmp(base, "t10k-images", strlen("t10k-images")) == 0;
}

enum emnist_status emnist_archive_open(const char *path,
				       const struct emnist_archive_options *options,
				       struct emnist_archive **archive_ret,
				       struct emnist_error *error)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum emnist_status status;

	*archive_ret = NULL;
	if (fd < 0)
		return error_errno(error, errno, NULL);
	status = emnist_archive_open_fd(fd, NULL, 0, options, archive_ret, error);
	if (status) {
		close(fd);
		return status;
	}
	(*archive_ret)->fd = fd;
	if ((!options || options->transpose == EMNIST_TRANSPOSE_AUTO) && is_upright(path))
		(*archive_ret)->transposed = false;
	return EMNIST_OK;
}

enum emnist_status emnist_archive_next(struct emnist_archive *archive,
				       struct emnist_archive_file *file_ret,
				       struct emnist_error *error)
{
	enum emnist_status status;

	*file_ret = (struct emnist_archive_file){0};
	if (archive->failed)
		return error_set(error, EMNIST_ERR_CORRUPT, "reading has failed before");
	if (tiff_queue_has_next(&archive->pages))
		status = next_page(archive, archive->member_name, file_ret, error);
	else if (archive->is_tiff)
		status = EMNIST_OK;
	else if (archive->is_series)
		status = next_of_series(archive, file_ret, error);
	else if (archive->is_idx)
		status = next_of_idx(archive, file_ret, error);
	else
		status = next_of_members(archive, file_ret, error);
	file_ret->bytes = archive->bytes.data;
	file_ret->nbytes = archive->bytes.nbytes;
	archive->failed = status != EMNIST_OK;
	return status;
}

bool emnist_archive_is_ready(const struct emnist_archive *archive)
{
	return archive->is_series || tiff_queue_has_next(&archive->pages) ||
	       members_is_ready(archive->members);
}

void emnist_archive_stop(struct emnist_archive *archive)
{
	members_stop(archive->members);
}

void emnist_archive_free(struct emnist_archive *archive)
{
	if (!archive)
		return;
	members_close(archive->members);
	if (archive->fd >= 0)
		close(archive->fd);
	buffer_clear(&archive->bytes);
	buffer_clear(&archive->series);
	tiff_queue_clear(&archive->pages);
	free(archive);
}
