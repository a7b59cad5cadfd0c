/* name_set.h - which names were seen. */
#ifndef CLI_CLASSIFY_NAME_SET_H
#define CLI_CLASSIFY_NAME_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is empty. It keeps hashes of the names, 16 to 32 bytes each. */
struct name_set {
	uint64_t *hashes; /* (capacity); 0: free */
	size_t n, capacity;
};

/* False when memory is short. */
bool name_set_add(struct name_set *set, const char *name);

/* Whether the name was added; in one of 10^12 cases also if it was not. */
bool name_set_has(const struct name_set *set, const char *name);

void name_set_clear(struct name_set *set);

#endif
