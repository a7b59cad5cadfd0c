/*
 * indices.h - a file that lists images by their number.
 */
#ifndef CLI_COMMON_INDICES_H
#define CLI_COMMON_INDICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is an empty list. */
struct indices {
	uint32_t *values;
	size_t n;
	size_t capacity;
};

/* Reads the file at path, "-" being standard input: one decimal number a line, the first image
 * being 0; empty lines are skipped, and nothing else may stand there. Complains and returns false
 * on failure. Free values with free(), also after a failure. */
bool indices_read(struct indices *indices, const char *path);

#endif
