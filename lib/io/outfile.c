/*
 * outfile.c - a file that gets its name only when it is complete.
 *
 * Until then it has no name at all, if the file system supports that: however the process ends,
 * nothing is left behind. Elsewhere it has a unique name. Either way it is in the folder of the
 * file that it replaces, since rename() stays within a file system. Only its owner can open it
 * until it gets the permissions of that file.
 *
 * A file that is a mount point, as in containers, cannot be replaced, nor can one in a read-only
 * folder. As a last resort these are overwritten in place.
 */
#include "outfile.h"

#include "../base/memory.h"
#include "path.h"
#include "swap.h"
#include "unnamed.h"
#include "write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_NBYTES ((size_t)1 << 16)

/* If this many random file names in a row exist, it is no coincidence. */
#define MAX_TRIES 16

/* What became of the file that was there before. */
enum former {
	FORMER_UNTOUCHED,
	FORMER_NONE,  /* there was none */
	FORMER_ASIDE, /* it has the temporary name */
	FORMER_LOST,
};

struct outfile {
	char *path; /* that it is to have, links followed; NULL: it is written to directly */
	char *name; /* that it has until then; NULL: none */
	int fd;
	bool in_place;   /* cannot be created next to path; copied over the old file */
	bool exists;     /* something is at path, and was such when the file was opened: */
	struct stat old; /* with exists */
	bool is_kept;    /* under its temporary name, if it gets no other */
	enum former former;
	uint64_t nbytes; /* appended, those in the buffer among them */
	size_t n_buffered;
	unsigned char buffer[BUFFER_NBYTES];
};

static enum emnist_status failed(struct emnist_error *error)
{
	return error_errno(error, errno, "cannot write");
}

/* ---------------------------------------------------------------------- opening */

char *outfile_name_beside(const char *path)
{
	char *folder = path_folder(path), *name = NULL;
	uint64_t number;

	/* It does not fail for so few bytes. */
	if (getentropy(&number, sizeof(number)) < 0)
		number = (uint64_t)getpid();
	if (folder && asprintf(&name, "%s/.emnist-%016" PRIx64, folder, number) < 0)
		name = NULL;
	free(folder);
	return name;
}

/* A file without a name in the folder; -1 if that is not possible. It is named later. */
static int open_unnamed(const char *path, mode_t mode)
{
	char *folder = path_folder(path);
	const int fd = folder ? unnamed_in(folder, mode) : -1;

	free(folder);
	return fd;
}

/* A file under a name of its own. */
static enum emnist_status open_named(struct outfile *file, mode_t mode, struct emnist_error *error)
{
	for (int i = 0; file->fd < 0 && i < MAX_TRIES; i++) {
		free(file->name);
		file->name = outfile_name_beside(file->path);
		if (!file->name)
			return error_memory(error);
		file->fd = open(file->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (file->fd < 0 && errno != EEXIST)
			break;
	}
	if (file->fd >= 0)
		return EMNIST_OK;
	free(file->name);
	file->name = NULL;
	return failed(error);
}

/* Whether the folder takes no new files, but the file at path is writable. */
static bool is_fixed(const struct outfile *file, const struct emnist_error *error)
{
	const int failure = error->sys_errno;

	return file->exists && (failure == EACCES || failure == EPERM || failure == EROFS) &&
	       access(file->path, W_OK) == 0;
}

static enum emnist_status open_beside(struct outfile *file, struct emnist_error *error)
{
	/* As umask() has it, or the owner's alone until the permissions are set. */
	const mode_t mode = file->exists ? 0600 : 0666;
	struct emnist_error why;
	enum emnist_status status;

	file->fd = open_unnamed(file->path, mode);
	if (file->fd >= 0)
		return EMNIST_OK;
	status = open_named(file, mode, &why);
	if (status == EMNIST_ERR_IO && is_fixed(file, &why)) {
		file->in_place = true;
		file->fd = unnamed_anywhere();
		status = file->fd < 0 ? failed(&why) : EMNIST_OK;
	}
	if (status && error)
		*error = why;
	return status;
}

static enum emnist_status open_it(struct outfile *file, const char *path,
				  struct emnist_error *error)
{
	file->exists = stat(path, &file->old) == 0;
	if (file->exists && !S_ISREG(file->old.st_mode)) {
		file->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return file->fd < 0 ? failed(error) : EMNIST_OK;
	}
	/* For a symlink, its target: /dev/stdout is one. */
	file->path = realpath(path, NULL);
	if (!file->path)
		file->path = strdup(path);
	return file->path ? open_beside(file, error) : error_memory(error);
}

enum emnist_status outfile_open(const char *path, struct outfile **file_ret,
				struct emnist_error *error)
{
	struct outfile *file = alloc_zeroed(1, sizeof(*file));
	enum emnist_status status;

