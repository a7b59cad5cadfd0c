/* path.c - file names and their folders. */
#include "path.h"

#include "../base/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

/* Errors are ignored: the file is complete and in place, and some file systems cannot flush
 * directories. */
void path_settle(const char *path)
{
	char *folder = path_folder(path);
	const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

char *path_join(const char *path, const char *name)
{
	size_t n = strlen(path);
	char *joined;

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (asprintf(&joined, "%.*s%s%s", (int)n, path, n && path[n - 1] == '/' ? "" : "/", name) <
	    0)
		return NULL;
	return joined;
}
