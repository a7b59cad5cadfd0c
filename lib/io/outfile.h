/*
 * outfile.h - a file that is written in pieces, and gets its name only when it is complete. All
 * files are written this way.
 *
 * Whatever happens, path holds its old content or all of the new, with its old permissions. Two
 * writers of one path do not conflict. A symlink stays, and its target is replaced. What rename()
 * cannot replace is written directly: a device or a pipe at once; a mount point, or a file in a
 * read-only folder, in outfile_commit().
 */
#ifndef IO_OUTFILE_H
#define IO_OUTFILE_H

#include "../base/error.h"

struct outfile;

/* Free with outfile_free(). */
enum emnist_status outfile_open(const char *path, struct outfile **file_ret,
				struct emnist_error *error);

/* The same for a file that is kept under this name if it is never committed. It keeps its first
 * nbytes bytes; what is written comes after them. */
enum emnist_status outfile_open_behind(const char *path, const char *name, uint64_t nbytes,
				       struct outfile **file_ret, struct emnist_error *error);

/* Its temporary path before it is committed or freed, for a signal handler to remove; NULL if it
 * has none. */
const char *outfile_temporary(const struct outfile *file);

/* Appends. After a failure the file can only be freed. */
enum emnist_status outfile_write(struct outfile *file, const void *bytes, size_t nbytes,
				 struct emnist_error *error);

/* Hands all bytes to the system: they are there even if the process is killed. */
enum emnist_status outfile_flush(struct outfile *file, struct emnist_error *error);

/* Overwrites what was written at offset before. Not for files written directly. */
enum emnist_status outfile_patch(struct outfile *file, uint64_t offset, const void *bytes,
				 size_t nbytes, struct emnist_error *error);

/* The number of bytes appended. */
uint64_t outfile_nbytes(const struct outfile *file);

/* Gives the file its name. After that it can only be freed. */
enum emnist_status outfile_commit(struct outfile *file, struct emnist_error *error);

/* Gives all n files their names, or none: if one fails, the ones before get their old content back.
 * The error's message names a file system that cannot do so. */
enum emnist_status outfile_commit_all(struct outfile *const *files, size_t n,
				      struct emnist_error *error);

/* Removes the file unless it was committed or is to be kept. file may be NULL. */
void outfile_free(struct outfile *file);

/* Writes a whole file in one call. */
enum emnist_status outfile_replace(const char *path, const void *bytes, size_t nbytes,
				   struct emnist_error *error);

/* An unused path in the folder of path's target; NULL when memory is short. Free with free(). */
char *outfile_name_beside(const char *path);

#endif
