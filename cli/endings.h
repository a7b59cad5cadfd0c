/*
 * endings.h - what the end of a file's name says of its content.
 */
#ifndef CLI_ENDINGS_H
#define CLI_ENDINGS_H

#include <stdbool.h>

/* The ending of the file's name, behind the dot; NULL where there is none, as in "scan.001". */
const char *ending_of(const char *path);

/* Whether the name ends as those of files do that are neither images nor archives of them, such as
 * labels.csv. A name without an ending says nothing, nor does a number: "scan", "scan.001". */
bool ending_is_foreign(const char *path);

/* Whether what these endings, "png svg", are of may be written to path: it has one of them, in
 * letters of any case, or none, or is no file. Complains where it may not; what: "--chart". */
bool ending_check(const char *what, const char *path, const char *endings);

#endif
