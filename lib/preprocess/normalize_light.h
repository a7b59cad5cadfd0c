/*
 * normalize_light.h - brightness over a page as a smooth surface.
 */
#ifndef PREPROCESS_NORMALIZE_LIGHT_H
#define PREPROCESS_NORMALIZE_LIGHT_H

#include <stdbool.h>
#include <stddef.h>

/* c0 + c1 x + c2 y + c3 x^2 + c4 x y + c5 y^2 with x and y in [-1,1], held within a range. */
#define LIGHT_N_TERMS 6
struct light {
	float c[LIGHT_N_TERMS];
	float least;
	float most;
};

/* A page is sampled at no more than this many points a side. */
#define LIGHT_SAMPLE_SIDE 24
#define LIGHT_MAX_SAMPLES (LIGHT_SAMPLE_SIDE * LIGHT_SAMPLE_SIDE)

/* Samples are summed in so many lanes, of which LIGHT_MAX_SAMPLES is a multiple. */
#define LIGHT_LANES 8

/* n samples of brightness, 0..255: where they lie, in [-1,1], and what each counts for. */
struct light_samples {
	size_t n;
	float x[LIGHT_MAX_SAMPLES];
	float y[LIGHT_MAX_SAMPLES];
	float value[LIGHT_MAX_SAMPLES];
	float weight[LIGHT_MAX_SAMPLES];
};

/* Light that changes in one direction only, as behind the edge of a shadow. */
#define LIGHT_N_STRIPS 24
struct shadow {
	float across[2]; /* x and y times these are -1..1 */
	float values[LIGHT_N_STRIPS];
};

/* The standard deviation of a normal distribution, of the median of its absolute values. */
#define LIGHT_SIGMA_OF_MEDIAN 1.4826f

/* Where pixel i of n lies in [-1,1]. */
static inline float light_place(size_t i, size_t n)
{
	return n > 1 ? 2 * (float)i / (float)(n - 1) - 1 : 0;
}

/* Adds the value at a pixel to the samples, with weight 1. */
static inline void light_add_sample(struct light_samples *samples, const float *values,
				    size_t width, size_t height, size_t x, size_t y)
{
	samples->x[samples->n] = light_place(x, width);
	samples->y[samples->n] = light_place(y, height);
	samples->value[samples->n] = values[y * width + x];
	samples->weight[samples->n++] = 1;
}

/* samples = values from all over them, each of weight 1. */
void light_sample(const float *values, size_t width, size_t height, struct light_samples *samples);

/* An even light of the given brightness. */
struct light light_even(float value);

/* Fits c to the weighted samples, by least squares; false, and c untouched, where they do not
 * determine it. Writes behind the samples, up to a multiple of the lanes. */
bool light_fit(struct light *light, struct light_samples *samples);

/* row = the light on a row of n pixels. */
void light_on_row(const struct light *light, float y, float *row, size_t n);

/* values[i] = the light where sample i lies. */
void light_at_samples(const struct light *light, const struct light_samples *samples,
		      float *values);

/* residuals[i] = how far sample i is from the light. */
void light_residuals(const struct light *light, const struct light_samples *samples,
		     float *residuals);

/* normalize_shadow.c: fits light that falls in some direction to the samples; returns how far off
 * the given share of them is at most. */
float shadow_fit(struct shadow *shadow, const struct light_samples *samples, float share);

/* row = the light on a row of n pixels. */
void shadow_on_row(const struct shadow *shadow, float y, float *row, size_t n);

/* How many of n values are below the limit. */
size_t light_count_below(const float *values, size_t n, float limit);

/* The k-th smallest of n values, k from 0; reorders them. */
float light_select(float *values, size_t n, size_t k);

#endif
