/*
 * normalize_find.c - the ink by a threshold, its connected components without specks, the box
 * around it, and whether that may be a character's.
 */
#include "../base/simd.h"
#include "lanes.h"
#include "normalize.h"
#include "normalize_light.h"

#include <math.h>

/* Ink must stand out from the noise of the paper by this many standard deviations. */
#define NOISE_SIGMAS 4.0f

/* A component smaller than this share of the largest is a speck. */
#define SPECK_SHARE 0.02f

/* A character has at least this share of the frame's longer side, and is not much wider than high,
 * as the bar of an H would be. */
#define MIN_CHARACTER 0.15
#define MIN_ASPECT    0.3

/* Ink below this share of its level is taken for blurred paper when components are formed. */
#define COMPONENT_LEVEL 0.4f

/* Lines cross each side of the border at so many places, at least, where the paper has a grid. It
 * is as dark as this quantile of those places times the next, and what is written must be darker by
 * the last. */
#define MIN_CROSSINGS    2
#define MIN_OF_GRID      12
#define MAX_CROSSINGS    256
#define GRID_QUANTILE    0.85f
#define DARKEST_OF_GRID  1.15f
#define DARKER_THAN_GRID 1.3f

/* The mean of the values above a threshold that lies halfway between it and the mean of the others
 * (Ridler and Calvard 1978), searched from `threshold` upwards; 0 where none is above. Unlike
 * Otsu's, it does not mind ink that is a hundredth of the page. */
static float level_above(const float *ink, size_t n, float threshold)
{
	uint32_t histogram[256];
	/* Of the values below v. */
	uint32_t counts[257], sums[257];
	float level = 0;

	normalize_count_values(ink, n, histogram);
	counts[0] = sums[0] = 0;
	for (unsigned v = 0; v < 256; v++) {
		counts[v + 1] = counts[v] + histogram[v];
		sums[v + 1] = sums[v] + v * histogram[v];
	}
	for (;;) {
		const unsigned v = threshold < 255 ? (unsigned)threshold + 1 : 256;
		const double n_above = counts[256] - counts[v], above = sums[256] - sums[v];
		float next;

		if (n_above == 0)
			return level;
		level = (float)(above / n_above);
		next = 0.5f * (level + (counts[v] > 0 ? (float)((double)sums[v] / counts[v]) : 0));
		if (next <= threshold + 0.5f)
			return level;
		threshold = next;
	}
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

/* A row of pixels, a bit each. */
#define WORD_BITS 64
#define N_WORDS   (WORK_SIDE / WORD_BITS)

/* Of n bytes that are 0 or 1, 8 at most, the k-th as bit k. */
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

/* The first bit that is set, from `at` on; WORK_SIDE: there is none. */
static unsigned find_bit(const uint64_t bits[N_WORDS], unsigned at, uint64_t flip)
{
	for (; at < WORK_SIDE; at = (at / WORD_BITS + 1) * WORD_BITS) {
		const uint64_t left = (bits[at / WORD_BITS] ^ flip) >> at % WORD_BITS;

		if (left)
			return at + (unsigned)__builtin_ctzll(left);
	}
	return WORK_SIDE;
}

/* The runs of the row that begins with pixel `start`; returns how many there are. */
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

/* Run by run: its pixels have its first one as their parent, and that is united with those of the
 * runs that it touches above. */
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
			/* They touch at a corner, too. */
			while (above < row && above->end + width < run->first)
				above++;
			for (struct run *k = above; k < row && k->first + width <= run->end; k++)
				label = unite(parents, label, k->first);
		}
		above = row;
	}
	normalizer->n_runs = (size_t)(run - normalizer->runs);
}

/* Of mask, keeps the pixels of all components but specks, and returns how many components those
 * are. What counts of a component is its ink above half the level: a large shadow has none, and
 * weighs nothing. */
static size_t keep_components(struct normalizer *normalizer, uint32_t *areas, uint8_t *mask)
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

/* What crosses the border. */
struct crossings {
	float darkest[MAX_CROSSINGS]; /* of each run of ink there */
	size_t n;
};

/* Adds the runs of ink above least along a side of n pixels. False where that are too few for a
 * grid, and none of its lines runs along the side. */
static bool cross_side(const float *ink, size_t n, size_t step, float least,
		       struct crossings *crossings)
{
	const size_t before = crossings->n;
	size_t n_above = 0;
	bool inside = false;

	for (size_t i = 0; i < n; i++) {
		const float value = ink[i * step];

		if (value > least) {
			if (!inside && crossings->n == MAX_CROSSINGS)
				return false;
			if (!inside)
				crossings->darkest[crossings->n++] = value;
			crossings->darkest[crossings->n - 1] =
				fmaxf(crossings->darkest[crossings->n - 1], value);
			n_above++;
		}
		inside = value > least;
	}
	return crossings->n >= before + MIN_CROSSINGS || n_above == n;
}

/* How dark the grid of graph paper is, whose lines cross the border on all sides; 0 where there is
 * none. */
static float grid_level(const float *ink, size_t width, size_t height, float least)
{
	struct crossings crossings = {.n = 0};

	if (!cross_side(ink, height, width, least, &crossings) ||
	    !cross_side(ink + width - 1, height, width, least, &crossings) ||
	    !cross_side(ink, width, 1, least, &crossings) ||
	    !cross_side(ink + (height - 1) * width, width, 1, least, &crossings) ||
	    crossings.n < MIN_OF_GRID)
		return 0;
	return DARKEST_OF_GRID * light_select(crossings.darkest, crossings.n,
					      (size_t)(GRID_QUANTILE * (float)crossings.n));
}

