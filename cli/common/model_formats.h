/*
 * model_formats.h - which form of a model a file's name asks for.
 */
#ifndef CLI_COMMON_MODEL_FORMATS_H
#define CLI_COMMON_MODEL_FORMATS_H

#include <emnist.h>

/* The form that the name's ending is of; EMNIST_FORMAT_NONE: of none. */
enum emnist_format model_format_of(const char *path);

/* Whether path names the file within a SavedModel, where the directory is to be named. Complains
 * then. */
bool model_format_is_inner(const char *path);

#endif
