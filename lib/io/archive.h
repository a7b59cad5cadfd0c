/*
 * archive.h - the members of a zip or tar archive, one after the other, in the order in which they
 * stand in it, from a file or a pipe.
 *
 * Zip, and tar as it is or in gzip, zstd or xz. What is so packed and no tar archive is a stream:
 * one member without a name.
 */
#ifndef IO_ARCHIVE_H
#define IO_ARCHIVE_H

#include "../base/error.h"
#include "../base/memory.h"
#include "archive_kind.h"

struct members;

struct members_options {
	/* More members than this, of all sorts, are EMNIST_ERR_LIMIT; 0: MEMBERS_MAX_COUNT. */
	uint64_t max_count;
	/* The directory at a zip archive's end is read first, for which it must be a regular file;
	 * a member that is not read is then not unpacked either. Memory grows with the number of
	 * members. */
	bool by_directory;
	/* What is no archive is a stream too, as what is packed and no tar archive always is. */
	bool as_stream;
};

#define MEMBERS_MAX_COUNT (UINT64_C(1) << 26)

/* Of a name; longer ones are cut. */
#define MEMBERS_NAME_MAX 4096

struct member {
	const char *name; /* as bytes, until the next call; NULL: there are no more members */
	bool is_file;     /* and not a directory, a symbolic link, a device */
	bool is_encrypted;
	bool is_name_cut;
	const char *hard_link; /* the name of the member whose bytes it shares, or NULL */
};

/* Opens what fd stands at the start of; or what begins with head_nbytes bytes at head, which were
 * read from fd before. fd stays open, and must until members_close(). */
enum emnist_status members_open(int fd, const void *head, size_t head_nbytes,
				const struct members_options *options, struct members **members_ret,
				struct emnist_error *error);

/* What it is that was opened. */
enum archive_kind members_kind(const struct members *members);

/* Whether it is a stream: there is one member, its name is empty. */
bool members_is_stream(const struct members *members);

/* The next member. After a failure nothing more can be read. */
enum emnist_status members_next(struct members *members, struct member *member_ret,
				struct emnist_error *error);

/* The next bytes of the member; *n_ret is less than nbytes only at its end, which is reported only
 * when it was whole. After a failure the next member may still be there: see members_failed(). */
enum emnist_status members_read(struct members *members, void *bytes, size_t nbytes, size_t *n_ret,
				struct emnist_error *error);

/* All bytes of the member that have not been read, in place of what buffer holds. More than
 * limit_nbytes: EMNIST_ERR_LIMIT, and no more memory than that. */
enum emnist_status members_read_all(struct members *members, uint64_t limit_nbytes,
				    struct buffer *buffer, struct emnist_error *error);

/* Whether the archive cannot be read any further. */
bool members_failed(const struct members *members);

/* Whether there is more to be had without waiting for a pipe, as far as can be told. */
bool members_is_ready(const struct members *members);

/* From any thread: what waits for bytes from a pipe, now or later, fails with EMNIST_ERR_STOPPED.
 */
void members_stop(struct members *members);

/* members may be NULL. */
void members_close(struct members *members);

#endif
