/*
 * source.c - what the readers of all formats share.
 */
#include "source.h"

#include "../base/memory.h"
#include "siblings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void source_close(struct source *source)
{
	if (source)
		source->ops->close(source);
}

void source_clear(struct source *source)
{
	free(source->values);
	emnist_labels_free(source->labels);
	free(source->images_name);
	free(source->labels_name);
	free(source->description);
	for (size_t i = 0; i < EMNIST_N_ASSUMED; i++)
		free(source->assumed[i]);
	file_ids_clear(&source->files);
}

enum emnist_status source_reads(struct source *source, const char *path, struct emnist_error *error)
{
	return file_ids_add(&source->files, path) ? EMNIST_OK : error_memory(error);
}

bool source_describe(struct source *source, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vasprintf(&source->description, format, arguments);
	va_end(arguments);
	if (n < 0)
		source->description = NULL;
	return n >= 0;
}

bool source_assume(struct source *source, enum emnist_assumed kind, const char *format, ...)
{
	va_list arguments;
	char *text;
	int n;

	va_start(arguments, format);
	n = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (n < 0)
		return false;
	free(source->assumed[kind]);
	source->assumed[kind] = text;
	return true;
}

void source_name_orients(struct source *source, const char *name)
{
	source->transposed = !siblings_is_upright(name);
	source->orientation = strstr(siblings_base(name), "emnist") ? SOURCE_ORIENTATION_KNOWN
								    : SOURCE_ORIENTATION_USUAL;
}

enum emnist_status source_prefix_path(enum emnist_status status, const char *path,
				      struct emnist_error *error)
{
	const size_t nbytes = strlen(path);
	const bool cut = nbytes > SIBLINGS_NAME_SHOWN;
	char prefix[SIBLINGS_NAME_SHOWN + 6];

	snprintf(prefix, sizeof(prefix), "'%s%s'", cut ? "..." : "",
		 cut ? path + nbytes - SIBLINGS_NAME_SHOWN : path);
	return error_prefix(error, status, prefix);
}

enum emnist_status source_prefix_other(const struct source_request *request,
				       enum emnist_status status, struct emnist_error *error)
{
	if (request->given && strcmp(request->given, request->path) == 0)
		return status;
	return siblings_about(status, request->path, error);
}

enum emnist_status source_find_meaning(struct source *source, const struct source_request *request,
				       struct emnist_error *error)
{
	enum emnist_status status;
	char *path;

	source->n_classes = siblings_n_classes(request->path);
	if (request->mapping || source->labels || request->is_member)
		return EMNIST_OK;
	status = siblings_find_mapping(request->path, &path, error);
	if (status || !path)
		return status;
	status = emnist_labels_read(path, &source->labels, error);
	if (status)
		siblings_about(status, path, error);
	else
		status = source_reads(source, path, error);
	free(path);
	return status;
}