	*file_ret = NULL;
	if (!file)
		return error_memory(error);
	file->fd = -1;
	status = open_it(file, path, error);
	if (status)
		outfile_free(file);
	else
		*file_ret = file;
	return status;
}

static enum emnist_status open_behind(struct outfile *file, uint64_t nbytes,
				      struct emnist_error *error)
{
	const mode_t mode = file->exists ? 0600 : 0666;

	if (file->exists && !S_ISREG(file->old.st_mode))
		return error_set(error, EMNIST_ERR_ARGUMENT, "not a regular file");
	if (!file->path || !file->name)
		return error_memory(error);
	file->fd = open(file->name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
	if (file->fd < 0 || ftruncate(file->fd, (off_t)nbytes) < 0 ||
	    lseek(file->fd, 0, SEEK_END) < 0)
		return failed(error);
	file->nbytes = nbytes;
	return EMNIST_OK;
}

enum emnist_status outfile_open_behind(const char *path, const char *name, uint64_t nbytes,
				       struct outfile **file_ret, struct emnist_error *error)
{
	struct outfile *file = alloc_zeroed(1, sizeof(*file));
	enum emnist_status status;

	*file_ret = NULL;
	if (!file)
		return error_memory(error);
	file->fd = -1;
	file->is_kept = true;
	file->exists = stat(path, &file->old) == 0;
	file->path = realpath(path, NULL);
	if (!file->path)
		file->path = strdup(path);
	file->name = strdup(name);
	status = open_behind(file, nbytes, error);
	if (status)
		outfile_free(file);
	else
		*file_ret = file;
	return status;
}

const char *outfile_temporary(const struct outfile *file)
{
	return file->name;
}

/* ---------------------------------------------------------------------- writing */

static enum emnist_status write_to(int fd, const void *bytes, size_t nbytes,
				   struct emnist_error *error)
{
	const int failure = write_all(fd, bytes, nbytes);

	return failure ? error_errno(error, failure, "cannot write") : EMNIST_OK;
}

enum emnist_status outfile_flush(struct outfile *file, struct emnist_error *error)
{
	const size_t n = file->n_buffered;

