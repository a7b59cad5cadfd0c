/*
 * normalize_components.c - connected components of a mask, by union-find over runs of pixels.
 */
#include "../base/simd.h"
#include "normalize.h"

#include <string.h>

/* A component smaller than this share of the largest is a speck. */
#define SPECK_SHARE 0.02f

SIMD_CLONES
static void mask_above(const float *restrict values, size_t n, float level, uint8_t *restrict mask)
{
	for (size_t i = 0; i < n; i++)
		mask[i] = values[i] > level;
}

void normalize_mask_above(const float *values, size_t n, float level, uint8_t *mask)
{
	mask_above(values, n, level, mask);
}

static uint32_t find_root(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i) {
		parents[i] = parents[parents[i]];
		i = parents[i];
	}
	return i;
}

uint32_t normalize_component(const uint32_t *parents, uint32_t i)
{
	while (parents[i] != i)
		i = parents[i];
	return i;
}

static uint32_t unite(uint32_t *parents, uint32_t a, uint32_t b)
{
	a = find_root(parents, a);
	b = find_root(parents, b);
	if (a < b) {
		parents[b] = a;
		return a;
	}
	parents[a] = b;
	return b;
}

/* A row of pixels, one bit each. */
#define WORD_BITS 64
#define N_WORDS   (WORK_SIDE / WORD_BITS)

/* Packs n bytes that are 0 or 1, at most 8: the k-th becomes bit k. */
static inline uint64_t bits_of(const uint8_t *bytes, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, bytes, n);
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		word = __builtin_bswap64(word);
	return word * UINT64_C(0x0102040810204080) >> 56;
}

static void take_bits(const uint8_t *mask, size_t width, uint64_t bits[N_WORDS])
{
	size_t x = 0;

	memset(bits, 0, N_WORDS * sizeof(*bits));
	for (; x + 8 <= width; x += 8)
		bits[x / WORD_BITS] |= bits_of(mask + x, 8) << x % WORD_BITS;
	if (x < width)
		bits[x / WORD_BITS] |= bits_of(mask + x, width - x) << x % WORD_BITS;
}

/* The first set bit, from `at` on, or WORK_SIDE. */
static unsigned find_bit(const uint64_t bits[N_WORDS], unsigned at, uint64_t flip)
{
	for (; at < WORK_SIDE; at = (at / WORD_BITS + 1) * WORD_BITS) {
		const uint64_t left = (bits[at / WORD_BITS] ^ flip) >> at % WORD_BITS;

		if (left)
			return at + (unsigned)__builtin_ctzll(left);
	}
	return WORK_SIDE;
}

/* Finds the runs of the row that begins with pixel `start`; returns their number. */
static size_t find_runs(const uint8_t *mask, size_t width, size_t start, struct run *runs)
{
	uint64_t bits[N_WORDS];
	unsigned first, end = 0;
	size_t n = 0;

	take_bits(mask + start, width, bits);
	while ((first = find_bit(bits, end, 0)) < WORK_SIDE) {
		end = find_bit(bits, first, UINT64_MAX);
		runs[n++] = (struct run){(uint16_t)(start + first), (uint16_t)(start + end)};
	}
	return n;
}

/* Run by run: a run's pixels get its first one as their parent, which is united with those of the
 * touching runs above. */
void normalize_label_components(struct normalizer *normalizer, const uint8_t *mask, size_t width,
				size_t height)
{
	uint32_t *const parents = normalizer->parents;
	struct run *run = normalizer->runs, *above = run;

	for (size_t y = 0; y < height; y++) {
		struct run *const row = run;
		struct run *const end = run + find_runs(mask, width, y * width, run);

		for (; run < end; run++) {
			uint32_t label = run->first;

			for (uint32_t i = run->first; i < run->end; i++)
				parents[i] = run->first;
			/* Touching at a corner counts. */
			while (above < row && above->end + width < run->first)
				above++;
			for (struct run *k = above; k < row && k->first + width <= run->end; k++)
				label = unite(parents, label, k->first);
		}
		above = row;
	}
	normalizer->n_runs = (size_t)(run - normalizer->runs);
}

size_t normalize_keep_components(struct normalizer *normalizer, uint32_t *areas, uint8_t *mask)
{
	const struct run *const runs = normalizer->runs;
	uint32_t *const parents = normalizer->parents, largest = 1;
	size_t n_kept = 0;

	for (size_t k = 0; k < normalizer->n_runs; k++)
		areas[runs[k].first] = 0;
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		uint32_t *area = &areas[find_root(parents, runs[k].first)];

		for (uint32_t i = runs[k].first; i < runs[k].end; i++)
			*area += normalizer->ink[i] > 0.5f;
		largest = *area > largest ? *area : largest;
	}
	for (size_t k = 0; k < normalizer->n_runs; k++) {
		const uint32_t first = runs[k].first, area = areas[find_root(parents, first)];

		if (area == 0 || (float)area < SPECK_SHARE * (float)largest)
			memset(mask + first, 0, runs[k].end - first);
		else
			n_kept += parents[first] == first;
	}
	return n_kept;
}
