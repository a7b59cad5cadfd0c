/*
 * random.h - random numbers that depend on their purpose, not on when they are drawn.
 *
 * Each use (the shuffle of an epoch, the distortion of one image in one epoch) derives its own
 * stream from the seed and its coordinates. So results do not depend on threads, and training can
 * resume from any step.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>
#include <string.h>

#include "wide.h"

/* The golden ratio in 64 bits: the increment of SplitMix64. */
#define RANDOM_INCREMENT UINT64_C(0x9e3779b97f4a7c15)

enum random_use {
	RANDOM_INIT,
	RANDOM_SPLIT,
	RANDOM_SHUFFLE,
	RANDOM_AUGMENT,
	RANDOM_DROPOUT,
	RANDOM_DRAWING,
};

struct random {
	uint64_t state;
};

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014; constants of Stafford's mix 13). */
static inline uint64_t random_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* A hash that goes on with a number. */
static inline uint64_t random_mix_float(uint64_t hash, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return random_mix(hash ^ bits);
}

static inline struct random random_stream(uint64_t seed, enum random_use use, uint64_t a,
					  uint64_t b)
{
	uint64_t state = random_mix(seed + RANDOM_INCREMENT);

	state = random_mix(state ^ ((uint64_t)use + 1) * RANDOM_INCREMENT);
	state = random_mix(state ^ (a + 1) * RANDOM_INCREMENT);
	state = random_mix(state ^ (b + 1) * RANDOM_INCREMENT);
	return (struct random){state};
}

static inline uint64_t random_next(struct random *random)
{
	return random_mix(random->state += RANDOM_INCREMENT);
}

/* Uniform in [0,1). */
static inline double random_unit(struct random *random)
{
	return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* Uniform in [-range, range). */
static inline double random_within(struct random *random, double range)
{
	return (2 * random_unit(random) - 1) * range;
}

/* Uniform in 0..n-1, n > 0, without bias (Lemire 2019). */
static inline uint64_t random_below(struct random *random, uint64_t n)
{
	for (;;) {
		const struct wide product = wide_multiply(random_next(random), n);

		if (product.low >= -n % n)
			return product.high;
	}
}

/* A 32-bit hash of a counter, cheap enough for one per unit ("lowbias32", Wellons 2018). */
static inline uint32_t random_hash32(uint32_t x)
{
	x = (x ^ x >> 16) * UINT32_C(0x7feb352d);
	x = (x ^ x >> 15) * UINT32_C(0x846ca68b);
	return x ^ x >> 16;
}

#endif
