/*
 * normalize_shadow.c - light behind the edge of a shadow.
 *
 * Such light changes in one direction only, across the edge, and only ever falls. So the page is
 * seen in strips along the edge: each has the median of its brightness, held so that it falls from
 * strip to strip, which takes the ink out that fills a strip. Of all directions that of the edge is
 * where light explains the page best. Nothing is said of how soft the edge is, nor of whether ink
 * is dark or bright.
 */
#include "normalize_light.h"

#include <math.h>

#define N_DIRECTIONS 24
#define N_STRIPS     LIGHT_N_STRIPS

/* Where a place lies among the strips' middles. */
static float strip_of(const struct shadow *shadow, float x, float y)
{
	const float at = (x * shadow->across[0] + y * shadow->across[1] + 1) * N_STRIPS / 2 - 0.5f;

	return at > 0 ? at < N_STRIPS - 1 ? at : N_STRIPS - 1 : 0;
}

float shadow_at(const struct shadow *shadow, float x, float y)
{
	const float at = strip_of(shadow, x, y);
	const int strip = at < N_STRIPS - 1 ? (int)at : N_STRIPS - 2;
	const float *values = shadow->values + strip;

	return values[0] + (at - (float)strip) * (values[1] - values[0]);
}

/* Makes n values fall, or stay, with the least change of their squares by weight: where one rises
 * above those before it, they are pooled (Ayer et al. 1955). Values without weight follow. */
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

/* The light on the strips of a direction. */
static void fit_direction(struct shadow *shadow, const struct light_samples *samples)
{
	const size_t n = samples->n;
	float sorted[LIGHT_MAX_SAMPLES], weights[N_STRIPS];
	size_t starts[N_STRIPS + 1] = {0}, ends[N_STRIPS];

	for (size_t i = 0; i < n; i++)
		starts[1 + (size_t)(strip_of(shadow, samples->x[i], samples->y[i]) + 0.5f)]++;
	for (size_t k = 0; k < N_STRIPS; k++) {
		starts[k + 1] += starts[k];
		ends[k] = starts[k];
	}
	for (size_t i = 0; i < n; i++)
		sorted[ends[(size_t)(strip_of(shadow, samples->x[i], samples->y[i]) + 0.5f)]++] =
			samples->value[i];
	for (size_t k = 0; k < N_STRIPS; k++) {
		const size_t count = starts[k + 1] - starts[k];

		weights[k] = (float)count;
		shadow->values[k] = count ? light_select(sorted + starts[k], count, count / 2) : 0;
	}
	make_fall(shadow->values, weights);
}

float shadow_fit(struct shadow *shadow, const struct light_samples *samples, float share)
{
	const size_t n = samples->n;
	float best = INFINITY;

	for (int k = 0; k < N_DIRECTIONS; k++) {
		const float angle = 6.2831853f * (float)k / N_DIRECTIONS;
		const float reach = fabsf(cosf(angle)) + fabsf(sinf(angle));
		struct shadow tried = {.across = {cosf(angle) / reach, sinf(angle) / reach}};
		float residuals[LIGHT_MAX_SAMPLES], off;

		fit_direction(&tried, samples);
		for (size_t i = 0; i < n; i++)
			residuals[i] = fabsf(samples->value[i] -
					     shadow_at(&tried, samples->x[i], samples->y[i]));
		off = light_select(residuals, n, (size_t)(share * (float)n));
		if (off < best) {
			best = off;
			*shadow = tried;
		}
	}
	return best;
}
