/*
 * duplicates.c - finds images that are equal, pixel for pixel.
 *
 * Two thirds of an image are zero. So an image is packed: one bit for every eight pixels says
 * whether any is nonzero; the nonzero groups follow. Packed images are equal exactly if the images
 * are. They are kept, and compared byte by byte when their hashes agree, so that no crafted hash
 * collision can pass one image off as another.
 */
#include "duplicates.h"

#include "../base/memory.h"

#include <string.h>

/* An image as words of eight pixels, and two words of bits that mark those present. */
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

struct duplicates {
	struct block *block; /* the last one */
	struct buffer images;
	struct buffer occurrences;
	uint32_t *slots; /* (n_slots) of images by hash, or NONE; at most half of them in use */
	size_t n_slots;  /* a power of two */
};

static struct image_seen *images_of(const struct duplicates *duplicates)
{
	return (struct image_seen *)(void *)duplicates->images.data;
}

static size_t n_images(const struct duplicates *duplicates)
{
	return duplicates->images.nbytes / sizeof(struct image_seen);
}

static struct occurrence *occurrences_of(const struct duplicates *duplicates)
{
	return (struct occurrence *)(void *)duplicates->occurrences.data;
}

struct duplicates *duplicates_new(void)
{
	struct duplicates *duplicates = alloc_zeroed(1, sizeof(*duplicates));

	if (!duplicates)
		return NULL;
	duplicates->n_slots = FIRST_CAPACITY;
	duplicates->slots = alloc_array(duplicates->n_slots, sizeof(*duplicates->slots));
	if (!duplicates->slots) {
		duplicates_free(duplicates);
		return NULL;
	}
	memset(duplicates->slots, 0xff, duplicates->n_slots * sizeof(*duplicates->slots));
	return duplicates;
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
static bool grow(struct duplicates *duplicates)
{
	const size_t n_slots = 2 * duplicates->n_slots;
	uint32_t *slots = alloc_array(n_slots, sizeof(*slots));

	if (!slots)
		return false;
	memset(slots, 0xff, n_slots * sizeof(*slots));
	for (size_t i = 0; i < n_images(duplicates); i++) {
		size_t at = (size_t)images_of(duplicates)[i].hash & (n_slots - 1);

		while (slots[at] != NONE)
			at = (at + 1) & (n_slots - 1);
		slots[at] = (uint32_t)i;
	}
	free(duplicates->slots);
	duplicates->slots = slots;
	duplicates->n_slots = n_slots;
	return true;
}

/* Keeps a packed image; NULL when memory is short. */
static const uint64_t *keep(struct duplicates *duplicates, const uint64_t *packed, size_t n)
{
	struct block *block = duplicates->block;
	uint64_t *kept;

	if (!block || BLOCK_NWORDS - block->n_used < n) {
		block = alloc_array(1, sizeof(*block));
		if (!block)
			return NULL;
		block->before = duplicates->block;
		block->n_used = 0;
		duplicates->block = block;
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

/* The slot of a packed image, or the empty one for it. */
static size_t find(const struct duplicates *duplicates, uint64_t hash, const uint64_t *packed,
		   size_t n)
{
	size_t at = (size_t)hash & (duplicates->n_slots - 1);

	for (; duplicates->slots[at] != NONE; at = (at + 1) & (duplicates->n_slots - 1)) {
		const struct image_seen *image = &images_of(duplicates)[duplicates->slots[at]];

		/* Equal masks imply equal lengths. */
		if (image->hash == hash &&
		    memcmp(image->packed, packed, N_MASKS * sizeof(*packed)) == 0 &&
		    memcmp(image->packed, packed, n * sizeof(*packed)) == 0)
			break;
	}
	return at;
}

static bool add_occurrence(struct duplicates *duplicates, struct image_seen *image, uint32_t part,
			   uint16_t class)
{
	struct occurrence *occurrence = push(&duplicates->occurrences, sizeof(*occurrence));

	if (!occurrence)
		return false;
	*occurrence = (struct occurrence){image->last, part, 1, class};
	image->last = (uint32_t)(occurrence - occurrences_of(duplicates));
	return true;
}

/* A new image, at the end. */
static bool add_image(struct duplicates *duplicates, uint64_t hash, const uint64_t *packed,
		      size_t n)
{
	struct image_seen image = {.hash = hash, .last = NONE};
	struct image_seen *place;

	image.packed = keep(duplicates, packed, n);
	place = image.packed ? push(&duplicates->images, sizeof(*place)) : NULL;
	if (place)
		*place = image;
	return place != NULL;
}

bool duplicates_add(struct duplicates *duplicates, uint32_t part, uint16_t class,
		    const uint8_t *pixels, struct duplicates_sight *sight)
{
	uint64_t packed[MAX_NWORDS];
	const size_t n = pack(pixels, packed);
	const uint64_t hash = hash_of(packed, n);
	struct occurrence *last;
	struct image_seen *image;
	size_t slot;

	if (n_images(duplicates) >= NONE / 2 ||
	    (2 * n_images(duplicates) >= duplicates->n_slots && !grow(duplicates)))
		return false;
	*sight = (struct duplicates_sight){false, class};
	slot = find(duplicates, hash, packed, n);
	if (duplicates->slots[slot] == NONE) {
		if (!add_image(duplicates, hash, packed, n))
			return false;
		duplicates->slots[slot] = (uint32_t)n_images(duplicates) - 1;
	}
	image = &images_of(duplicates)[duplicates->slots[slot]];
	last = image->last == NONE ? NULL : &occurrences_of(duplicates)[image->last];
	if (!last || last->part != part)
		return add_occurrence(duplicates, image, part, class);
	last->count++;
	*sight = (struct duplicates_sight){true, last->class};
	return true;
}

static const struct occurrence *occurrence_in(const struct duplicates *duplicates,
					      const struct image_seen *image, uint32_t part)
{
	for (uint32_t i = image->last; i != NONE; i = occurrences_of(duplicates)[i].before)
		if (occurrences_of(duplicates)[i].part == part)
			return &occurrences_of(duplicates)[i];
	return NULL;
}

struct duplicates_common duplicates_compare(
	const struct duplicates *duplicates, uint32_t first, uint32_t second,
	bool (*differ)(const void *context, uint16_t a, uint16_t b), const void *context)
{
	struct duplicates_common common = {0};

	for (size_t i = 0; i < n_images(duplicates); i++) {
		const struct image_seen *image = &images_of(duplicates)[i];
		const struct occurrence *a = occurrence_in(duplicates, image, first);
		const struct occurrence *b = occurrence_in(duplicates, image, second);

		if (!a || !b)
			continue;
		common.n_distinct++;
		common.n_first += a->count;
		common.n_second += b->count;
		common.n_conflicting += differ(context, a->class, b->class);
	}
	return common;
}

void duplicates_free(struct duplicates *duplicates)
{
	if (!duplicates)
		return;
	while (duplicates->block) {
		struct block *before = duplicates->block->before;

		free(duplicates->block);
		duplicates->block = before;
	}
	buffer_clear(&duplicates->images);
	buffer_clear(&duplicates->occurrences);
	free(duplicates->slots);
	free(duplicates);
}
