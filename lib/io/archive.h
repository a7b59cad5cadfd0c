/*
 * archive.h - reads the members of a zip or tar archive in order, from a file or a pipe.
 *
 * Zip, and tar as it is or in gzip, zstd or xz. Compressed data other than a tar archive is a
 * stream: one member without a name.
 */
#ifndef IO_ARCHIVE_H
#define IO_ARCHIVE_H

#include "../base/error.h"
#include "../base/memory.h"
#include "archive_kind.h"

struct members;

struct members_options {
	/* More members of any kind than this are EMNIST_ERR_LIMIT; 0: MEMBERS_MAX_COUNT. */
	uint64_t max_count;
	/* Reads the directory at a zip archive's end first: it must be a regular file, and members
	 * that are not read are not decompressed. Memory grows with the number of members. */
	bool by_directory;
	/* Anything that is no archive is a stream as well, not only compressed data. */
	bool as_stream;
};

#define MEMBERS_MAX_COUNT (UINT64_C(1) << 26)

/* The longest name; longer ones are cut. */
#define MEMBERS_NAME_MAX 4096

struct member {
	const char *name; /* bytes, valid until the next call; NULL: no more members */
	bool is_file;     /* not a directory, a symlink or a device */
	bool is_encrypted;
	bool is_name_cut;
	const char *hard_link; /* name of the member that it is a hard link to, or NULL */
};

/* Opens fd at its current position, or after the head_nbytes bytes at head, already read from it.
 * fd stays open, and must until members_close(). */
enum emnist_status members_open(int fd, const void *head, size_t head_nbytes,
				const struct members_options *options, struct members **members_ret,
				struct emnist_error *error);

/* The kind of what was opened. */
enum archive_kind members_kind(const struct members *members);

/* Whether it is a stream: one member with an empty name. */
bool members_is_stream(const struct members *members);

/* The next member. After a failure nothing more can be read. */
enum emnist_status members_next(struct members *members, struct member *member_ret,
				struct emnist_error *error);

/* Reads the member's next bytes. *n_ret is below nbytes only at its end, reported only if the
 * member was complete. After a failure the next member may still be readable: see
 * members_failed(). */
enum emnist_status members_read(struct members *members, void *bytes, size_t nbytes, size_t *n_ret,
				struct emnist_error *error);

/* Reads the rest of the member, replacing buffer's content. More than limit_nbytes:
 * EMNIST_ERR_LIMIT, without using more memory than that. */
enum emnist_status members_read_all(struct members *members, uint64_t limit_nbytes,
				    struct buffer *buffer, struct emnist_error *error);

/* Whether nothing more of the archive can be read. */
bool members_failed(const struct members *members);

/* Whether more can probably be read without waiting for a pipe. */
bool members_is_ready(const struct members *members);

/* From any thread: reads that wait for a pipe, now or later, fail with EMNIST_ERR_STOPPED. */
void members_stop(struct members *members);

/* members may be NULL. */
void members_close(struct members *members);

#endif
