/*
 * twins.h - which images of one or several datasets are the same, pixel for pixel.
 */
#ifndef DATASET_TWINS_H
#define DATASET_TWINS_H

#include "../base/error.h"

/* Every image that is different from all others is kept once, packed, about 0.4 KiB of EMNIST's. */
struct twins;

/* Where an image that was seen before was seen first. */
struct twins_sight {
	bool in_part;   /* seen before in the same part: the class below is of there */
	uint16_t class; /* of the first one like it in this part, the given one where it is first */
};

/* NULL when memory is short. */
struct twins *twins_new(void);

/* Notes an image, (784) pixels, of a part, which is not below the one before. False when memory is
 * short, or 2^31 different images are there. */
bool twins_add(struct twins *twins, uint32_t part, uint16_t class, const uint8_t *pixels,
	       struct twins_sight *sight);

/* What two parts have in common. */
struct twins_common {
	uint64_t n_distinct;    /* different images that both have */
	uint64_t n_first;       /* images of the first part that the second has too */
	uint64_t n_second;      /* the other way round */
	uint64_t n_conflicting; /* of n_distinct, those that differ() says are labelled differently
				 */
};

/* differ(context, a, b): whether class a of the first part means another character than class b of
 * the second. */
struct twins_common twins_compare(const struct twins *twins, uint32_t first, uint32_t second,
				  bool (*differ)(const void *context, uint16_t a, uint16_t b),
				  const void *context);

/* twins may be NULL. */
void twins_free(struct twins *twins);

#endif
