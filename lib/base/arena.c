/* arena.c - allocations that are freed together. */
#include "arena.h"

#include <stdalign.h>
#include <stddef.h>

#include "memory.h"

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) unsigned char bytes[];
};

void *arena_alloc(struct arena *arena, size_t n, size_t size)
{
	struct arena_block *block;
	size_t nbytes;

	if (size_mul_overflows(n, size, &nbytes) ||
	    nbytes > SIZE_MAX - sizeof(struct arena_block) ||
	    nbytes + sizeof(struct arena_block) > arena->nbytes_left) {
		arena->is_spent = true;
		return NULL;
	}
	nbytes += sizeof(struct arena_block);
	block = calloc(1, nbytes);
	if (!block)
		return NULL;
	arena->nbytes_left -= nbytes;
	block->next = arena->blocks;
	arena->blocks = block;
	return block->bytes;
}

enum emnist_status arena_error(const struct arena *arena, struct emnist_error *error)
{
	if (!arena->is_spent)
		return error_memory(error);
	return error_set(error, EMNIST_ERR_LIMIT, "the model needs too much memory for its size");
}

void arena_clear(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}