/* What ink, as normalize_flatten() makes it, is where it is dense, and 0 where there is none. Where
 * there is ink that is clearly darker than a grid, takes the grid out; else *grid_ret tells whether
 * there is one. */
static float ink_level(float *ink, const struct frame *frame, float noise, bool *grid_ret)
{
	const size_t n = frame->width * frame->height;
	const float floor = fmaxf(NORMALIZE_MIN_CONTRAST / 2, NOISE_SIGMAS * noise);
	const float level = level_above(ink, n, floor);
	float grid, written;

	*grid_ret = false;
	if (level < NORMALIZE_MIN_CONTRAST)
		return 0;
	grid = grid_level(ink, frame->width, frame->height, floor);
	written = grid > 0 ? level_above(ink, n, grid) : 0;
	*grid_ret = grid > 0 && written < DARKER_THAN_GRID * grid;
	if (grid == 0 || *grid_ret)
		return level;
	for (size_t i = 0; i < n; i++)
		ink[i] = ink[i] > grid ? ink[i] - grid : 0;
	return written - grid;
}

SIMD_CLONES
static void take_shares(float *ink, size_t n, float level)
{
	for (size_t i = 0; i < n; i++) {
		const float share = ink[i] / level;

		ink[i] = share < 1 ? share : 1;
	}
}

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

float normalize_find_ink(struct normalizer *normalizer, const struct frame *frame, float noise)
{
	const size_t n = frame->width * frame->height;
	size_t n_kept;
	bool grid;
	const float level = ink_level(normalizer->ink, frame, noise, &grid);
	/* The paper is not needed any more. */
	uint32_t *const areas = (uint32_t *)(void *)normalizer->paper;

	if (level == 0)
		return 0;
	take_shares(normalizer->ink, n, level);
	if (frame->grain > 0 && normalize_is_random(normalizer->ink, frame))
		return 0;
	normalize_drop_again(normalizer, frame);
	normalize_remove_lines(normalizer, frame, grid);
	normalize_mask_above(normalizer->ink, n, COMPONENT_LEVEL, normalizer->keep);
	normalize_label_components(normalizer, normalizer->keep, frame->width, frame->height);
	n_kept = keep_components(normalizer, areas, normalizer->keep);
	if (normalize_is_noise(normalizer, frame, areas, level, noise))
		return 0;
	normalize_drop_outside(normalizer, frame);
	normalize_drop_frames(normalizer, frame, n_kept);
	return level;
}

bool normalize_is_character(const struct frame *frame, const struct box *box)
{
	const double width = box->right - box->left, height = box->bottom - box->top;
	const double side = fmax((double)frame->width, (double)frame->height);

	return fmax(width, height) >= MIN_CHARACTER * side && height >= MIN_ASPECT * width;
}

/* Where profile (n values 0..1) rises through a half for the first time, between the centers of
 * two cells, seen from its start. */
static double rise(const float *profile, size_t n, ptrdiff_t step)
{
	const float *at = step > 0 ? profile : profile + n - 1;
	float before = 0;
	size_t i = 0;

	while (i + 1 < n && at[0] < 0.5f) {
		before = at[0];
		at += step;
		i++;
	}
	if (at[0] <= before)
		return (double)i;
	return (double)i + 0.5 - (double)((at[0] - 0.5f) / (at[0] - before));
}

/* The two places where profile passes a half, seen from either end; never less than a cell apart.
 */
static void find_ends(const float *profile, size_t n, double *first_ret, double *last_ret)
{
	const double first = rise(profile, n, 1), last = (double)n - rise(profile, n, -1);
	const double middle = (first + last) / 2, half = fmax(last - first, 1) / 2;

	*first_ret = middle - half;
	*last_ret = middle + half;
}

/* columns, with LANES values too many, = the most of what they are and of the ink that is kept in a
 * row. Returns the row's most. */
SIMD_CLONES
static float raise_columns(const float *restrict ink, const uint8_t *restrict keep, size_t width,
			   float *restrict columns)
{
	float kept[WORK_SIDE + LANES];
	lanes most = {0};

	for (size_t x = 0; x < width; x++)
		kept[x] = keep[x] ? ink[x] : 0;
	memset(kept + width, 0, LANES * sizeof(*kept));
	for (size_t x = 0; x < width; x += LANES) {
		lanes_raise((lanes *)(columns + x), (const lanes *)(kept + x));
		lanes_raise(&most, (const lanes *)(kept + x));
	}
	return lanes_most(&most);
}

struct box normalize_find_box(struct normalizer *normalizer, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height;
	/* The largest ink of each column, and of each row. */
	float *columns = normalizer->rows, *rows = columns + width + LANES;
	struct box box;

	memset(columns, 0, (width + LANES + height) * sizeof(*columns));
	for (size_t y = 0; y < height; y++) {
		const uint8_t *keep = normalizer->keep + y * width;

		if (memchr(keep, 1, width))
			rows[y] = raise_columns(normalizer->ink + y * width, keep, width, columns);
	}
	find_ends(columns, width, &box.left, &box.right);
	find_ends(rows, height, &box.top, &box.bottom);
	return box;
}
