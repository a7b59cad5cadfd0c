/*
 * outfile.h - a file that is written piece by piece, and takes its name only when it is whole: the
 * one way in which files are written here.
 *
 * Whatever happens, path holds what it held or all that is new, with the permissions that it had.
 * Two writers of one path do not meet. A symlink stays, and its target is replaced. What rename()
 * cannot replace is written to directly: a device or a pipe at once; a file that is the root of a
 * mount, or whose folder is read-only, in outfile_commit().
 */
#ifndef IO_OUTFILE_H
#define IO_OUTFILE_H

#include "../base/error.h"

struct outfile;

/* Free with outfile_free(). */
enum emnist_status outfile_open(const char *path, struct outfile **file_ret,
				struct emnist_error *error);

/* The temporary path that it has until it is committed or freed, for a program that a signal ends
 * to remove; NULL where it has none. */
const char *outfile_temporary(const struct outfile *file);

/* Appends. After a failure the file can only be freed. */
enum emnist_status outfile_write(struct outfile *file, const void *bytes, size_t nbytes,
				 struct emnist_error *error);

/* Writes over what was written at offset before. Not where the file is written to directly. */
enum emnist_status outfile_patch(struct outfile *file, uint64_t offset, const void *bytes,
				 size_t nbytes, struct emnist_error *error);

/* The number of bytes that were appended. */
uint64_t outfile_nbytes(const struct outfile *file);

/* Gives it its name. After that the file can only be freed. */
enum emnist_status outfile_commit(struct outfile *file, struct emnist_error *error);

/* Gives all n files their names, or none: where one cannot have its name, those before it are given
 * back what they held. File systems that cannot do so are named in the error's message. */
enum emnist_status outfile_commit_all(struct outfile *const *files, size_t n,
				      struct emnist_error *error);

/* Removes what was not committed. file may be NULL. */
void outfile_free(struct outfile *file);

/* Writes a whole file in one call. */
enum emnist_status outfile_replace(const char *path, const void *bytes, size_t nbytes,
				   struct emnist_error *error);

/* The path of a name that nothing has, in the folder of what path leads to; NULL when memory is
 * short. Free with free(). */
char *outfile_name_beside(const char *path);

#endif
