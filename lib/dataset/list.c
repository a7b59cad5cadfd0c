/*
 * list.c - a list of image files and their labels as a dataset.
 *
 * "path,label" per line. If the first line names both columns, it is a header, and they may be
 * anywhere among other columns. Paths are relative to the folder of the list, or to the working
 * directory if the list comes from a pipe. Paths in an archive's list name its members, see
 * zipped.c.
 */
#include "list.h"

#include "../base/memory.h"
#include "../io/path.h"
#include "columns.h"
#include "files.h"
#include "label_names.h"
#include "listing.h"
#include "rows.h"
#include "siblings.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const char *const path_names[] = {"path",  "file",       "filename", "file_name",
					 "image", "image_path", "img",      NULL};

struct list {
	const struct emnist_dataset_options *options;
	const char *folder; /* that its paths are relative to */
	struct files *files;
	struct rows rows;
	size_t n_columns, path_column, label_column;
	struct label_names labels;
};

bool list_begin(const unsigned char *bytes, size_t nbytes)
{
	return rows_begin(bytes, nbytes) > 1;
}

/* Whether the list is in a folder that its paths may be relative to. */
static bool has_folder(const struct source_request *request)
{
	struct stat st;

	if (siblings_base(request->path) == request->path)
		return false;
	return request->is_member || (strncmp(request->path, "/dev/", strlen("/dev/")) != 0 &&
				      (stat(request->path, &st) != 0 || S_ISREG(st.st_mode)));
}

/* The folder of the list; "" for the current one, or the archive. Freed with free(). */
static char *folder_of(const struct source_request *request)
{
	const char *path = request->path, *base = siblings_base(path);

	if (!has_folder(request))
		return strdup("");
	return strndup(path, base - path > 1 ? (size_t)(base - path - 1) : 1);
}

/* Skips an image without a label, which `emnist classify` writes for unreadable ones, if someone
 * receives the report. */
static enum emnist_status leave_out(const struct list *list, const char *path,
				    struct emnist_error *error)
{
	const struct emnist_dataset_options *options = list->options;
	struct emnist_error fault;
	enum emnist_status status = EMNIST_OK;
	const bool is_whole = *path == '/' || !*list->folder;
	char *shown = is_whole ? strdup(path) : path_join(list->folder, path);

	error_set(&fault, EMNIST_ERR_CORRUPT, "line %llu: the label is empty",
		  (unsigned long long)list->rows.line);
	if (!shown) {
		status = error_memory(error);
	} else if (!options->bad_image || options->bad_image(options->context, shown, &fault)) {
		status = fault.code;
		if (error)
			*error = fault;
	}
	free(shown);
	return status;
}

static enum emnist_status add_row(struct list *list, struct emnist_error *error)
{
	const struct rows_field *path = rows_field(&list->rows, list->path_column);
	const struct rows_field *name = rows_field(&list->rows, list->label_column);
	enum emnist_status status;
	uint16_t label;

	if (!path->nbytes)
		return error_set(error, EMNIST_ERR_CORRUPT, "line %llu: the path is empty",
				 (unsigned long long)list->rows.line);
	if (!name->nbytes)
		return leave_out(list, path->text, error);
	status = label_names_add(&list->labels, "labels", name->text, name->nbytes, list->rows.line,
				 &label, error);
	return status ? status : files_add(list->files, path->text, label, error);
}

/* The first record, which may be a header. wanted: the column of labels; NULL: it is found. */
static enum emnist_status take_first(struct list *list, const char *wanted,
				     struct emnist_error *error)
{
	const size_t path = columns_find(&list->rows, path_names);
	enum emnist_status status = EMNIST_OK;
	bool is_header;

	list->n_columns = list->rows.n_fields;
	list->label_column = columns_find_label(&list->rows);
	if (wanted)
		status = columns_find_wanted(&list->rows, path != SIZE_MAX, wanted,
					     &list->label_column, error);
	if (status)
		return status;
	if (list->n_columns < 2)
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "line 1: neither 'path,label' nor a header with names of both");
	if (path != SIZE_MAX && list->label_column == SIZE_MAX)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "choose a label column: the header on line 1 has '%.24s', and "
				 "none called label, labels, class, target or character",
				 rows_field(&list->rows, path)->text);
	is_header = path != SIZE_MAX;
	list->path_column = is_header ? path : 0;
	if (is_header)
		return EMNIST_OK;
	if (!wanted)
		list->label_column = 1;
	return add_row(list, error);
}

static enum emnist_status read_all(struct list *list, const char *label_column,
				   struct emnist_error *error)
{
	enum emnist_status status = rows_next(&list->rows, error);

	if (!status)
		status = take_first(list, label_column, error);
	while (!status) {
		status = rows_next(&list->rows, error);
		if (status || !list->rows.n_fields)
			break;
		if (list->rows.n_fields != list->n_columns)
			status = error_set(error, EMNIST_ERR_CORRUPT,
					   "line %llu: %zu fields, but %zu in the first",
					   (unsigned long long)list->rows.line, list->rows.n_fields,
					   list->n_columns);
		else
			status = add_row(list, error);
	}
	return status;
}

static enum emnist_status name_classes(struct list *list, const struct emnist_labels *mapping,
				       struct emnist_error *error)
{
	const char **names = label_names_texts(&list->labels);
	enum emnist_status status;

	if (!names)
		return error_memory(error);
	status = files_name_classes(list->files, names, list->labels.n, mapping,
				    "a list of image files, labels are", error);
	free(names);
	return status;
}

static enum emnist_status open_list(struct list *list, const struct source_request *request,
				    struct emnist_error *error)
{
	char *folder = folder_of(request);
	enum emnist_status status;

	list->options = request->options;
	list->folder = folder;
	if (folder)
		status = files_create(folder, request->options, &list->files, error);
	else
		status = error_memory(error);
	if (!status)
		status = read_all(list, request->options->label_column, error);
	if (!status)
		status = name_classes(list, request->mapping, error);
	if (status)
		source_prefix_other(request, status, error);
	if (!status)
		status = source_find_meaning(files_source(list->files), request, error);
	free(folder);
	return status;
}

enum emnist_status list_open(struct gzip *stream, const struct source_request *request,
			     struct source **source_ret, struct emnist_error *error)
{
	struct list list = {0};
	enum emnist_status status;

	*source_ret = NULL;
	rows_init(&list.rows, stream);
	status = open_list(&list, request, error);
	if (status) {
		if (list.files)
			source_close(files_source(list.files));
	} else {
		*source_ret = files_source(list.files);
	}
	label_names_clear(&list.labels);
	rows_clear(&list.rows);
	gzip_close(stream);
	return status;
}
