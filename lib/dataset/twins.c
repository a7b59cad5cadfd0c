/*
 * twins.c - which images are the same, pixel for pixel.
 *
 * Two thirds of an image are zero. So an image is packed: a bit for each eight pixels that says
 * whether they are other than zero, then those that are. Packed images are equal where images are;
 * they are kept, and compared to the byte where their hashes agree, so that no hash, however an
 * image was made to meet it, can pass one image off as another.
 */
#include "twins.h"

#include "../base/memory.h"

#include <string.h>

/* An image as words of eight pixels, and two words of bits that say which of them are there. */
#define N_WORDS        (EMNIST_VECTOR_LENGTH / 8)
#define N_MASKS        2
#define MAX_NWORDS     (N_MASKS + N_WORDS)

#define BLOCK_NWORDS   ((size_t)1 << 16)
#define FIRST_CAPACITY ((size_t)1 << 10)
#define NONE           UINT32_MAX

/* The golden ratio in 64 bits, an odd number whose bits are well mixed. */
#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15)

/* Packed images, one after the other. */
struct block {
	struct block *before;
	size_t n_used;
	uint64_t words[BLOCK_NWORDS];
};

/* A different image. */
struct image_seen {
	uint64_t hash;
	const uint64_t *packed;
	uint32_t last; /* of its occurrences: that in the highest part */
};

/* That an image occurs in a part. */
struct occurrence {
	uint32_t before; /* in a lower part, or NONE */
	uint32_t part;
	uint32_t count;
	uint16_t class; /* of the first one */
};

struct twins {
	struct block *block; /* the last one */
	struct buffer images;
	struct buffer occurrences;
	uint32_t *slots; /* (n_slots) of images by hash, or NONE; at most half of them in use */
	size_t n_slots;  /* a power of two */
};

static struct image_seen *images_of(const struct twins *twins)
{
	return (struct image_seen *)(void *)twins->images.data;
}

static size_t n_images(const struct twins *twins)
{
	return twins->images.nbytes / sizeof(struct image_seen);
}

static struct occurrence *occurrences_of(const struct twins *twins)
{
	return (struct occurrence *)(void *)twins->occurrences.data;
}

struct twins *twins_new(void)
{
	struct twins *twins = alloc_zeroed(1, sizeof(*twins));

	if (!twins)
		return NULL;
	twins->n_slots = FIRST_CAPACITY;
	twins->slots = alloc_array(twins->n_slots, sizeof(*twins->slots));
	if (!twins->slots) {
		twins_free(twins);
		return NULL;
	}
	memset(twins->slots, 0xff, twins->n_slots * sizeof(*twins->slots));
	return twins;
}

/* packed: (MAX_NWORDS). Returns the number of words in use. */
static size_t pack(const uint8_t *pixels, uint64_t *packed)
{
	size_t n = N_MASKS;

	memset(packed, 0, N_MASKS * sizeof(*packed));
	for (size_t i = 0; i < N_WORDS; i++) {
		uint64_t word;

		memcpy(&word, pixels + 8 * i, sizeof(word));
		packed[n] = word;
		n += word != 0;
		packed[i / 64] |= (uint64_t)(word != 0) << i % 64;
	}
	return n;
}

static uint64_t hash_of(const uint64_t *packed, size_t n)
{
	uint64_t hash = n;

	for (size_t i = 0; i < n; i++) {
		hash = (hash ^ packed[i]) * HASH_FACTOR;
		hash ^= hash >> 32;
	}
	return hash;
}

/* Doubles the slots. */
static bool grow(struct twins *twins)
{
	const size_t n_slots = 2 * twins->n_slots;
	uint32_t *slots = alloc_array(n_slots, sizeof(*slots));

	if (!slots)
		return false;
	memset(slots, 0xff, n_slots * sizeof(*slots));
	for (size_t i = 0; i < n_images(twins); i++) {
		size_t at = images_of(twins)[i].hash & (n_slots - 1);

		while (slots[at] != NONE)
			at = (at + 1) & (n_slots - 1);
		slots[at] = (uint32_t)i;
	}
	free(twins->slots);
	twins->slots = slots;
	twins->n_slots = n_slots;
	return true;
}

/* Keeps a packed image; NULL when memory is short. */
static const uint64_t *keep(struct twins *twins, const uint64_t *packed, size_t n)
{
	struct block *block = twins->block;
	uint64_t *kept;

	if (!block || BLOCK_NWORDS - block->n_used < n) {
		block = alloc_array(1, sizeof(*block));
		if (!block)
			return NULL;
		block->before = twins->block;
		block->n_used = 0;
		twins->block = block;
	}
	kept = block->words + block->n_used;
	memcpy(kept, packed, n * sizeof(*packed));
	block->n_used += n;
	return kept;
}

