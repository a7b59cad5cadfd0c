/*
 * endings.h - what the end of a file's name says of its content.
 */
#ifndef CLI_COMMON_ENDINGS_H
#define CLI_COMMON_ENDINGS_H

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

#endif
