/*
 * formats.c - chooses the reader for a dataset.
 *
 * The content decides, not the name, with one exception: a file named like an idx file but damaged
 * in its first bytes gets idx's error message.
 */
#include "formats.h"

#include "../base/encoding.h"
#include "folder.h"
#include "idx.h"
#include "list.h"
#include "matlab.h"
#include "npyfile.h"
#include "numpy.h"
#include "pen_strokes.h"
#include "pixels.h"
#include "siblings.h"
#include "zipped.h"

#include <string.h>
#include <sys/stat.h>

/* Bytes of a file examined: more than the longest first line of a CSV file. */
#define HEAD_NBYTES 65536

static const struct format {
	bool (*begins)(const unsigned char *bytes, size_t nbytes);
	bool has_splits; /* a file may hold several datasets; the reader handles request->split */
	bool on_disk;    /* the reader opens files by request->path, not members */
	/* Takes over the stream, even on failure. */
	enum emnist_status (*open)(struct gzip *stream, const struct source_request *request,
				   struct source **source_ret, struct emnist_error *error);
} formats[] = {
	{idx_begins, false, true, idx_open_beside},
	{matlab_begins, true, false, matlab_open},
	{npyfile_begins, false, true, numpy_open_beside},
	{zipped_begins, true, true, zipped_open},
	{pen_strokes_begin, false, false, pen_strokes_open},
	{pixels_begin, false, false, pixels_open},
	{list_begin, false, false, list_open},
};

/* The reader for a file that begins so, or NULL. */
static const struct format *find_format(const struct source_request *request,
					const unsigned char *head, size_t nbytes)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].begins(head, nbytes))
			return request->is_member && formats[i].on_disk ? NULL : &formats[i];
	if (request->is_member)
		return NULL;
	if (request->options->labels_path || strstr(siblings_base(request->path), "idx"))
		return &formats[0];
	return NULL;
}

/* Explains why there is no reader for a file that begins so. */
static enum emnist_status say_why(const struct source_request *request, const unsigned char *head,
				  size_t n, struct emnist_error *error)
{
	const char *why =
		"not a dataset: neither idx, MATLAB, NumPy, CSV, pen strokes, a zip or tar "
		"archive of these, nor a list of image files";
	size_t n_mark;
	enum emnist_status status = encoding_mark(head, n, &n_mark, error);

	if (status)
		return status;
	if (!n)
		why = "the file is empty";
	else if (request->is_member)
		why = "neither MATLAB, CSV, pen strokes, nor a list of image files";
	return error_set(error, EMNIST_ERR_FORMAT, "%s", why);
}

/* A split of a single dataset must match its name. */
static enum emnist_status check_split(const struct source_request *request,
				      const struct format *format, struct emnist_error *error)
{
	const char *base = siblings_base(request->path);

	if (format->has_splits || !request->split ||
	    siblings_is_split(base, siblings_stem(base), request->split))
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_ARGUMENT, "no split '%.*s': it is a single dataset",
			 SIBLINGS_NAME_SHOWN, request->split);
}

static enum emnist_status open_stream(struct gzip *stream, const struct source_request *request,
				      struct source **source_ret, struct emnist_error *error)
{
	const struct format *format;
	const unsigned char *head;
	enum emnist_status status;
	size_t n;

	*source_ret = NULL;
	status = gzip_peek(stream, HEAD_NBYTES, &head, &n, error);
	format = status ? NULL : find_format(request, head, n);
	if (format)
		status = check_split(request, format, error);
	if (format && !status)
		return format->open(stream, request, source_ret, error);
	if (!status)
		status = say_why(request, head, n, error);
	gzip_close(stream);
	return source_prefix_other(request, status, error);
}

static enum emnist_status open_found(const struct source_request *request,
				     struct source **source_ret, struct emnist_error *error)
{
	enum emnist_status status;
	struct gzip *stream;
	struct stat st;

	*source_ret = NULL;
	if (stat(request->path, &st) == 0 && S_ISDIR(st.st_mode))
		return folder_open(request, source_ret, error);
	status = gzip_open(request->path, &stream, error);
	if (status)
		return source_prefix_other(request, status, error);
	status = open_stream(stream, request, source_ret, error);
	if (!status)
		status = source_reads(*source_ret, request->path, error);
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	return status;
}

static const struct source_openers openers = {open_found, open_stream};

enum emnist_status formats_open_stream(struct gzip *stream, const struct source_request *request,
				       struct source **source_ret, struct emnist_error *error)
{
	struct source_request whole = *request;

	whole.openers = &openers;
	return open_stream(stream, &whole, source_ret, error);
}

/* *path_ret: the file to open; NULL: the folder. */
static enum emnist_status locate(const struct source_request *request, char **path_ret,
				 struct emnist_error *error)
{
	enum emnist_status status;
	struct emnist_error local;
	struct stat st;

	status = siblings_locate(request->path, request->split, path_ret, &local);
	if (status == EMNIST_ERR_IO && stat(request->path, &st) == 0 && S_ISDIR(st.st_mode))
		return EMNIST_OK;
	if (status && error)
		*error = local;
	return status;
}

enum emnist_status formats_open(const struct source_request *request, struct source **source_ret,
				struct emnist_error *error)
{
	struct source_request found = *request;
	enum emnist_status status;
	char *path;

	*source_ret = NULL;
	found.given = request->path;
	found.openers = &openers;
	status = locate(request, &path, error);
	if (status)
		return status;
	if (path)
		found.path = path;
	status = open_found(&found, source_ret, error);
	free(path);
	return status;
}
