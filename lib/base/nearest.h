/*
 * nearest.h - which name was meant by one that is not known.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *wanted;
	const char *best; /* the nearest name that was tried and is near enough, or NULL */
	size_t distance;  /* only what is nearer than this replaces it */
};

struct nearest nearest_to(const char *wanted);
void nearest_try(struct nearest *nearest, const char *name);

#endif
