/*
 * zipped_folders.h - a zip archive as a folder of image files for each class.
 */
#ifndef DATASET_ZIPPED_FOLDERS_H
#define DATASET_ZIPPED_FOLDERS_H

#include "source.h"
#include "zipped_members.h"

/* Opens the folders in the archive at request->path as a dataset, like folder_open() on the disk.
 * Folders around all others are skipped. */
enum emnist_status zipped_open_folders(const struct source_request *request,
				       const struct zipped_listing *listing,
				       struct source **source_ret, struct emnist_error *error);

#endif
