/*
 * zipped_images.h - images that are files of their own in a zip archive.
 */
#ifndef DATASET_ZIPPED_IMAGES_H
#define DATASET_ZIPPED_IMAGES_H

#include "files.h"
#include "zipped_members.h"

/* An image of a source, and the file that it is in. */
struct zipped_image {
	const struct zipped_entry *entry;
	uint32_t image;
};

/* Gives the source, which is of files, the images, n of them, from the archive at request->path;
 * all others are missing. Sorts them. */
enum emnist_status zipped_hold(const struct source_request *request, struct files *files,
			       struct zipped_image *images, size_t n, struct emnist_error *error);

/* The same for the source that the list at this entry is: its images are the files of the archive
 * that it names. */
enum emnist_status zipped_hold_listed(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct zipped_entry *list, struct source *source,
				      struct emnist_error *error);

#endif
