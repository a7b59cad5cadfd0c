/*
 * outfile.h - a file that is written piece by piece, and takes its name only when it is whole.
 */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include "error.h"

struct outfile;

/* Begins "PATH.new" beside path. What cannot be replaced by rename (a device, a pipe) is written to
 * directly. Free with outfile_free(). */
enum emnist_status outfile_open(const char *path, struct outfile **file_ret,
				struct emnist_error *error);

/* Appends. After a failure the file can only be freed. */
enum emnist_status outfile_write(struct outfile *file, const void *bytes, size_t nbytes,
				 struct emnist_error *error);

/* Writes over what was written at offset before. */
enum emnist_status outfile_patch(struct outfile *file, uint64_t offset, const void *bytes,
				 size_t nbytes, struct emnist_error *error);

/* The number of bytes that were appended. */
uint64_t outfile_nbytes(const struct outfile *file);

/* Flushes all to disk and closes it: what can fail when the file takes its name is done. */
enum emnist_status outfile_settle(struct outfile *file, struct emnist_error *error);

/* Settles the file, where that is not done, and gives it its name. */
enum emnist_status outfile_commit(struct outfile *file, struct emnist_error *error);

/* Removes what was not committed. file may be NULL. */
void outfile_free(struct outfile *file);

#endif
