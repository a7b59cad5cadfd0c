/*
 * folder.h - a folder as a dataset.
 */
#ifndef DATASET_FOLDER_H
#define DATASET_FOLDER_H

#include "source.h"

/* Opens the dataset in the folder at request->path: one of its dataset files, chosen by
 * request->split if there are several, or a folder of images for each class. */
enum emnist_status folder_open(const struct source_request *request, struct source **source_ret,
			       struct emnist_error *error);

#endif
