/*
 * unpacking.h - the image files of one archive as inputs.
 */
#ifndef CLI_CLASSIFY_UNPACKING_H
#define CLI_CLASSIFY_UNPACKING_H

#include "inputs.h"

#include <emnist_dataset.h>

/*
 * Files are unpacked by one thread and read by others. What is under way between them is counted,
 * so that memory does not depend on what is in the archive, nor on the number of threads.
 */
struct unpack;

/* Opens the archive at path; where fd is not negative, the one that fd and head are of. A failure
 * is given as an input. All must outlive it. NULL: memory is short. */
struct unpack *unpack_begin(const char *path, int fd, const void *head, size_t head_nbytes,
			    const struct emnist_archive_options *options);

/* The next file, good until the next call. Without `wait`, INPUTS_LATER where it would have to be
 * waited for: until a pipe gives more, or until less is under way. */
enum inputs_result unpack_next(struct unpack *unpack, bool wait, struct input *input_ret);

/* From any thread: so many bytes of files that were given are no longer needed. */
void unpack_done(struct unpack *unpack, size_t nbytes);

/* From any thread: no more files are wanted. */
void unpack_stop(struct unpack *unpack);

/* unpack may be NULL. */
void unpack_end(struct unpack *unpack);

#endif
