/*
 * endings.h - what the end of a file's name says of its content.
 */
#ifndef CLI_ENDINGS_H
#define CLI_ENDINGS_H

#include <stdbool.h>

/* Whether the name ends as those of files do that are neither images nor archives of them, such as
 * labels.csv. A name without an ending says nothing, nor does a number: "scan", "scan.001". */
bool ending_is_foreign(const char *path);

#endif
