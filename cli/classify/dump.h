/* dump.h - --dump-preprocessed: PNG files of what the network saw. */
#ifndef CLI_CLASSIFY_DUMP_H
#define CLI_CLASSIFY_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes the directory unless it exists. Prints an error and returns false on failure. */
bool dump_prepare(const char *directory);

/* Whether files written to the directory may replace the file at path. */
bool dump_would_replace(const char *directory, const char *path);

/*
 * Writes the PNG of input `number`, from 1 on, to DIRECTORY/NUMBER-NAME.png. NAME is the end of the
 * input's path without its extension, with '_' for '/' and control characters; the number makes it
 * unique. Prints an error and returns false on failure.
 */
bool dump_write(const char *directory, uint64_t number, const char *path, const void *png,
		size_t png_nbytes);

#endif
