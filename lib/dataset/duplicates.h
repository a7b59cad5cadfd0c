/* duplicates.h - finds images of one or several datasets that are equal, pixel for pixel. */
#ifndef DATASET_DUPLICATES_H
#define DATASET_DUPLICATES_H

#include "../base/error.h"

/* Keeps each distinct image once, packed: about 0.4 KiB each for EMNIST. */
struct duplicates;

/* Where a duplicate image was seen first. */
struct duplicates_sight {
	bool in_part;   /* seen before in the same part, which `class` refers to */
	uint16_t class; /* class of its first occurrence in this part, or the given one if this is
			   the first */
};

/* NULL when memory is short. */
struct duplicates *duplicates_new(void);

/* Adds an image, (784) pixels, of a part; parts must not decrease. False when memory is short, or
 * beyond 2^31 distinct images. */
bool duplicates_add(struct duplicates *duplicates, uint32_t part, uint16_t class,
		    const uint8_t *pixels, struct duplicates_sight *sight);

/* What two parts have in common. */
struct duplicates_common {
	uint64_t n_distinct;    /* different images that both have */
	uint64_t n_first;       /* images of the first part that are also in the second */
	uint64_t n_second;      /* the other way round */
	uint64_t n_conflicting; /* those of n_distinct with conflicting labels, as differ() finds */
};

/* differ(context, a, b): whether class a of the first part and class b of the second mean different
 * characters. */
struct duplicates_common duplicates_compare(
	const struct duplicates *duplicates, uint32_t first, uint32_t second,
	bool (*differ)(const void *context, uint16_t a, uint16_t b), const void *context);

/* duplicates may be NULL. */
void duplicates_free(struct duplicates *duplicates);

#endif
