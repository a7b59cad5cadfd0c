/* normalize_light.h - the brightness of a page as a smooth surface. */
#ifndef PREPROCESS_NORMALIZE_LIGHT_H
#define PREPROCESS_NORMALIZE_LIGHT_H

#include <stdbool.h>
#include <stddef.h>

/* c0 + c1 x + c2 y + c3 x^2 + c4 x y + c5 y^2 with x and y in [-1,1], clamped to a range. */
#define LIGHT_N_TERMS 6
struct light {
	float c[LIGHT_N_TERMS];
	float least;
	float most;
};

/* A page is sampled at up to this many points per side. */
#define LIGHT_SAMPLE_SIDE 24
#define LIGHT_MAX_SAMPLES (LIGHT_SAMPLE_SIDE * LIGHT_SAMPLE_SIDE)

/* Lanes in which samples are summed; divides LIGHT_MAX_SAMPLES. */
#define LIGHT_LANES 8

/* n samples of brightness, 0..255, with their positions in [-1,1] and their weights. */
struct light_samples {
	size_t n;
	float x[LIGHT_MAX_SAMPLES];
	float y[LIGHT_MAX_SAMPLES];
	float value[LIGHT_MAX_SAMPLES];
	float weight[LIGHT_MAX_SAMPLES];
};

/* Light that changes in one direction only, as at the edge of a shadow. */
#define LIGHT_N_STRIPS 24
struct shadow {
	float across[2]; /* x and y times these are -1..1 */
	float values[LIGHT_N_STRIPS];
};

/* Standard deviation of a normal distribution per median of its absolute values. */
#define LIGHT_SIGMA_OF_MEDIAN 1.4826f

/* The position of pixel i of n in [-1,1]. */
static inline float light_place(size_t i, size_t n)
{
	return n > 1 ? 2 * (float)i / (float)(n - 1) - 1 : 0;
}

/* Adds a pixel's value to the samples, with weight 1. */
static inline void light_add_sample(struct light_samples *samples, const float *values,
				    size_t width, size_t height, size_t x, size_t y)
{
	samples->x[samples->n] = light_place(x, width);
	samples->y[samples->n] = light_place(y, height);
	samples->value[samples->n] = values[y * width + x];
	samples->weight[samples->n++] = 1;
}

/* Takes samples from all over the values, each with weight 1. */
void light_sample(const float *values, size_t width, size_t height, struct light_samples *samples);

/* An even light of the given brightness. */
struct light light_even(float value);

/* Fits the coefficients to the weighted samples, by least squares. False, and c unchanged, if they
 * do not determine it. Writes behind the samples, up to a multiple of the lanes. */
bool light_fit(struct light *light, struct light_samples *samples);

/* row = the light on a row of n pixels. */
void light_on_row(const struct light *light, float y, float *row, size_t n);

/* values[i] = the light at sample i. */
void light_at_samples(const struct light *light, const struct light_samples *samples,
		      float *values);

/* residuals[i] = the difference of sample i from the light. */
void light_residuals(const struct light *light, const struct light_samples *samples,
		     float *residuals);

/* normalize_shadow.c: fits light that falls in some direction to the samples. Returns the largest
 * difference among the given share of them. */
float shadow_fit(struct shadow *shadow, const struct light_samples *samples, float share);

/* row = the light on a row of n pixels. */
void shadow_on_row(const struct shadow *shadow, float y, float *row, size_t n);

/* How many of n values are below the limit. */
size_t light_count_below(const float *values, size_t n, float limit);

/* The k-th smallest of n values, k from 0; reorders them. */
float light_select(float *values, size_t n, size_t k);

#endif
