/* load_beside.c - reads the further files of a model from its folder. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/memory.h"
#include "../io/file.h"
#include "load.h"

#define DEFAULT_FILE_NBYTES ((uint64_t)1 << 30)

uint64_t load_limit(const struct model_source *source)
{
	return source->options->file_nbytes ? source->options->file_nbytes : DEFAULT_FILE_NBYTES;
}

char *load_path(const char *folder, const char *name)
{
	const size_t nbytes = strlen(folder) + strlen(name) + 2;
	char *path = malloc(nbytes);

	if (path)
		snprintf(path, nbytes, "%s/%s", folder, name);
	return path;
}

/* Whether path, which a file's content named, is still below folder when all links are followed. */
static bool is_below(const char *folder, const char *path)
{
	char *real_folder = realpath(folder, NULL);
	char *real_path = realpath(path, NULL);
	const size_t nbytes = real_folder ? strlen(real_folder) : 0;
	const bool below =
		real_folder && real_path && strncmp(real_folder, real_path, nbytes) == 0 &&
		(real_path[nbytes] == '/' || (nbytes > 0 && real_folder[nbytes - 1] == '/'));

	free(real_folder);
	free(real_path);
	return below;
}

enum emnist_status load_beside(const struct model_source *source, const char *name,
			       struct buffer *buffer, struct emnist_error *error)
{
	struct stat st;
	enum emnist_status status;
	char *path;

	if (!source->folder)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "the model keeps its weights in another file, '%.80s'", name);
	path = load_path(source->folder, name);
	if (!path)
		return error_memory(error);
	if (stat(path, &st) < 0)
		status = error_errno(error, errno, NULL);
	else if (!is_below(source->folder, path) || !S_ISREG(st.st_mode))
		status = error_set(error, EMNIST_ERR_CORRUPT,
				   "it is not a file in the model's folder");
	else
		status = file_read(path, load_limit(source), buffer, error);
	free(path);
	return status ? error_prefix(error, status, name) : EMNIST_OK;
}