/* Room for one more in an array, with as much again. */
static void *push(struct buffer *array, size_t size)
{
	if (array->capacity - array->nbytes < size &&
	    !buffer_reserve(array, 2 * array->nbytes + FIRST_CAPACITY * size))
		return NULL;
	array->nbytes += size;
	return array->data + array->nbytes - size;
}

/* The slot of a packed image, or the empty one where it belongs. */
static size_t find(const struct twins *twins, uint64_t hash, const uint64_t *packed, size_t n)
{
	size_t at = hash & (twins->n_slots - 1);

	for (; twins->slots[at] != NONE; at = (at + 1) & (twins->n_slots - 1)) {
		const struct image_seen *image = &images_of(twins)[twins->slots[at]];

		/* Those of one bit mask are of one length. */
		if (image->hash == hash &&
		    memcmp(image->packed, packed, N_MASKS * sizeof(*packed)) == 0 &&
		    memcmp(image->packed, packed, n * sizeof(*packed)) == 0)
			break;
	}
	return at;
}

static bool add_occurrence(struct twins *twins, struct image_seen *image, uint32_t part,
			   uint16_t class)
{
	struct occurrence *occurrence = push(&twins->occurrences, sizeof(*occurrence));

	if (!occurrence)
		return false;
	*occurrence = (struct occurrence){image->last, part, 1, class};
	image->last = (uint32_t)(occurrence - occurrences_of(twins));
	return true;
}

/* A new image, at the end. */
static bool add_image(struct twins *twins, uint64_t hash, const uint64_t *packed, size_t n)
{
	struct image_seen image = {.hash = hash, .last = NONE};
	struct image_seen *place;

	image.packed = keep(twins, packed, n);
	place = image.packed ? push(&twins->images, sizeof(*place)) : NULL;
	if (place)
		*place = image;
	return place != NULL;
}

bool twins_add(struct twins *twins, uint32_t part, uint16_t class, const uint8_t *pixels,
	       struct twins_sight *sight)
{
	uint64_t packed[MAX_NWORDS];
	const size_t n = pack(pixels, packed);
	const uint64_t hash = hash_of(packed, n);
	struct occurrence *last;
	struct image_seen *image;
	size_t slot;

	if (n_images(twins) >= NONE / 2 || (2 * n_images(twins) >= twins->n_slots && !grow(twins)))
		return false;
	*sight = (struct twins_sight){false, class};
	slot = find(twins, hash, packed, n);
	if (twins->slots[slot] == NONE) {
		if (!add_image(twins, hash, packed, n))
			return false;
		twins->slots[slot] = (uint32_t)n_images(twins) - 1;
	}
	image = &images_of(twins)[twins->slots[slot]];
	last = image->last == NONE ? NULL : &occurrences_of(twins)[image->last];
	if (!last || last->part != part)
		return add_occurrence(twins, image, part, class);
	last->count++;
	*sight = (struct twins_sight){true, last->class};
	return true;
}

static const struct occurrence *occurrence_in(const struct twins *twins,
					      const struct image_seen *image, uint32_t part)
{
	for (uint32_t i = image->last; i != NONE; i = occurrences_of(twins)[i].before)
		if (occurrences_of(twins)[i].part == part)
			return &occurrences_of(twins)[i];
	return NULL;
}

struct twins_common twins_compare(const struct twins *twins, uint32_t first, uint32_t second,
				  bool (*differ)(const void *context, uint16_t a, uint16_t b),
				  const void *context)
{
	struct twins_common common = {0};

	for (size_t i = 0; i < n_images(twins); i++) {
		const struct image_seen *image = &images_of(twins)[i];
		const struct occurrence *a = occurrence_in(twins, image, first);
		const struct occurrence *b = occurrence_in(twins, image, second);

		if (!a || !b)
			continue;
		common.n_distinct++;
		common.n_first += a->count;
		common.n_second += b->count;
		common.n_conflicting += differ(context, a->class, b->class);
	}
	return common;
}

void twins_free(struct twins *twins)
{
	if (!twins)
		return;
	while (twins->block) {
		struct block *before = twins->block->before;

		free(twins->block);
		twins->block = before;
	}
	buffer_clear(&twins->images);
	buffer_clear(&twins->occurrences);
	free(twins->slots);
	free(twins);
}
