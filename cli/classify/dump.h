/*
 * dump.h - files of what the network saw.
 */
#ifndef CLI_CLASSIFY_DUMP_H
#define CLI_CLASSIFY_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes the directory where it is not there. Complains and returns false where it cannot be. */
bool dump_prepare(const char *directory);

/* Whether what is written to the directory may replace the file at path. */
bool dump_would_replace(const char *directory, const char *path);

/*
 * Writes the PNG of the input that is the number-th of its run, from 1 on, to
 * DIRECTORY/NUMBER-NAME.png. NAME is the end of the input's path, without its last suffix, '/' and
 * control characters being '_': a name that is safe, and unique by its number. Complains and
 * returns false on failure.
 */
bool dump_write(const char *directory, uint64_t number, const char *path, const void *png,
		size_t png_nbytes);

#endif
