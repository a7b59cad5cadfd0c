/* nearest.h - suggests a name for an unknown one. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *wanted;
	const char *best; /* the nearest name tried, if near enough, or NULL */
	size_t distance;  /* only a nearer name replaces it */
};

struct nearest nearest_to(const char *wanted);
void nearest_try(struct nearest *nearest, const char *name);

#endif
