/*
 * zipped_members.h - the files in a zip archive, each read through an archive opened for it alone.
 */
#ifndef DATASET_ZIPPED_MEMBERS_H
#define DATASET_ZIPPED_MEMBERS_H

#include "../io/archive.h"
#include "../io/gzip.h"

/* A member by its number in the archive. */
struct zipped_entry {
	size_t number;
	char *name;
};

struct zipped_listing {
	struct zipped_entry *entries; /* (n) files, sorted by name */
	size_t n;
};

/* Lists the files of the archive at path. Release with zipped_clear(), even after a failure. */
enum emnist_status zipped_list(const char *path, struct zipped_listing *listing,
			       struct emnist_error *error);

void zipped_clear(struct zipped_listing *listing);

/* The file with that name, or NULL. */
const struct zipped_entry *zipped_find(const struct zipped_listing *listing, const char *name,
				       size_t nbytes);

/* Opens a file in the archive at path as a stream, unpacked if it is gzip. An error's message names
 * the file. */
enum emnist_status zipped_open_entry(const char *path, const struct zipped_entry *entry,
				     struct gzip **stream_ret, struct emnist_error *error);

/* Reads the mapping file for the named member of the archive at path: NAME-mapping.txt, or NAME
 * without its last word, "-test". *mapping_ret is NULL if there is none. */
enum emnist_status zipped_read_mapping(const char *path, const struct zipped_listing *listing,
				       const char *name, struct emnist_labels **mapping_ret,
				       struct emnist_error *error);

/* An open archive whose members are read in order. */
struct zipped_channel {
	int fd;
	struct members *members;
};

enum emnist_status zipped_channel_open(const char *path, struct zipped_channel **channel_ret,
				       struct emnist_error *error);

void zipped_channel_close(struct zipped_channel *channel);

#endif
