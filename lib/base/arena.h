/*
 * arena.h - allocations that are freed together, up to a total number of bytes.
 *
 * Everything made from a hostile file is allocated from one, so that neither memory nor the time to
 * fill it can outgrow the file.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "error.h"

struct arena {
	struct arena_block *blocks; /* NULL at first */
	size_t nbytes_left;
	bool is_spent; /* an allocation failed because of nbytes_left, not of memory */
};

/* n zeroed elements of size bytes each; NULL if that is too much. Never NULL for n = 0. */
void *arena_alloc(struct arena *arena, size_t n, size_t size);

/* Why arena_alloc() failed: EMNIST_ERR_LIMIT or EMNIST_ERR_MEMORY. */
enum emnist_status arena_error(const struct arena *arena, struct emnist_error *error);

/* Frees everything. */
void arena_clear(struct arena *arena);

#endif
