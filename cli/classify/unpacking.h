/*
 * unpacking.h - the image files of one archive as inputs.
 */
#ifndef CLI_CLASSIFY_UNPACKING_H
#define CLI_CLASSIFY_UNPACKING_H

#include "input.h"

#include <emnist_dataset.h>

/*
 * One thread unpacks files, others read them. The bytes between them are limited, so that memory
 * depends neither on the archive's content nor on the number of threads.
 */
struct unpack;

/* Opens the archive at path, or the open one of fd and head if fd is not negative. A failure is
 * returned as an input. All must outlive it. place: of the archive, or of the last of its files
 * that is to be skipped. NULL when memory is short. */
struct unpack *unpack_begin(const char *path, int fd, const void *head, size_t head_nbytes,
			    const struct emnist_archive_options *options,
			    const struct input_place *place);

/* Whether the files to be skipped were others, or fewer. There are then no more. */
bool unpack_has_changed(const struct unpack *unpack);

/* The next file, valid until the next call. Without `wait`, INPUTS_LATER if it would block: for a
 * pipe, or until less is in use. */
enum inputs_result unpack_next(struct unpack *unpack, bool wait, struct input *input_ret);

/* From any thread: this many bytes of files are no longer needed. */
void unpack_done(struct unpack *unpack, size_t nbytes);

/* From any thread: no more files are wanted. */
void unpack_stop(struct unpack *unpack);

/* unpack may be NULL. */
void unpack_end(struct unpack *unpack);

#endif
