/*
 * directory.c - writes a directory with one file, completely or not at all.
 *
 * rename() can replace an empty directory, but no other. To replace a filled one, the two are
 * exchanged in one step, and the old one is removed under the new one's temporary name. File
 * systems without exchange move the old one aside first.
 */
#include "directory.h"

#include "../base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outfile.h"
#include "path.h"
#include "swap.h"

/* Descriptors that nftw() may hold. */
#define MAX_DEPTH_OPEN 16

/* The content of an examined directory. */
enum content {
	CONTENT_NONE,
	CONTENT_NAMES, /* the first of the names, and none but the names */
	CONTENT_OTHER,
	CONTENT_UNKNOWN, /* errno says why */
};

/* The position in names, which end with NULL, or SIZE_MAX. */
static size_t find_name(const char *const *names, const char *name)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return SIZE_MAX;
}

static enum content look_into(const char *directory, const char *const *names)
{
	enum content content = CONTENT_NONE;
	DIR *stream = opendir(directory);
	const struct dirent *entry;
	bool has_first = false;

	if (!stream)
		return CONTENT_UNKNOWN;
	while (content != CONTENT_OTHER && (errno = 0, entry = readdir(stream))) {
		const size_t i = find_name(names, entry->d_name);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		has_first |= i == 0;
		content = i == SIZE_MAX ? CONTENT_OTHER : CONTENT_NAMES;
	}
	if (errno && content != CONTENT_OTHER)
		content = CONTENT_UNKNOWN;
	closedir(stream);
	return content == CONTENT_NAMES && !has_first ? CONTENT_OTHER : content;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

/* With all that is in it; symbolic links are removed, not followed, and other file systems left
 * alone. */
static bool remove_directory(const char *path)
{
	return nftw(path, remove_one, MAX_DEPTH_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0;
}

/* Whether a directory may be placed at path; *is_full_ret: it replaces one that is not empty. */
static enum emnist_status look(const char *path, const char *const *names, bool replace,
			       bool *is_full_ret, struct emnist_error *error)
{
	struct stat st;

	*is_full_ret = false;
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? EMNIST_OK : error_errno(error, errno, "cannot write");
	if (!S_ISDIR(st.st_mode))
		return error_errno(error, ENOTDIR, "cannot write");
	switch (look_into(path, names)) {
	case CONTENT_NONE:
		return EMNIST_OK;
	case CONTENT_UNKNOWN:
		return error_errno(error, errno, "cannot write");
	case CONTENT_OTHER:
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "the directory exists and contains more than a %s", names[0]);
	case CONTENT_NAMES:
		break;
	}
	*is_full_ret = true;
	return replace ? EMNIST_OK
		       : error_set(error, EMNIST_ERR_ARGUMENT,
				   "the directory exists and contains a %s", names[0]);
}

/* Removes a directory that was begun: path is that of its file. */
static void remove_begun(const char *directory, const char *path)
{
	unlink(path);
	rmdir(directory);
}

/* Makes the directory with its file. */
static enum emnist_status make_directory(const char *directory, const char *path, const void *bytes,
					 size_t nbytes, struct emnist_error *error)
{
	enum emnist_status status;

	if (mkdir(directory, 0777) < 0)
		return error_errno(error, errno, "cannot write");
	status = outfile_replace(path, bytes, nbytes, error);
	if (status)
		remove_begun(directory, path);
	return status;
}

/* Exchanges the directory `made` with path, a directory that is not empty. */
static bool swap(const char *made, const char *path)
{
	char *aside;
	bool done;

	if (swap_paths(made, path))
		return remove_directory(made);
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	aside = outfile_name_beside(path);
	if (!aside)
		return false;
	done = rename(path, aside) == 0;
	if (done && rename(made, path) < 0) {
		const int failure = errno;

		rename(aside, path);
		errno = failure;
		done = false;
	} else if (done) {
		done = remove_directory(aside);
	}
	free(aside);
	return done;
}

/* The directory that path means: without slashes at its end, links followed. NULL when memory is
 * short. */
static char *settle_path(const char *path)
{
	char *real = realpath(path, NULL);
	size_t n;

	if (real)
		return real;
	real = strdup(path);
	for (n = real ? strlen(real) : 0; n > 1 && real[n - 1] == '/'; n--)
		real[n - 1] = '\0';
	return real;
}

enum emnist_status directory_replace(const char *path, const char *const *names, const void *bytes,
				     size_t nbytes, bool replace, struct emnist_error *error)
{
	char *target = settle_path(path);
	char *made = target ? outfile_name_beside(target) : NULL;
	char *file = made ? path_join(made, names[0]) : NULL;
	enum emnist_status status;
	bool is_full;

	if (!file) {
		status = error_memory(error);
		goto out;
	}
	status = look(target, names, replace, &is_full, error);
	if (!status)
		status = make_directory(made, file, bytes, nbytes, error);
	if (status)
		goto out;
	if (is_full ? !swap(made, target) : rename(made, target) < 0) {
		status = error_errno(error, errno, "cannot write");
		remove_begun(made, file);
	} else {
		path_settle(target);
	}
out:
	free(target);
	free(made);
	free(file);
	return status;
}
