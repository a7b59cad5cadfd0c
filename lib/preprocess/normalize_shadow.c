/*
 * normalize_shadow.c - fits light at the edge of a shadow.
 *
 * Such light changes in one direction, across the edge, and only ever falls. So the page is divided
 * into strips along the edge. Each has the median of its brightness, forced to fall from strip to
 * strip, which ignores ink that fills a strip. The direction of the edge is the one in which the
 * light fits best. Edges may be soft or sharp, ink dark or bright.
 */
#include "../base/simd.h"
#include "normalize_light.h"

#include <math.h>
#include <string.h>

#define N_DIRECTIONS 24
#define N_STRIPS     LIGHT_N_STRIPS

/* Position of a place among the middles of the strips. */
static inline float strip_of(const struct shadow *shadow, float x, float y)
{
	const float at = (x * shadow->across[0] + y * shadow->across[1] + 1) * N_STRIPS / 2 - 0.5f;

	return at > 0 ? at < N_STRIPS - 1 ? at : N_STRIPS - 1 : 0;
}

static inline float light_in_strip(const struct shadow *shadow, float at)
{
	const int strip = at < N_STRIPS - 1 ? (int)at : N_STRIPS - 2;
	const float *values = shadow->values + strip;

	return values[0] + (at - (float)strip) * (values[1] - values[0]);
}

void shadow_on_row(const struct shadow *shadow, float y, float *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		row[i] = light_in_strip(shadow, strip_of(shadow, light_place(i, n), y));
}

/* Makes n values non-increasing with the least weighted change of squares: values that rise above
 * those before are pooled (Ayer et al. 1955). Values without weight follow. */
static void make_fall(float values[N_STRIPS], const float weights[N_STRIPS])
{
	float means[N_STRIPS], sums[N_STRIPS];
	size_t lengths[N_STRIPS], n = 0, k = 0;

	for (size_t i = 0; i < N_STRIPS; i++) {
		means[n] = values[i];
		sums[n] = weights[i];
		lengths[n++] = 1;
		while (n > 1 &&
		       (sums[n - 1] == 0 || sums[n - 2] == 0 || means[n - 2] < means[n - 1])) {
			const float sum = sums[n - 2] + sums[n - 1];

			if (sum > 0)
				means[n - 2] =
					(means[n - 2] * sums[n - 2] + means[n - 1] * sums[n - 1]) /
					sum;
			sums[n - 2] = sum;
			lengths[n - 2] += lengths[n - 1];
			n--;
		}
	}
	for (size_t pool = 0; pool < n; pool++)
		for (size_t i = 0; i < lengths[pool]; i++)
			values[k++] = means[pool];
}

/* The samples' positions among a direction's strips, and what is known about each strip. */
struct strips {
	float at[LIGHT_MAX_SAMPLES];
	float medians[N_STRIPS], weights[N_STRIPS];
};

SIMD_CLONES
static void find_places(const struct light_samples *samples, const float across[2],
			float *restrict at)
{
	const struct shadow shadow = {.across = {across[0], across[1]}};

	for (size_t i = 0; i < samples->n; i++)
		at[i] = strip_of(&shadow, samples->x[i], samples->y[i]);
}

static void measure_strips(struct strips *strips, const struct light_samples *samples,
			   const float across[2])
{
	const size_t n = samples->n;
	float sorted[LIGHT_MAX_SAMPLES];
	size_t starts[N_STRIPS + 1] = {0}, ends[N_STRIPS];

	find_places(samples, across, strips->at);
	for (size_t i = 0; i < n; i++)
		starts[1 + (size_t)(int)(strips->at[i] + 0.5f)]++;
	for (size_t k = 0; k < N_STRIPS; k++) {
		starts[k + 1] += starts[k];
		ends[k] = starts[k];
	}
	for (size_t i = 0; i < n; i++)
		sorted[ends[(size_t)(int)(strips->at[i] + 0.5f)]++] = samples->value[i];
	for (size_t k = 0; k < N_STRIPS; k++) {
		const size_t count = starts[k + 1] - starts[k];

		strips->weights[k] = (float)count;
		strips->medians[k] = count ? light_select(sorted + starts[k], count, count / 2) : 0;
	}
}

/* The same strips, seen from the other side. */
static void reverse(struct strips *strips, size_t n)
{
	for (size_t k = 0; k < N_STRIPS / 2; k++) {
		const float median = strips->medians[k], weight = strips->weights[k];

		strips->medians[k] = strips->medians[N_STRIPS - 1 - k];
		strips->weights[k] = strips->weights[N_STRIPS - 1 - k];
		strips->medians[N_STRIPS - 1 - k] = median;
		strips->weights[N_STRIPS - 1 - k] = weight;
	}
	for (size_t i = 0; i < n; i++)
		strips->at[i] = N_STRIPS - 1 - strips->at[i];
}

/* Replaces *best if light that falls across the strips is nearer to the samples; *off: the distance
 * within which the given share of them is. */
static void try_strips(const struct strips *strips, const struct light_samples *samples,
		       const float across[2], float share, struct shadow *best, float *off)
{
	const size_t n = samples->n, k = (size_t)(share * (float)n);
	struct shadow tried = {.across = {across[0], across[1]}};
	float residuals[LIGHT_MAX_SAMPLES];

	memcpy(tried.values, strips->medians, sizeof(tried.values));
	make_fall(tried.values, strips->weights);
	for (size_t i = 0; i < n; i++)
		residuals[i] = fabsf(samples->value[i] - light_in_strip(&tried, strips->at[i]));
	if (light_count_below(residuals, n, *off) <= k)
		return;
	*off = light_select(residuals, n, k);
	*best = tried;
}

float shadow_fit(struct shadow *shadow, const struct light_samples *samples, float share)
{
	float off = INFINITY;

	for (int k = 0; k < N_DIRECTIONS / 2; k++) {
		const float angle = 6.2831853f * (float)k / N_DIRECTIONS;
		const float reach = fabsf(cosf(angle)) + fabsf(sinf(angle));
		const float across[2] = {cosf(angle) / reach, sinf(angle) / reach};
		const float back[2] = {-across[0], -across[1]};
		struct strips strips;

		measure_strips(&strips, samples, across);
		try_strips(&strips, samples, across, share, shadow, &off);
		reverse(&strips, samples->n);
		try_strips(&strips, samples, back, share, shadow, &off);
	}
	return off;
}
