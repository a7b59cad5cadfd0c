/*
 * endings.h - what the end of a file's name says of its content.
 */
#ifndef CLI_COMMON_ENDINGS_H
#define CLI_COMMON_ENDINGS_H

#include <emnist.h>

#include <stdbool.h>

/* The ending of the file's name, behind the dot; NULL where there is none, as in "scan.001". */
const char *ending_of(const char *path);

enum ending_kind {
	ENDING_IMAGE,   /* of an image, whether it is read here or not; or a number: "scan.001" */
	ENDING_ARCHIVE, /* "scans.rar" */
	ENDING_OTHER,   /* "labels.csv", "README" */
};

enum ending_kind ending_kind_of(const char *path);

/* Whether what these endings, "png svg", are of may be written to path: it has one of them, in
 * letters of any case, or none, or is no file. Complains where it may not; what: "--chart". */
bool ending_check(const char *what, const char *path, const char *endings);

/* Whether that is its ending, "png", in letters of any case. */
bool has_ending(const char *path, const char *ending);

/* Whether the path ends exactly so, and is longer. */
bool ends_with(const char *path, const char *end);

/* The form that the name's ending is of; EMNIST_FORMAT_NONE: of none. */
enum emnist_format model_format_of(const char *path);

/* Whether path names the file within a SavedModel, where the directory is to be named. Complains
 * then. */
bool model_format_is_inner(const char *path);

#endif