	file->n_buffered = 0;
	return write_to(file->fd, file->buffer, n, error);
}

enum emnist_status outfile_write(struct outfile *file, const void *bytes, size_t nbytes,
				 struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	if (nbytes > BUFFER_NBYTES - file->n_buffered)
		status = outfile_flush(file, error);
	if (status)
		return status;
	file->nbytes += nbytes;
	/* Readers of a pipe do not wait. */
	if (nbytes > BUFFER_NBYTES || !file->path)
		return write_to(file->fd, bytes, nbytes, error);
	if (nbytes)
		memcpy(file->buffer + file->n_buffered, bytes, nbytes);
	file->n_buffered += nbytes;
	return EMNIST_OK;
}

enum emnist_status outfile_patch(struct outfile *file, uint64_t offset, const void *bytes,
				 size_t nbytes, struct emnist_error *error)
{
	enum emnist_status status = outfile_flush(file, error);
	const unsigned char *next = bytes;

	while (!status && nbytes > 0) {
		const ssize_t n = pwrite(file->fd, next, nbytes, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(error);
		next += n;
		offset += (uint64_t)n;
		nbytes -= (size_t)n;
	}
	return status;
}

uint64_t outfile_nbytes(const struct outfile *file)
{
	return file->nbytes;
}

/* ------------------------------------------------------------------- taking names */

/* Keeps the owner and permissions of the replaced file. If its group cannot be kept, the new group
 * does not get that group's permissions. */
static bool keep_permissions(const struct outfile *file)
{
	const struct stat *old = &file->old;
	mode_t mode = old->st_mode & 0777;
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return false;
	if ((st.st_uid != old->st_uid || st.st_gid != old->st_gid) &&
	    fchown(file->fd, old->st_uid, old->st_gid) < 0 && st.st_gid != old->st_gid &&
	    fchown(file->fd, (uid_t)-1, old->st_gid) < 0)
		mode &= ~(mode_t)070;
	return fchmod(file->fd, mode) == 0;
}

/* Gives a file that has none its temporary name. */
static bool give_name(struct outfile *file)
{
	bool is_named = false;

	for (int i = 0; !is_named && i < MAX_TRIES; i++) {
		free(file->name);
		file->name = outfile_name_beside(file->path);
		if (!file->name)
			return false;
		is_named = unnamed_link(file->fd, file->name);
		if (!is_named && errno != EEXIST)
			break;
	}
	if (!is_named) {
		free(file->name);
		file->name = NULL;
	}
	return is_named;
}

/* Flushes all to disk: what can fail before the file takes its name is done. */
static enum emnist_status settle(struct outfile *file, struct emnist_error *error)
{
	const enum emnist_status status = outfile_flush(file, error);

	if (status || !file->path || file->in_place)
		return status;
	if ((file->exists && !keep_permissions(file)) || fsync(file->fd) < 0)
		return failed(error);
	if (!file->name && !give_name(file))
		return failed(error);
	return EMNIST_OK;
}

static enum emnist_status copy_to(int fd, struct outfile *file, struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	off_t offset = 0;
	ssize_t n = 1;

	while (!status && n > 0) {
		n = pread(file->fd, file->buffer, BUFFER_NBYTES, offset);
		if (n < 0)
			return failed(error);
		status = write_to(fd, file->buffer, (size_t)n, error);
		offset += n;
	}
	if (!status && (ftruncate(fd, offset) < 0 || fsync(fd) < 0))
		status = failed(error);
	return status;
}

/* The last resort: overwrites the file at path. */
static enum emnist_status copy_in_place(struct outfile *file, struct emnist_error *error)
{
	const int fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	enum emnist_status status;

	if (fd < 0)
		return failed(error);
	status = copy_to(fd, file, error);
	if (close(fd) < 0 && !status)
		status = failed(error);
	if (status)
		return error_prefix(error, status, "it was written in part");
	file->former = FORMER_LOST;
	file->is_kept = false;
	return EMNIST_OK;
}

/* As rename(), but what was at path gets the temporary name. */
static bool change_places(const struct outfile *file)
{
	return swap_paths(file->name, file->path);
}

/* Gives a settled file its name. keeps: what was there before is kept aside, if that can be had. */
static enum emnist_status take_name(struct outfile *file, bool keeps, struct emnist_error *error)
{
	if (file->in_place)
		return copy_in_place(file, error);
	if (keeps && change_places(file)) {
		file->former = FORMER_ASIDE;
	} else if (rename(file->name, file->path) == 0) {
		file->former = file->exists ? FORMER_LOST : FORMER_NONE;
		free(file->name);
		file->name = NULL;
	} else {
		return errno == EBUSY && file->exists ? copy_in_place(file, error) : failed(error);
	}
	path_settle(file->path);
	return EMNIST_OK;
}

enum emnist_status outfile_commit(struct outfile *file, struct emnist_error *error)
{
	const enum emnist_status status = settle(file, error);

	return status || !file->path ? status : take_name(file, false, error);
}

/* ----------------------------------------------------------------- several files */

/* Restores the old file's name; false if it is lost. */
static bool undo(struct outfile *file)
{
	const enum former former = file->former;

	if (former == FORMER_UNTOUCHED)
		return true;
	file->former = FORMER_UNTOUCHED;
	if (former == FORMER_ASIDE)
		return change_places(file);
	return former == FORMER_NONE && unlink(file->path) == 0;
}

/* Prefixes an error's message with the file and what is wrong. */
static enum emnist_status about(const struct outfile *file, const char *what,
				enum emnist_status status, struct emnist_error *error)
{
	const char *slash = strrchr(file->path, '/');
	char prefix[128];

	snprintf(prefix, sizeof(prefix), "'%.80s'%s", slash ? slash + 1 : file->path, what);
	return error_prefix(error, status, prefix);
}

enum emnist_status outfile_commit_all(struct outfile *const *files, size_t n,
				      struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;
	size_t n_done = 0;

	for (size_t i = 0; i < n && !status; i++)
		status = settle(files[i], error);
	while (n_done < n && !status) {
		struct outfile *file = files[n_done];

		if (file->path)
			status = take_name(file, n > 1, error);
		if (status)
			about(file, "", status, error);
		else
			n_done++;
	}
	for (size_t i = 0; i < n_done && status; i++)
		if (!undo(files[i]))
			about(files[i], " is new already", status, error);
	return status;
}

void outfile_free(struct outfile *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	if (file->name && !file->is_kept)
		unlink(file->name);
	free(file->name);
	free(file->path);
	free(file);
}

enum emnist_status outfile_replace(const char *path, const void *bytes, size_t nbytes,
				   struct emnist_error *error)
{
	struct outfile *file;
	enum emnist_status status = outfile_open(path, &file, error);

	if (!status)
		status = outfile_write(file, bytes, nbytes, error);
	if (!status)
		status = outfile_commit(file, error);
	outfile_free(file);
	return status;
}
