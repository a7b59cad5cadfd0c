/* name_set.c - which names were seen: a table of hashes with linear probing. */
#include "name_set.h"

#include <stdlib.h>

#define LEAST_CAPACITY 1024 /* a power of two */

/* FNV-1a (Fowler, Noll, Vo), never 0. */
static uint64_t hash_of(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return hash ? hash : 1;
}

/* Where the hash is, or would be. */
static size_t place_of(const struct name_set *set, uint64_t hash)
{
	size_t i = (size_t)(hash ^ hash >> 32) & (set->capacity - 1);

	while (set->hashes[i] && set->hashes[i] != hash)
		i = (i + 1) & (set->capacity - 1);
	return i;
}

static bool grow(struct name_set *set)
{
	struct name_set larger = {.n = set->n,
				  .capacity = set->capacity ? 2 * set->capacity : LEAST_CAPACITY};

	larger.hashes = calloc(larger.capacity, sizeof(*larger.hashes));
	if (!larger.hashes)
		return false;
	for (size_t i = 0; i < set->capacity; i++)
		if (set->hashes[i])
			larger.hashes[place_of(&larger, set->hashes[i])] = set->hashes[i];
	free(set->hashes);
	*set = larger;
	return true;
}

bool name_set_add(struct name_set *set, const char *name)
{
	const uint64_t hash = hash_of(name);
	size_t i;

	if (2 * set->n >= set->capacity && !grow(set))
		return false;
	i = place_of(set, hash);
	set->n += set->hashes[i] == 0;
	set->hashes[i] = hash;
	return true;
}

bool name_set_has(const struct name_set *set, const char *name)
{
	return set->n && set->hashes[place_of(set, hash_of(name))];
}

void name_set_clear(struct name_set *set)
{
	free(set->hashes);
	*set = (struct name_set){0};
}
