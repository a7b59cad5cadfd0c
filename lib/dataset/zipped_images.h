/* zipped_images.h - separate image files in a zip archive. */
#ifndef DATASET_ZIPPED_IMAGES_H
#define DATASET_ZIPPED_IMAGES_H

#include "files.h"
#include "zipped_members.h"

/* An image of a source, and its file. */
struct zipped_image {
	const struct zipped_entry *entry;
	uint32_t image;
};

/* Loads n images of the source from the archive at request->path; all others are missing. Sorts the
 * images. */
enum emnist_status zipped_hold(const struct source_request *request, struct files *files,
			       struct zipped_image *images, size_t n, struct emnist_error *error);

/* The same for a source made from the list at this entry, which names files of the archive. */
enum emnist_status zipped_hold_listed(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct zipped_entry *list, struct source *source,
				      struct emnist_error *error);

#endif
