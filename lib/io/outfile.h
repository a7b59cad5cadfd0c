/*
 * outfile.h - a file that is written piece by piece, and takes its name only when it is whole: the
 * one way in which files are written here. The rest of its interface is in emnist.h.
 */
#ifndef IO_OUTFILE_H
#define IO_OUTFILE_H

#include "../base/error.h"

/* Writes over what was written at offset before. Not where the file is written to directly. */
enum emnist_status outfile_patch(struct emnist_outfile *file, uint64_t offset, const void *bytes,
				 size_t nbytes, struct emnist_error *error);

/* The number of bytes that were appended. */
uint64_t outfile_nbytes(const struct emnist_outfile *file);

/* Gives all n files their names, or none: where one cannot have its name, those before it are given
 * back what they held. File systems that cannot do so are told of in the error's message. */
enum emnist_status outfile_commit_all(struct emnist_outfile *const *files, size_t n,
				      struct emnist_error *error);

/* The path of a name that nothing has, in the folder of what path leads to; NULL when memory is
 * short. Free with free(). */
char *outfile_name_beside(const char *path);

#endif
