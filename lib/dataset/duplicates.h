/*
 * duplicates.h - which images of one or several datasets are the same, pixel for pixel.
 */
#ifndef DATASET_DUPLICATES_H
#define DATASET_DUPLICATES_H

#include "../base/error.h"

/* Every image that is different from all others is kept once, packed, about 0.4 KiB of EMNIST's. */
struct duplicates;

/* Where an image that was seen before was seen first. */
struct duplicates_sight {
	bool in_part;   /* seen before in the same part: the class below is of there */
	uint16_t class; /* of the first one like it in this part, the given one where it is first */
};

/* NULL when memory is short. */
struct duplicates *duplicates_new(void);

/* Notes an image, (784) pixels, of a part, which is not below the one before. False when memory is
 * short, or 2^31 different images are there. */
bool duplicates_add(struct duplicates *duplicates, uint32_t part, uint16_t class,
		    const uint8_t *pixels, struct duplicates_sight *sight);

/* What two parts have in common. */
struct duplicates_common {
	uint64_t n_distinct;    /* different images that both have */
	uint64_t n_first;       /* images of the first part that the second has too */
	uint64_t n_second;      /* the other way round */
	uint64_t n_conflicting; /* of n_distinct, those that differ() says are labelled differently
				 */
};

/* differ(context, a, b): whether class a of the first part means another character than class b of
 * the second. */
struct duplicates_common duplicates_compare(
	const struct duplicates *duplicates, uint32_t first, uint32_t second,
	bool (*differ)(const void *context, uint16_t a, uint16_t b), const void *context);

/* duplicates may be NULL. */
void duplicates_free(struct duplicates *duplicates);

#endif
